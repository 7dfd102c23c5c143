// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/transform/call.hpp>

namespace online_migration {

namespace function {

/// PostgreSQL's change of case under the collation of its argument, which no C++ can promise to repeat.
template <fixed_string Name>
struct collated_case {
  static constexpr auto name = Name;
  static constexpr worlds in = worlds::server_only;
  static constexpr bool total = true;

  static constexpr expression_type result(const detail::argument_types& given) {
    if (!detail::is_text(given[0])) return expression_type::invalid();
    return {text::description, given.nullable()};
  }

  template <class Argument>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    out.all("pg_catalog.", Name.view(), "(");
    Argument::write(out, names);
    out.put(')');
  }
};

using lower = collated_case<"lower">;
using upper = collated_case<"upper">;
using initcap = collated_case<"initcap">;

/// PostgreSQL's `regexp_replace`; classes of letters depend on the collation. A pattern that is none fails.
struct regexp_replace {
  static constexpr auto name = fixed_string{"regexp_replace"};
  static constexpr worlds in = worlds::server_only;
  static constexpr bool total = false;

  static constexpr expression_type result(const detail::argument_types& given) {
    for (std::size_t i = 0; i < given.count; ++i) {
      if (!detail::is_text(given[i])) return expression_type::invalid();
    }
    return {text::description, given.nullable()};
  }

  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    detail::write_call<Arguments...>("pg_catalog.regexp_replace", out, names);
  }
};

/// SQL written by hand. `{}` stands for the next argument, `{{` and `}}` for braces.
template <fixed_string Text, class Type>
struct raw_sql {
  static constexpr auto name = fixed_string{"sql"};
  static constexpr worlds in = worlds::server_only;
  static constexpr bool total = false;

  static constexpr expression_type result(const detail::argument_types&) { return {Type::description, true}; }

  static constexpr void describe(detail::sink& out) {
    out.put(' ');
    out.literal(Text.view());
    out.put(' ');
    Type::description.write(out);
  }

  /// The number of `{}` in the text.
  static constexpr std::size_t placeholders() {
    std::size_t count = 0;
    std::string_view view = Text.view();
    for (std::size_t i = 0; i + 1 < view.size(); ++i) {
      if (view[i] == '{' && view[i + 1] == '{') {
        ++i;
      } else if (view[i] == '{' && view[i + 1] == '}') {
        ++count;
      }
    }
    return count;
  }

  template <class... Arguments>
  static constexpr void write(detail::sink& out, const detail::column_names& names) {
    using writer = void (*)(detail::sink&, const detail::column_names&);
    constexpr writer writers[sizeof...(Arguments) + 1]{&Arguments::write..., nullptr};
    std::string_view view = Text.view();
    std::size_t next = 0;
    out.put("CAST((");
    for (std::size_t i = 0; i < view.size(); ++i) {
      char follower = i + 1 < view.size() ? view[i + 1] : '\0';
      if (view[i] == '{' && follower == '}') {
        writers[next++](out, names);
        ++i;
      } else {
        out.put(view[i]);
        if ((view[i] == '{' || view[i] == '}') && follower == view[i]) ++i;
      }
    }
    out.put(") AS ");
    Type::description.write(out);
    out.put(')');
  }
};

}  // namespace function

/// The lower case of the column's collation: a meaning in SQL only. For ASCII letters `om::ascii_lower` is portable.
/// What `om::ascii_lower`, `om::ascii_upper` and `om::replace` give has the collation "C": over them it changes ASCII
/// letters only, so apply it to the column first.
template <class Argument>
consteval auto lower(Argument) {
  return detail::make_call<function::lower, Argument>();
}

/// The upper case of the column's collation: a meaning in SQL only.
template <class Argument>
consteval auto upper(Argument) {
  return detail::make_call<function::upper, Argument>();
}

/// Each word with a first letter in upper case and the others in lower case, of the column's collation: in SQL only.
template <class Argument>
consteval auto initcap(Argument) {
  return detail::make_call<function::initcap, Argument>();
}

/// With what a POSIX regular expression matches replaced, once or as the flags say: in SQL only, and partial.
///
///     om::regexp_replace(om::col<"name">, om::lit<"[[:space:]]+">, om::lit<" ">, om::lit<"g">)
template <class Argument, class Pattern, class Replacement, class... Flags>
  requires(sizeof...(Flags) <= 1)
consteval auto regexp_replace(Argument, Pattern, Replacement, Flags...) {
  return detail::make_call<function::regexp_replace, Argument, Pattern, Replacement, Flags...>();
}

/// An expression in SQL of the user's own, with its type: a meaning in SQL only.
///
///     om::sql<"pg_catalog.regexp_replace({}, '[[:space:]]+', ' ', 'g')", om::text>(om::col<"display_name">)
///
/// It counts as nullable (wrap it in `om::coalesce`) and as partial. It has to be immutable, which expand asks the
/// server about. Functions that are not PostgreSQL's own are written with their schema: it runs with
/// `search_path = pg_catalog, pg_temp`.
template <fixed_string Text, pg_type Type, class... Arguments>
consteval auto sql(Arguments...) {
  static_assert(function::raw_sql<Text, Type>::placeholders() == sizeof...(Arguments),
                "om::sql: the number of {} in the text is not the number of arguments");
  static_assert(!detail::ends_quoted_body(Text.view()),
                "om::sql: the text must not contain $om$ or $om_f$, which end the body of the trigger's function");
  return detail::make_call<function::raw_sql<Text, Type>, Arguments...>();
}

}  // namespace online_migration
