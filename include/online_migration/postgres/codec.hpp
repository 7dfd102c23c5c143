// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <online_migration/base/optional.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/value_codecs.hpp>
#include <online_migration/postgres/variable_codecs.hpp>
#include <online_migration/schema/pg_type.hpp>

namespace online_migration {

namespace detail {

/// For values that travel as their own bytes, which they only refer to.
struct view_codec {};

template <>
struct codec<std::string_view> : view_codec {};
template <>
struct codec<bytes_view> : view_codec {};

/// The codec of a type: its own if it has one, or else that of its C++ value.
template <class Type>
struct find_codec {
  using type = codec<typename Type::value_type>;
};
template <class Type>
  requires requires { typename Type::codec; }
struct find_codec<Type> {
  using type = typename Type::codec;
};
template <>
struct find_codec<jsonb> {
  using type = jsonb_codec;
};
template <fixed_string Name, class Base>
struct find_codec<domain<Name, Base>> : find_codec<Base> {};

template <class Element>
struct array_codec;
template <class Element>
struct find_codec<array<Element>> {
  using type = array_codec<Element>;
};

template <class Type>
using codec_of = typename find_codec<Type>::type;

template <class Type>
concept viewed = pg_type<Type> && std::derived_from<codec_of<Type>, view_codec>;

/// Values of which all have as many bytes.
template <class Type>
concept fixed_size = pg_type<Type> && requires { codec_of<Type>::size; };

/// Texts travel as their own bytes, which the value only refers to.
template <class Type>
concept textual = viewed<Type> && std::same_as<typename Type::value_type, std::string_view>;

constexpr std::string_view bytes_of(std::string_view value) { return value; }
inline std::string_view bytes_of(bytes_view value) { return {reinterpret_cast<const char*>(value.data), value.size}; }

/// Whether `Given` becomes a `Value` without losing anything.
template <class Given, class Value>
concept keeps = std::same_as<Given, Value> || (std::is_arithmetic_v<Value> && requires(Given given) { Value{given}; });

/// What a `wire` of values of type `Value` can be made from: a value, an optional one, or `std::nullopt`.
template <class Given, class Value>
concept wire_source = std::same_as<Given, std::nullopt_t> || keeps<Given, Value> ||
                      (is_optional<Given> && keeps<typename Given::value_type, Value>);

/// Appends the binary form of a value.
template <class Type>
void append_value(const typename Type::value_type& value, std::string& out) {
  using codec = codec_of<Type>;
  if constexpr (viewed<Type>) {
    out.append(bytes_of(value));
  } else if constexpr (fixed_size<Type>) {
    out.append(codec::size, '\0');
    codec::store(value, out.data() + out.size() - codec::size);
  } else {
    codec::append(value, out);
  }
}

/// The same behind the number of its bytes, as in an array. Throws: `refused` for a gigabyte or more.
template <class Type>
void append_sized_value(const typename Type::value_type& value, std::string& out) {
  std::size_t start = out.size();
  append_number(std::uint32_t{0}, out);
  append_value<Type>(value, out);
  store_number(static_cast<std::uint32_t>(parameter_size(out.size() - start - 4)), out.data() + start);
}

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
  using codec = detail::codec_of<Type>;
  std::array<char, codec::size> bytes_{};
  bool null_ = false;
};

/// For texts and `bytea` it refers to the caller's bytes, which must outlive the call they are sent with.
template <detail::viewed Type>
class wire<Type> {
 public:
  using value_type = typename Type::value_type;

  template <class Given>
    requires(!std::same_as<Given, wire> && std::constructible_from<std::optional<value_type>, const Given&>)
  constexpr explicit wire(const Given& given) : value_{given} {}

  /// Throws: `refused` for a gigabyte or more.
  [[nodiscard]] parameter as_parameter() const {
    return value_ ? text_parameter(detail::bytes_of(*value_), Type::description.oid)
                  : null_parameter(Type::description.oid);
  }

 private:
  std::optional<value_type> value_;
};

/// For values whose size is not fixed it allocates the bytes.
template <class Type>
  requires(pg_type<Type> && !detail::viewed<Type> && !detail::fixed_size<Type>)
class wire<Type> {
 public:
  using value_type = typename Type::value_type;

  /// Throws: `refused` for a `numeric_value` that is no number.
  template <class Given>
    requires(!std::same_as<Given, wire> && std::constructible_from<std::optional<value_type>, const Given&>)
  explicit wire(const Given& given) {
    const std::optional<value_type> value{given};
    null_ = !value.has_value();
    if (!null_) detail::append_value<Type>(*value, bytes_);
  }

  /// Refers to the bytes in here. Throws: `refused` for a gigabyte or more.
  [[nodiscard]] parameter as_parameter() const {
    constexpr unsigned oid = Type::description.sent_oid();
    return null_ ? null_parameter(oid) : text_parameter(bytes_, oid);
  }

 private:
  std::string bytes_;
  bool null_ = false;
};

/// The value in the bytes of a binary result; texts and `bytea` refer to those bytes. An array is a `std::vector` of
/// optional values.
/// Throws: `refused` if the bytes are wrong for the type, as when a column has another type than declared, and for an
/// array of more than one dimension.
template <pg_type Type>
constexpr auto decode(std::string_view bytes) {
  using codec = detail::codec_of<Type>;
  if constexpr (detail::textual<Type>) {
    if constexpr (Type::description.underlying().oid == type_description::character_oid) {
      while (!bytes.empty() && bytes.back() == ' ') bytes.remove_suffix(1);
    }
    return bytes;
  } else if constexpr (detail::viewed<Type>) {
    return bytes_view{reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
  } else if constexpr (detail::fixed_size<Type>) {
    if (bytes.size() != codec::size) {
      throw refused{"The server sent " + std::to_string(bytes.size()) + " bytes for a value of type " +
                    std::string{Type::description.name} + ", which has " + std::to_string(codec::size) +
                    ": declare the column with the type that it has in the database."};
    }
    return codec::load(bytes.data());
  } else {
    return codec::load(bytes);
  }
}

namespace detail {

/// A value as it comes out of a result.
template <class Type>
using decoded = decltype(decode<Type>(std::string_view{}));

/// An array of one dimension, as `array_send()` in PostgreSQL's arrayfuncs.c writes it.
template <class Element>
struct array_codec {
  static void append(const array_view<typename Element::value_type>& value, std::string& out) {
    std::size_t start = out.size();
    bool empty = value.size() == 0;
    append_number(std::uint32_t{empty ? 0U : 1U}, out);
    append_number(std::uint32_t{0}, out);
    append_number(std::uint32_t{Element::description.travels_as().oid}, out);
    if (empty) return;
    append_number(static_cast<std::uint32_t>(value.size()), out);
    append_number(std::uint32_t{1}, out);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto element = value[i];
      if (element.has_value()) {
        append_sized_value<Element>(*element, out);
      } else {
        append_number(std::uint32_t{0xffff'ffff}, out);
        store_number(std::uint32_t{1}, out.data() + start + 4);
      }
    }
  }

  static std::vector<std::optional<decoded<Element>>> load(std::string_view bytes) {
    std::vector<std::optional<decoded<Element>>> values;
    auto next = [&] {
      if (bytes.size() < 4) refuse_bytes("array");
      auto number = load_number<std::uint32_t>(bytes.data());
      bytes.remove_prefix(4);
      return number;
    };
    std::uint32_t dimensions = next();
    next();  // whether there are NULLs
    std::uint32_t element = next();
    if (Element::description.oid != 0 && element != Element::description.oid)
      refuse_bytes("array of the declared type");
    if (dimensions == 0) return values;
    if (dimensions != 1)
      throw refused{"An array of more than one dimension was read, for which C++ has no value here."};
    std::uint32_t count = next();
    next();  // the lower bound
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint32_t size = next();
      if (size == 0xffff'ffff) {
        values.emplace_back();
        continue;
      }
      if (size > bytes.size()) refuse_bytes("array");
      values.emplace_back(decode<Element>(bytes.substr(0, size)));
      bytes.remove_prefix(size);
    }
    return values;
  }
};

}  // namespace detail
}  // namespace online_migration
