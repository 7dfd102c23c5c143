// SPDX-License-Identifier: BSL-1.0
// EXPECT: not_in_index<users
// EXPECT: {"users_by_email"}
// EXPECT: {"name"}
// EXPECT: M056: the index is not over this column, so an operator class or an order of it says nothing; name a column of its om::columns, or leave the option out. docs/errors/M056.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text>,
    om::column<"name",  om::text>> {};

#ifdef CONTROL
struct indexed : om::migration<"users-indexed", users,
    om::create_index<"users_by_email", om::columns<"email", "name">, om::descending<"name">>> {};
#else
struct indexed : om::migration<"users-indexed", users,
    om::create_index<"users_by_email", om::columns<"email">, om::descending<"name">>> {};
#endif

static_assert(om::structural_migration<indexed>);
