// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>

namespace online_migration::detail {

/// Parameters in the form of libpq's functions: one array for each property. Kept between statements for its memory.
class parameter_arrays {
 public:
  /// Throws: `refused` for more parameters than the protocol can count.
  static void check(std::span<const parameter> parameters) {
    if (parameters.size() > 65535) throw refused{"A statement has more than 65535 parameters: send arrays."};
  }

  /// Throws as `check`.
  void fill(std::span<const parameter> parameters) {
    check(parameters);
    types_.clear();
    values_.clear();
    sizes_.clear();
    formats_.clear();
    for (const parameter& each : parameters) {
      types_.push_back(each.oid);
      values_.push_back(each.data);
      sizes_.push_back(each.size);
      formats_.push_back(each.format);
    }
  }

  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  [[nodiscard]] const unsigned* types() const { return types_.data(); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* sizes() const { return sizes_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  std::vector<unsigned> types_;
  std::vector<const char*> values_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
};

}  // namespace online_migration::detail
