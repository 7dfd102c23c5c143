// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The declaration language and its SQL: everything that runs in the compiler. Needs Boost.Hana's headers and no libpq.

#include <online_migration/base/language.hpp>

// What refuses a declaration comes first: a compiler begins an error with all files on the way to it.
// clang-format off
#include <online_migration/schema/column.hpp>
#include <online_migration/migration/rules/not_a_transform.hpp>
#include <online_migration/migration/rules.hpp>
#include <online_migration/migration/structure_rules.hpp>
// clang-format on
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/extract_rows.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/history.hpp>
#include <online_migration/migration/matches.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/move_columns.hpp>
#include <online_migration/migration/one_column.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/migration/rename_column.hpp>
#include <online_migration/migration/replace_column.hpp>
#include <online_migration/migration/replace_columns.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/migration/rules.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/migration/structure/add_check.hpp>
#include <online_migration/migration/structure/add_constant_column.hpp>
#include <online_migration/migration/structure/add_foreign_key.hpp>
#include <online_migration/migration/structure/add_unique.hpp>
#include <online_migration/migration/structure/create_index.hpp>
#include <online_migration/migration/structure/drop.hpp>
#include <online_migration/migration/structure/make_table.hpp>
#include <online_migration/migration/structure/rename.hpp>
#include <online_migration/migration/structure/set_comment.hpp>
#include <online_migration/migration/structure/set_default.hpp>
#include <online_migration/migration/structure/set_not_null.hpp>
#include <online_migration/migration/structure/set_replica_identity.hpp>
#include <online_migration/migration/transform.hpp>
#include <online_migration/migration/way_back.hpp>
#include <online_migration/schema/column.hpp>
#include <online_migration/schema/columns_of.hpp>
#include <online_migration/sql/create_table.hpp>
#include <online_migration/sql/dual_write.hpp>
#include <online_migration/sql/key_statements.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/read.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/state_tables.hpp>
#include <online_migration/sql/statements.hpp>
#include <online_migration/sql/structure/plan.hpp>
#include <online_migration/sql/structure/state.hpp>
#include <online_migration/transform/arithmetic.hpp>
#include <online_migration/transform/boolean.hpp>
#include <online_migration/transform/bytes_functions.hpp>
#include <online_migration/transform/case_when.hpp>
#include <online_migration/transform/cast.hpp>
#include <online_migration/transform/comparison.hpp>
#include <online_migration/transform/computed.hpp>
#include <online_migration/transform/hash_functions.hpp>
#include <online_migration/transform/json_functions.hpp>
#include <online_migration/transform/lookup.hpp>
#include <online_migration/transform/null_functions.hpp>
#include <online_migration/transform/server_only.hpp>
#include <online_migration/transform/text_functions.hpp>
#include <online_migration/transform/text_parts.hpp>
#include <online_migration/transform/time_functions.hpp>
#include <online_migration/version.hpp>
