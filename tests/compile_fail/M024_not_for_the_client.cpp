// SPDX-License-Identifier: BSL-1.0
// EXPECT: M024: a client-only transform reads or gives this type, whose values the client cannot compare with what the server stores; let the server compute it, as with om::sql. docs/errors/M024.md
// EXPECT: not_for_the_client<events,
// EXPECT: {"payload"}
// EXPECT: {"jsonb"}
#include <online_migration/static.hpp>

namespace om = online_migration;

std::int32_t size_of_payload(std::string_view payload);

struct events : om::table<"events",
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"payload", om::jsonb>> {};

#ifdef CONTROL
struct payload_size : om::migration<"payload-size", events,
    om::add_column<"payload_size", om::integer, om::sql<"pg_catalog.length(({})::text)", om::integer>(om::col<"payload">)>> {};
#else
struct payload_size : om::migration<"payload-size", events,
    om::add_column<"payload_size", om::integer, om::computed<&size_of_payload, "size/1">(om::col<"payload">)>> {};
#endif

static_assert(om::migration_like<payload_size>);
