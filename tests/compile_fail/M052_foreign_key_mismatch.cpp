// SPDX-License-Identifier: BSL-1.0
// EXPECT: foreign_key_mismatch<orders
// EXPECT: {"orders_user_fkey"}
// EXPECT: users
// EXPECT: M052: a foreign key has as many columns as it refers to, of the same types in the same order; correct one of the lists. docs/errors/M052.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

struct orders : om::table<"orders",
    om::column<"id",      om::bigint, om::primary_key>,
    om::column<"user_id", om::bigint>> {};

#ifdef CONTROL
struct owned : om::migration<"orders-owned", orders,
    om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "id">>> {};
#else
struct owned : om::migration<"orders-owned", orders,
    om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "email">>> {};
#endif

static_assert(om::structural_migration<owned>);
