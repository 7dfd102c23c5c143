// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <online_migration/base/list.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/arithmetic.hpp>
#include <online_migration/transform/cast.hpp>
#include <online_migration/transform/text_parts.hpp>
#include <online_migration/transform/time_functions.hpp>

/// The inverse of a transform that loses nothing: of the old column itself, and of what is undone step by step.
namespace online_migration::detail {

/// In the place of an inverse where none is known.
struct no_inverse {};

/// The whole number of a description; `void` for other types.
template <std::uint32_t Oid>
using integer_of = std::conditional_t<Oid == int2::description.oid, int2,
                                      std::conditional_t<Oid == int4::description.oid, int4,
                                                         std::conditional_t<Oid == int8::description.oid, int8, void>>>;

/// A value as the whole number that it was before it was widened.
template <class Wanted, class Value>
using narrowed = call_node<function::cast<Wanted>, Value>;

/// What gives back the value of the column below `Node`, from a `Value` that `Node` gave.
template <class Table, class Node, class Value>
struct undo {
  using type = no_inverse;
};

template <class Table, fixed_string Name, class Value>
struct undo<Table, column_node<Name>, Value> {
  using type = Value;
};

template <class Table, class Argument, class Value>
struct undo<Table, call_node<function::at_utc, Argument>, Value>
    : undo<Table, Argument, call_node<function::at_utc, Value>> {};

template <class Table, class Argument, class Value>
struct undo<Table, call_node<function::reverse, Argument>, Value>
    : undo<Table, Argument, call_node<function::reverse, Value>> {};

template <class Table, class Argument, class Value>
struct undo<Table, call_node<function::opposite<true>, Argument>, Value>
    : undo<Table, Argument, call_node<function::opposite<true>, Value>> {};

/// A constant is taken away again, or added, if that leaves the type as it was.
template <class Table, function::arithmetic Operator, class Argument, literal_value Constant, class Value>
  requires(Operator == function::arithmetic::plus || Operator == function::arithmetic::minus)
struct undo<Table, call_node<function::binary<Operator>, Argument, literal_node<Constant>>, Value> {
  static constexpr auto opposite =
      Operator == function::arithmetic::plus ? function::arithmetic::minus : function::arithmetic::plus;
  static constexpr auto before = Argument::type_over(describe_table<Table>).type.oid;
  static constexpr auto after =
      call_node<function::binary<Operator>, Argument, literal_node<Constant>>::type_over(describe_table<Table>)
          .type.oid;
  using sum = call_node<function::binary<opposite>, Value, literal_node<Constant>>;
  using value = std::conditional_t<before == after, sum, narrowed<integer_of<before>, sum>>;
  using type = typename undo<Table, Argument, value>::type;
};

/// A whole number was widened or written as text.
template <class Table, class Type, class Argument, class Value>
  requires(!std::same_as<integer_of<Argument::type_over(describe_table<Table>).type.oid>, void> &&
           (Type::description.oid == text::description.oid ||
            widens_to(Argument::type_over(describe_table<Table>).type, Type::description)))
struct undo<Table, call_node<function::cast<Type>, Argument>, Value>
    : undo<Table, Argument, narrowed<integer_of<Argument::type_over(describe_table<Table>).type.oid>, Value>> {};

/// A text became the enum of which it was a label.
template <class Table, fixed_string Name, fixed_string... Labels, class Argument, class Value>
struct undo<Table, call_node<function::cast<enumeration<Name, Labels...>>, Argument>, Value>
    : undo<Table, Argument, call_node<function::cast<text>, Value>> {};

/// The label of an enum was written as text.
template <class Table, fixed_string Name, class Value>
  requires(column_node<Name>::type_over(describe_table<Table>).type.shape == type_shape::enumeration)
struct undo<Table, call_node<function::cast<text>, column_node<Name>>, Value> {
  using type = call_node<function::cast<typename column_at<Table, column_index<Table, Name>>::type>, Value>;
};

/// The value of the new column as the transform gave it.
template <class Table, class Change>
constexpr auto given_value() {
  constexpr type_description from = Change::transform::type_over(describe_table<Table>).type;
  if constexpr (from.same_kind(Change::type::description)) {
    return column_node<Change::name>{};
  } else if constexpr (!std::same_as<integer_of<from.oid>, void> &&
                       !std::same_as<integer_of<Change::type::description.oid>, void>) {
    return narrowed<integer_of<from.oid>, column_node<Change::name>>{};
  } else {
    return no_inverse{};
  }
}

template <class Change, class Inverse>
struct with_inverse : Change {
  using inverse = Inverse;
  using retired = list<from<Change::replaced, Inverse{}>>;
};

/// Whether an inverse gives a value that the old column takes.
template <class Table, class Change>
constexpr bool leads_back() {
  using table = reversed_table<Table, Change>;
  using old = column_at<Table, column_index<Table, Change::replaced>>;
  constexpr expression_type given = Change::inverse::type_over(describe_table<table>);
  return given.valid && widens_to(given.type, old::type::description) && (!given.nullable || !old::is_required);
}

/// Whether a change leaves its inverse to be derived, and its names and types are right so far.
template <class Table, class Change>
constexpr bool asks_for_inverse() {
  if constexpr (!requires { typename Change::inverse; }) {
    return false;
  } else if constexpr (!std::same_as<typename Change::inverse, no_way_back_given>) {
    return false;
  } else {
    return column_index<Table, Change::replaced> != table_description::none &&
           column_index<Table, Change::name> == table_description::none && Change::transform::columns::size == 1 &&
           same_text(at_t<0, typename Change::transform::columns>::name, Change::replaced) &&
           Change::transform::type_over(describe_table<Table>).valid;
  }
}

template <class Table, class Change>
constexpr auto complete() {
  if constexpr (!asks_for_inverse<Table, Change>()) {
    return std::type_identity<Change>{};
  } else {
    using given = decltype(given_value<Table, Change>());
    using inverse = typename undo<Table, typename Change::transform, given>::type;
    if constexpr (std::same_as<given, no_inverse> || std::same_as<inverse, no_inverse>) {
      return std::type_identity<Change>{};
    } else if constexpr (!leads_back<Table, with_inverse<Change, inverse>>()) {
      return std::type_identity<Change>{};
    } else {
      return std::type_identity<with_inverse<Change, inverse>>{};
    }
  }
}

/// A change with the inverse that follows from its transform, where it declares none and there is one.
template <class Table, class Change>
using completed = typename decltype(complete<Table, Change>())::type;

}  // namespace online_migration::detail
