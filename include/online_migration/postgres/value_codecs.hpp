// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <online_migration/schema/values.hpp>

/// How C++ values of a fixed size travel: big-endian, as the `…_send` functions of PostgreSQL write them.
namespace online_migration::detail {

template <std::unsigned_integral Number>
constexpr void store_number(Number value, char* out) {
  if constexpr (std::endian::native == std::endian::little && sizeof(Number) == 8) {
    if (!std::is_constant_evaluated()) {  // compilers do not see through the loop
      value = __builtin_bswap64(value);
      std::memcpy(out, &value, sizeof value);
      return;
    }
  }
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

template <std::floating_point Value>
struct codec<Value> {
  using bits = std::conditional_t<sizeof(Value) == 4, std::uint32_t, std::uint64_t>;
  static constexpr std::size_t size = sizeof(bits);
  static constexpr void store(Value value, char* out) { store_number(std::bit_cast<bits>(value), out); }
  static constexpr Value load(const char* in) { return std::bit_cast<Value>(load_number<bits>(in)); }
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

/// A struct around one number.
template <class Value, auto Member>
struct number_codec {
  using number = std::remove_cvref_t<decltype(std::declval<Value&>().*Member)>;
  static constexpr std::size_t size = sizeof(number);
  static constexpr void store(Value value, char* out) { codec<number>::store(value.*Member, out); }
  static constexpr Value load(const char* in) { return {codec<number>::load(in)}; }
};

template <>
struct codec<timestamp_value> : number_codec<timestamp_value, &timestamp_value::microseconds> {};
template <>
struct codec<local_timestamp_value> : number_codec<local_timestamp_value, &local_timestamp_value::microseconds> {};
template <>
struct codec<time_value> : number_codec<time_value, &time_value::microseconds> {};
template <>
struct codec<date_value> : number_codec<date_value, &date_value::days> {};

template <>
struct codec<interval_value> {
  static constexpr std::size_t size = 16;
  static constexpr void store(const interval_value& value, char* out) {
    codec<std::int64_t>::store(value.microseconds, out);
    codec<std::int32_t>::store(value.days, out + 8);
    codec<std::int32_t>::store(value.months, out + 12);
  }
  static constexpr interval_value load(const char* in) {
    return {codec<std::int32_t>::load(in + 12), codec<std::int32_t>::load(in + 8), codec<std::int64_t>::load(in)};
  }
};

}  // namespace online_migration::detail

namespace online_migration {

/// Writes a number, a truth value or one of the library's values of a fixed size as PostgreSQL takes it, for the codec
/// of a type of your own: `store_binary(value.x, out)`. It takes as many bytes as the value has in PostgreSQL.
template <class Value>
constexpr void store_binary(const Value& value, char* out) {
  detail::codec<Value>::store(value, out);
}

/// The value in bytes that PostgreSQL has sent: `load_binary<double>(in)`.
template <class Value>
constexpr Value load_binary(const char* in) {
  return detail::codec<Value>::load(in);
}

}  // namespace online_migration
