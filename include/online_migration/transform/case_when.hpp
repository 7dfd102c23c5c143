// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

#include <online_migration/transform/boolean.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/joined.hpp>

namespace online_migration {

namespace function {

/// PostgreSQL's `CASE`: conditions and values by turns, and at the end perhaps the value where no condition is true.
struct case_when {
  static constexpr auto name = fixed_string{"case"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lazy = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    expression_type joined = given[1];
    bool nullable = given.count % 2 == 0;
    for (std::size_t i = 0; i < given.count; ++i) {
      if (i % 2 == 0 && i + 1 < given.count) {
        if (detail::base_oid(given[i]) != boolean::description.oid) return expression_type::invalid();
      } else {
        joined = detail::join_types(joined, given[i]);
        nullable = nullable || given[i].nullable;
        if (!joined.valid) return joined;
      }
    }
    joined.nullable = nullable;
    return joined;
  }

  /// In brackets: where PL/pgSQL reads a condition, `IF … THEN`, a THEN outside of brackets ends it.
  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put("(CASE");
    write_rest<Arguments...>(out, names);
    out.put(" END)");
  }

  template <class... Arguments, class Row>
  static constexpr auto evaluate(const Row& row) {
    return choose<typename result_of<Row, detail::list<>, Arguments...>::type, Arguments...>(row);
  }

 private:
  /// The C++ type of the values: every second argument and the last of an odd number.
  template <class Row, class Values, class... Arguments>
  struct result_of;

  template <class Row, class... Values, class Condition, class Value, class... Rest>
  struct result_of<Row, detail::list<Values...>, Condition, Value, Rest...>
      : result_of<Row, detail::list<Values..., detail::value_over<Value, Row>>, Rest...> {};

  template <class Row, class... Values, class Otherwise>
  struct result_of<Row, detail::list<Values...>, Otherwise> {
    using value = detail::joined_value<Values..., detail::value_over<Otherwise, Row>>;
    static constexpr bool nullable =
        (detail::is_optional<Values> || ... || detail::is_optional<detail::value_over<Otherwise, Row>>);
    using type = std::conditional_t<nullable, std::optional<value>, value>;
  };

  template <class Row, class... Values>
  struct result_of<Row, detail::list<Values...>> {
    using type = std::optional<detail::joined_value<Values...>>;
  };

  template <class Condition, class Value, class... Rest>
  static constexpr void write_rest(detail::sink& out, const detail::column_names& names) {
    out.put(" WHEN ");
    Condition::write(out, names);
    out.put(" THEN ");
    Value::write(out, names);
    if constexpr (sizeof...(Rest) == 1) {
      out.put(" ELSE ");
      (Rest::write(out, names), ...);
    } else if constexpr (sizeof...(Rest) > 1) {
      write_rest<Rest...>(out, names);
    }
  }

  template <class Result, class Condition, class Value, class... Rest, class Row>
  static constexpr Result choose(const Row& row) {
    if (std::optional<bool>{Condition::evaluate(row)}.value_or(false)) {
      return detail::as_joined<Result>(Value::evaluate(row));
    }
    if constexpr (sizeof...(Rest) == 0) {
      return Result{};
    } else if constexpr (sizeof...(Rest) == 1) {
      return (detail::as_joined<Result>(Rest::evaluate(row)), ...);
    } else {
      return choose<Result, Rest...>(row);
    }
  }
};

}  // namespace function

namespace detail {

/// Whether no condition of a `CASE` is a constant, which PostgreSQL would decide while it plans.
template <class Condition, class Value, class... Rest>
constexpr bool conditions_read_columns() {
  if constexpr (!expression<Condition>) {
    return true;  // another sentence is about that
  } else if constexpr (sizeof...(Rest) > 1) {
    return (Condition::columns::size != 0 || is_mistaken<Condition>)&&conditions_read_columns<Rest...>();
  } else {
    return Condition::columns::size != 0 || is_mistaken<Condition>;
  }
}

}  // namespace detail

/// The value beside the first condition that is true; the last argument where none is, or NULL if there is none. Values
/// that are not chosen are not computed.
///
///     om::case_when(om::col<"age"> < om::lit<18>, om::lit<"minor">, om::lit<"adult">)
template <class Condition, class Value, class... Rest>
consteval auto case_when(Condition, Value, Rest...) {
  constexpr bool reads = detail::conditions_read_columns<Condition, Value, Rest...>();
  static_assert(reads,
                "M013: a condition of om::case_when is a constant, so the choice is made already; leave it out. "
                "docs/errors/M013.md");
  if constexpr (reads) {
    return detail::make_call<function::case_when, Condition, Value, Rest...>();
  } else {
    return mistaken_node{};
  }
}

}  // namespace online_migration
