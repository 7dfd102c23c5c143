// SPDX-License-Identifier: BSL-1.0
// Fingerprints as literals, so that no compiler and no later version of the library changes them unnoticed: a changed
// one means that a run in progress is refused. They are FNV-1a over the canonical text beside them, computed elsewhere.
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"display_name", om::text, om::not_null>> {};
struct canonical
    : om::migration<
          "users-display-name-canonical", users,
          om::add_column<"display_name_canonical", om::text, om::ascii_lower(om::trim(col<"display_name">))>> {};

struct events : om::table<"e\"v", om::in_schema<"app">, om::column<"tenant", om::uuid, om::primary_key>,
                          om::column<"note", om::text>, om::column<"no", om::varchar<9>, om::primary_key>> {};
struct short_note
    : om::migration<"ev", events,
                    om::add_column<"short", om::varchar<3>,
                                   om::coalesce(om::substring(col<"note">, lit<1>, lit<3>), lit<"-">), om::not_null>> {
};

struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"balance", om::integer, om::not_null, om::has_default>> {};
struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
                                    om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">,
                                                       om::cast<om::integer>(col<"balance_v2">), om::not_null>> {};

template <class Migration>
constexpr bool canonical_text(std::string_view expected) {
  char text[512]{};
  om::detail::sink out{text};
  om::detail::write_canonical(out, om::describe_migration<Migration>);
  return std::string_view{text, out.size} == expected;
}

}  // namespace

static_assert(canonical_text<canonical>(
    R"(online_migration 1 "users-display-name-canonical" "public"."users" key "id" bigint not null )"
    R"(source "display_name" text not null add "display_name_canonical" text := ascii_lower(trim("display_name" ) ))"));
static_assert(om::fingerprint<canonical> == "34a1b55becbba8fd");

static_assert(canonical_text<short_note>(
    R"(online_migration 1 "ev" "app"."e""v" key "tenant" uuid not null source "note" text key "no" character varying(9) not null)"
    R"( add "short" character varying(3) not null := coalesce(substring("note" (1)::integer (3)::integer ) '-'::text ))"));
static_assert(om::fingerprint<short_note> == "ec4fe89a0f4277f1");

static_assert(canonical_text<wide_balance>(
    R"(online_migration 1 "accounts-balance-bigint" "public"."accounts" key "id" bigint not null)"
    R"( source "balance" integer not null add "balance_v2" bigint not null := "balance")"
    R"( replaces "balance" back := cast integer("balance_v2" ))"));
static_assert(om::fingerprint<wide_balance> == "b089d79937f9f722");

// The test vectors of the algorithm's authors
static_assert(om::detail::fnv1a("", 0) == 0xcbf29ce484222325U);
static_assert(om::detail::fnv1a("a", 1) == 0xaf63dc4c8601ec8cU);
static_assert(om::detail::fnv1a("foobar", 6) == 0x85944171f73967e8U);

// What changes it, and what does not
namespace {

constexpr auto lowered = om::ascii_lower(om::trim(col<"display_name">));
template <om::fixed_string Name = "users-display-name-canonical", class Table = users,
          om::fixed_string Column = "display_name_canonical", class Type = om::text, auto Transform = lowered,
          class... Options>
inline constexpr std::string_view of =
    om::fingerprint<om::migration<Name, Table, om::add_column<Column, Type, Transform, Options...>>>;

template <class... Columns>
using users_of = om::table<"users", Columns...>;
using id = om::column<"id", om::bigint, om::primary_key>;
using name = om::column<"display_name", om::text, om::not_null>;

std::string_view one(std::string_view text) { return text; }
std::string_view two(std::string_view text) { return text; }

constexpr auto first = om::computed<&one, "normalise/1">(col<"display_name">);
constexpr auto raised = om::computed<&one, "normalise/2">(col<"display_name">);
constexpr auto renamed_function = om::computed<&two, "normalise/1">(col<"display_name">);
constexpr auto typed = om::computed<&one, "normalise/1", om::varchar<9>>(col<"display_name">);
constexpr auto raw = om::sql<"f({})", om::text>(col<"display_name">);
constexpr auto other_raw = om::sql<"f( {})", om::text>(col<"display_name">);
template <auto Transform>
inline constexpr std::string_view by = of<"m", users, "new", om::text, Transform>;

}  // namespace

static_assert(of<> == om::fingerprint<canonical>);
static_assert(of<"other"> != of<>);
static_assert(of<"users-display-name-canonical", om::table<"people", id, name>> != of<>);
static_assert(of<"users-display-name-canonical", om::table<"users", om::in_schema<"app">, id, name>> != of<>);
static_assert(of<"users-display-name-canonical", om::table<"users", om::in_schema<"public">, id, name>> == of<>);
static_assert(of<"users-display-name-canonical", users, "other"> != of<>);
static_assert(
    of<"users-display-name-canonical", users, "display_name_canonical", om::text, om::trim(col<"display_name">)> !=
    of<>);
static_assert(of<"users-display-name-canonical", users, "display_name_canonical", om::text, lowered, om::not_null> !=
              of<>);
static_assert(of<"m", users, "new", om::varchar<4>, lit<"a">> != of<"m", users, "new", om::varchar<5>, lit<"a">>);
static_assert(of<"m", users, "new", om::varchar<4>, lit<"a">> != of<"m", users, "new", om::text, lit<"a">>);

static_assert(of<"users-display-name-canonical", users_of<om::column<"id", om::int4, om::primary_key>, name>> != of<>);
static_assert(of<"users-display-name-canonical", users_of<om::column<"no", om::bigint, om::primary_key>, name>> !=
              of<>);
static_assert(of<"users-display-name-canonical", users_of<id, om::column<"k", om::int4, om::primary_key>, name>> !=
              of<>);
static_assert(of<"users-display-name-canonical", users_of<id, om::column<"display_name", om::text>>> != of<>);
static_assert(
    of<"users-display-name-canonical", users_of<id, om::column<"display_name", om::varchar<9>, om::not_null>>> != of<>);
static_assert(
    of<"users-display-name-canonical", users_of<om::column<"x", om::int4>, id, om::column<"y", om::text>, name>> ==
    of<>);

static_assert(by<lit<"a">> != by<lit<"b">> && by<lit<"1">> != by<om::trim(lit<"1">)>);
static_assert(by<om::concat(lit<"a">, lit<"b">)> != by<om::concat(lit<"a b">)>);
static_assert(by<om::substring(col<"display_name">, lit<1>, lit<2>)> !=
              by<om::substring(col<"display_name">, lit<1>, lit<3>)>);
static_assert(by<om::lower(col<"display_name">)> != by<om::ascii_lower(col<"display_name">)>);
static_assert(by<raw> != by<other_raw> && by<raw> != by<col<"display_name">>);
static_assert(by<first> != by<raised> && by<first> != by<typed>);
static_assert(by<first> == by<renamed_function>);  // the version is what counts: compilers cannot see into a function

// What a replaced column adds: which one it is, and what leads back.
template <auto WayBack, class... Options>
using replaced =
    om::migration<"m", users,
                  om::replace_column<"display_name", "new", om::text, col<"display_name">, WayBack, Options...>>;
static_assert(om::fingerprint<replaced<om::lossy>> != by<col<"display_name">>);
static_assert(om::fingerprint<replaced<om::lossy, om::not_null>> !=
              om::fingerprint<replaced<col<"new">, om::not_null>>);
static_assert(om::fingerprint<replaced<om::trim(col<"new">), om::not_null>> !=
              om::fingerprint<replaced<col<"new">, om::not_null>>);
struct pairs : om::table<"users", id, om::column<"a", om::text>, om::column<"b", om::text>> {};
template <om::fixed_string Old>
using one_of_two =
    om::migration<"m", pairs, om::replace_column<Old, "new", om::text, om::concat(col<"a">, col<"b">), om::lossy>>;
static_assert(om::fingerprint<one_of_two<"a">> != om::fingerprint<one_of_two<"b">>);

// That a column is sensitive changes no value of any row.
static_assert(of<"m", users, "new", om::text, col<"display_name">, om::sensitive> == by<col<"display_name">>);
static_assert(of<"m", users_of<id, om::column<"display_name", om::text, om::not_null, om::sensitive>>, "new", om::text,
                 col<"display_name">> == by<col<"display_name">>);
