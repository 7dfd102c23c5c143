// SPDX-License-Identifier: BSL-1.0
// What rows that are extracted are, and what they must not be.
#include <type_traits>

#include <online_migration/static.hpp>

namespace {

namespace om = online_migration;
using om::col, om::from, om::lit, om::lossy, om::moved, om::row_at, om::row_each;

struct users
    : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text, om::not_null>,
                om::column<"home", om::text>, om::column<"home_since", om::date>, om::column<"work", om::text>,
                om::column<"country", om::text>, om::column<"tags", om::array<om::text>>> {};

struct phones : om::table<"phones", om::column<"user_id", om::bigint, om::primary_key>,
                          om::column<"kind", om::text, om::primary_key>, om::column<"number", om::text, om::not_null>,
                          om::column<"since", om::date>, om::column<"country", om::text>> {};

template <class... Parts>
struct extract : om::migration<"extract", users, om::extract_rows<phones, Parts...>> {};

using home = row_at<"home", moved<"number", col<"home">>, moved<"country">>;
using work = row_at<"work", moved<"number", om::coalesce(col<"work">, lit<"">)>, moved<"country">,
                    moved<"since", col<"home_since">>>;

template <class... Parts>
constexpr auto& described = om::describe_migration<extract<Parts...>>;
template <class... Parts>
constexpr bool leaves(std::string_view column) {
  return described<Parts...>.replaced.has(described<Parts...>.table.find(column));
}

static_assert(described<home, work>.elsewhere && described<home, work>.row_count == 2);
static_assert(described<home, work>.part_count == 3 && described<home, work>.parts[2].target == "since");
static_assert(described<home, work>.rows[0].part_count == 2 && described<home, work>.rows[1].part_count == 3);
static_assert(described<home, work>.sources.size() == 4);

// What goes as it is into one row leaves, what several read stays, unless it is said.
static_assert(leaves<home, work>("home") && leaves<home, work>("home_since") && !leaves<home, work>("work"));
static_assert(!leaves<home, work>("country") && !described<home, work>.trigger_keeps);
static_assert(leaves<home, work, from<"country", lossy>>("country"));
static_assert(om::fingerprint<extract<home, work>> != om::fingerprint<extract<home, work, from<"country", lossy>>>);
static_assert(om::fingerprint<extract<home, work>> != om::fingerprint<extract<work, home>>);
using office = row_at<"office", moved<"number", om::coalesce(col<"work">, lit<"">)>, moved<"country">,
                      moved<"since", col<"home_since">>>;
static_assert(om::fingerprint<extract<home, work>> != om::fingerprint<extract<home, office>>);
template <class... Steps>
constexpr auto& after = om::describe_table<om::schema_after<users, Steps...>>;
static_assert(after<om::finished<extract<home, work>>>.count == 5);
static_assert(after<extract<home, work>>.count == 7);
static_assert(om::statements<extract<home, work>>::block_chunk.view().empty());

// A row without anything that may be NULL is always there.
using name = row_at<"name", moved<"number", col<"name">>>;
static_assert(om::detail::is_always_there(described<name, work>, described<name, work>.rows[0]));
static_assert(!om::detail::is_always_there(described<home, work>, described<home, work>.rows[0]));
static_assert(!om::detail::is_always_there(described<home, work>, described<home, work>.rows[1]));

template <class Target, class... Parts>
using verdict = om::detail::check_extract_of<"m", users, Target, Parts...>;

template <class Expected, class Found>
constexpr bool is = std::is_same_v<Expected, Found>;

static_assert(is<om::accepted, verdict<phones, home, work>>);
static_assert(is<om::accepted, verdict<phones, home, work, from<"country", lossy>>>);

// A NULL decides whether there is a row only where nothing else does.
using two = row_at<"home", moved<"number", col<"home">>, moved<"since", col<"home_since">>>;
static_assert(
    is<om::nullable_into_not_null<users, "number", om::nullable_columns<"home">>, verdict<phones, two, name>>);
// One that reads what another row reads decides as well, unless both have the same value.
struct halves
    : om::table<"halves", om::column<"user_id", om::bigint, om::primary_key>,
                om::column<"half", om::integer, om::primary_key>, om::column<"part", om::text, om::not_null>> {};
template <int Half>
using half = row_at<Half, moved<"part", om::nullif(om::split_part(col<"home">, lit<" ">, lit<Half>), lit<"">)>>;
static_assert(is<om::accepted, verdict<halves, half<1>, half<2>>>);
static_assert(!om::detail::is_always_there(
    om::describe_migration<om::migration<"m", users, om::extract_rows<halves, half<1>, half<2>>>>,
    om::describe_migration<om::migration<"m", users, om::extract_rows<halves, half<1>, half<2>>>>.rows[1]));
static_assert(is<om::nullable_into_not_null<users, "number", om::nullable_columns<"home">>,
                 verdict<phones, row_at<"a", moved<"number", col<"home">>, moved<"country">>,
                         row_at<"b", moved<"number", col<"home">>, moved<"since", col<"home_since">>>>>);

// The key, and the position.
struct by_id : om::table<"by_id", om::column<"user_id", om::bigint, om::primary_key>, om::column<"number", om::text>> {
};
struct by_date : om::table<"by_date", om::column<"user_id", om::bigint, om::primary_key>,
                           om::column<"at", om::date, om::primary_key>, om::column<"number", om::text>> {};
struct by_number : om::table<"by_number", om::column<"user_id", om::bigint, om::primary_key>,
                             om::column<"position", om::smallint, om::primary_key>, om::column<"number", om::text>> {};
template <auto Value>
using bare_lit = std::remove_const_t<decltype(Value)>;
template <om::literal_value Position>
using number_at = row_at<Position, moved<"number", col<"home">>>;
static_assert(is<om::child_key_misfit<users, by_id>, verdict<by_id, number_at<1>>>);
static_assert(is<om::child_key_misfit<users, by_date>, verdict<by_date, number_at<1>>>);
static_assert(is<om::child_key_misfit<users, users>, verdict<users, number_at<1>>>);
static_assert(is<om::accepted, verdict<by_number, number_at<1>, number_at<-2>>>);
static_assert(is<om::unfit_position<by_number, bare_lit<lit<1>>>, verdict<by_number, number_at<1>, number_at<1>>>);
static_assert(is<om::unfit_position<by_number, bare_lit<lit<"1">>>, verdict<by_number, number_at<"1">>>);
static_assert(is<om::unfit_position<by_number, bare_lit<lit<true>>>, verdict<by_number, number_at<true>>>);
static_assert(is<om::unfit_position<by_number, bare_lit<lit<32768>>>, verdict<by_number, number_at<32768>>>);

// Elements.
struct tags
    : om::table<"tags", om::column<"user_id", om::bigint, om::primary_key>,
                om::column<"position", om::integer, om::primary_key>, om::column<"tag", om::text, om::not_null>> {};
static_assert(is<om::accepted, verdict<tags, row_each<moved<"tag", col<"tags">>>>>);
static_assert(
    is<om::unfit_position<by_number, om::element_numbers>, verdict<by_number, row_each<moved<"number", col<"tags">>>>>);
static_assert(is<om::no_such_elements<"tag", om::given<"text">, om::declared<"text">>,
                 verdict<tags, row_each<moved<"tag", col<"home">>>>>);
struct dated : om::table<"dated", om::column<"user_id", om::bigint, om::primary_key>,
                         om::column<"position", om::integer, om::primary_key>, om::column<"at", om::date>> {};
static_assert(!om::accepts<verdict<dated, row_each<moved<"at", col<"tags">>>>>);

// Neither here nor there.
static_assert(is<om::unmoved_column<phones, "country">,
                 verdict<phones, row_at<"a", moved<"number", col<"name">>, moved<"since", col<"home_since">>>>>);
static_assert(is<om::unmoved_column<phones, "number">,
                 verdict<phones, name, row_at<"b", moved<"country">, moved<"since", col<"home_since">>>>>);
static_assert(is<om::duplicate_column<phones, "country">,
                 verdict<phones, row_at<"a", moved<"country">, moved<"country">, moved<"number", col<"name">>,
                                        moved<"since", col<"home_since">>>>>);
static_assert(!om::accepts<verdict<phones, home, row_at<"b", moved<"number", col<"no_such">>>>>);
static_assert(!om::accepts<
              verdict<phones, home, work, row_at<"b", moved<"number", col<"name">>, moved<"no_such", col<"name">>>>>);
static_assert(is<om::nothing_leads_back<"work">, verdict<phones, home, work, from<"work", col<"number">>>>);
static_assert(is<om::retired_column_not_read<"tags">, verdict<phones, home, work, from<"tags", lossy>>>);
static_assert(is<om::key_column_replaced<users, "id">,
                 verdict<by_number, row_at<1, moved<"number", om::cast<om::text>(col<"id">)>>, from<"id", lossy>>>);

}  // namespace
