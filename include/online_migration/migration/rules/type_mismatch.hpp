// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// Part of a diagnosis: the type that an expression has.
template <fixed_string Type>
struct given {};

/// Part of a diagnosis: the type that a column is declared with.
template <fixed_string Type>
struct declared {};

/// M002: the transform's type is not the new column's, and PostgreSQL would have to lose something to convert it.
template <fixed_string Column, class Given, class Declared>
struct type_mismatch {
  static constexpr bool raise() {
    static_assert(accepts<type_mismatch>,
                  "M002: the transform does not give the type that the new column is declared with; change the "
                  "column's type or the transform. docs/errors/M002.md");
    return true;
  }
};

namespace detail {

/// Whether every value of one type can be stored in a numeric as it is.
constexpr bool widens_to_numeric(const type_description& from, const type_description& to) {
  std::int32_t digits = 0;
  if (from.oid == int2::description.oid) digits = 5;
  if (from.oid == int4::description.oid) digits = 10;
  if (from.oid == int8::description.oid) digits = 19;
  if (digits > 0) return to.length == 0 || (to.scale >= 0 && digits <= to.length - to.scale);
  if (!from.is_numeric()) return false;
  if (to.length == 0) return true;
  return from.length != 0 && from.scale <= to.scale && from.length - from.scale <= to.length - to.scale;
}

/// Whether every value of one type can be stored in another as it is.
constexpr bool widens_to(const type_description& from, const type_description& to) {
  if (from == to) return true;
  if (from.shape == type_shape::domain) return widens_to(from.underlying(), to);
  auto is = [](const type_description& type, std::uint32_t oid) { return type.oid == oid; };
  constexpr auto text_oid = text::description.oid;
  constexpr auto varchar_oid = varchar<1>::description.oid;
  constexpr auto character_oid = character<1>::description.oid;
  bool from_text = is(from, text_oid) || is(from, varchar_oid);
  if (is(to, text_oid)) return from_text || is(from, character_oid);
  if (is(to, varchar_oid) || is(to, character_oid)) {
    // Blanks at the end of a text would not come back from a char(n).
    if (is(to, varchar_oid) ? !from_text && !is(from, character_oid) : !is(from, character_oid)) return false;
    return from.length != 0 && from.length <= to.length;
  }
  bool from_int2 = is(from, int2::description.oid);
  bool from_int4 = is(from, int4::description.oid);
  if (is(to, int4::description.oid)) return from_int2;
  if (is(to, int8::description.oid)) return from_int2 || from_int4;
  if (is(to, float4::description.oid)) return from_int2;
  if (is(to, float8::description.oid)) return from_int2 || from_int4 || is(from, float4::description.oid);
  if (to.is_numeric()) return widens_to_numeric(from, to);
  return false;
}

template <class Transform, class Table>
struct type_text_of_expression {
  static constexpr void write(sink& out) { Transform::type_over(describe_table<Table>).type.write(out); }
};

template <class Type>
struct type_text_of_column {
  static constexpr void write(sink& out) { Type::description.write(out); }
};

/// The text that `Source::write` writes, as a template argument.
template <class Source>
constexpr auto as_fixed_string() {
  constexpr std::size_t size = size_of([](sink& out) { Source::write(out); });
  fixed_string<size + 1> result{{}};
  sink out{result.text};
  Source::write(out);
  return result;
}

template <class Table, class Change, bool Fits>
struct types_agree {
  using type = accepted;
};

template <class Table, class Change>
struct types_agree<Table, Change, false> {
  using type =
      type_mismatch<Change::name, given<as_fixed_string<type_text_of_expression<typename Change::transform, Table>>()>,
                    declared<as_fixed_string<type_text_of_column<typename Change::type>>()>>;
};

/// The rule, over the column that a change adds.
template <class Table, class Change>
using check_type = typename types_agree<Table, Change,
                                        widens_to(Change::transform::type_over(describe_table<Table>).type,
                                                  Change::type::description)>::type;

}  // namespace detail
}  // namespace online_migration
