// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/literal.hpp>

namespace online_migration {

/// Part of a diagnosis: the numbers of the elements of an `om::row_each`.
struct element_numbers {};

/// M072: the position of an extracted row is no value of its column, or that of another row as well.
template <class Target, class Position>
struct unfit_position {
  static constexpr bool raise() {
    static_assert(
        accepts<unfit_position>,
        "M072: the position of a row is a value of the last column of the other table's key, and no two rows have "
        "the same; of an om::row_each it is an om::integer or om::bigint. docs/errors/M072.md");
    return true;
  }
};

namespace detail {

template <class Target, class Position>
constexpr bool fits_position() {
  const table_description& target = describe_table<Target>;
  const type_description& type = *target.columns[target.key_at(target.key_count() - 1)].type;
  if (Position::is_number) {
    const auto number = Position::value.number;
    return widens_to(Position::type_over(target).type, type) ||
           (type.oid == int2::description.oid && number >= -32768 && number <= 32767);
  }
  return widens_to(Position::type_over(target).type, type);
}

template <class A, class B>
constexpr bool is_same_position() {
  if constexpr (A::is_text && B::is_text) {
    return A::view == B::view;
  } else {
    return A::is_text == B::is_text && A::value.number == B::value.number;
  }
}

template <class Position, class... Positions>
constexpr bool is_once_among(list<Positions...>) {
  return (is_same_position<Position, Positions>() + ... + 0) == 1;
}

/// The rule, over the position of one row and the list of all.
template <class Target, class Position, class All>
using check_position =
    fine_or<fits_position<Target, Position>() && is_once_among<Position>(All{}), unfit_position<Target, Position>>;

template <class Target>
constexpr bool is_numbered() {
  const table_description& target = describe_table<Target>;
  const std::uint32_t oid = target.columns[target.key_at(target.key_count() - 1)].type->oid;
  return oid == int4::description.oid || oid == int8::description.oid;
}

/// The rule, over elements.
template <class Target>
using check_numbered = fine_or<is_numbered<Target>(), unfit_position<Target, element_numbers>>;

}  // namespace detail
}  // namespace online_migration
