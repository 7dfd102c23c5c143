// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_batch.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/try_part.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// For a transaction that reads and holds no lock of anybody.
inline transaction_settings reading_bounds() {
  transaction_settings bounds;
  bounds.by_index = true;
  return bounds;
}

/// Computes a batch. Where that ends the run, the row that is the reason goes into the quarantine first, in a
/// transaction of its own under the fence; what was thrown matters more than whether that succeeds.
template <migration_like Migration, connection_like Connection, class Batch, class Compute>
void compute_or_note(Connection& on, const work_context& runner, Batch& batch, Compute compute,
                     transaction<Connection>* open = nullptr) {
  try {
    compute();
  } catch (...) {
    try {
      if (open != nullptr) open->rollback();
      transaction scope{on, runner.speed.bounds()};
      enter<Migration>(on, runner);
      batch.quarantine(on);
      scope.commit();
    } catch (...) {
    }
    throw;
  }
}

/// One chunk of the walk that the client computes. It reads and computes before it has the fence, so that nobody waits
/// for a function of the user's own; then fence, write-back, cursor and counters are one transaction. What was computed
/// from sources that have changed meanwhile is not written: those rows are read again under the fence, never guessed.
/// Rows that came or became wrong between are not missed, because whoever writes after the walk has begun either
/// dual-writes or leaves a key in the queue. Rows stay locked for as long as statements may take, at most: then it is a
/// chunk to try again.
/// `careful` in a walk in which the table refuses rows: a CHECK, a unique index, a trigger of the user's. Then the
/// chunk is small, and the keys of rows that are refused go into the quarantine.
template <migration_like Migration, class Environment, connection_like Connection>
piece_of_work run_client_chunk(Connection& on, const work_context& runner, bool careful = false) {
  using sql = statements<Migration>;
  auto begin = Environment::now();
  piece_of_work done;
  walk_step step;
  bool quarantined = false;
  auto read = [&] {
    transaction scope{on, reading_bounds()};
    position at = find_client_position(on, sql::client_position, runner.held,
                                       describe_table<typename Migration::table>.key_count());
    quarantined = at.quarantined;
    done.how = find_outcome(at);
    std::optional<decltype(on.execute(sql::client_read, {}, result_format::binary))> found;
    if (done.how == piece_outcome::done) {
      int rows = careful ? std::min(runner.speed.rows(), most_careful_rows) : runner.speed.rows();
      step = next_step<sql>(on, at.cursor, at.end, rows);
      found.emplace(on.execute(step.range.choose(sql::client_read_first, sql::client_read), step.range.parameters(),
                               result_format::binary));
    }
    scope.commit();
    return found;
  };
  auto found = read();
  if (!found.has_value()) return done;
  auto batch = make_client_batch<Migration>(std::move(*found));
  auto compute = [&] { batch.compute(runner.options.on_data_error); };
  compute_or_note<Migration>(on, runner, batch, compute);
  done.work = Environment::now() - begin;

  transaction scope{on, runner.speed.bounds()};
  done.how = find_outcome(enter<Migration>(on, runner));
  if (done.how != piece_outcome::done) return done;
  begin = Environment::now();
  for (;;) {
    done.changed += careful ? batch.send_in_parts(on) : batch.send(on);
    done.refused = done.refused || batch.has_refused();
    failed_rows failed = batch.quarantine(on);
    done.failed.add(failed.count, failed.sqlstate);
    if (quarantined) batch.release(on);
    if (batch.all_settled()) break;
    if (Environment::now() - begin > runner.speed.longest_statement() / 4) {
      throw statement_error{sql::client_write_back.name, "40001"};
    }
    auto again = batch.read_again(on);
    batch = std::move(again);
    compute_or_note<Migration>(on, runner, batch, compute, &scope);
  }
  done.work += Environment::now() - begin;
  commit_chunk<Migration>(on, scope, runner, step, done);
  if (careful) done.last = true;  // it says nothing about the time of a usual one
  return done;
}

}  // namespace online_migration::detail
