// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The whole library: declarations, their SQL, and the run time over libpq.

#include <online_migration/base/language.hpp>
#include <online_migration/postgres/connection.hpp>
#include <online_migration/postgres/database.hpp>
#include <online_migration/postgres/time.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/assignments.hpp>
#include <online_migration/runtime/backfill_runner.hpp>
#include <online_migration/runtime/bring_along.hpp>
#include <online_migration/runtime/contract.hpp>
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/runtime/expand.hpp>
#include <online_migration/runtime/expand_contract.hpp>
#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/parity_checker.hpp>
#include <online_migration/runtime/preflight.hpp>
#include <online_migration/runtime/prepare_key.hpp>
#include <online_migration/runtime/read_flag_cache.hpp>
#include <online_migration/runtime/reader.hpp>
#include <online_migration/runtime/readiness.hpp>
#include <online_migration/runtime/retire.hpp>
#include <online_migration/runtime/revive.hpp>
#include <online_migration/runtime/rollback.hpp>
#include <online_migration/runtime/schema_header.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/structure/ways_back.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/static.hpp>
