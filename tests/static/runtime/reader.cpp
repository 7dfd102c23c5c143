// SPDX-License-Identifier: BSL-1.0
// What a read is made of, as far as the compiler knows it: value types, SQL for statements of the user's own, the share
// of a key.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <online_migration/runtime/read_flag_cache.hpp>
#include <online_migration/runtime/reader.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"name", om::text, om::not_null>, om::column<"visits", om::int2>> {};
struct lowered : om::migration<"n", users, om::add_column<"lower", om::text, om::ascii_lower(col<"name">)>> {};
struct required
    : om::migration<
          "n", users,
          om::add_column<"lower", om::varchar<9>, om::substring(col<"name">, om::lit<1>, om::lit<9>), om::not_null>> {};
struct wider : om::migration<"n", users, om::add_column<"visits_v2", om::bigint, col<"visits">>> {};
std::optional<std::string> twice(std::string_view text) { return std::string{text} + std::string{text}; }
struct doubled
    : om::migration<"n", users, om::add_column<"doubled", om::text, om::computed<&twice, "twice/1">(col<"name">)>> {};

// Values own what they hold, and can be NULL where the new column can.
template <class Migration>
using value_type = typename om::reader<Migration>::value_type;
static_assert(std::same_as<value_type<lowered>, std::optional<std::string>>);
static_assert(std::same_as<value_type<required>, std::string>);
static_assert(std::same_as<value_type<wider>, std::optional<std::int64_t>>);
static_assert(std::same_as<value_type<doubled>, std::optional<std::string>>);

// SQL for statements of the user's own, with and without an alias.
using name = om::read_expression<lowered, "u">;
static_assert(name::new_column == R"("u"."lower")");
static_assert(name::legacy == om::read_expression<lowered, "u">::of(om::representation::legacy));
static_assert(name::of(om::representation::new_column) == name::new_column);
static_assert(om::read_expression<lowered>::new_column == R"("lower")");
static_assert(om::read_expression<wider>::legacy == R"(("visits")::bigint)");
static_assert(om::read_expression<wider, R"(a"b)">::legacy == R"(("a""b"."visits")::bigint)");
static_assert(om::read_expression<doubled, "u">::new_column == R"("u"."doubled")");

// The share of a key. The numbers are worked out by another program from the words of the documentation.
struct keyed_by_text : om::table<"t", om::column<"code", om::varchar<9>, om::primary_key>, om::column<"a", om::text>> {
};
struct keyed_by_flag : om::table<"t", om::column<"on", om::boolean, om::primary_key>, om::column<"a", om::text>> {};
struct keyed_by_uuid : om::table<"t", om::column<"id", om::uuid, om::primary_key>, om::column<"a", om::text>> {};
struct keyed_by_small : om::table<"t", om::column<"id", om::int2, om::primary_key>, om::column<"a", om::text>> {};
struct keyed_by_two : om::table<"t", om::column<"x", om::text, om::primary_key>, om::column<"a", om::text>,
                                om::column<"y", om::text, om::primary_key>> {};
struct keyed_by_three
    : om::table<"t", om::column<"id", om::uuid, om::primary_key>, om::column<"a", om::text>,
                om::column<"at", om::timestamptz, om::primary_key>, om::column<"source", om::text, om::primary_key>> {};
template <class Table>
struct copied : om::migration<"n", Table, om::add_column<"b", om::text, col<"a">>> {};

template <class... Values>
constexpr int of_user(const Values&... values) {
  return om::key_bucket<lowered>(om::key(values...));
}
static_assert(of_user(0) == 54 && of_user(1) == 43 && of_user(2) == 81 && of_user(3) == 53 && of_user(42) == 13);
static_assert(of_user(-1) == 19 && of_user(INT64_MAX) == 47 && of_user(INT64_MIN) == 54);
static_assert(of_user(std::int16_t{42}) == 13 && of_user(42U) == 13);
static_assert(om::key_bucket<copied<keyed_by_small>>(om::key(std::int16_t{-1})) == 19, "of any width the same");

template <class Table, class... Values>
constexpr int bucket(const Values&... values) {
  return om::key_bucket<copied<Table>>(om::key(values...));
}
static_assert(bucket<keyed_by_text>("") == 27 && bucket<keyed_by_text>("ada") == 47);
static_assert(bucket<keyed_by_text>("Ada") == 59 && bucket<keyed_by_text>("\xc3\x84") == 57);
static_assert(bucket<keyed_by_flag>(true) == 83 && bucket<keyed_by_flag>(false) == 43);
constexpr om::uuid_value some = *om::uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff");
static_assert(bucket<keyed_by_uuid>(some) == 65);
static_assert(bucket<keyed_by_two>("ab", "c") == 98 && bucket<keyed_by_two>("a", "bc") == 62);
static_assert(bucket<keyed_by_three>(some, om::timestamp_value{-1}, "web") == 11);

// Whatever gives a flag is a source of flags.
struct asked {
  om::read_flag operator()() const { return om::read_flag::legacy; }
};
static_assert(om::read_flag_source<asked> && om::read_flag_source<const asked>);
static_assert(om::read_flag_source<om::read_flag_cache<lowered>>);
static_assert(!om::read_flag_source<om::read_flag>);
static_assert(std::is_constructible_v<om::reader<lowered>, om::connection&, asked&>);
static_assert(std::is_constructible_v<om::reader<lowered>, om::connection&, const asked&, om::reader_options>);
// One that is gone at once is no source, and neither is a database that is.
static_assert(!std::is_constructible_v<om::reader<lowered>, om::connection&, om::read_flag_cache<lowered>>);
static_assert(!std::is_constructible_v<om::read_flag_cache<lowered>, om::database>);

// Flags as values.
static_assert(om::read_flag{} == om::read_flag::legacy && om::read_flag::shadow != om::read_flag::legacy);
static_assert(om::read_flag::percent(10) != om::read_flag::percent(20));
static_assert(om::read_flag::percent(100) != om::read_flag::new_column && om::read_flag::percent(100).share() == 100);
static_assert(om::read_flag::new_column.what() == om::read_flag::kind::new_column);

}  // namespace
