// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/alone.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/owed.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/along_state.hpp>

namespace online_migration {

namespace detail {

/// Takes the steps of `om::bring_along`, each of which looks first whether it is done, so that it may be taken again.
template <migration_like Migration, database_like Database, environment_like Environment>
class along_runner {
 public:
  along_runner(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop) : tools_{tools}, stop_{stop} {}

  void run() {
    while (std::optional<owed_part> next = tools_.session().retrying([&](auto& on) { return take(on); }, stop_)) {
      if (stop_.stop_requested()) throw cancelled{"bring_along"};
      if (next->kind == "validation") {
        validate(*next);
      } else if (next->leftover.empty()) {
        look(*next);
      } else {
        build(*next);
      }
    }
  }

 private:
  static constexpr const migration_description& migration = describe_migration<Migration>;

  /// Takes the steps that take a moment, each with what is noted of it; gives the next one that takes long, and
  /// nothing where none is left.
  template <class Connection>
  std::optional<owed_part> take(Connection& on) {
    for (;;) {
      transaction scope{on, tools_.settings()};
      ask(on, durable);
      run_record run = require_run(on, migration, fingerprint<Migration>, state::lock_newest_run);
      std::string id = std::to_string(run.id);
      if (run_.empty()) run_ = id;
      if (run_ != id) refuse_phase(phase::rolled_back);
      if (run.phase == phase::rolled_back) {
        // What was under way then.
        give_along_back(on, run_);
        scope.commit();
        refuse_phase(phase::rolled_back);
      }
      if (run.phase == phase::contracted) return std::nullopt;
      if (run.phase != phase::validate && run.phase != phase::contract_ready) refuse_phase(run.phase);
      std::optional<owed_part> next = first_missing(on);
      if (!next.has_value()) return next;
      bool is_built = !next->leftover.empty();
      if (!is_built && is_unrecognised(*next)) {
        run_text(on, made_[key_of(*next)].undo);
        skipped_.insert(next->description);
        scope.commit();
        continue;
      }
      bool takes_long =
          is_built || next->kind == "validation" || (!next->look.empty() && !looked_.contains(next->look));
      if (!next->name.empty() && (is_built || !takes_long)) {
        ask(on, state::note_along,
            {text_form_parameter(run_), text_of(next->kind.ends_with("index") ? "index" : "constraint"),
             text_of(next->place), text_of(next->name)});
      }
      if (!takes_long && !runs_over_new_type(on, *next)) continue;
      scope.commit();
      if (takes_long) return next;
      count(*next);
    }
  }

  [[noreturn]] static void refuse_phase(phase now) {
    throw refused{
        fmt::format("The run of \"{}\" is in the phase {}: what the old column has comes along between the end "
                    "of the backfill and contract.",
                    migration.name, to_string(now))};
  }

  template <class Connection>
  std::optional<owed_part> first_missing(Connection& on) {
    for (owed_part& part : read_owed(on, migration)) {
      if (!part.there && part.mechanical && !part.statement.empty() && !skipped_.contains(part.description)) {
        return std::move(part);
      }
    }
    return std::nullopt;
  }

  struct made_part {
    int times = 0;
    std::string undo;
  };

  static std::string key_of(const owed_part& part) { return part.kind + ' ' + part.place + ' ' + part.description; }

  /// Whether the server writes the definition of what was made so that it is not known for a counterpart. It is taken
  /// away again then, and is for a person.
  bool is_unrecognised(const owed_part& part) {
    auto before = made_.find(key_of(part));
    return part.is_written() && before != made_.end();
  }

  /// A part that is not found after it was made, again and again, must not be made for ever.
  void count(const owed_part& made) {
    made_part& now = made_[key_of(made)];
    now.undo = made.leftover.empty() ? fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", made.place,
                                                   written([&](sink& out) { out.identifier(made.name); }))
                                     : made.leftover;
    if (++now.times < 5) return;
    throw refused{
        fmt::format("\"{}\": what was made for the new column after the {} is gone each time: look who drops it, "
                    "or leave it out with expand_options.bring_along.",
                    migration.name, made.description)};
  }

  /// Rows in the way of a foreign key are told before anybody is refused a write by it.
  void look(const owed_part& next) {
    std::int64_t rows = tools_.session().retrying(
        [&](auto& on) {
          transaction_settings bounds = tools_.settings();
          bounds.statement_timeout = long_scan;
          longer_deadline patience{on, long_scan};
          transaction scope{on, bounds};
          return ask(on, statement{"look_along", next.look}).integer(0, 0);
        },
        stop_);
    if (rows > 0)
      refuse_values(next, fmt::format("{} rows have a new value that is not there where it points to", rows));
    looked_.insert(next.look);
  }

  void validate(const owed_part& next) {
    tools_.session().retrying(
        [&](auto& on) {
          transaction_settings bounds = tools_.settings();
          bounds.statement_timeout = long_scan;
          longer_deadline patience{on, long_scan};
          transaction scope{on, bounds};
          try {
            run_text(on, next.statement);
          } catch (const statement_error& problem) {
            if (problem.sqlstate() == "23503")
              refuse_values(next, "rows have a new value that is not there where it points to");
            if (problem.sqlstate() == "23514") refuse_values(next, "rows have a new value that it refuses");
            throw;
          }
          scope.commit();
        },
        stop_);
    count(next);
  }

  /// CREATE INDEX CONCURRENTLY, outside of transactions. One that is not valid is left over from a try that was
  /// interrupted.
  void build(const owed_part& next) {
    try {
      tools_.session().retrying(
          [&](auto& on) {
            longer_deadline patience{on, long_scan};
            work_alone<Environment>(on, migration.name, run_, stop_);
            if (!is_missing(on, next)) return;
            if (is_unrecognised(next)) {
              run_text(on, made_[key_of(next)].undo);
              skipped_.insert(next.description);
              return;
            }
            run_text(on, next.leftover);
            try {
              runs_over_new_type(on, next);
            } catch (const statement_error& problem) {
              if (problem.sqlstate() != "23505") throw;
              run_text(on, next.leftover);
              refuse_values(next, "several rows have the same new value");
            }
          },
          stop_);
    } catch (...) {
      tools_.session().drop();
      throw;
    }
    // Its time-outs are gone, and it holds the lock of who builds.
    tools_.session().drop();
    count(next);
  }

  /// Another process may have built it, or have given the run up.
  template <class Connection>
  bool is_missing(Connection& on, const owed_part& wanted) {
    transaction scope{on, tools_.settings()};
    run_record run = require_run(on, migration, fingerprint<Migration>, state::newest_run);
    if (std::to_string(run.id) != run_ || !is_open(run.phase)) return false;
    for (const owed_part& part : read_owed(on, migration)) {
      if (part.statement == wanted.statement && part.description == wanted.description) return !part.there;
    }
    return false;
  }

  [[noreturn]] static void refuse_values(const owed_part& next, std::string_view what) {
    throw refused{
        fmt::format("\"{}\": the {} of the old column cannot come along, because {}. Mend the rows; or leave such "
                    "things out with expand_options.bring_along, and acknowledge om::risk::left_behind at "
                    "contract. The run stays as it is.",
                    migration.name, next.description, what)};
  }

  /// Makes a part. False where the type of the new column has no function, operator or operator class that its
  /// definition needs: then it is for a person, and contract asks about it.
  template <class Connection>
  bool runs_over_new_type(Connection& on, const owed_part& next) {
    try {
      run_text(on, next.statement);
      return true;
    } catch (const statement_error& problem) {
      constexpr std::string_view misfits[]{"42883", "42804", "42846", "42725", "42704", "42703",
                                           "42601", "42P17", "42P22", "22023", "0A000"};
      if (std::find(std::begin(misfits), std::end(misfits), problem.sqlstate()) == std::end(misfits)) throw;
      skipped_.insert(next.description);
      return false;
    }
  }

  /// A statement that the server wrote from its own catalog.
  template <class Connection>
  static void run_text(Connection& on, const std::string& text) {
    ask(on, statement{"bring_along", text});
  }

  basic_toolkit<Database, Environment>& tools_;
  const std::stop_token& stop_;
  std::string run_;
  std::set<std::string> looked_;
  std::set<std::string> skipped_;  ///< what the new type does not take
  std::map<std::string, made_part> made_;
};

}  // namespace detail

/// Gives the new column what the old one has, and the server can make from its own catalog: privileges, comment,
/// statistics target, indexes (built CONCURRENTLY, in the parts of a partitioned table one by one), unique
/// constraints, and foreign keys and CHECKs (NOT VALID, then validated), under names of their own. A CHECK, and an
/// index with an expression or a predicate, only where the new column has the values of the old one and means the
/// same by them. What has a counterpart is left as it is, however that came.
/// It comes after the backfill, which indexes would slow down; `om::expand_contract` calls it. It may be interrupted
/// anywhere and called again, and `om::rollback` takes indexes and constraints back. What it cannot make, contract
/// asks about.
///
/// Does nothing for a column that replaces no other one or is in another table, and after contract.
///
/// Throws: `refused` where new values are in the way of a unique index or a foreign key, before the end of the
/// backfill, and behind a pooler; `cancelled`.
template <migration_like Migration, database_like Database, environment_like Environment>
void bring_along(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  if constexpr (detail::replaces(describe_migration<Migration>) && !describe_migration<Migration>.elsewhere) {
    detail::in_migration(describe_migration<Migration>.name, [&] {
      detail::along_runner<Migration, Database, Environment>{tools, stop}.run();
    });
  }
}

}  // namespace online_migration
