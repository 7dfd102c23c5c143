// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/schema/pg_type.hpp>

namespace online_migration {

/// A one-dimensional array of `Type`, built in PostgreSQL's binary form, to be sent for `$1::bigint[]`. It copies the
/// values. Of a domain it is an array of what that is over, of an enum one of texts, whose numbers every server knows.
/// Throws: `std::bad_alloc`.
template <pg_type Type>
class array_builder {
 public:
  using value_type = typename Type::value_type;

  array_builder() { clear(); }

  void push(const value_type& value) {
    detail::append_sized_value<Type>(value, bytes_);
    ++size_;
    put(dimension, static_cast<std::uint32_t>(size_));
  }

  void push_null() {
    detail::append_number(std::uint32_t{0xffff'ffff}, bytes_);
    put(has_null, 1);
    ++size_;
    put(dimension, static_cast<std::uint32_t>(size_));
  }

  /// A value, or NULL for an empty optional.
  void push_optional(const std::optional<value_type>& value) {
    if (value) {
      push(*value);
    } else {
      push_null();
    }
  }

  /// Some of its values as an array.
  [[nodiscard]] array_builder part(std::size_t first, std::size_t count) const {
    array_builder some;
    std::size_t at = header;
    for (std::size_t i = 0; i < first + count; ++i) {
      auto length = detail::load_number<std::uint32_t>(bytes_.data() + at);
      bool is_null = length == 0xffff'ffff;
      std::size_t size = 4 + (is_null ? 0 : length);
      if (i >= first) {
        if (is_null) some.put(has_null, 1);
        some.bytes_.append(bytes_, at, size);
      }
      at += size;
    }
    some.size_ = count;
    some.put(dimension, static_cast<std::uint32_t>(count));
    return some;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Forgets the values and keeps the memory.
  void clear() {
    size_ = 0;
    bytes_.assign(header, '\0');
    put(dimensions, 1);
    put(element_type, Type::description.travels_as().oid);
    put(lower_bound, 1);
  }

  /// Refers to the bytes in here: good until the next change of the array.
  /// Throws: `refused` for a gigabyte or more.
  [[nodiscard]] parameter as_parameter() const {
    return {Type::description.travels_as().array_oid, bytes_.data(), detail::parameter_size(bytes_.size()), 1};
  }

 private:
  // Offsets in the header, as array_recv() in PostgreSQL's arrayfuncs.c reads it.
  static constexpr std::size_t dimensions = 0;
  static constexpr std::size_t has_null = 4;
  static constexpr std::size_t element_type = 8;
  static constexpr std::size_t dimension = 12;
  static constexpr std::size_t lower_bound = 16;
  static constexpr std::size_t header = 20;

  void put(std::size_t offset, std::uint32_t value) { detail::store_number(value, bytes_.data() + offset); }

  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace online_migration
