// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <stop_token>

#include <online_migration/runtime/toolkit.hpp>

namespace online_migration {

/// Puts the constraints of the new column in force that could not be checked while it was being filled: NOT NULL by a
/// CHECK that expand added NOT VALID. VALIDATE reads the whole table beside its readers and writers; SET NOT NULL then
/// needs no scan. Does nothing where nothing was declared, or where it is done.
///
/// Throws: `statement_error` (23514) where a row still has NULL.
template <migration_like Migration, database_like Database, environment_like Environment>
void settle(toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  if constexpr (detail::enforces_not_null(migration)) {
    constexpr std::chrono::hours long_scan{24};
    tools.session().retrying(
        [&](auto& on) {
          run_record run = detail::require_run(on, migration, fingerprint<Migration>, state::newest_run);
          auto column = detail::ask_alone(on, catalog::column_state,
                                    {detail::text_of(migration.table.schema), detail::text_of(migration.table.name), detail::text_of(migration.target)});
          if (run.net != safety_net::sync_trigger || (column.rows() == 1 && column.boolean(0, 1))) return;
          transaction_settings bounds = tools.settings();
          {
            bounds.statement_timeout = long_scan;
            on.set_deadline(long_scan);
            transaction scope{on, bounds};
            detail::ask(on, statements<Migration>::validate_not_null);
            scope.commit();
            on.set_deadline(std::chrono::minutes{1});
          }
          transaction scope{on, tools.settings()};
          detail::ask(on, statements<Migration>::set_not_null);
          scope.commit();
        },
        stop);
  }
}

}  // namespace online_migration
