// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/labels.hpp>
#include <online_migration/transform/literal.hpp>

namespace online_migration {

namespace detail {

/// Whether a node is a constant that is a label of an enum.
template <class Node, class Enumeration>
inline constexpr bool is_label_of = false;

template <literal_value Value, class Enumeration>
  requires(literal_node<Value>::is_text)
inline constexpr bool is_label_of<literal_node<Value>, Enumeration> =
    Enumeration::find(literal_node<Value>::view).has_value();

}  // namespace detail

namespace function {

template <class Type>
struct cast;

/// A text as a value of an enum: one of the labels that are declared, byte by byte, whatever its collation.
template <fixed_string Name, fixed_string... Labels>
struct cast<enumeration<Name, Labels...>> {
  using type = enumeration<Name, Labels...>;
  static constexpr auto name = fixed_string{"cast"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = false;

  template <class Argument>
  static constexpr bool total_over = detail::is_label_of<Argument, type>;

  static constexpr bool is_possible() { return true; }

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    return {type::description, given.nullable()};
  }

  /// With the labels: they decide what fails.
  static constexpr void describe(detail::sink& out) {
    out.put(' ');
    type::description.write(out);
    ((out.put(' '), out.literal(Labels.view())), ...);
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    if constexpr (detail::is_label_of<Argument, type>) {
      detail::write_label(out, Argument::view, type::description);
    } else {
      out.put("(CASE ");
      Argument::write(out, names);
      out.put(" COLLATE \"C\"");
      for (std::string_view label : type::labels) {
        out.put(" WHEN ");
        out.literal(label);
        out.put("::text THEN ");
        detail::write_label(out, label, type::description);
      }
      detail::write_otherwise(out, type::description, type::description, [&] { Argument::write(out, names); });
    }
  }

  static constexpr std::string_view apply(std::string_view value) {
    return detail::declared_label(value, type::description);
  }
};

}  // namespace function
}  // namespace online_migration
