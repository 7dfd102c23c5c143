// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_batch.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/try_part.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Whether the queue is to be drained. Throws: `lost_lease` where the run is in a phase without a queue.
inline piece_outcome find_drain_outcome(const position& at) {
  if (at.in < phase::backfill || at.in > phase::contract_ready) refuse_phase(at.in);
  return at.paused ? piece_outcome::paused : piece_outcome::done;
}

/// Takes the first keys of the queue, computes their rows, and takes from the queue the entries whose rows are right
/// now or gone. An entry of a row that has changed meanwhile stays; so does one that is committed later, whatever its
/// number. Reads and computes before it has the fence, as a chunk does: an entry is older than its row as it was read,
/// so what makes the row wrong again leaves another entry. `finished` where that was the whole queue: it may be growing
/// already, but a run that waited for a moment without writers could wait for ever.
///
/// Locks are taken in the order of all our transactions: run, slice, rows of the table, then entries that nobody else
/// touches. Writers hold their rows and add entries, which waits for nobody.
/// `careful` where the table refuses a row: the keys of such rows go into the quarantine, of a few rows at a time.
template <migration_like Migration, class Environment, connection_like Connection>
piece_of_work drain_some(Connection& on, const work_context& runner, bool careful = false) {
  using sql = statements<Migration>;
  using rows = client_rows<Migration>;
  auto begin = Environment::now();
  piece_of_work done;
  const int most = careful ? std::min(runner.speed.rows(), most_careful_rows) : runner.speed.rows();
  std::string limit = std::to_string(most);
  auto read = [&] {
    whole_transaction all{on, reading_bounds()};
    auto slice =
        all.add(sql::client_position, {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice)});
    all.add(state::walk_queue);
    auto entries = all.add(sql::dirty_read, {text_form_parameter(limit)}, false, result_format::binary);
    auto answers = all.commit();
    done.how = find_drain_outcome(read_client_position(answers[slice], runner.held, rows::keys));
    return std::move(answers[entries]);
  };
  auto batch = make_client_batch<Migration>(read());
  if (done.how == piece_outcome::done && batch.size() == 0) done.how = piece_outcome::finished;
  if (done.how != piece_outcome::done) return done;
  compute_or_note<Migration>(on, runner, batch, [&] { batch.compute(runner.options.on_data_error, true); });

  transaction scope{on, runner.speed.bounds()};
  done.how = find_drain_outcome(enter<Migration>(on, runner));
  if (done.how != piece_outcome::done) return done;
  done.changed = careful ? batch.send_in_parts(on) : batch.send(on);
  done.refused = batch.has_refused();
  done.failed = batch.quarantine(on);
  batch.release(on);
  array_builder<int8> entries;
  for (int row = 0; row < batch.size(); ++row) {
    constexpr int entry = static_cast<int>(rows::keys + rows::sources + 1);
    if (batch.is_settled(row)) entries.push(decode<int8>(batch.found().text(row, entry)));
  }
  // All of these rows are being changed all the time: later, and fewer.
  if (entries.size() == 0) throw statement_error{sql::client_write_back.name, "40001"};
  std::string time = std::to_string(runner.options.lease.count());
  auto counted = ask(on, state::settle_dirty_keys,
                     {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice),
                      text_form_parameter(runner.held.epoch), entries.as_parameter(), text_form_parameter(time)});
  if (counted.affected() != 1) throw lost_lease{"Another runner has taken over this backfill. This one stops."};
  scope.commit();
  done.committed = true;
  done.work = Environment::now() - begin;
  if (batch.size() < most && static_cast<int>(entries.size()) == batch.size()) {
    done.how = piece_outcome::finished;
  }
  return done;
}

}  // namespace online_migration::detail
