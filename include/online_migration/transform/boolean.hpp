// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <type_traits>

#include <online_migration/transform/call.hpp>
#include <online_migration/transform/comparison.hpp>

/// Truth values with three-valued logic, NULL standing for "unknown".
namespace online_migration {

namespace function {

/// `AND` and `OR`: the second argument is computed only where the first does not decide.
template <bool Deciding>
struct junction {
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lazy = true;
  static constexpr auto name = [] {
    if constexpr (Deciding) {
      return fixed_string{"or"};
    } else {
      return fixed_string{"and"};
    }
  }();

  static constexpr expression_type result(const detail::argument_types& given) {
    bool fits = detail::base_oid(given[0]) == boolean::description.oid &&
                detail::base_oid(given[1]) == boolean::description.oid;
    return fits ? expression_type{boolean::description, given.nullable()} : expression_type::invalid();
  }

  template <class Left, class Right>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    Left::write(out, names);
    out.put(Deciding ? " OR " : " AND ");
    Right::write(out, names);
    out.put(')');
  }

  template <class Left, class Right, class Row>
  static constexpr auto evaluate(const Row& row) {
    auto left = Left::evaluate(row);
    using right_value = decltype(Right::evaluate(row));
    if constexpr (detail::is_optional<decltype(left)> || detail::is_optional<right_value>) {
      if (std::optional<bool>{left} == Deciding) return std::optional<bool>{Deciding};
      std::optional<bool> right{Right::evaluate(row)};
      if (right == Deciding) return right;
      return std::optional<bool>{left}.has_value() ? right : std::optional<bool>{};
    } else {
      return left == Deciding ? Deciding : Right::evaluate(row);
    }
  }
};

/// `NOT`. NULL in, NULL out.
struct negation {
  static constexpr auto name = fixed_string{"not"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (detail::base_oid(given[0]) != boolean::description.oid) return expression_type::invalid();
    return {boolean::description, given.nullable()};
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("(NOT ");
    Argument::write(out, names);
    out.put(')');
  }

  static constexpr bool apply(bool value) { return !value; }
};

/// `IS NULL` and `IS NOT NULL`, of any type; never NULL.
template <bool Wanted>
struct null_test {
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lenient = true;
  static constexpr auto name = [] {
    if constexpr (Wanted) {
      return fixed_string{"is_null"};
    } else {
      return fixed_string{"is_not_null"};
    }
  }();

  static constexpr expression_type result(const detail::argument_types&) { return {boolean::description}; }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    Argument::write(out, names);
    out.put(Wanted ? " IS NULL)" : " IS NOT NULL)");
  }

  template <class Value>
  static constexpr bool apply(const Value& value) {
    if constexpr (detail::is_optional<Value>) {
      return value.has_value() != Wanted;
    } else {
      return !Wanted;
    }
  }
};

}  // namespace function

namespace detail {

/// `AND` or `OR` of what reads columns: over a constant PostgreSQL decides while it plans, and leaves out the other side.
template <class Function, class Left, class Right>
consteval auto join_conditions() {
  if constexpr (expression<Left> && expression<Right> && !is_mistaken<Left> && !is_mistaken<Right>) {
    constexpr bool reads = Left::columns::size != 0 && Right::columns::size != 0;
    static_assert(reads,
                  "M013: one side of && or || is a constant, which decides it or says nothing; leave it out. "
                  "docs/errors/M013.md");
    if constexpr (reads) {
      return call_node<Function, Left, Right>{};
    } else {
      return mistaken_node{};
    }
  } else {
    return make_call<Function, Left, Right>();
  }
}

}  // namespace detail

/// Both; false as soon as one is false, else NULL if one is NULL. The right side is not computed where the left is
/// false.
template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator&&(Left, Right) {
  return detail::join_conditions<function::junction<false>, Left, Right>();
}

/// One of them; true as soon as one is true, else NULL if one is NULL. The right side is not computed where the left is
/// true.
template <class Left, class Right>
  requires detail::operands<Left, Right>
consteval auto operator||(Left, Right) {
  return detail::join_conditions<function::junction<true>, Left, Right>();
}

/// Not. NULL in, NULL out.
template <expression Argument>
consteval auto operator!(Argument) {
  return detail::make_call<function::negation, Argument>();
}

/// Whether a value is NULL.
template <class Argument>
consteval auto is_null(Argument) {
  return detail::make_call<function::null_test<true>, Argument>();
}

/// Whether a value is not NULL.
template <class Argument>
consteval auto is_not_null(Argument) {
  return detail::make_call<function::null_test<false>, Argument>();
}

}  // namespace online_migration
