// SPDX-License-Identifier: BSL-1.0
// What an expression knows about itself: worlds, totality, type over a table, SQL.
#include <string_view>

#include <online_migration/transform/computed.hpp>
#include <online_migration/transform/null_functions.hpp>
#include <online_migration/transform/server_only.hpp>
#include <online_migration/transform/text_functions.hpp>

namespace om = online_migration;
using om::col, om::lit, om::worlds;

namespace {

struct things
    : om::table<"things", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>,
                om::column<"nick", om::text>, om::column<"code", om::varchar<8>, om::not_null>,
                om::column<"zip", om::varchar<5>>, om::column<"small", om::int2>, om::column<"size", om::int4>> {};

template <class Node>
constexpr bool typed(Node, std::string_view type, bool nullable) {
  om::expression_type got = Node::type_over(om::describe_table<things>);
  char text[64]{};
  om::detail::sink out{text};
  got.type.write(out);
  return got.valid && got.nullable == nullable && std::string_view{text, out.size} == type;
}

template <class Node>
constexpr bool invalid(Node) {
  return !Node::type_over(om::describe_table<things>).valid;
}

template <class Node>
constexpr bool writes(Node, std::string_view sql) {
  char text[512]{};
  om::detail::sink out{text};
  Node::write(out, {"t."});
  return std::string_view{text, out.size} == sql;
}

template <class Node>
constexpr bool describes(Node, std::string_view canonical) {
  char text[512]{};
  om::detail::sink out{text};
  Node::describe(out);
  return std::string_view{text, out.size} == canonical;
}

constexpr auto name = col<"name">;
constexpr auto nick = col<"nick">;
constexpr auto code = col<"code">;
constexpr auto zip = col<"zip">;

std::string_view initials(std::string_view full) { return full.substr(0, 1); }
constexpr auto computed = om::computed<&initials, "initials/1">(name);

}  // namespace

// A text known to be short carries its bound, in characters: that is what a varchar may be filled from.
static_assert(typed(name, "text", false) && typed(nick, "text", true) && typed(zip, "character varying(5)", true));
static_assert(invalid(col<"no">));
static_assert(typed(lit<"äöü">, "text(3)", false) && typed(lit<"">, "text(1)", false));
static_assert(typed(lit<3>, "integer", false) && typed(lit<2147483648>, "bigint", false) &&
              typed(lit<true>, "boolean", false));
static_assert(typed(om::trim(zip), "character varying(5)", true));
static_assert(typed(om::ascii_upper(code), "character varying(8)", false));
static_assert(typed(om::substring(name, lit<1>, lit<3>), "text(3)", false));
static_assert(typed(om::substring(name, lit<0>, lit<3>), "text(2)", false));
static_assert(typed(om::substring(zip, lit<1>, lit<9>), "text(5)", true));
static_assert(typed(om::substring(name, lit<-9>, lit<3>), "text(1)", false));
static_assert(typed(om::concat(code, lit<"-">, zip), "text(14)", false));
static_assert(typed(om::concat(code, name), "text", false) && typed(om::concat(nick), "text", false));
static_assert(typed(om::replace(code, lit<"a">, lit<"bb">), "text", false) &&
              typed(om::replace(name, nick, lit<"">), "text", true));
static_assert(typed(om::coalesce(zip, code), "character varying(8)", false) &&
              typed(om::coalesce(zip, name), "text", false));
static_assert(typed(om::coalesce(nick, zip), "text", true) &&
              typed(om::coalesce(zip, lit<"unknown">), "character varying(7)", false));
static_assert(typed(om::length(nick), "integer", true) &&
              typed(om::coalesce(om::length(nick), lit<0>), "integer", false));
static_assert(typed(om::lower(code), "text", false) && typed(om::lower(nick), "text", true));
static_assert(typed(om::sql<"1", om::int4>(), "integer", true) && typed(computed, "text", false));

// Not defined for these arguments
static_assert(invalid(om::trim(lit<3>)) && invalid(om::ascii_lower(col<"id">)) && invalid(om::length(col<"size">)));
static_assert(invalid(om::substring(col<"id">, lit<1>, lit<1>)) && invalid(om::lower(lit<true>)));
static_assert(invalid(om::replace(name, lit<1>, lit<"">)) && invalid(om::concat(name, lit<1>)));
static_assert(invalid(om::coalesce(name, lit<1>)) && invalid(om::coalesce(col<"id">, col<"size">)));
static_assert(invalid(om::length(om::trim(col<"no">))));

// Worlds: a tree has what all its nodes have
static_assert((worlds::portable & worlds::server_only) == worlds::server_only);
static_assert((worlds::client_only & worlds::server_only) == worlds::none);
static_assert(om::trim(name).in == worlds::portable && om::trim(name).total);
static_assert(om::trim(om::lower(name)).in == worlds::server_only && om::lower(name).total);
static_assert(om::trim(om::sql<"{}", om::text>(name)).in == worlds::server_only);
static_assert(!om::trim(om::sql<"{}", om::text>(name)).total &&
              !om::coalesce(om::sql<"{}", om::text>(name), lit<"">).total);
static_assert(computed.in == worlds::client_only && om::trim(computed).in == worlds::client_only && computed.total);
static_assert(om::concat(computed, om::lower(name)).in == worlds::none);
static_assert(om::computed<&initials, "initials/1">(om::lower(name)).in == worlds::none);

// SQL
static_assert(writes(name, R"(t."name")") && writes(lit<3>, "(3)::integer") && writes(lit<-3>, "(-3)::integer"));
static_assert(writes(lit<2147483648>, "(2147483648)::bigint") && writes(lit<false>, "false"));
static_assert(writes(lit<"it's">, "'it''s'::text") && writes(lit<R"(a\b)">, R"(E'a\\b'::text)"));
static_assert(writes(om::trim(name), R"(pg_catalog.btrim(t."name"))"));
static_assert(writes(om::ascii_lower(name), R"(pg_catalog.lower(t."name" COLLATE "C"))"));
static_assert(writes(om::substring(name, lit<-1>, lit<3>),
                     R"(pg_catalog.substr(t."name", (-1)::integer, (3)::integer))"));
static_assert(writes(om::replace(name, lit<"a">, nick),
                     R"(pg_catalog.replace(t."name" COLLATE "C", 'a'::text, t."nick"))"));
static_assert(writes(om::concat(name, nick), R"((COALESCE(t."name", ''::text) || COALESCE(t."nick", ''::text)))"));
static_assert(writes(om::coalesce(nick, name), R"(COALESCE(t."nick", t."name"))"));
static_assert(writes(om::lower(name), R"(pg_catalog.lower(t."name"))"));
static_assert(writes(om::sql<"upper({}) || {}", om::varchar<5>>(name, om::trim(nick)),
                     R"(CAST((upper(t."name") || pg_catalog.btrim(t."nick")) AS character varying(5)))"));
static_assert(writes(om::sql<"'{{}}' || {}{{}", om::text>(name), R"(CAST(('{}' || t."name"{}) AS text))"));
static_assert(writes(om::sql<"'{\"a\": 1}'", om::text>(), R"(CAST(('{"a": 1}') AS text))"));

// The canonical text tells apart what means different things
static_assert(describes(om::trim(name), R"(trim("name" ))"));
static_assert(describes(om::substring(name, lit<1>, lit<2>), R"(substring("name" (1)::integer (2)::integer ))"));
static_assert(describes(om::sql<"f({})", om::text>(name), R"(sql 'f({})' text("name" ))"));
static_assert(describes(computed, R"(computed "initials/1" text("name" ))"));
static_assert(describes(om::lower(name), R"(lower("name" ))") &&
              describes(om::ascii_lower(name), R"(ascii_lower("name" ))"));
