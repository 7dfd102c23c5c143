// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/database.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/progress.hpp>
#include <online_migration/runtime/quarantine.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/runtime/read_flag_step.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/state_setup.hpp>
#include <online_migration/runtime/structure/prepared.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/create_table.hpp>
#include <online_migration/sql/slices.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

/// How the toolkit waits for locks and connections.
struct toolkit_options {
  retry_settings retry{};
  /// For one try of a DDL statement: nobody waits behind it for longer.
  std::chrono::milliseconds lock_timeout{200};
  /// For one DDL statement with its waits. Below the server's deadlock_timeout (one second by default), so that in a
  /// deadlock with it the application never dies.
  std::chrono::milliseconds statement_timeout{700};
  /// Hears of phases.
  observer_ref observer{};
};

/// The steps of migrations and where they stand. Each call is one short transaction, tried again while locks are taken
/// or connections are lost.
///
/// Throws: `refused` where a step is not allowed, with the reason and with nothing changed; `statement_error`,
/// `connection_error`.
/// Thread safety: one thread at a time. The database has to outlive it.
template <database_like Database = database, environment_like Environment = system_environment>
class basic_toolkit {
 public:
  explicit basic_toolkit(const Database& source, toolkit_options options = {})
      : source_{source}, options_{options}, session_{source, options.retry} {}
  explicit basic_toolkit(const Database&&, toolkit_options = {}) = delete;

  /// Makes the tables `online_migration_…` in the schema `public`, or checks their version. Any number of processes may
  /// call it at once.
  void ensure_state_tables() {
    session_.retrying([](auto& on) { detail::set_up_state_tables(on); });
  }

  /// Makes the table as it is declared, if it is not there. Whether it was made; one that is there is not looked at.
  template <table_like Table>
  bool ensure_table() {
    static_assert(
        detail::can_create(describe_table<Table>),
        "toolkit.ensure_table: the declaration has om::has_default on a column that is no whole number of the "
        "key, and does not say which default; create this table by hand");
    return session_.retrying([this](auto& on) {
      transaction scope{on, settings()};
      constexpr const table_description& table = describe_table<Table>;
      bool missing =
          detail::ask(on, catalog::table_facts, {detail::text_of(table.schema), detail::text_of(table.name)}).rows() ==
          0;
      if (missing) detail::create_or_look_again(on, create_table<Table>);
      scope.commit();
      return missing;
    });
  }

  /// Adds the new columns of a migration that are not there. Whether one was added. `om::expand` does it together with the
  /// safety net; by itself this is for tables that nobody writes to yet.
  template <migration_like Migration>
  bool ensure_column() {
    return session_.retrying([this](auto& on) {
      transaction scope{on, settings()};
      constexpr const migration_description& migration = describe_migration<Migration>;
      const table_description& home = detail::home_of(migration);
      bool missing = false;
      detail::each_target(migration, [&](const migration_description& part, std::size_t) {
        auto column =
            detail::ask(on, catalog::column_state,
                        {detail::text_of(home.schema), detail::text_of(home.name), detail::text_of(part.target)});
        if (column.rows() == 0) {
          missing = true;
        } else if (column.text(0, 0) != detail::type_name(*part.target_type)) {
          throw refused{fmt::format(
              "The column \"{}\" of {} is there already, as {} and not as {}: drop it, or declare it as it is.",
              part.target, detail::table_name(home), column.text(0, 0), detail::type_name(*part.target_type))};
        }
      });
      if (missing) detail::create_or_look_again(on, statements<Migration>::add_column);
      scope.commit();
      return missing;
    });
  }

  /// The phase of the newest run; nothing where there was none.
  template <any_migration Migration>
  std::optional<online_migration::phase> phase() {
    std::optional<run_record> found = run<Migration>();
    if (!found.has_value()) return std::nullopt;
    return found->phase;
  }

  /// The newest run; nothing where there was none.
  template <any_migration Migration>
  std::optional<run_record> run() {
    std::optional<run_record> found =
        session_.retrying([](auto& on) { return detail::read_run(on, Migration::name.view(), state::newest_run); });
    if (found.has_value()) options_.observer(phase_event{Migration::name.view(), found->phase});
    return found;
  }

  /// Takes the step into a phase, through its gate:
  ///
  /// - `backfill`: the new column and the sync trigger are in force, or the promise that all writers dual-write is given
  ///   again; the end of the walk is fixed. From `validate` it begins the walk over.
  /// - `validate`: the walk is finished.
  /// - `contract_ready`: the newest full parity pass since `validate` began found no mismatch, and NOT NULL is in force
  ///   where it was declared (`om::settle`). What stands behind the new columns is prepared (`om::prepare_structure`).
  ///
  /// The phase that the run is in already is a step that does nothing. Every other step is refused.
  template <migration_like Migration>
  void mark_phase(online_migration::phase next, std::optional<all_writers_dual_write_t> all_writers = std::nullopt,
                  const std::stop_token& stop = {}) {
    step<Migration>(std::nullopt, next, all_writers, stop);
  }

  /// The same, but only from this phase: does nothing where the run is in another one by then. For programs that drive
  /// a migration beside others, and must not take a step back from where those have come to.
  template <migration_like Migration>
  void mark_phase_from(online_migration::phase from, online_migration::phase next,
                       std::optional<all_writers_dual_write_t> all_writers = std::nullopt,
                       const std::stop_token& stop = {}) {
    step<Migration>(from, next, all_writers, stop);
  }

  /// Says from which representation readers (`om::reader`) give the field, as far as the phase of the newest run allows:
  ///
  /// - `expand`, `backfill`, `rolled_back`: `legacy`
  /// - `validate`: `legacy`, `shadow`
  /// - `contract_ready`: any
  /// - `contracted`: `new_column`
  ///
  /// The flag that is set already is a step that does nothing, in any phase. Readers follow within the times of their
  /// `read_flag_cache_options`.
  template <migration_like Migration>
  void set_read_flag(online_migration::read_flag flag) {
    detail::in_migration(Migration::name.view(), [&] {
      session_.retrying([&](auto& on) {
        detail::set_read_flag(on, describe_migration<Migration>, fingerprint<Migration>, flag, settings());
      });
    });
  }

  /// The flag that is set for the newest run; nothing where there was none.
  template <migration_like Migration>
  std::optional<online_migration::read_flag> read_flag() {
    return session_.retrying([](auto& on) -> std::optional<online_migration::read_flag> {
      auto found = detail::read_flag_record(on, describe_migration<Migration>.name);
      if (!found.has_value()) return std::nullopt;
      return found->flag;
    });
  }

  /// Asks the runners of the backfill to pause, wherever they run; back when none of them is in a chunk. The request
  /// stands, across restarts of the runners, until `resume`.
  template <migration_like Migration>
  void request_pause() {
    set_pause<Migration>(true);
  }

  /// Takes a request to pause back. It does not start a runner.
  template <migration_like Migration>
  void resume() {
    set_pause<Migration>(false);
  }

  /// How far the backfill is; nothing before it began.
  template <migration_like Migration>
  std::optional<backfill_progress> progress() {
    return detail::in_migration(Migration::name.view(), [&] {
      return session_.retrying([](auto& on) -> std::optional<backfill_progress> {
        run_record run =
            detail::require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run);
        return detail::read_progress(on, run.id);
      });
    });
  }

  /// The rows for which the transform has no value, the oldest first; `most` of them.
  template <migration_like Migration>
  std::vector<quarantined_row> quarantine(std::int64_t most = 1'000) {
    return detail::in_migration(Migration::name.view(), [&] {
      return session_.retrying([&](auto& on) { return detail::read_quarantine<Migration>(on, most); });
    });
  }

  [[nodiscard]] const Database& source() const { return source_; }
  [[nodiscard]] const toolkit_options& options() const { return options_; }

  /// The connection and its retries, for the other parts of the library.
  detail::session<Database, Environment>& session() { return session_; }

  /// The bounds of a transaction of the toolkit's.
  [[nodiscard]] transaction_settings settings() const {
    transaction_settings bounds;
    bounds.lock_timeout = options_.lock_timeout;
    bounds.statement_timeout = options_.statement_timeout;
    // A client that stands still between two statements must not hold the table for longer than one that works.
    bounds.idle_timeout = options_.statement_timeout;
    return bounds;
  }

 private:
  template <migration_like Migration>
  void step(std::optional<online_migration::phase> from, online_migration::phase next,
            std::optional<all_writers_dual_write_t> all_writers, const std::stop_token& stop) {
    detail::phase_gate gate{describe_migration<Migration>, fingerprint<Migration>,
                            statements<Migration>::begin_backfill, all_writers.has_value()};
    detail::in_migration(Migration::name.view(), [&] {
      phase_event now = session_.retrying(
          [&](auto& on) {
            return gate.template take<Environment>(on, from, next, settings(), options_.retry.give_up_after, stop,
                                                   [](auto& held) { detail::require_prepared<Migration>(held); });
          },
          stop);
      options_.observer(now);
    });
  }

  template <migration_like Migration>
  void set_pause(bool wanted) {
    bool is_whole = false;
    while (!is_whole) {
      session_.retrying([&](auto& on) {
        std::string id;
        std::string flag = wanted ? "true" : "false";
        {
          transaction scope{on, transaction_settings{}};
          id = std::to_string(
              detail::require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run).id);
          bool any =
              detail::ask(on, state::request_pause, {text_form_parameter(id), text_form_parameter(flag)}).affected() >
              0;
          if (!any)
            throw refused{fmt::format("The backfill of \"{}\" has not begun: there is nothing to pause.",
                                      describe_migration<Migration>.name)};
          scope.commit();
        }
        // A slice that is told is not split any more; one that was being split then has a new one beside it.
        is_whole = detail::ask_alone(on, state::pause_is_whole, {text_form_parameter(id), text_form_parameter(flag)})
                       .boolean(0, 0);
      });
    }
  }

  const Database& source_;
  toolkit_options options_;
  detail::session<Database, Environment> session_;
};

/// The toolkit over libpq's connections.
using toolkit = basic_toolkit<>;

}  // namespace online_migration
