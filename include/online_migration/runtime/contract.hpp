// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/readiness.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/safety_net.hpp>
#include <online_migration/runtime/structure/behind.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/key_statements.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

namespace detail {
struct proof_maker;
}

/// The proof that nothing stood in the way of contract when it was asked: `om::prove` is the only place that gives one.
/// It holds what was acknowledged, and for which run. Contract looks at everything again.
template <any_migration Migration>
class contract_proof {
 public:
  [[nodiscard]] std::int64_t run() const { return run_; }
  [[nodiscard]] const contract_options& options() const { return options_; }

 private:
  friend detail::proof_maker;

  contract_proof(std::int64_t run, contract_options options) : run_{run}, options_{std::move(options)} {}

  std::int64_t run_;
  contract_options options_;
};

namespace detail {

/// For `om::prove` alone. (clang 16 takes no constrained function template for a friend.)
struct proof_maker {
  template <class Migration>
  static contract_proof<Migration> make(std::int64_t run, const contract_options& options) {
    return {run, options};
  }
};

}  // namespace detail

/// Asks for everything that contract relies on: a full clean parity pass that began late enough, an empty queue of
/// dirty keys, a quiet sync trigger since, and what was acknowledged.
///
/// Throws: `refused` with the list of what is missing; nothing is changed in any case.
template <migration_like Migration, database_like Database, environment_like Environment>
contract_proof<Migration> prove(basic_toolkit<Database, Environment>& tools, const contract_options& options = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  std::int64_t proven = detail::in_migration(migration.name, [&] {
    return tools.session().retrying([&](auto& on) {
      transaction scope{on};
      run_record run = detail::require_run(on, migration, fingerprint<Migration>, state::newest_run);
      // A run that is contracted already has been proven: the answer to its COMMIT may have been lost.
      if (run.phase == phase::contracted) return run.id;
      auto gate = detail::gate_of<Migration>();
      readiness_report report = detail::contract_examiner{on, migration, gate, options}.examine(run);
      detail::examine_key<Migration>(on, report, options.acknowledged);
      detail::examine_structure<Migration>(on, report, run.id, options.acknowledged);
      if (!report.ready()) {
        throw refused{
            fmt::format("\"{}\" is not ready for contract. Nothing was changed.\n{}", migration.name, report.text())};
      }
      return run.id;
    });
  });
  return detail::proof_maker::make<Migration>(proven, options);
}

namespace detail {

/// What contract does to the table: relax first, guard up, and nothing renamed, so that what applications have prepared
/// lives on.
template <migration_like Migration, transactional Connection>
void contract_table(Connection& on, safety_net net) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  using sql = statements<Migration>;
  if (!replaces(migration) && migration.trigger_keeps) return;
  if (replaces(migration)) {
    if constexpr (replaces_key_column<typename Migration::change>) {
      ask(on, key_statements<Migration>::cut_over);
    } else {
      ask(on, sql::relax_legacy);
    }
    for (const statement& each : {sql::drop_guard_function, sql::create_guard_function, sql::revoke_guard_function,
                                  sql::create_guard_trigger, sql::enable_guard_trigger}) {
      ask_if_any(on, each);
    }
  }
  drop_safety_net<Migration>(on, net);
}

}  // namespace detail

namespace detail {

template <migration_like Migration>
void check_proof(const contract_proof<Migration>& proof, std::int64_t run) {
  if (run == proof.run()) return;
  throw refused{fmt::format("The proof is of another run of \"{}\": ask om::prove again. Nothing was changed.",
                            Migration::name.view())};
}

/// The transaction of a contract, tried again while the table is busy. Whether it contracted the run.
template <migration_like Migration, database_like Database, environment_like Environment>
bool contract_columns(basic_toolkit<Database, Environment>& tools, const contract_proof<Migration>& proof,
                      const std::stop_token& stop) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  return tools.session().retrying(
      [&](auto& on) {
        transaction scope{on, tools.settings()};
        ask(on, durable);
        run_record run = require_run(on, migration, fingerprint<Migration>, state::lock_newest_run);
        check_proof(proof, run.id);
        if (run.phase == phase::contracted) return false;
        auto gate = gate_of<Migration>();
        readiness_report report = contract_examiner{on, migration, gate, proof.options()}.examine(run);
        examine_key<Migration>(on, report, proof.options().acknowledged);
        examine_structure<Migration>(on, report, run.id, proof.options().acknowledged);
        if (!report.ready()) {
          throw refused{fmt::format("\"{}\" is not ready for contract any more. Nothing was changed.\n{}",
                                    migration.name, report.text())};
        }
        std::string id = std::to_string(run.id);
        if constexpr (has_structure_behind<Migration>) require_structure<Migration>(on, id);
        contract_table<Migration>(on, run.net);
        // Writers that were in flight have ended by now, and some may have needed the safety net.
        readiness_report still = contract_examiner{on, migration, gate, proof.options()}.examine_writers(run);
        if (!still.ready()) {
          throw refused{fmt::format("\"{}\" is not ready for contract any more. Nothing was changed.\n{}",
                                    migration.name, still.text())};
        }
        if (!replaces(migration)) drop_alarm<Migration>(on);
        ask(on, state::read_new_only, {text_form_parameter(id)});
        ask(on, state::enter_phase,
            {text_form_parameter(id), text_of(to_string(run.phase)), text_of(to_string(phase::contracted))});
        scope.commit();
        return true;
      },
      stop);
}

}  // namespace detail

/// Contract: from here on the new representation is the one. It is one short transaction under the lock time-out, tried
/// again while the table is busy, and does nothing where the run is contracted already.
///
/// Of a derived column nothing is destroyed: it is kept from now on as declared, and the run is closed. So it is with a
/// move that takes no column away from its table. Of a replaced
/// one the sync trigger goes and the guard trigger comes, which stops writers that know only the old column; NOT NULL,
/// DEFAULT, CHECK, UNIQUE and FOREIGN KEY of the old column go, because writers of the new one do not give it a value.
/// Their definitions are kept in the run, and a default goes over to the new column. The old column itself stays, under
/// its name, with its values.
///
/// Structural changes behind new columns come into force before that transaction, as those of a structural migration.
/// Where rows break a constraint, or the transaction is refused, they are undone, and the run stays `contract-ready`;
/// where contract is stopped or interrupted, they stay in force until it is called again, or `om::rollback`.
///
/// Throws: `refused` with the list of what is missing by now; `cancelled` when a stop is requested between two tries.
/// Nothing is changed then.
template <migration_like Migration, database_like Database, environment_like Environment>
void contract(basic_toolkit<Database, Environment>& tools, const contract_proof<Migration>& proof,
              const std::stop_token& stop = {}) {
  constexpr const migration_description& migration = describe_migration<Migration>;
  bool taken = detail::in_migration(migration.name, [&] {
    auto columns = [&] { return detail::contract_columns<Migration>(tools, proof, stop); };
    if constexpr (has_structure_behind<Migration>) {
      // Nothing is enforced for a contract that cannot be.
      detail::check_proof(proof, prove<Migration>(tools, proof.options()).run());
      return detail::contract_behind<Migration>(tools, stop, columns);
    } else {
      return columns();
    }
  });
  tools.options().observer(phase_event{migration.name, phase::contracted, taken});
}

}  // namespace online_migration
