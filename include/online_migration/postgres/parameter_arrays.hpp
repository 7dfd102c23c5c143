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
    if (types_.size() < parameters.size()) grow(parameters);
    count_ = parameters.size();
    unsigned* type = types_.data();
    const char** value = values_.data();
    int* size = sizes_.data();
    int* format = formats_.data();
    for (const parameter& each : parameters) {
      *type++ = each.oid;
      *value++ = each.data;
      *size++ = each.size;
      *format++ = each.format;
    }
  }

  [[nodiscard]] int count() const { return static_cast<int>(count_); }
  [[nodiscard]] const unsigned* types() const { return types_.data(); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* sizes() const { return sizes_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  [[gnu::noinline]] void grow(std::span<const parameter> parameters) {
    check(parameters);
    values_.resize(parameters.size());
    sizes_.resize(parameters.size());
    formats_.resize(parameters.size());
    types_.resize(parameters.size());
  }

  std::size_t count_ = 0;
  std::vector<unsigned> types_;
  std::vector<const char*> values_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
};

}  // namespace online_migration::detail
