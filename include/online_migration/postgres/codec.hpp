// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/base/optional.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/schema/pg_type.hpp>

namespace online_migration {

namespace detail {

template <std::unsigned_integral Number>
constexpr void store_number(Number value, char* out) {
  for (std::size_t i = sizeof(Number); i-- > 0; value = static_cast<Number>(value >> 8)) {
    out[i] = static_cast<char>(static_cast<unsigned char>(value & 0xff));
  }
}

template <std::unsigned_integral Number>
constexpr Number load_number(const char* in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) value = value << 8 | static_cast<unsigned char>(in[i]);
  return static_cast<Number>(value);
}

/// The binary form of a C++ value of fixed size: big-endian.
template <class Value>
struct codec;

template <std::signed_integral Value>
struct codec<Value> {
  static constexpr std::size_t size = sizeof(Value);
  static constexpr void store(Value value, char* out) {
    store_number(static_cast<std::make_unsigned_t<Value>>(value), out);
  }
  static constexpr Value load(const char* in) {
    return static_cast<Value>(load_number<std::make_unsigned_t<Value>>(in));
  }
};

template <>
struct codec<bool> {
  static constexpr std::size_t size = 1;
  static constexpr void store(bool value, char* out) { *out = value ? 1 : 0; }
  static constexpr bool load(const char* in) { return *in != 0; }
};

template <>
struct codec<double> {
  static constexpr std::size_t size = 8;
  static constexpr void store(double value, char* out) { store_number(std::bit_cast<std::uint64_t>(value), out); }
  static constexpr double load(const char* in) { return std::bit_cast<double>(load_number<std::uint64_t>(in)); }
};

template <>
struct codec<uuid_value> {
  static constexpr std::size_t size = 16;
  static constexpr void store(const uuid_value& value, char* out) {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(value.bytes[i]);
  }
  static constexpr uuid_value load(const char* in) {
    uuid_value value;
    for (std::size_t i = 0; i < size; ++i) value.bytes[i] = static_cast<unsigned char>(in[i]);
    return value;
  }
};

template <>
struct codec<timestamp_value> {
  static constexpr std::size_t size = 8;
  static constexpr void store(timestamp_value value, char* out) { codec<std::int64_t>::store(value.microseconds, out); }
  static constexpr timestamp_value load(const char* in) { return {codec<std::int64_t>::load(in)}; }
};

template <>
struct codec<local_timestamp_value> {
  static constexpr std::size_t size = 8;
  static constexpr void store(local_timestamp_value value, char* out) {
    codec<std::int64_t>::store(value.microseconds, out);
  }
  static constexpr local_timestamp_value load(const char* in) { return {codec<std::int64_t>::load(in)}; }
};

/// Texts travel as their own bytes, which the value only refers to.
template <class Type>
concept textual = pg_type<Type> && std::same_as<typename Type::value_type, std::string_view>;

/// Whether `Given` becomes a `Value` without losing anything.
template <class Given, class Value>
concept keeps = std::same_as<Given, Value> || (std::is_arithmetic_v<Value> && requires(Given given) { Value{given}; });

/// What a `wire` of values of type `Value` can be made from: a value, an optional one, or `std::nullopt`.
template <class Given, class Value>
concept wire_source = std::same_as<Given, std::nullopt_t> || keeps<Given, Value> ||
                      (is_optional<Given> && keeps<typename Given::value_type, Value>);

}  // namespace detail

/// A value of PostgreSQL type `Type` in its binary form, ready to be sent: `wire<bigint>{42}.as_parameter()`. It is
/// made from a value, from an optional one, or from `std::nullopt` for NULL, and holds the bytes itself, without
/// allocation.
template <pg_type Type>
class wire {
 public:
  using value_type = typename Type::value_type;

  template <class Given>
    requires(!std::same_as<Given, wire> && detail::wire_source<Given, value_type>)
  constexpr explicit wire(const Given& given) {
    if constexpr (std::same_as<Given, std::nullopt_t>) {
      null_ = true;
    } else if constexpr (detail::is_optional<Given>) {
      null_ = !given.has_value();
      if (!null_) codec::store(value_type{*given}, bytes_.data());
    } else {
      codec::store(value_type{given}, bytes_.data());
    }
  }

  /// Refers to the bytes in here, so it is good as long as this object.
  [[nodiscard]] constexpr parameter as_parameter() const {
    return {Type::description.oid, null_ ? nullptr : bytes_.data(), static_cast<int>(codec::size), 1};
  }

 private:
  using codec = detail::codec<value_type>;
  std::array<char, codec::size> bytes_{};
  bool null_ = false;
};

/// For texts it refers to the caller's bytes, which must outlive the call they are sent with.
template <detail::textual Type>
class wire<Type> {
 public:
  using value_type = std::string_view;

  template <class Given>
    requires(!std::same_as<Given, wire> && std::constructible_from<std::optional<std::string_view>, const Given&>)
  constexpr explicit wire(const Given& given) : value_{given} {}

  /// Throws: `refused` for a gigabyte or more.
  [[nodiscard]] parameter as_parameter() const {
    return value_ ? text_parameter(*value_, Type::description.oid) : null_parameter(Type::description.oid);
  }

 private:
  std::optional<std::string_view> value_;
};

/// The value in the bytes of a binary result; texts refer to those bytes.
/// Throws: `refused` if their number is wrong for the type, as when a column has another type than declared.
template <pg_type Type>
constexpr typename Type::value_type decode(std::string_view bytes) {
  if constexpr (detail::textual<Type>) {
    return bytes;
  } else {
    using codec = detail::codec<typename Type::value_type>;
    if (bytes.size() != codec::size) {
      throw refused{"The server sent " + std::to_string(bytes.size()) + " bytes for a value of type " +
                    std::string{Type::description.name} + ", which has " + std::to_string(codec::size) +
                    ": declare the column with the type that it has in the database."};
    }
    return codec::load(bytes.data());
  }
}

}  // namespace online_migration
