// SPDX-License-Identifier: BSL-1.0
// Histories: the tables that they leave, against tables written by hand, and the verdicts M030 to M032 and M036.
#include <concepts>
#include <cstddef>
#include <utility>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::accepted, om::col, om::finished, om::schema_after;

namespace {

using id = om::column<"id", om::bigint, om::primary_key>;
using name = om::column<"name", om::text, om::not_null>;
using balance = om::column<"balance", om::integer, om::not_null, om::has_default>;

struct users : om::table<"users", id, name, om::column<"balance", om::integer, om::not_null, om::has_default>,
                         om::column<"note", om::varchar<9>, om::sensitive>> {};

struct low_name : om::migration<"low-name", users,
                                om::add_column<"name_low", om::text, om::ascii_lower(col<"name">), om::not_null>> {};

// --- what a migration leaves, while it is open and when it is over
struct users_while_open : om::table<"users", id, name, balance, om::column<"note", om::varchar<9>, om::sensitive>,
                                    om::column<"name_low", om::text>> {};
struct users_2 : om::schema_after<users, finished<low_name>> {};

static_assert(std::same_as<schema_after<users>::columns, users::columns>);
static_assert(std::same_as<schema_after<users, low_name>::columns, users_while_open::columns>);
static_assert(std::same_as<schema_after<users, finished<low_name>>,
                           om::table<"users", id, name, balance, om::column<"note", om::varchar<9>, om::sensitive>,
                                     om::column<"name_low", om::text, om::not_null>>>);

// The table that they leave is one over which the next migration is declared.
struct wide_balance
    : om::migration<"wide-balance", users_2,
                    om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">,
                                       om::cast<om::integer>(col<"balance_v2">), om::not_null, om::sensitive>> {};

static_assert(std::same_as<schema_after<users_2, wide_balance>,
                           om::table<"users", id, name, balance, om::column<"note", om::varchar<9>, om::sensitive>,
                                     om::column<"name_low", om::text, om::not_null>,
                                     om::column<"balance_v2", om::bigint, om::sensitive>>>);
// The new column has the place of the old one, which is gone.
using all_over = schema_after<users, finished<low_name, wide_balance>>;
static_assert(
    std::same_as<
        all_over,
        om::table<"users", id, name, om::column<"balance_v2", om::bigint, om::not_null, om::sensitive>,
                  om::column<"note", om::varchar<9>, om::sensitive>, om::column<"name_low", om::text, om::not_null>>>);

// --- histories: over several tables, and within each other
struct places : om::table<"places", om::in_schema<"app">, om::column<"country", om::varchar<2>, om::primary_key>,
                          om::column<"no", om::int4, om::primary_key, om::has_default>, om::column<"name", om::text>> {
};
struct trimmed : om::migration<"trimmed", places, om::add_column<"name_trimmed", om::text, om::trim(col<"name">)>> {};

struct changes : om::history<finished<low_name>, trimmed, wide_balance> {};
static_assert(std::same_as<schema_after<users, changes>, schema_after<users_2, wide_balance>>);
static_assert(
    std::same_as<schema_after<places, changes>,
                 om::table<"places", om::in_schema<"app">, om::column<"country", om::varchar<2>, om::primary_key>,
                           om::column<"no", om::int4, om::primary_key, om::has_default>, om::column<"name", om::text>,
                           om::column<"name_trimmed", om::text>>>);
static_assert(decltype(boost::hana::size(om::migrations_of<changes>))::value == 3);

// --- a declaration is deleted: the table written anew is what its history leaves, and the rest goes on over it
struct users_written_anew : om::table<"users", id, name, om::column<"name_low", om::text, om::not_null>,
                                      om::column<"balance", om::integer, om::not_null, om::has_default>,
                                      om::column<"note", om::varchar<9>, om::sensitive>> {};
struct wide_balance_anew
    : om::migration<"wide-balance", users_written_anew,
                    om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">,
                                       om::cast<om::integer>(col<"balance_v2">), om::not_null, om::sensitive>> {};
static_assert(om::same_columns<users_written_anew, schema_after<users, finished<low_name>>>);
static_assert(om::fingerprint<wide_balance> == om::fingerprint<wide_balance_anew>);
static_assert(om::same_columns<schema_after<users_written_anew, finished<wide_balance_anew>>, all_over>);
// A table behind the migrations has to be what they leave.
struct checked : om::history<users, finished<low_name>, users_written_anew, wide_balance_anew> {};

template <class... Entries>
using verdict =
    om::detail::check_history<om::detail::concatenate_t<typename om::detail::steps_of_entry<Entries>::type...>>;
template <class Expected, class... Entries>
concept gives = std::same_as<verdict<Entries...>, Expected>;

// --- M030
template <om::fixed_string Name, class Table, class Change>
using step = om::migration<Name, Table, Change>;
template <auto Transform, om::fixed_string Name = "new">
using text_column = om::add_column<Name, om::text, Transform>;

using of_low = step<"of-low", users_2, text_column<om::trim(col<"name_low">)>>;
static_assert(gives<accepted, users, finished<low_name>, of_low>);
static_assert(gives<om::history_misfit<of_low, "name_low", om::column_is_missing>, users, of_low>);
// NOT NULL is not true before the migration is over.
static_assert(gives<om::history_misfit<of_low, "name_low", om::column_may_be_null>, users, low_name, of_low>);
static_assert(gives<om::history_misfit<low_name, "name_low", om::column_is_there>, users_2, low_name>);
static_assert(gives<om::history_misfit<trimmed, "name_trimmed", om::column_is_there>, trimmed, trimmed>);
using of_old_balance = step<"of-old", users, om::add_column<"half", om::integer, col<"balance">>>;
static_assert(gives<om::history_misfit<of_old_balance, "balance", om::column_is_gone_since<wide_balance>>,
                    finished<low_name, wide_balance>, of_old_balance>);
template <class... Columns>
using users_of = om::table<"users", Columns...>;
template <class... Columns>
using over = step<"over", users_of<id, name, Columns...>, text_column<om::trim(col<"name">), "last">>;
template <class Column, class Reason, om::fixed_string Name>
concept misfits = gives<om::history_misfit<over<Column>, Name, Reason>, users, over<Column>>;
static_assert(misfits<om::column<"balance", om::bigint, om::not_null>, om::column_has_type<"integer">, "balance">);
static_assert(
    misfits<om::column<"note", om::varchar<8>, om::sensitive>, om::column_has_type<"character varying(9)">, "note">);
static_assert(misfits<om::column<"note", om::varchar<9>>, om::column_is_sensitive, "note">);
static_assert(misfits<om::column<"note", om::varchar<9>, om::sensitive, om::not_null>, om::column_may_be_null, "note">);
static_assert(
    misfits<om::column<"note", om::varchar<9>, om::sensitive, om::has_default>, om::column_has_no_default, "note">);
// Columns may be left out, and so may what a declaration need not know.
static_assert(gives<accepted, users, over<om::column<"balance", om::integer>>>);
static_assert(gives<accepted, users, over<>>);
// A table of the same name in another schema is another table.
using elsewhere = step<"elsewhere", om::table<"users", om::in_schema<"app">, id, om::column<"name", om::integer>>,
                       om::add_column<"name_low", om::integer, col<"name">>>;
static_assert(gives<accepted, low_name, elsewhere>);
// A table among the migrations
static_assert(gives<om::history_misfit<users_2, "name_low", om::column_is_missing>, users, users_2>);
static_assert(gives<accepted, users, finished<low_name>, users_2>);

// --- M031: who writes a column is alone with it
template <om::fixed_string Name, class Table = users>
using replaced_name =
    step<Name, Table, om::replace_column<"name", "name_v2", om::text, om::trim(col<"name">), om::lossy>>;
template <om::fixed_string Name, class Table = users>
using reads_name = step<Name, Table, text_column<om::trim(col<"name">), Name>>;
static_assert(gives<accepted, reads_name<"r1">, reads_name<"r2">>);  // both only read it
static_assert(
    gives<om::open_collision<reads_name<"r1">, replaced_name<"w">, "name">, reads_name<"r1">, replaced_name<"w">>);
static_assert(
    gives<om::open_collision<replaced_name<"w">, reads_name<"r1">, "name">, replaced_name<"w">, reads_name<"r1">>);
static_assert(gives<om::open_collision<reads_name<"r1">, replaced_name<"w">, "name">, reads_name<"r1">,
                    reads_name<"r2">, replaced_name<"w">>);
using of_open = step<"of-open", users_while_open, text_column<om::trim(col<"name_low">)>>;
static_assert(gives<om::open_collision<low_name, of_open, "name_low">, users, low_name, of_open>);
static_assert(gives<accepted, users, finished<low_name>, of_open>);
// One that is over must not have taken away what an open one reads.
static_assert(gives<om::open_collision<reads_name<"r1">, replaced_name<"w">, "name">, reads_name<"r1">,
                    finished<replaced_name<"w">>>);
static_assert(gives<accepted, finished<reads_name<"r1">>, replaced_name<"w">>);

// --- M032
using twin = step<"low-name", places, om::add_column<"twin", om::text, om::trim(col<"name">)>>;
static_assert(gives<om::migration_named_twice<low_name, twin>, low_name, twin>);
static_assert(gives<om::migration_named_twice<low_name, twin>, finished<low_name>, trimmed, finished<twin>>);

// --- a kind of change of its own: what it does is what it says
struct renamed {
  static constexpr void edit_schema(om::detail::schema_editor& table) {
    table.rename("note", "remark");
    table.require("remark", table.finished());
    table.give_default("balance", false);
    table.drop("name");
    table.add({"big", &om::bigint::description});
    table.add({"bigger", &om::bigint::description});
    table.rename("balance", "sum");
    table.retype("remark", om::text::description);
  }
  using schema_types = om::detail::list<om::bigint, om::text>;
};
struct own_kind {
  static constexpr auto name = om::fixed_string{"own-kind"};
  using table = users;
  using change = renamed;
};
static_assert(std::same_as<schema_after<users, finished<own_kind>>,
                           om::table<"users", id, om::column<"sum", om::integer, om::not_null>,
                                     om::column<"remark", om::text, om::not_null, om::sensitive>,
                                     om::column<"big", om::bigint>, om::column<"bigger", om::bigint>>>);
static_assert(
    gives<om::history_misfit<low_name, "name", om::column_is_gone_since<own_kind>>, finished<own_kind>, low_name>);
// Several changes of one migration, in their order
struct two_kinds {
  static constexpr auto name = om::fixed_string{"two-kinds"};
  using table = users;
  using changes = om::detail::list<low_name::change, renamed>;
};
static_assert(std::same_as<schema_after<users, finished<two_kinds>>,
                           om::table<"users", id, om::column<"sum", om::integer, om::not_null>,
                                     om::column<"remark", om::text, om::not_null, om::sensitive>,
                                     om::column<"name_low", om::text, om::not_null>, om::column<"big", om::bigint>,
                                     om::column<"bigger", om::bigint>>>);
static_assert(gives<om::history_misfit<over<om::column<"note", om::varchar<9>, om::sensitive>>, "name",
                                       om::column_is_gone_since<own_kind>>,
                    finished<own_kind>, over<om::column<"note", om::varchar<9>, om::sensitive>>>);

// --- as many as an application ever has: clang folds no more than 256 operands, and counts steps
template <std::size_t Index>
consteval om::fixed_string<5> numbered() {
  return {{'m', static_cast<char>('0' + Index / 100), static_cast<char>('0' + Index / 10 % 10),
           static_cast<char>('0' + Index % 10), '\0'}};
}
template <std::size_t Index>
struct add_numbered {
  static constexpr auto name = numbered<Index>();
  static constexpr void edit_schema(om::detail::schema_editor& table) {
    if constexpr (Index > 0) table.reads(add_numbered<Index - 1>::name.view());
    table.add({name.view(), &om::bigint::description});
  }
};
template <std::size_t Index>
struct one_of_many {
  static constexpr auto name = numbered<Index>();
  using table = users;
  using change = add_numbered<Index>;
};
template <std::size_t... Indices>
constexpr bool many_fit(std::index_sequence<Indices...>) {
  return gives<accepted, finished<one_of_many<Indices>...>>;
}
static_assert(many_fit(std::make_index_sequence<300>{}));

// --- M036
template <class... Columns>
using stored = om::table<"users", Columns...>;
using stored_id = om::column<"id", om::stored_as<"bigint">, om::primary_key>;
using stored_name = om::column<"name", om::stored_as<"text">, om::not_null>;
template <class... Columns>
struct declared_users : om::table<"users", id, Columns...> {};
template <class Reason, om::fixed_string Column, class Declared, class... Stored>
concept drifts = std::same_as<om::drift_of<declared_users<Declared>, stored<stored_id, Stored...>>,
                              om::table_drift<declared_users<Declared>, Column, Reason>>;

static_assert(om::matches<declared_users<name>, stored<stored_name, stored_id>>);
static_assert(om::matches<declared_users<>, stored<stored_id, stored_name>>);
static_assert(om::matches<declared_users<om::column<"n", om::varchar<9>>>,
                          stored<stored_id, om::column<"n", om::stored_as<"character varying(9)">, om::has_default>>>);
static_assert(om::matches<declared_users<om::column<"mood", om::stored_as<"\"app\".\"mood\"[]">>>,
                          stored<stored_id, om::column<"mood", om::stored_as<"app.mood[]">>>>);
static_assert(drifts<om::column_has_type<"app.mood">, "mood", om::column<"mood", om::stored_as<"\"app\".\"mod\"">>,
                     om::column<"mood", om::stored_as<"app.mood">>>);
static_assert(drifts<om::column_is_missing, "name", name>);
static_assert(drifts<om::column_has_type<"citext">, "name", name, om::column<"name", om::stored_as<"citext">>>);
static_assert(drifts<om::column_may_be_null, "name", name, om::column<"name", om::stored_as<"text">>>);
static_assert(drifts<om::column_is_not_null, "name", om::column<"name", om::text>, stored_name>);
static_assert(drifts<om::column_has_no_default, "name", om::column<"name", om::text, om::not_null, om::has_default>,
                     stored_name>);
static_assert(std::same_as<om::drift_of<users, places>, om::table_drift<users, "", om::table_is<"app", "places">>>);
static_assert(std::same_as<om::drift_of<declared_users<>, stored<om::column<"id", om::bigint, om::not_null>>>,
                           om::table_drift<declared_users<>, "id", om::key_is_another>>);
// Any unique index is a key, in its own order.
struct two_keys
    : om::table<"users", om::column<"id", om::bigint, om::not_null>, om::column<"a", om::integer, om::primary_key>,
                om::column<"b", om::integer, om::primary_key>> {
  using unique_keys = om::unique_keys<om::key_columns<"a", "b">, om::key_columns<"id">>;
};
static_assert(om::matches<declared_users<>, two_keys>);
static_assert(std::same_as<om::drift_of<om::table<"users", om::column<"b", om::integer, om::primary_key>,
                                                  om::column<"a", om::integer, om::primary_key>>,
                                        two_keys>,
                           om::table_drift<om::table<"users", om::column<"b", om::integer, om::primary_key>,
                                                     om::column<"a", om::integer, om::primary_key>>,
                                           "b", om::key_is_another>>);

}  // namespace
