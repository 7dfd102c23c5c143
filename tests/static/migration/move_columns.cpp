// SPDX-License-Identifier: BSL-1.0
// What a move to another table is, and what it must not be.
#include <type_traits>

#include <online_migration/static.hpp>

namespace {

namespace om = online_migration;
using om::col, om::moved;

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"bio", om::text>,
                         om::column<"age", om::text>> {};

struct profiles
    : om::table<"profiles", om::column<"user_id", om::bigint, om::primary_key>, om::column<"bio", om::text>> {};

struct move_bio : om::migration<"users-move-bio", users, om::move_columns<profiles, moved<"bio">>> {};
static_assert(om::several_columns<move_bio>);
static_assert(om::describe_migration<move_bio>.elsewhere);
static_assert(om::detail::home_of(om::describe_migration<move_bio>).name == "profiles");
static_assert(om::statements<move_bio>::block_chunk.view().empty());
static_assert(om::statements<move_bio>::parity_blocks.view().empty());

// What moves as it is leaves its table, when the move is over.
template <class... Steps>
constexpr auto& after = om::describe_table<om::schema_after<users, Steps...>>;
static_assert(std::is_same_v<om::schema_after<users, move_bio>::columns, users::columns>);
static_assert(after<om::finished<move_bio>>.count == 2 &&
              after<om::finished<move_bio>>.find("bio") == om::table_description::none);
static_assert(om::detail::replaces(om::describe_migration<move_bio>));

// What is only read stays, unless it is said to leave; a key stays in any case.
struct both : om::table<"both", om::column<"user_id", om::bigint, om::primary_key>, om::column<"bio", om::text>,
                        om::column<"id", om::bigint, om::not_null>> {};
template <class... Parts>
struct move : om::migration<"move", users, om::move_columns<both, Parts...>> {};
using whole_age = moved<"bio", om::concat(col<"age">, om::lit<"">)>;
using reads = move<whole_age, moved<"id">>;
static_assert(!om::detail::replaces(om::describe_migration<reads>) && om::describe_migration<reads>.trigger_keeps);
static_assert(std::is_same_v<om::schema_after<users, om::finished<reads>>::columns, users::columns>);
using takes = move<whole_age, om::from<"age", om::lossy>, moved<"id">>;
static_assert(om::describe_migration<takes>.replaced.size() == 1 && !om::describe_migration<takes>.trigger_keeps);
static_assert(after<om::finished<takes>>.count == 2);
static_assert(om::fingerprint<reads> != om::fingerprint<takes>);

// Another table is another migration.
struct others : om::table<"others", om::column<"user_id", om::bigint, om::primary_key>, om::column<"bio", om::text>> {};
struct move_elsewhere : om::migration<"users-move-bio", users, om::move_columns<others, moved<"bio">>> {};
static_assert(om::fingerprint<move_bio> != om::fingerprint<move_elsewhere>);

template <class Target, class First, class... Rest>
using verdict = om::detail::check_move<"m", users, Target, First, Rest...>;

template <class... Parts>
using verdict_of = om::detail::check_move_of<"m", users, both, Parts...>;

template <class Expected, class Found>
constexpr bool is = std::is_same_v<Expected, Found>;

static_assert(is<om::accepted, verdict<profiles, moved<"bio">>>);
static_assert(is<om::unmatched_keys<users, users>, verdict<users, moved<"bio">>>);
static_assert(is<om::duplicate_column<profiles, "bio">, verdict<profiles, moved<"bio">, moved<"bio">>>);
static_assert(
    is<om::unmoved_column<profiles, "user_id">, verdict<profiles, moved<"bio">, moved<"user_id", col<"id">>>>);

struct ages : om::table<"ages", om::column<"user_id", om::bigint, om::primary_key>, om::column<"age", om::integer>> {};
static_assert(is<om::not_beside_others<"age", om::its_transform_may_fail>,
                 verdict<ages, moved<"age", om::cast<om::integer>(col<"age">)>>>);

struct strict : om::table<"strict", om::column<"user_id", om::bigint, om::primary_key>,
                          om::column<"bio", om::text, om::not_null>> {};
static_assert(is<om::nullable_into_not_null<users, "bio", om::nullable_columns<"bio">>, verdict<strict, moved<"bio">>>);

static_assert(is<om::accepted, verdict_of<whole_age, moved<"id">, om::from<"age", om::lossy>>>);
static_assert(is<om::retired_column_not_read<"bio">, verdict_of<whole_age, moved<"id">, om::from<"bio", om::lossy>>>);
static_assert(is<om::key_column_replaced<users, "id">, verdict_of<whole_age, moved<"id">, om::from<"id", om::lossy>>>);
static_assert(!om::accepts<verdict_of<whole_age, moved<"id">, om::from<"no_such", om::lossy>>>);
static_assert(is<om::nothing_leads_back<"age">, verdict_of<whole_age, moved<"id">, om::from<"age", col<"bio">>>>);
static_assert(is<om::nothing_leads_back<"age">, verdict_of<whole_age, moved<"id">, om::from<"age">>>);

// Neither here nor there.
static_assert(!om::accepts<verdict<profiles, moved<"no_such">>>);
static_assert(!om::accepts<verdict<profiles, moved<"bio", col<"no_such">>>>);

}  // namespace
