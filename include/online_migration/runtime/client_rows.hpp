// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <online_migration/base/optional.hpp>
#include <online_migration/migration/transform.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/stored_form.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Rows whose new value the client computes: key, sources and new column, in binary, as `client_read` orders them.
template <migration_like Migration>
struct client_rows {
  using table = typename Migration::table;
  using change = typename Migration::change;
  static constexpr std::size_t keys = describe_table<table>.key_count();
  static constexpr std::size_t sources = source_count<Migration>;

  template <std::size_t Number>
  using key_column = column_at<table, describe_table<table>.key_at(Number)>;

  /// A value of a result as the column's C++ value, empty for NULL.
  template <class Type, class Result>
  static std::optional<decoded<Type>> value(const Result& rows, int row, std::size_t column) {
    int index = static_cast<int>(column);
    std::string_view bytes = rows.text(row, index);
    if (bytes.empty() && rows.is_null(row, index)) return std::nullopt;
    return decode<Type>(bytes);
  }

  /// What the new column of a row has to be.
  template <class Result>
  static auto computed(const Result& rows, int row) {
    return [&]<std::size_t... Numbers>(std::index_sequence<Numbers...>) {
      return transform<Migration>(source<Numbers>(rows, row)...);
    }(std::make_index_sequence<sources>{});
  }

  /// Whether two values of the new column are the same.
  template <class Computed>
  static bool same(const Computed& computed, const std::optional<decoded<typename change::type>>& stored) {
    if constexpr (is_optional<Computed>) {
      if (!computed.has_value() || !stored.has_value()) return computed.has_value() == stored.has_value();
      return same_value(as_type(*computed), *stored);
    } else {
      return stored.has_value() && same_value(as_type(computed), *stored);
    }
  }

  /// A computed value in the type of the new column, which may be wider, and as it will be stored.
  template <class Computed>
  static typename change::type::value_type as_type(const Computed& computed) {
    return stored_form<typename change::type>(static_cast<typename change::type::value_type>(computed));
  }

 private:
  template <std::size_t Number, class Result>
  static auto source(const Result& rows, int row) {
    using column = source_column<Migration, Number>;
    auto found = value<typename column::type>(rows, row, keys + Number);
    if constexpr (column::is_required) {
      if (!found.has_value()) throw refused{"A column that is declared om::not_null holds NULL: declare it as it is."};
      return *found;
    } else {
      return found;
    }
  }
};

/// The arrays of one write-back.
template <migration_like Migration, class Keys, class Sources>
struct write_back;

template <migration_like Migration, std::size_t... Keys, std::size_t... Sources>
struct write_back<Migration, std::index_sequence<Keys...>, std::index_sequence<Sources...>> {
  using rows = client_rows<Migration>;
  std::tuple<array_builder<typename rows::template key_column<Keys>::type>...> keys;
  std::tuple<array_builder<typename source_column<Migration, Sources>::type>...> sources;
  array_builder<typename Migration::change::type> computed;

  template <class Result, class Computed>
  void add(const Result& from, int row, const Computed& value) {
    (std::get<Keys>(keys).push_optional(
         rows::template value<typename rows::template key_column<Keys>::type>(from, row, Keys)),
     ...);
    (std::get<Sources>(sources).push_optional(
         rows::template value<typename source_column<Migration, Sources>::type>(from, row, sizeof...(Keys) + Sources)),
     ...);
    if constexpr (is_optional<Computed>) {
      if (value.has_value()) {
        computed.push(rows::as_type(*value));
      } else {
        computed.push_null();
      }
    } else {
      computed.push(rows::as_type(value));
    }
  }

  /// Some of its rows.
  [[nodiscard]] write_back part(std::size_t first, std::size_t count) const {
    return {{std::get<Keys>(keys).part(first, count)...},
            {std::get<Sources>(sources).part(first, count)...},
            computed.part(first, count)};
  }

  /// Forgets the values and keeps the memory.
  void clear() {
    (std::get<Keys>(keys).clear(), ...);
    (std::get<Sources>(sources).clear(), ...);
    computed.clear();
  }

  /// They refer to what is in here.
  [[nodiscard]] std::vector<parameter> parameters() const {
    return {std::get<Keys>(keys).as_parameter()..., std::get<Sources>(sources).as_parameter()...,
            computed.as_parameter()};
  }

  /// The positions, from 1, of the rows that were written.
  template <class Connection>
  auto send(Connection& on) const {
    return ask(on, statements<Migration>::client_write_back, std::span<const parameter>{parameters()});
  }
};

}  // namespace online_migration::detail
