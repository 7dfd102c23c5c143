// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/transform/call.hpp>

namespace online_migration {

namespace function {

/// PostgreSQL's `#>>`: what is at a path in a `json` or `jsonb`, as text.
template <fixed_string... Path>
struct json_text {
  static constexpr auto name = fixed_string{"json_text"};
  static constexpr worlds in = worlds::server_only;
  static constexpr bool total = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    constexpr std::uint32_t json_oid = 114;
    constexpr std::uint32_t jsonb_oid = 3802;
    if (detail::base_oid(given[0]) != json_oid && detail::base_oid(given[0]) != jsonb_oid)
      return expression_type::invalid();
    return {text::description, true};
  }

  static constexpr void describe(detail::sink& out) { ((out.put(' '), out.literal(Path.view())), ...); }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.put('(');
    Argument::write(out, names);
    out.put(" #>> ARRAY[");
    bool first = true;
    ((first ? void(first = false) : out.put(", "), out.literal(Path.view())), ...);
    out.put("]::text[])");
  }
};

}  // namespace function

/// What a `json` or `jsonb` has at a path, as text: `om::json_text<"address", "city">(om::col<"profile">)`. A number in the
/// path is an element of an array, counted from 0. NULL where there is nothing, or JSON's null. In SQL only.
template <fixed_string... Path, class Argument>
  requires(sizeof...(Path) > 0)
consteval auto json_text(Argument) {
  return detail::make_call<function::json_text<Path...>, Argument>();
}

}  // namespace online_migration
