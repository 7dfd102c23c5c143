// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The declaration language and its SQL: everything that runs in the compiler. Needs Boost.Hana's headers and no libpq.

#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/history.hpp>
#include <online_migration/migration/matches.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/migration/replace_column.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/migration/transform.hpp>
#include <online_migration/schema/columns_of.hpp>
#include <online_migration/sql/create_table.hpp>
#include <online_migration/sql/dual_write.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/read.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/state_tables.hpp>
#include <online_migration/sql/statements.hpp>
#include <online_migration/transform/cast.hpp>
#include <online_migration/transform/computed.hpp>
#include <online_migration/transform/null_functions.hpp>
#include <online_migration/transform/server_only.hpp>
#include <online_migration/transform/text_functions.hpp>
#include <online_migration/version.hpp>
