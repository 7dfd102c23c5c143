// SPDX-License-Identifier: BSL-1.0
// The rules over writes: each mistake has its diagnosis, by name, and what is right is accepted.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/migration/write_rules.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col;
using om::fixed_string;
using om::detail::assigned_column;
using om::detail::list;
using om::detail::no_key;
using om::detail::write_kind;

namespace {

struct people
    : om::table<"people", om::column<"tenant", om::int4, om::primary_key>,
                om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>,
                om::column<"nick", om::varchar<5>>, om::column<"score", om::int4, om::not_null, om::has_default>> {};

struct plain : om::migration<"n", people, om::add_column<"new", om::text, om::trim(col<"name">)>> {};
struct both : om::migration<"n", people, om::add_column<"new", om::text, om::concat(col<"name">, col<"nick">)>> {};
struct of_default : om::migration<"n", people, om::add_column<"new", om::int4, col<"score">>> {};

constexpr std::int64_t sum(std::int32_t tenant, std::string_view name, std::string_view nick) {
  return tenant + static_cast<std::int64_t>(name.size() + nick.size());
}
struct computed
    : om::migration<
          "n", people,
          om::add_column<"new", om::bigint, om::computed<&sum, "sum/1">(col<"tenant">, col<"name">, col<"nick">)>> {};

using two = list<int, int>;
using txt = std::string_view;
template <fixed_string Name, class Value>
using set = om::assignment<Name, Value>;

template <class Migration, write_kind Kind, class Keys, class... Sets>
using verdict = om::detail::check_write<om::detail::write_request<Migration, Kind, Keys, list<Sets...>>>;

template <class Verdict, class Expected>
inline constexpr bool is = std::same_as<Verdict, Expected>;

// What is right.
static_assert(is<verdict<plain, write_kind::update, two, set<"name", txt>>, om::accepted>);
static_assert(is<verdict<plain, write_kind::update, two, set<"nick", std::nullopt_t>>, om::accepted>);
static_assert(is<verdict<plain, write_kind::insert, two, set<"name", txt>>, om::accepted>);
static_assert(
    is<verdict<plain, write_kind::insert, no_key, set<"id", int>, set<"name", txt>, set<"tenant", int>>, om::accepted>);
static_assert(
    is<verdict<plain, write_kind::upsert, two, set<"nick", std::optional<txt>>, set<"name", txt>>, om::accepted>);
static_assert(is<verdict<plain, write_kind::erase, two>, om::accepted>);
static_assert(is<verdict<plain, write_kind::assignments, no_key, set<"name", txt>>, om::accepted>);
static_assert(is<verdict<plain, write_kind::assignments, no_key, assigned_column<"name">>, om::accepted>);
static_assert(is<verdict<both, write_kind::update, two, set<"nick", txt>>, om::accepted>);

// M001, M012: names.
static_assert(is<verdict<plain, write_kind::update, two, set<"nmae", txt>>,
                 om::no_such_column<people, "nmae", om::did_you_mean<"name">>>);
static_assert(is<verdict<plain, write_kind::assignments, no_key, assigned_column<"zzzz">>,
                 om::no_such_column<people, "zzzz", om::no_similar_name>>);
static_assert(is<verdict<plain, write_kind::update, two, set<"new", txt>>, om::derived_column_written<plain, "new">>);
static_assert(is<verdict<plain, write_kind::insert, two, set<"name", txt>, set<"new", int>>,
                 om::derived_column_written<plain, "new">>);

// M016: nothing to write.
static_assert(is<verdict<plain, write_kind::update, two>, om::nothing_to_write<plain>>);
static_assert(is<verdict<plain, write_kind::assignments, no_key>, om::nothing_to_write<plain>>);

// M017: two values for one column, by om::set or by om::key.
static_assert(is<verdict<plain, write_kind::update, two, set<"nick", txt>, set<"name", txt>, set<"nick", txt>>,
                 om::column_set_twice<people, "nick">>);
static_assert(
    is<verdict<plain, write_kind::insert, two, set<"name", txt>, set<"id", int>>, om::column_set_twice<people, "id">>);

// M014: the key.
static_assert(is<verdict<plain, write_kind::erase, list<int>>,
                 om::wrong_key<people, om::values_given<1>, om::columns_in_key<2>>>);
static_assert(is<verdict<plain, write_kind::upsert, list<int, int, int>, set<"name", txt>>,
                 om::wrong_key<people, om::values_given<3>, om::columns_in_key<2>>>);
static_assert(is<verdict<plain, write_kind::insert, list<>, set<"name", txt>>,
                 om::wrong_key<people, om::values_given<0>, om::columns_in_key<2>>>);

// M007: a change of the key.
static_assert(is<verdict<plain, write_kind::update, two, set<"name", txt>, set<"id", int>>,
                 om::key_column_changed<people, "id">>);
static_assert(is<verdict<plain, write_kind::upsert, two, set<"name", txt>, set<"tenant", int>>,
                 om::key_column_changed<people, "tenant">>);
static_assert(
    is<verdict<plain, write_kind::assignments, no_key, assigned_column<"id">>, om::key_column_changed<people, "id">>);

// M009: values.
template <fixed_string Name, class Value, fixed_string Declared>
using misfit = om::wrong_value_type<people, Name, Value, om::declared<Declared>>;
static_assert(is<verdict<plain, write_kind::update, two, set<"name", int>>, misfit<"name", int, "text not null">>);
static_assert(is<verdict<plain, write_kind::update, two, set<"name", std::nullopt_t>>,
                 misfit<"name", std::nullopt_t, "text not null">>);
static_assert(is<verdict<plain, write_kind::update, two, set<"name", std::optional<txt>>>,
                 misfit<"name", std::optional<txt>, "text not null">>);
static_assert(is<verdict<plain, write_kind::update, two, set<"name", std::nullptr_t>>,
                 misfit<"name", std::nullptr_t, "text not null">>);
static_assert(
    is<verdict<plain, write_kind::update, two, set<"nick", bool>>, misfit<"nick", bool, "character varying(5)">>);
static_assert(is<verdict<plain, write_kind::update, two, set<"score", std::int64_t>>,
                 misfit<"score", std::int64_t, "integer not null">>);
static_assert(
    is<verdict<plain, write_kind::update, two, set<"score", unsigned>>, misfit<"score", unsigned, "integer not null">>);
static_assert(is<verdict<plain, write_kind::update, list<std::int64_t, int>, set<"name", txt>>,
                 misfit<"tenant", std::int64_t, "integer not null">>);
static_assert(is<verdict<plain, write_kind::erase, list<int, txt>>, misfit<"id", txt, "bigint not null">>);
static_assert(is<verdict<plain, write_kind::erase, list<int, std::optional<int>>>,
                 misfit<"id", std::optional<int>, "bigint not null">>);

// M010: new rows.
static_assert(is<verdict<plain, write_kind::insert, two>, om::missing_not_null_column<people, "name">>);
static_assert(
    is<verdict<plain, write_kind::upsert, two, set<"nick", txt>>, om::missing_not_null_column<people, "name">>);
static_assert(is<verdict<plain, write_kind::insert, no_key, set<"name", txt>, set<"tenant", int>>,
                 om::missing_not_null_column<people, "id">>);

// M015: a source that only the server knows.
static_assert(
    is<verdict<of_default, write_kind::insert, two, set<"name", txt>>, om::missing_source<of_default, "score">>);
static_assert(
    is<verdict<of_default, write_kind::upsert, two, set<"name", txt>>, om::missing_source<of_default, "score">>);
static_assert(is<verdict<of_default, write_kind::insert, two, set<"name", txt>, set<"score", int>>, om::accepted>);
static_assert(is<verdict<of_default, write_kind::update, two, set<"name", txt>>, om::accepted>);

// M011: the client knows what is given, and the key of an update.
static_assert(
    is<verdict<computed, write_kind::update, two, set<"name", txt>>, om::partial_client_update<computed, "nick">>);
static_assert(
    is<verdict<computed, write_kind::upsert, two, set<"name", txt>>, om::partial_client_update<computed, "nick">>);
static_assert(is<verdict<computed, write_kind::update, two, set<"name", txt>, set<"nick", txt>>, om::accepted>);
static_assert(is<verdict<computed, write_kind::assignments, no_key, set<"name", txt>, set<"nick", txt>>,
                 om::partial_client_update<computed, "tenant">>);
static_assert(is<verdict<computed, write_kind::update, two, set<"score", int>>, om::accepted>);
static_assert(is<verdict<computed, write_kind::insert, two, set<"name", txt>>, om::accepted>);

}  // namespace
