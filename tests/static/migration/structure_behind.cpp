// SPDX-License-Identifier: BSL-1.0
// Structural changes behind new columns, in one migration: what is accepted, over which table they are, what they
// leave.

#include <type_traits>

#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct words : om::table<"words", om::column<"word", om::text, om::primary_key>> {};

struct users : om::table<"users", om::in_schema<"app">, om::column<"id", om::bigint, om::primary_key>,
                         om::column<"email", om::text, om::not_null>, om::column<"born", om::integer>> {};

template <class... Changes>
struct changed : om::migration<"users-email", users, Changes...> {};

using low = om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">), om::not_null>;
using born = om::add_column<"born_big", om::bigint, om::col<"born">, om::sensitive>;
using index = om::create_index<"users_by_email_low", om::columns<"email_low", "email">>;
using key = om::add_unique<"users_email_low_key", "email_low">;
using check = om::add_check<"users_born_check", om::sql<"{} > 0", om::boolean>(om::col<"born_big">)>;
using foreign = om::add_foreign_key<"users_word_fkey", om::columns<"email_low">, om::references<words, "word">>;
using comment = om::comment_column<"email_low", "for the search">;

// One that gives values, with all of them behind it.
using whole = changed<low, born, index, key, check, foreign, comment>;
static_assert(om::migration_like<whole> && om::several_columns<whole> && om::has_structure_behind<whole>);
static_assert(!om::structural_migration<whole> && om::structural_migration<om::structure_of<whole>>);
static_assert(om::migration_like<changed<low, index>> && !om::several_columns<changed<low, index>>);
static_assert(!om::has_structure_behind<changed<low, born>> && !om::has_structure_behind<changed<low>>);

static_assert(om::structural_migration<changed<om::set_not_null<"born">, om::drop_index<"a">>>);
static_assert(!om::has_structure_behind<changed<om::set_not_null<"born">, om::drop_index<"a">>>);

// They are over the table as it is once every row is filled.
constexpr const om::structural_description& behind = om::describe_structure<om::structure_of<whole>>;
static_assert(behind.count == 5 && behind.name == "users-email" && behind.table.schema == "app");
static_assert(behind.table.count == 5 && behind.table.columns[3].name == "email_low");
static_assert(behind.table.columns[3].is_required && !behind.table.columns[4].is_required);
static_assert(behind.table.columns[4].is_sensitive && behind.table.columns[0].is_key);
static_assert(om::plan<om::structure_of<changed<low, index>>>.size() == 2);
static_assert(om::plan<om::structure_of<changed<low, index>>>[0].run.view() ==
              R"(CREATE INDEX CONCURRENTLY "users_by_email_low" ON "app"."users" ("email_low", "email"))");

// The new columns are those of a migration without them.
static_assert(om::statements<changed<low, index>>::backfill_chunk.view() ==
              om::statements<changed<low>>::backfill_chunk.view());

// What they are decides what the migration is, and what it was without them stays what it was.
static_assert(om::fingerprint<changed<low, index>> != om::fingerprint<changed<low>>);
static_assert(om::fingerprint<changed<low, index>> != om::fingerprint<changed<low, key>>);
static_assert(om::fingerprint<changed<low, index, key>> != om::fingerprint<changed<low, key, index>>);
// FNV-1a over: online_migration 1 "users-email" "app"."users" key "id" bigint not null source "email" text not null
// add "email_low" text not null := ascii_lower("email" ) create index "users_by_email_low" over "email_low" text
// "email" text
static_assert(om::fingerprint<changed<low, index>> == "01ad69bf52795bb0");

// What they leave, while they are open and once they are over; another migration may be declared over that.
using over = om::schema_after<users, om::finished<whole>>;
using under_way = om::schema_after<users, whole>;
constexpr const om::table_description& after = om::describe_table<over>;
static_assert(after.count == 5 && after.columns[after.find("email_low")].is_required);
static_assert(!om::describe_table<under_way>.columns[after.find("email_low")].is_required);
static_assert(
    om::describe_table<om::schema_after<users, om::finished<changed<low, om::set_not_null<"born">>>>>.columns[2].is_required);
struct as_declared : om::table<"users", om::in_schema<"app">, om::column<"id", om::bigint, om::primary_key>,
                               om::column<"email_low", om::text, om::not_null>> {};
static_assert(om::matches<as_declared, over>);

// What is wrong with them is told by the rules of structural changes, over the table with the new columns.
template <class... Changes>
using judged =
    om::detail::check_structure_of<"users-email", om::detail::grown<users, om::detail::list<low, born>>, Changes...>;
static_assert(om::accepts<judged<index, key, check>>);
static_assert(!om::accepts<judged<om::create_index<"users_by_nick", om::columns<"nick">>>>);
static_assert(!om::accepts<judged<key, om::create_index<"users_email_low_key", om::columns<"email">>>>);

// What stands in the way of a new column is told with both positions in the declaration.
template <class Added, class... Changes>
using beside =
    om::detail::check_behind<om::accepted,
                             om::detail::structure_behind<"users-email", users, Added, om::detail::list<Changes...>>,
                             Added, om::detail::list<Changes...>>::type;
template <class Change>
using behind_both = beside<om::detail::list<born, low>, index, Change>;
using first_is_hindered = om::changes_clash<"users-email", 0, 3>;
using second_is_hindered = om::changes_clash<"users-email", 1, 3>;
static_assert(std::is_same_v<behind_both<om::set_not_null<"born_big">>, first_is_hindered>);
static_assert(std::is_same_v<behind_both<om::set_default<"email_low", om::lit<"">>>, second_is_hindered>);
static_assert(std::is_same_v<behind_both<om::drop_default<"email_low">>, second_is_hindered>);
static_assert(std::is_same_v<behind_both<om::drop_not_null<"email">>, second_is_hindered>);
static_assert(om::accepts<behind_both<om::set_not_null<"born">>> && om::accepts<behind_both<om::drop_index<"a">>>);
static_assert(om::accepts<behind_both<om::set_default<"email", om::lit<"">>>>);
// A default that the application, which computes the new column, would not know of; NOT NULL that nobody asks for.
using kept = om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">), om::kept_by_application>;
template <class Change>
using behind_kept = beside<om::detail::list<kept>, Change>;
using kept_is_hindered = om::changes_clash<"users-email", 0, 1>;
static_assert(std::is_same_v<behind_kept<om::set_default<"email", om::lit<"">>>, kept_is_hindered>);
static_assert(std::is_same_v<behind_kept<om::drop_default<"email">>, kept_is_hindered>);
static_assert(om::accepts<behind_kept<om::drop_not_null<"email">>>);
// What a change drops, another one must not make, and their positions count the new columns.
static_assert(std::is_same_v<beside<om::detail::list<born, low>, index, om::drop_index<"users_by_email_low">>,
                             om::changes_clash<"users-email", 2, 3>>);

// Which may stand behind which.
template <class... Changes>
constexpr bool fits = om::detail::stand_behind_columns<Changes...>();
static_assert(fits<low, index> && fits<low, born, index, key> && fits<low, comment>);
static_assert(fits<low, om::set_default<"born", om::lit<1>>> && fits<low, om::drop_default<"born">>);
static_assert(fits<low, om::set_not_null<"born">> && fits<low, om::drop_not_null<"email">>);
static_assert(fits<low, om::drop_index<"a">> && fits<low, om::drop_constraint<"a">, om::rename_constraint<"b", "c">>);
static_assert(!fits<low, index, born> && !fits<low> && !fits<low, om::drop_column<"born">>);
static_assert(!fits<low, om::add_constant_column<"one", om::integer, om::lit<1>>> && !fits<low, om::drop_table>);
static_assert(!fits<low, om::set_replica_identity<om::replica_identity_full>>);
static_assert(!fits<low, index, om::rename_table<"people">>);

// Behind a replacement, which is its own first change, what adds to the table that is left once it is over.
using big =
    om::replace_column<"born", "born_big", om::bigint, om::col<"born">, om::cast<om::integer>(om::col<"born_big">)>;
using by_born = om::create_index<"users_by_born", om::columns<"born_big", "email">>;
using replaced = changed<big, by_born, check>;
static_assert(om::migration_like<replaced> && om::has_structure_behind<replaced> && !om::several_columns<replaced>);
static_assert(om::describe_migration<replaced>.target == "born_big" &&
              om::describe_migration<replaced>.replaced.size() == 1);
constexpr const om::table_description& left = om::describe_structure<om::structure_of<replaced>>.table;
static_assert(left.count == 3 && left.columns[2].name == "born_big" && left.columns[1].is_required);
static_assert(om::plan<om::structure_of<replaced>>[0].run.view() ==
              R"(CREATE INDEX CONCURRENTLY "users_by_born" ON "app"."users" ("born_big", "email"))");
static_assert(om::statements<replaced>::backfill_chunk.view() == om::statements<changed<big>>::backfill_chunk.view());
static_assert(om::fingerprint<replaced> != om::fingerprint<changed<big>>);
// What is over the column that goes would stop its retirement: there is no such column.
template <class... Changes>
using judged_left = om::detail::check_structure_of<
    "users-email", om::detail::grown<users, om::detail::list<big>, om::detail::list<om::column_node<"born">>>,
    Changes...>;
static_assert(om::accepts<judged_left<by_born>>);
static_assert(!om::accepts<judged_left<om::create_index<"users_by_born", om::columns<"born">>>>);

using parts =
    om::replace_columns<om::from<"email", om::lossy>,
                        om::into<"local", om::text, om::split_part(om::col<"email">, om::lit<"@">, om::lit<1>)>,
                        om::into<"host", om::text, om::split_part(om::col<"email">, om::lit<"@">, om::lit<2>)>>;
using split = changed<parts, om::add_unique<"users_host_key", "host", "local">>;
static_assert(om::several_columns<split> && om::has_structure_behind<split>);
constexpr const om::table_description& parted = om::describe_structure<om::structure_of<split>>.table;
static_assert(parted.count == 4 && parted.columns[2].name == "local" && parted.columns[3].name == "host");
static_assert(om::describe_table<om::schema_after<users, om::finished<split>>>.count == 4);

template <class... Changes>
constexpr bool fits_replacement = om::detail::stand_behind_replacement<Changes...>();
static_assert(fits_replacement<big, index, comment> && fits_replacement<parts, check, foreign, key>);
static_assert(!fits_replacement<big> && !fits_replacement<low, index> && !fits_replacement<big, low, index>);
static_assert(!fits_replacement<big, om::drop_index<"a">> &&
              !fits_replacement<big, om::set_default<"email", om::lit<"">>>);
static_assert(!fits_replacement<om::replace_key<"id", "id_big", om::bigint>, index>);

}  // namespace
