// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/optional.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/pg_type.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/transform/call.hpp>
#include <online_migration/transform/comparison.hpp>
#include <online_migration/transform/labels.hpp>
#include <online_migration/transform/text_value.hpp>
#include <online_migration/transform/utf8.hpp>

namespace online_migration::function {

template <class Type>
struct cast;

/// A whole number, a truth value, a text or the label of an enum as a text. Of these only an enum can fail, which may
/// have labels in the database that its declaration lacks.
template <>
struct cast<text> {
  static constexpr auto name = fixed_string{"cast"};
  static constexpr worlds in = worlds::portable;
  static constexpr bool total = true;
  static constexpr bool lazy = true;
  static constexpr bool reads_labels = true;

  static constexpr bool is_possible() { return true; }

  static constexpr expression_type result(const detail::argument_types& given) {
    bool fits = detail::is_integer(given[0]) || detail::base_oid(given[0]) == boolean::description.oid ||
                detail::is_text(given[0]) || detail::is_enumeration(given[0].type);
    if (!fits) return expression_type::invalid();
    return {detail::bounded_text(longest(given[0].type.underlying())), given.nullable()};
  }

  static constexpr void describe(detail::sink& out) {
    out.put(' ');
    text::description.write(out);
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    expression_type type = Argument::type_over(*names.types);
    if (type.valid && detail::is_enumeration(type.type)) {
      write_choice<Argument>(out, names, type.type);
      return;
    }
    out.put('(');
    Argument::write(out, names);
    out.all(")::", text::description.name);
  }

  /// Only of a row whose table is known it is known which texts are labels.
  template <class Argument, class Row>
  static constexpr auto evaluate(const Row& row) {
    const auto value = Argument::evaluate(row);
    if constexpr (requires { typename Row::table; }) {
      constexpr expression_type type = Argument::type_over(describe_table<typename Row::table>);
      if constexpr (type.valid && detail::is_enumeration(type.type)) {
        if constexpr (!detail::is_optional<decltype(Argument::evaluate(row))>) {
          detail::declared_label(value, type.type.underlying());
        } else if (value.has_value()) {
          detail::declared_label(*value, type.type.underlying());
        }
      }
    }
    return detail::apply_strict<cast>(value);
  }

  template <class Value>
  static constexpr auto apply(const Value& value) {
    if constexpr (std::same_as<Value, bool>) {
      return std::string_view{value ? "true" : "false"};
    } else if constexpr (std::integral<Value>) {
      char digits[20]{};
      detail::sink out{digits};
      out.number(value);
      return text_value{std::string_view{digits, out.size}};
    } else {
      return value;
    }
  }

 private:
  /// The greatest number of characters that a value is written with; more than any text has if it is not known.
  static constexpr std::int64_t longest(const type_description& from) {
    if (from.oid == boolean::description.oid) return 5;
    if (from.oid == int2::description.oid) return 6;
    if (from.oid == int4::description.oid) return 11;
    if (from.oid == int8::description.oid) return 20;
    std::size_t label = 0;
    for (std::size_t i = 0; i < from.label_count; ++i) {
      std::size_t length = detail::character_count(from.labels[i]);
      if (length > label) label = length;
    }
    if (from.label_count != 0) return static_cast<std::int64_t>(label);
    return from.length != 0 ? from.length : std::numeric_limits<std::int64_t>::max();
  }

  /// A domain over an enum has no comparison of its own.
  template <class Argument>
  static constexpr void write_choice(detail::sink& out, const detail::column_names& names,
                                     const type_description& type) {
    const type_description& labels = type.underlying();
    auto write_value = [&] {
      if (type.shape != type_shape::domain) return Argument::write(out, names);
      out.put('(');
      Argument::write(out, names);
      out.put(")::");
      labels.write(out);
    };
    out.put("(CASE ");
    write_value();
    for (std::size_t i = 0; i < labels.label_count; ++i) {
      out.put(" WHEN ");
      detail::write_label(out, labels.labels[i], labels);
      out.put(" THEN ");
      out.literal(labels.labels[i]);
      out.put("::text");
    }
    detail::write_otherwise(out, labels, text::description, [&] {
      out.put('(');
      write_value();
      out.put(" = ");
      detail::write_label(out, labels.labels[0], labels);
      out.put(")::text");
    });
  }
};

}  // namespace online_migration::function
