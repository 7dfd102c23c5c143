// SPDX-License-Identifier: BSL-1.0
// What a migration is that replaces several columns: its rules, its description, the tables it leaves, its fingerprint.
#include <concepts>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::accepted, om::col, om::lit;

namespace {

struct people : om::table<"people", om::column<"id", om::bigint, om::primary_key>,
                          om::column<"first", om::text, om::not_null>, om::column<"note", om::text>,
                          om::column<"last", om::text, om::not_null>, om::column<"age", om::integer>> {};

constexpr auto whole = om::concat(col<"first">, lit<" ">, col<"last">);
constexpr auto first_of = om::split_part(col<"name">, lit<" ">, lit<1>);
constexpr auto last_of = om::split_part(col<"name">, lit<" ">, lit<2>);
using from_last = om::from<"last", last_of>;
using from_first = om::from<"first", first_of>;
using into_name = om::into<"name", om::text, whole, om::not_null>;

template <class... Parts>
using verdict_of = om::detail::check_replacing_several<"m", people, om::replace_columns<Parts...>>;
template <class Expected, class... Parts>
concept gives = std::same_as<verdict_of<Parts...>, Expected>;

constexpr std::string_view plain(std::string_view text) { return text; }
constexpr auto client = om::computed<&plain, "plain/1">(col<"first">);

struct merged : om::migration<"merged", people, om::replace_columns<from_last, from_first, into_name>> {};
struct split
    : om::migration<"split", people,
                    om::replace_columns<om::from<"first", om::concat(col<"a">, lit<"-">, col<"b">)>,
                                        om::into<"a", om::text, om::split_part(col<"first">, lit<"-">, lit<1>)>,
                                        om::into<"b", om::text, om::split_part(col<"first">, lit<"-">, lit<2>)>>> {};
struct one : om::migration<"one", people,
                           om::replace_columns<om::from<"age", om::cast<om::integer>(col<"wide">)>,
                                               om::into<"wide", om::bigint, col<"age">>>> {};
struct plain_one
    : om::migration<"one", people,
                    om::replace_column<"age", "wide", om::bigint, col<"age">, om::cast<om::integer>(col<"wide">)>> {};

}  // namespace

// What is right.
static_assert(gives<accepted, from_last, from_first, into_name>);
static_assert(gives<accepted, om::from<"last", om::lossy>, om::from<"first", om::lossy>, into_name>);
static_assert(gives<accepted, from_last, from_first, into_name, om::samples<"Lovelace", "Ada", "", "">>);
static_assert(
    gives<accepted, om::from<"last", col<"b">>, om::from<"first", col<"a">>,
          om::into<"a", om::text, col<"first">, om::not_null>, om::into<"b", om::text, col<"last">, om::not_null>>);
// Several old columns into one that only the client computes, with no way back.
static_assert(gives<accepted, om::from<"first", om::lossy>, om::into<"name", om::text, client>>);

// M066: none, or not as the others.
static_assert(gives<om::uneven_way_back<"last">, om::from<"last">, from_first, into_name>);
static_assert(gives<om::uneven_way_back<"first">, om::from<"last", om::lossy>, om::from<"first">, into_name>);
static_assert(gives<om::uneven_way_back<"first">, from_last, om::from<"first", om::lossy>, into_name>);

// M067, before M066
static_assert(
    gives<om::retired_column_not_read<"note">, from_last, from_first, om::from<"note", om::lossy>, into_name>);

// M068, before all others
static_assert(gives<om::incomplete_replacement<"m", om::retires_nothing>, into_name>);
static_assert(gives<om::incomplete_replacement<"m", om::adds_nothing>, from_last, from_first>);
static_assert(
    gives<om::incomplete_replacement<"m", om::retires_twice<"last">>, from_last, om::from<"last">, into_name>);

// Older rules: names, types, keys, worlds, NULL.
static_assert(gives<om::duplicate_column<people, "name">, from_last, from_first, into_name, into_name>);
static_assert(gives<om::duplicate_column<people, "note">, from_last, from_first, om::into<"note", om::text, whole>>);
static_assert(gives<om::key_column_replaced<people, "id">, om::from<"age", om::lossy>, om::from<"id", om::lossy>,
                    om::into<"sum", om::bigint, om::coalesce(col<"age">, om::length(om::cast<om::text>(col<"id">)))>>);
static_assert(gives<om::not_beside_others<"name", om::its_values_come_from_the_client>, om::from<"first", om::lossy>,
                    om::into<"other", om::text, col<"first">>, om::into<"name", om::text, client>>);
static_assert(gives<om::unusable_inverse<"last", "name", om::reads_a_third_column>, from_last, from_first,
                    om::into<"name", om::text, om::concat(col<"first">, col<"last">, col<"note">)>>);
static_assert(gives<om::unusable_inverse<"last", "name", om::reads_a_third_column>,
                    om::from<"last", om::concat(col<"name">, col<"note">)>, from_first, into_name>);
static_assert(gives<om::unusable_inverse<"last", "name", om::gives_null_into_not_null>, from_last, from_first,
                    om::into<"name", om::text, whole>>);

// M025: rows of samples.
template <class Reason>
using trip = om::round_trip_fails<"last", "name", Reason>;
static_assert(gives<trip<om::is_no_whole_row>, from_last, from_first, into_name, om::samples<"Lovelace">>);
static_assert(gives<trip<om::does_not_lead_back<"of Lovelace", "Ada">>, from_last, from_first, into_name,
                    om::samples<"Hopper", "Grace", "of Lovelace", "Ada">>);
static_assert(
    gives<trip<om::is_no_value_of_the_old_column<7>>, from_last, from_first, into_name, om::samples<7, "Ada">>);
static_assert(gives<trip<om::has_no_inverse>, om::from<"last", om::lossy>, om::from<"first", om::lossy>, into_name,
                    om::samples<"Hopper", "Grace">>);

// As a plain value.
constexpr auto& merging = om::describe_migration<merged>;
static_assert(!om::several_columns<merged> && om::detail::replaces(merging) && om::detail::has_way_back(merging));
static_assert(merging.replaced == merging.sources && merging.replaced.size() == 2 && merging.part_count == 0);
static_assert(om::detail::first_replaced(merging).name == "first" && !om::detail::is_one_to_one(merging));
static_assert(merging.reverse->part_count == 2 && merging.reverse->parts[0].target == "last" &&
              merging.reverse->parts[1].target_required);
constexpr auto& splitting = om::describe_migration<split>;
static_assert(om::several_columns<split> && splitting.part_count == 2 && splitting.replaced.size() == 1);
static_assert(om::detail::has_way_back(splitting) && splitting.reverse->part_count == 0 &&
              splitting.reverse->target == "first" && splitting.reverse->sources.size() == 2);
// The table backwards has the new columns in the place of the first one that is named.
static_assert(merging.reverse->table.count == 4 && merging.reverse->table.find("name") == 2);
static_assert(splitting.reverse->table.count == 6 && splitting.reverse->table.find("a") == 1 &&
              splitting.reverse->table.find("b") == 2);

// One into one is the same change, however it is written.
static_assert(om::fingerprint<one> == om::fingerprint<plain_one>);
static_assert(om::statements<one>::create_sync_function.view() ==
              om::statements<plain_one>::create_sync_function.view());
// Pinned: a run is never resumed by another declaration.
static_assert(om::fingerprint<merged> == "59bdd82e07b73930" && om::fingerprint<split> == "aee56a91633f294e");

// The tables that are left: while it is open, and then.
struct open_merge : om::schema_after<people, merged> {};
struct done_merge : om::schema_after<people, om::finished<merged>> {};
struct expected_open
    : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"first", om::text, om::not_null>,
                om::column<"note", om::text>, om::column<"last", om::text, om::not_null>,
                om::column<"age", om::integer>, om::column<"name", om::text>> {};
struct expected_merge : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"note", om::text>,
                                  om::column<"name", om::text, om::not_null>, om::column<"age", om::integer>> {};
static_assert(om::same_columns<open_merge, expected_open> && om::same_columns<done_merge, expected_merge>);
struct done_split : om::schema_after<people, om::finished<split>> {};
struct expected_split : om::table<"people", om::column<"id", om::bigint, om::primary_key>, om::column<"a", om::text>,
                                  om::column<"b", om::text>, om::column<"note", om::text>,
                                  om::column<"last", om::text, om::not_null>, om::column<"age", om::integer>> {};
static_assert(om::same_columns<done_split, expected_split>);
struct changes : om::history<om::finished<merged>, done_merge> {};

// One of several new columns, by itself.
using column_b = om::one_column<split, "b">;
static_assert(om::transform<column_b>("x-y") == "y" && !om::several_columns<column_b>);
static_assert(om::read_expression<column_b, "t">::new_column == R"("t"."b")");
static_assert(om::read_expression<column_b>::legacy ==
              R"(pg_catalog.split_part("first" COLLATE "C", '-'::text, (2)::integer))");

// The new value of a merge, in C++.
static_assert(om::transform<merged>("Ada", "Lovelace") == "Ada Lovelace");
