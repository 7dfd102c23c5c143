// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include <online_migration/runtime/alone.hpp>
#include <online_migration/runtime/toolkit.hpp>

namespace online_migration {

namespace detail {

/// A deadline for one long statement; the usual one is back at the end of the scope, whatever ends it.
template <connection_like Connection>
class longer_deadline {
 public:
  longer_deadline(Connection& on, std::chrono::milliseconds limit) : on_{on} { on_.set_deadline(limit); }
  ~longer_deadline() { on_.set_deadline(connection_options{}.deadline); }
  longer_deadline(const longer_deadline&) = delete;
  longer_deadline& operator=(const longer_deadline&) = delete;

 private:
  Connection& on_;
};

/// Changes a constraint that another process may have dropped meanwhile, because it was done with it: then a retry
/// looks at the column again.
template <transactional Connection>
void alter_or_look_again(Connection& on, const statement& what) {
  try {
    ask(on, what);
  } catch (const statement_error& problem) {
    if (problem.sqlstate() != "42704") throw;
    throw statement_error{problem.statement_name(), problem.sqlstate(), std::string{problem.object()},
                          retry_class::retry};
  }
}

}  // namespace detail

/// Puts the constraints of the new column in force that could not be checked while it was being filled: NOT NULL by a
/// CHECK that expand added NOT VALID. VALIDATE reads the whole table beside its readers and writers; SET NOT NULL then
/// needs no scan, and the CHECK is dropped. Does nothing where nothing was declared, or where it is done.
///
/// Throws: `statement_error` (23514) where a row still has NULL.
template <migration_like Migration, database_like Database, environment_like Environment>
void settle(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  if constexpr (detail::enforces_not_null(migration)) {
    // Looked at in each part, and in each try of it: the answer to a COMMIT may have been lost.
    auto is_needed = [&](auto& on) {
      run_record run = detail::require_run(on, migration, fingerprint<Migration>, state::newest_run);
      bool is_done = true;
      detail::each_required(migration, [&](const migration_description& part, std::size_t) {
        auto column = detail::ask_alone(
            on, catalog::column_state,
            {detail::text_of(part.table.schema), detail::text_of(part.table.name), detail::text_of(part.target)});
        is_done = is_done && column.rows() == 1 && column.boolean(0, 1);
      });
      return run.net == safety_net::sync_trigger && !is_done;
    };
    // The scan may take long, so what follows it has its own time to be tried again.
    detail::in_migration(migration.name, [&] {
      tools.session().retrying(
          [&](auto& on) {
            if (!is_needed(on)) return;
            transaction_settings bounds = tools.settings();
            bounds.statement_timeout = detail::long_scan;
            detail::longer_deadline patience{on, detail::long_scan};
            transaction scope{on, bounds};
            detail::alter_or_look_again(on, statements<Migration>::validate_not_null);
            scope.commit();
          },
          stop);
      tools.session().retrying(
          [&](auto& on) {
            if (!is_needed(on)) return;
            transaction scope{on, tools.settings()};
            detail::ask(on, statements<Migration>::set_not_null);
            detail::alter_or_look_again(on, statements<Migration>::drop_not_null_check);
            scope.commit();
          },
          stop);
    });
  }
}

}  // namespace online_migration
