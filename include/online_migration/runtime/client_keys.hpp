// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/client_rows.hpp>

namespace online_migration::detail {

/// Keys of rows, as arrays.
template <migration_like Migration, class Numbers = std::make_index_sequence<client_rows<Migration>::keys>>
class client_keys;

template <migration_like Migration, std::size_t... Numbers>
class client_keys<Migration, std::index_sequence<Numbers...>> {
  using rows = client_rows<Migration>;

 public:
  template <class Result>
  void add(const Result& from, int row) {
    (std::get<Numbers>(keys_).push_optional(
         rows::template value<typename rows::template key_column<Numbers>::type>(from, row, Numbers)),
     ...);
  }

  [[nodiscard]] std::size_t size() const { return std::get<0>(keys_).size(); }

  /// The arrays, then more. They refer to what is in here.
  template <class... More>
  [[nodiscard]] std::vector<parameter> parameters(const More&... more) const {
    return {std::get<Numbers>(keys_).as_parameter()..., more...};
  }

 private:
  std::tuple<array_builder<typename rows::template key_column<Numbers>::type>...> keys_;
};

}  // namespace online_migration::detail
