// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/schema/pg_type.hpp>

namespace online_migration {

/// The type to write instead, in a diagnosis.
template <class... Suggestion>
struct write_instead {};

/// M027: the type of a column is not one of PostgreSQL's.
template <class Type, class Hint>
struct not_a_column_type {
  static constexpr bool raise() {
    static_assert(accepts<not_a_column_type>,
                  "M027: the type of a column is one of PostgreSQL's, such as om::text or om::bigint, not one of C++; "
                  "write the type that the column has in the database. docs/errors/M027.md");
    return true;
  }
};

namespace detail {

/// The type of PostgreSQL that values of a type of C++ mostly come from.
template <class Type>
constexpr auto guess_column_type() {
  if constexpr (std::same_as<Type, bool>) {
    return write_instead<boolean>{};
  } else if constexpr (std::integral<Type>) {
    if constexpr (sizeof(Type) == sizeof(std::int64_t)) {
      return write_instead<bigint>{};
    } else if constexpr (sizeof(Type) == sizeof(std::int32_t)) {
      return write_instead<integer>{};
    } else {
      return write_instead<smallint>{};
    }
  } else if constexpr (std::floating_point<Type>) {
    if constexpr (sizeof(Type) == sizeof(float)) {
      return write_instead<float4>{};
    } else {
      return write_instead<float8>{};
    }
  } else if constexpr (std::is_pointer_v<Type> || requires { typename Type::traits_type; }) {  // char*, std::string
    return write_instead<text>{};
  } else {
    return write_instead<>{};
  }
}

template <class Type>
constexpr bool is_column_type() {
  if constexpr (pg_type<Type>) {
    return true;
  } else {
    return not_a_column_type<Type, decltype(guess_column_type<Type>())>::raise();
  }
}

/// The description of a type. One of C++ was refused where it was written: more is not to be said of it.
template <class Type>
inline constexpr const type_description& description_of = text::description;

template <pg_type Type>
inline constexpr const type_description& description_of<Type> = Type::description;

}  // namespace detail

/// What can stand as the type of a column. Another type is an error with a sentence, not an overload that does not fit.
template <class Type>
concept column_type = detail::is_column_type<Type>();

}  // namespace online_migration
