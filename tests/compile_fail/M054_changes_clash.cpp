// SPDX-License-Identifier: BSL-1.0
// EXPECT: changes_clash<
// EXPECT: {"users-tidy"}
// EXPECT: M054: two changes of this migration stand in each other's way (a column that one drops and the other reads, or the same name twice); make them two migrations. docs/errors/M054.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text>,
    om::column<"phone", om::text>> {};

#ifdef CONTROL
struct tidy : om::migration<"users-tidy", users,
    om::create_index<"users_by_email", om::columns<"email">>, om::drop_column<"phone">> {};
#else
struct tidy : om::migration<"users-tidy", users,
    om::create_index<"users_by_email", om::columns<"email", "phone">>, om::drop_column<"phone">> {};
#endif

static_assert(om::structural_migration<tidy>);
