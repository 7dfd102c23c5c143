// SPDX-License-Identifier: BSL-1.0
// What a lookup is: its kind, its type, and what its fingerprint is made of.
#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct countries
    : om::table<"countries", om::column<"code", om::text, om::primary_key>, om::column<"name", om::text, om::not_null>,
                om::column<"area", om::integer>, om::column<"size", om::numeric<10, 2>>> {};
struct lands
    : om::table<"lands", om::column<"code", om::text, om::primary_key>, om::column<"name", om::text, om::not_null>> {};
struct lands_by_id
    : om::table<"lands", om::column<"id", om::text, om::primary_key>, om::column<"name", om::text, om::not_null>> {};
struct orders : om::table<"orders", om::column<"id", om::bigint, om::primary_key>,
                          om::column<"country", om::text, om::not_null>, om::column<"other", om::text>> {};

template <class Table, om::fixed_string Column, om::fixed_string Reference, class Type = om::text>
struct copy
    : om::migration<
          "copy", orders,
          om::add_column<"made", Type, om::lookup<Table, Column>(om::col<Reference>), om::kept_by_application>> {};

using name = copy<countries, "name", "country">;
using transform = name::change::transform;

static_assert(transform::in == om::worlds::server_only && transform::total);
static_assert(transform::type_over(om::describe_table<orders>).type == om::text::description);
static_assert(transform::type_over(om::describe_table<orders>).nullable, "the row may come with what refers to it");
static_assert(om::describe_migration<name>.looks_up && om::describe_migration<name>.sources.size() == 1);
static_assert(copy<countries, "area", "country", om::bigint>::verdict::raise(), "a number may be widened");
static_assert(copy<countries, "size", "country", om::numeric<12, 2>>::verdict::raise());

// Another table, column, reference or key is another migration.
static_assert(om::fingerprint<name> != om::fingerprint<copy<lands, "name", "country">>);
static_assert(om::fingerprint<name> != om::fingerprint<copy<countries, "code", "country">>);
static_assert(om::fingerprint<name> != om::fingerprint<copy<countries, "name", "other">>);
static_assert(om::fingerprint<copy<lands, "name", "country">> != om::fingerprint<copy<lands_by_id, "name", "country">>);

// What is sensitive in the other table is so here.
struct patients : om::table<"patients", om::column<"code", om::text, om::primary_key>,
                            om::column<"name", om::text, om::sensitive>> {};
static_assert(om::describe_migration<copy<patients, "name", "country">>.is_sensitive);
static_assert(!om::describe_migration<name>.is_sensitive);

// What needs no lookup has nothing of it.
struct plain : om::migration<"plain", orders, om::add_column<"made", om::text, om::lower(om::col<"country">)>> {};
static_assert(!om::describe_migration<plain>.looks_up && om::statements<plain>::lookup_chunk.size == 0 &&
              om::statements<plain>::create_late_trigger.size == 0 && om::statements<plain>::lookup_fence.size == 0);

}  // namespace
