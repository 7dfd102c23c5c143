// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>
#include <online_migration/sql/throttle.hpp>

namespace online_migration::detail {

/// What a piece of the backfill's work needs to know of its runner.
struct work_context {
  const lease& held;
  const class pace& speed;
  const backfill_options& options;
  bool count_blocked = false;  ///< whether a chunk is to tell how many sessions wait for it
};

/// How a piece of work ended.
enum class piece_outcome {
  done,
  finished,  ///< there is no more of it
  paused     ///< on request; nothing was done
};

/// One piece of work.
struct piece_of_work {
  piece_outcome how = piece_outcome::done;
  bool committed = false;    ///< whether there was anything to do
  std::int64_t rows = 0;     ///< walked over
  std::int64_t changed = 0;  ///< not right already
  bool last = false;
  failed_rows failed;
  std::optional<std::int64_t> blocked;         ///< sessions that waited for it at its end, where that was asked for
  std::chrono::steady_clock::duration work{};  ///< the part of its time that grows with its rows
};

/// Moves the cursor behind a piece of the walk. Throws: `lost_lease`.
template <migration_like Migration, transactional Connection>
void advance(Connection& on, const work_context& runner, const walk_step& step, std::int64_t changed) {
  std::string texts[]{std::to_string(step.rows),
                      std::to_string(changed),
                      step.last ? "true" : "false",
                      std::to_string(runner.speed.rows()),
                      std::to_string(runner.options.throttle.sleep.count()),
                      fmt::format("{}", runner.options.throttle.duty_cycle),
                      std::to_string(runner.options.lease.count())};
  std::vector<parameter> all{text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice),
                             text_form_parameter(runner.held.epoch)};
  for (const std::string& each : texts) all.push_back(text_form_parameter(each));
  for (const std::string& part : step.range.upper) all.push_back(text_of(part));
  for (std::size_t i = 0; i < step.range.upper.size(); ++i) {
    all.push_back(step.range.lower.empty() ? null_parameter(text::description.oid) : text_of(step.range.lower[i]));
  }
  if (ask(on, statements<Migration>::advance, all).affected() != 1) {
    throw lost_lease{
        "The cursor of this backfill was moved by another runner. This one stops; nothing it did is lost."};
  }
}

/// Whether a slice is to be walked on. The runner before may have finished it, and gone on to the next phase, while
/// this one waited for the lease. Throws: `lost_lease` where the run is in another phase.
inline piece_outcome find_outcome(const position& at) {
  if (at.finished) return piece_outcome::finished;
  if (at.in != phase::backfill) refuse_phase(at.in);
  return at.paused ? piece_outcome::paused : piece_outcome::done;
}

/// Begins the transaction of a piece of work: whoever holds the fence is the only one at work.
template <migration_like Migration, transactional Connection>
position enter(Connection& on, const work_context& runner) {
  // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
  ask(on, state::constraints_now);
  return find_position(on, statements<Migration>::fence, runner.held,
                       describe_table<typename Migration::table>.key_count());
}

/// Ends a chunk of the walk: its cursor and its counters are committed with it.
template <migration_like Migration, transactional Connection>
void commit_chunk(Connection& on, transaction<Connection>& scope, const work_context& runner, const walk_step& step,
                  piece_of_work& done) {
  advance<Migration>(on, runner, step, done.changed);
  if (runner.count_blocked) done.blocked = ask(on, state::blocked_sessions).integer(0, 0);
  scope.commit();
  done.committed = true;
  done.rows = step.rows;
  done.last = step.last;
  if (step.last) done.how = piece_outcome::finished;
}

/// One chunk of the walk that the server computes: fence, chunk, cursor and counters in one transaction.
template <migration_like Migration, class Environment, connection_like Connection>
piece_of_work run_chunk(Connection& on, const work_context& runner) {
  using sql = statements<Migration>;
  transaction scope{on, runner.speed.bounds()};
  position at = enter<Migration>(on, runner);
  piece_of_work done;
  done.how = find_outcome(at);
  if (done.how != piece_outcome::done) return done;

  auto begin = Environment::now();
  walk_step step = next_step<sql>(on, at.cursor, at.end, runner.speed.rows());
  std::vector<parameter> range = step.range.parameters();
  done.changed = ask(on, step.range.choose(sql::backfill_chunk_first, sql::backfill_chunk), range).affected();
  if constexpr (has_total_function(describe_migration<Migration>)) {
    auto noted = ask(on, step.range.choose(sql::quarantine_range_first, sql::quarantine_range), range);
    if (noted.rows() > 0) done.failed.add(noted.rows(), noted.text(0, 0));
  }
  done.work = Environment::now() - begin;
  commit_chunk<Migration>(on, scope, runner, step, done);
  return done;
}

}  // namespace online_migration::detail
