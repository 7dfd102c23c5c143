// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/contract_facts.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/safety_net.hpp>
#include <online_migration/runtime/target_names.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/key_catalog.hpp>
#include <online_migration/sql/key_statements.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

struct retire_options {
  std::vector<risk> acknowledged{};  ///< `om::risk::dual_writers`, and `om::risk::legacy_readers` where it is asked for
};

struct drop_retired_options {
  std::vector<risk> acknowledged{};  ///< `om::risk::dropped_column`
  /// For how long the column has to have been retired, so that whoever still misses it has had time to say so.
  std::chrono::seconds least_age{std::chrono::hours{24}};
};

namespace detail {

/// A contracted run, and where its old column is.
struct legacy_state : contract_facts {
  run_record run;
  std::string id;
};

/// Locks the run of a contracted migration, and reads where its old column is.
template <transactional Connection>
legacy_state lock_legacy(Connection& on, const migration_description& migration, std::string_view fingerprint) {
  legacy_state found;
  found.run = require_run(on, migration, fingerprint, state::lock_newest_run);
  if (found.run.phase != phase::contracted) {
    throw refused{
        fmt::format("The run of \"{}\" is in the phase {}: this comes after om::contract. Nothing was changed.",
                    migration.name, to_string(found.run.phase))};
  }
  found.id = std::to_string(found.run.id);
  static_cast<contract_facts&>(found) = read_contract_facts(on, migration, found.id);
  return found;
}

/// The bare name of a retired column.
inline std::string retired_name(const column_description& old) { return object_name("om_retired_", old.name); }

/// The names of all of them for the record of a run: bare where there is one, as its new columns are named.
inline std::string retired_names(const migration_description& migration) {
  if (migration.replaced.size() == 1) return retired_name(first_replaced(migration));
  std::string result;
  each_replaced(migration, [&](const column_description& old, std::size_t number) {
    if (number > 0) result += ", ";
    result += quoted_name(retired_name(old));
  });
  return result;
}

/// Triggers of other migrations find a row by its key, and their functions name it. Throws: `refused`.
template <transactional Connection>
void require_no_own_readers(Connection& on, const migration_description& key) {
  array_builder<text> own;
  for (const std::string& name : own_triggers(key)) own.push(name);
  auto readers =
      ask(on, catalog::own_readers,
          {text_of(key.table.schema), text_of(key.table.name), text_of(first_replaced(key).name), own.as_parameter()});
  if (readers.rows() == 0) return;
  throw refused{
      fmt::format("\"{}\": the trigger \"{}\" of another migration of this table names the old key: retire that "
                  "one first. Nothing was changed.",
                  key.name, readers.text(0, 0))};
}

template <class Migration>
constexpr void require_replacement() {
  static_assert(
      replaces_column<typename Migration::change>,
      "only om::replace_column and om::replace_columns have columns to retire: om::add_column destroys nothing, ever");
}

}  // namespace detail

/// Renames the old columns of a contracted migration away, so that whoever still uses it fails at once, and nothing is
/// lost: `om::revive` names it back. The guard trigger goes, as there is nothing left to guard. It is one short
/// transaction under the lock time-out, and does nothing where the column is retired already.
///
/// Throws: `refused` with the list of views, functions, indexes and keys that still use the column; or without
/// `om::risk::dual_writers`: statements that name the column fail from here on.
template <migration_like Migration, database_like Database, environment_like Environment>
void retire(basic_toolkit<Database, Environment>& tools, const retire_options& options = {},
            const std::stop_token& stop = {}) {
  detail::require_replacement<Migration>();
  constexpr const migration_description& migration = describe_migration<Migration>;
  using sql = statements<Migration>;
  detail::in_migration(migration.name, [&] {
    tools.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools.settings()};
          detail::ask(on, detail::durable);
          detail::legacy_state legacy = detail::lock_legacy(on, migration, fingerprint<Migration>);
          if (legacy.retired || legacy.dropped) return;
          if (legacy.reviving) {
            throw refused{fmt::format("\"{}\" is on its way back: finish om::revive first. Nothing was changed.",
                                      migration.name)};
          }
          detail::require_acknowledged(options.acknowledged, risk::dual_writers, migration.name,
                                       "every live instance of the application has to know only the new column by now");
          if (detail::is_one_to_one(migration)) {
            // Its default went over to the new column.
            detail::move_sequences(on, migration, detail::first_replaced(migration).name, migration.target);
          }
          std::vector<std::string> readers;
          detail::each_replaced(migration, [&](const column_description& old, std::size_t) {
            detail::require_unused(on, migration, old.name, "retired");
            for (std::string& each : detail::functions_that_mention(on, migration.table, old.name)) {
              if (std::find(readers.begin(), readers.end(), each) == readers.end()) readers.push_back(std::move(each));
            }
          });
          if (!readers.empty()) {
            detail::require_acknowledged(
                options.acknowledged, risk::legacy_readers, migration.name,
                fmt::format("these functions have the name of the old column in their text, and must "
                            "not use it any more: {}",
                            fmt::join(readers, ", ")));
          }
          if constexpr (replaces_key_column<typename Migration::change>) {
            detail::require_no_own_readers(on, migration);
            // The old column is kept in step until the drop, so that om::revive has nothing to fill.
            detail::ask(on, sql::retire_legacy);
            detail::ask(on, key_statements<Migration>::retired_guard);
          } else {
            detail::ask(on, sql::drop_guard_trigger);
            detail::ask(on, sql::retire_legacy);
            detail::ask(on, sql::drop_guard_function);
          }
          detail::ask_if_any(on, sql::drop_total_functions);
          std::string names = detail::retired_names(migration);
          detail::ask(on, state::note_retired, {text_form_parameter(legacy.id), detail::text_of(names)});
          scope.commit();
        },
        stop);
  });
}

/// Drops the retired column, without CASCADE. There is no way back from it. Does nothing where it is dropped already.
///
/// Throws: `refused` with the list of what still uses it; where it was retired too short a time ago; without
/// `om::risk::dropped_column`.
template <migration_like Migration, database_like Database, environment_like Environment>
void drop_retired(basic_toolkit<Database, Environment>& tools, const drop_retired_options& options = {},
                  const std::stop_token& stop = {}) {
  detail::require_replacement<Migration>();
  constexpr const migration_description& migration = describe_migration<Migration>;
  detail::in_migration(migration.name, [&] {
    tools.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools.settings()};
          detail::ask(on, detail::durable);
          detail::legacy_state legacy = detail::lock_legacy(on, migration, fingerprint<Migration>);
          if (legacy.dropped) return;
          if (!legacy.retired) {
            throw refused{
                fmt::format("The old column of \"{}\" is not retired: call om::retire first. Nothing was changed.",
                            migration.name)};
          }
          if (legacy.retired_for < options.least_age.count()) {
            throw refused{
                fmt::format("The old column of \"{}\" was retired {} s ago, and may be dropped after {} s "
                            "(drop_retired_options.least_age). Nothing was changed.",
                            migration.name, legacy.retired_for, options.least_age.count())};
          }
          detail::require_acknowledged(options.acknowledged, risk::dropped_column, migration.name,
                                       "the old values are lost with their column");
          detail::each_replaced(migration, [&](const column_description& old, std::size_t) {
            detail::require_unused(on, migration, detail::retired_name(old), "dropped");
          });
          if constexpr (replaces_key_column<typename Migration::change>) {
            detail::ask(on, statements<Migration>::drop_guard_trigger);
            detail::ask(on, statements<Migration>::drop_guard_function);
          }
          detail::ask(on, statements<Migration>::drop_legacy);
          detail::drop_helpers<Migration>(on);
          detail::ask(on, state::note_dropped, {text_form_parameter(legacy.id)});
          scope.commit();
        },
        stop);
  });
}

}  // namespace online_migration
