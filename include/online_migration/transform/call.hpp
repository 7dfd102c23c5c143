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

constexpr bool is_text(const expression_type& value) {
  std::uint32_t oid = value.type.underlying().oid;
  return oid == text::description.oid || oid == varchar<1>::description.oid;
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
  static constexpr bool total = (Function::total && ... && Arguments::total);
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
    if constexpr (requires { Function::lenient; }) {
      return Function::apply(Arguments::evaluate(row)...);
    } else {
      return detail::apply_strict<Function>(Arguments::evaluate(row)...);
    }
  }
};

}  // namespace online_migration
