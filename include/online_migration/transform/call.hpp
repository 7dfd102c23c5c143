// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/base/optional.hpp>
#include <online_migration/transform/literal.hpp>
#include <online_migration/transform/node.hpp>
#include <online_migration/transform/text_value.hpp>

namespace online_migration {

namespace detail {

/// Applies a function to values, any of which may be `std::optional`: NULL in gives NULL out, as with SQL's STRICT.
template <class Function, class... Values>
constexpr auto apply_strict(Values&&... values) {
  if constexpr ((is_optional<std::remove_cvref_t<Values>> || ...)) {
    auto missing = [](const auto& value) {
      if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
        return !value.has_value();
      } else {
        return false;
      }
    };
    auto open = [](auto&& value) -> decltype(auto) {
      if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
        return *std::forward<decltype(value)>(value);
      } else {
        return std::forward<decltype(value)>(value);
      }
    };
    using value = decltype(Function::apply(open(std::forward<Values>(values))...));
    using result = std::conditional_t<is_optional<value>, value, std::optional<value>>;
    if ((missing(values) || ...)) return result{};
    return result{Function::apply(open(std::forward<Values>(values))...)};
  } else {
    return Function::apply(std::forward<Values>(values)...);
  }
}

/// The types that a function's arguments have over a table, all of them valid.
struct argument_types {
  const expression_type* values;
  std::size_t count;

  constexpr const expression_type& operator[](std::size_t index) const { return values[index]; }

  /// Whether any argument may be NULL.
  [[nodiscard]] constexpr bool nullable() const {
    for (std::size_t i = 0; i < count; ++i) {
      if (values[i].nullable) return true;
    }
    return false;
  }
};

/// The number of a type, or of what a domain is over.
constexpr std::uint32_t base_oid(const expression_type& value) { return value.type.underlying().oid; }

constexpr bool is_text(const expression_type& value) {
  std::uint32_t oid = base_oid(value);
  return oid == text::description.oid || oid == varchar<1>::description.oid;
}

/// A text that is known to have at most so many characters.
constexpr type_description bounded_text(std::int64_t characters) {
  type_description bounded = text::description;
  if (characters <= 10485760) bounded.length = static_cast<std::int32_t>(characters > 0 ? characters : 1);
  return bounded;
}

/// Whether a function has a value for everything that these arguments can be.
template <class Function, class... Arguments>
constexpr bool is_total() {
  if constexpr (requires { Function::template total_over<Arguments...>; }) {
    return Function::template total_over<Arguments...>;
  } else {
    return Function::total;
  }
}

/// `name(a, b, …)`.
template <class... Arguments>
constexpr void write_call(piece name, sink& out, const column_names& names) {
  out.put(name);
  out.put('(');
  bool first = true;
  ((first ? void(first = false) : out.put(", "), Arguments::write(out, names)), ...);
  out.put(')');
}

}  // namespace detail

/// A function of the catalogue applied to arguments. `Function` gives its `name`, its `in` and `total`, the result type
/// by `result(argument_types)`, its SQL by `write<Arguments…>` and, where it has a meaning in C++, `apply(values…)`.
template <class Function, class... Arguments>
struct call_node {
  static constexpr worlds in = (Function::in & ... & Arguments::in);
  static constexpr bool total = (detail::is_total<Function, Arguments...>() && ... && Arguments::total);
  using columns = detail::concatenate_t<typename Arguments::columns...>;
  using arguments = detail::list<Arguments...>;
  using function = Function;

  static constexpr expression_type type_over(const table_description& table) {
    constexpr std::size_t count = sizeof...(Arguments);
    const expression_type given[count + 1]{Arguments::type_over(table)...};
    for (std::size_t i = 0; i < count; ++i) {
      if (!given[i].valid) return expression_type::invalid();
    }
    return Function::result(detail::argument_types{given, count});
  }

  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    Function::template write<Arguments...>(out, names);
  }

  static constexpr void describe(detail::sink& out) {
    out.put(Function::name.view());
    if constexpr (requires { Function::describe(out); }) Function::describe(out);
    out.put('(');
    ((Arguments::describe(out), out.put(' ')), ...);
    out.put(')');
  }

  template <class Row>
  static constexpr auto evaluate(const Row& row) {
    if constexpr (requires { Function::lazy; }) {
      return Function::template evaluate<Arguments...>(row);
    } else if constexpr (requires { Function::lenient; }) {
      return Function::apply(Arguments::evaluate(row)...);
    } else {
      return detail::apply_strict<Function>(Arguments::evaluate(row)...);
    }
  }
};

/// What stands in the place of a call that a sentence has refused, so that nothing else is said about it.
struct mistaken_node {
  static constexpr auto name = fixed_string{"mistake"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  using columns = detail::list<>;
  using arguments = detail::list<>;
  static constexpr expression_type type_over(const table_description&) { return {boolean::description}; }
  static constexpr void write(detail::sink&, const detail::column_names&) {}
  static constexpr void describe(detail::sink&) {}
};

namespace detail {

/// Whether PostgreSQL computes a portable call while it plans, even where the value would not be asked for, and that
/// could fail or give NULL: then C++ would answer otherwise.
template <class Call>
constexpr bool is_folded() {
  if constexpr (Call::columns::size != 0 || Call::in != worlds::portable) {
    return false;
  } else {
    constexpr expression_type type = Call::type_over(no_table);
    return type.valid && (!Call::total || type.nullable);
  }
}

template <class Type>
inline constexpr bool is_mistaken = std::is_same_v<Type, mistaken_node>;

/// A function applied to arguments, if all of them are parts of a transform.
template <class Function, class... Arguments>
consteval auto make_call() {
  if constexpr ((is_mistaken<Arguments> || ...)) {
    return mistaken_node{};
  } else if constexpr (!(expression<Arguments> && ...)) {
    constexpr bool all_are_parts = (expression<Arguments> && ...);  // so that g++ does not say what a part is made of
    static_assert(all_are_parts,
                  "M013: a plain value stands where a part of a transform is wanted; write a constant as om::lit<1> or "
                  "om::lit<\"text\">, and a column as om::col<\"name\">. docs/errors/M013.md");
    return mistaken_node{};
  } else if constexpr (is_folded<call_node<Function, Arguments...>>()) {
    static_assert(!is_folded<call_node<Function, Arguments...>>(),
                  "M013: a function that can fail, or give NULL, is applied to constants alone; write its result as a "
                  "constant, such as om::lit<1>. docs/errors/M013.md");
    return mistaken_node{};
  } else {
    return call_node<Function, Arguments...>{};
  }
}

/// Whether a node is a constant number that an `integer` holds.
template <class Node>
inline constexpr bool is_small_constant = false;

template <literal_value Value>
inline constexpr bool is_small_constant<literal_node<Value>> =
    literal_node<Value>::is_number && literal_node<Value>::fits_int4;

/// Whether a node is a constant number from one on to another.
template <class Node, std::int64_t Least, std::int64_t Greatest>
inline constexpr bool is_constant_within = false;

template <literal_value Value, std::int64_t Least, std::int64_t Greatest>
inline constexpr bool is_constant_within<literal_node<Value>, Least, Greatest> =
    literal_node<Value>::is_number && Value.number >= Least && Value.number <= Greatest;

/// The number of a constant.
template <class Node>
inline constexpr std::int32_t small_constant = static_cast<std::int32_t>(Node::value.number);

}  // namespace detail
}  // namespace online_migration
