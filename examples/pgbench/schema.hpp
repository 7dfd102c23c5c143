// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

/// Removes what an earlier run of an example has left: its schema, and its run in the state tables.
/// Throws: `om::refused` where the schema is somebody else's.
void clean(om::connection& on, std::string_view schema, std::string_view migration);

/// Makes the schema that pgbench's tables come into, with a comment that tells it from what somebody else made.
void make_schema(om::connection& on, std::string_view schema);
