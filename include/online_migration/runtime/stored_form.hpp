// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <online_migration/base/optional.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/transform/utf8.hpp>

/// What a column makes of the values that it is given, so that what C++ computes can be compared with what is stored.
namespace online_migration::detail {

/// A value as a column of this type will store it: PostgreSQL cuts blanks past the length of a varchar and rounds a
/// numeric without a word. What it would refuse (other letters there) is left as it is, so that nothing depends on it.
template <class Type>
constexpr typename Type::value_type stored_form(const typename Type::value_type& value) {
  constexpr const type_description& type = Type::description.underlying();
  if constexpr (type.oid == type_description::character_oid) {
    std::size_t end = value.size();
    while (end > 0 && value[end - 1] == ' ') --end;
    return value.substr(0, end);
  } else if constexpr (textual<Type> && type.length > 0) {
    std::size_t end = byte_of_character(value, static_cast<std::uint64_t>(type.length));
    return value.find_first_not_of(' ', end) == std::string_view::npos ? value.substr(0, end) : value;
  } else if constexpr (type.is_numeric() && type.length > 0) {
    return value.rounded(type.scale);
  } else {
    return value;
  }
}

/// Whether two values are the same, bit by bit for floating-point numbers.
template <class Value>
constexpr bool same_value(const Value& a, const Value& b) {
  if constexpr (std::floating_point<Value>) {
    using bits = typename codec<Value>::bits;
    return std::bit_cast<bits>(a) == std::bit_cast<bits>(b);
  } else {
    return a == b;
  }
}

template <class Type>
struct enumeration_labels {
  static constexpr bool has(std::string_view label) { return Type::find(label).has_value(); }
};
template <fixed_string Name, class Base>
struct enumeration_labels<domain<Name, Base>> : enumeration_labels<Base> {};

/// Why the server would not take a value for a column of this type; empty where it does, or where only it can tell: the
/// constraints of a domain, and whether a document is one.
template <pg_type Type>
std::string_view refusal_of(const typename Type::value_type& value) {
  constexpr const type_description& type = Type::description.underlying();
  if constexpr (textual<Type>) {
    if (!is_valid_text(value)) return "22021";
    if constexpr (type.shape == type_shape::enumeration) {
      if (!enumeration_labels<Type>::has(value)) return "22P02";
    }
    if constexpr (type.length > 0) {
      std::size_t end = byte_of_character(value, static_cast<std::uint64_t>(type.length));
      if (value.find_first_not_of(' ', end) != std::string_view::npos) return "22001";
    }
  } else if constexpr (type.is_numeric()) {
    if (!value.is_number()) return "22P02";
    if constexpr (type.length > 0 && type.scale <= type.length) {
      if (!value.is_finite()) return value.view() == "NaN" ? std::string_view{} : "22003";
      if (value.rounded(type.scale).whole_digits() > static_cast<std::size_t>(type.length - type.scale)) return "22003";
    }
  }
  return {};
}

/// Why the server would not take a computed value; empty where it does.
template <pg_type Type, class Computed>
std::string_view refusal(const Computed& computed) {
  if constexpr (is_optional<Computed>) {
    return computed.has_value() ? refusal<Type>(*computed) : std::string_view{};
  } else {
    return refusal_of<Type>(static_cast<typename Type::value_type>(computed));
  }
}

template <class Value>
struct owner {
  using type = Value;
};
template <>
struct owner<std::string_view> {
  using type = std::string;
};
template <>
struct owner<bytes_view> {
  using type = std::vector<std::byte>;
};
template <class Value>
struct owner<std::vector<std::optional<Value>>> {
  using type = std::vector<std::optional<typename owner<Value>::type>>;
};

/// A type's C++ value that owns what it holds.
template <class Type>
using owned_of = typename owner<decoded<Type>>::type;

/// A value, read or computed, as one that owns what it holds.
template <class Owned, class Given>
Owned own(const Given& given) {
  if constexpr (std::same_as<Owned, std::string>) {
    return Owned{std::string_view{given}};
  } else if constexpr (std::same_as<Owned, std::vector<std::byte>>) {
    bytes_view bytes{given};
    return Owned(bytes.data, bytes.data + bytes.size);
  } else if constexpr (requires { typename Owned::value_type::value_type; }) {
    Owned all;
    for (const auto& each : given) {
      all.emplace_back();
      if (each.has_value()) all.back() = own<typename Owned::value_type::value_type>(*each);
    }
    return all;
  } else {
    return static_cast<Owned>(given);
  }
}

}  // namespace online_migration::detail
