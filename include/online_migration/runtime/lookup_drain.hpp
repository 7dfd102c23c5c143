// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/drain.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The queue of a migration that looks up: for each noted key, the rows that refer to it are put right in chunks, and
/// the entries that were there when that began are taken out with the last of them. A key that is noted again meanwhile
/// has another entry, and is gone through again.
template <migration_like Migration, class Environment>
class lookup_drain {
 public:
  /// One chunk of the rows of one key. `finished` where the queue is empty.
  ///
  /// Locks are taken in the order of all our transactions: run, slice, rows of the table, then entries that nobody else
  /// touches. The trigger of each row locks the row that it refers to; whoever holds that one and waits for one of ours
  /// does not wait for long, because the lock time-out of a chunk is shorter than the server's deadlock time-out.
  template <connection_like Connection>
  piece_of_work some(Connection& on, const work_context& runner) {
    auto begin = Environment::now();
    piece_of_work done;
    if (noted_.key.empty()) {
      noted_ = next(on);
      if (noted_.key.empty()) {
        done.how = piece_outcome::finished;
        return done;
      }
    }
    std::string limit = std::to_string(runner.speed.rows());
    std::string time = std::to_string(runner.options.lease.count());
    const std::string none = "{}";
    transaction scope{on, runner.speed.bounds()};
    // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
    ask(on, state::constraints_now);
    ask(on, state::by_lookup);
    done.how = find_drain_outcome(find_position(on, sql::lookup_fence, runner.held, keys));
    if (done.how != piece_outcome::done) return done;
    text_parameters given;
    given.add(noted_.key);
    for (const std::string& part : noted_.last) given.add(part);
    given.add(limit);
    auto rows = ask(on, noted_.last.empty() ? sql::lookup_chunk_first : sql::lookup_chunk, given.all);
    std::int64_t found = rows.integer(0, 0);
    bool ends = found < runner.speed.rows();
    auto settled = ask(on, state::settle_dirty_keys,
                       {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice),
                        text_form_parameter(runner.held.epoch), text_form_parameter(ends ? noted_.entries : none),
                        text_form_parameter(time)});
    if (settled.affected() != 1) throw lost_lease{"Another runner has taken over this backfill. This one stops."};
    key_text last = found > 0 ? read_key(rows, 0, 2, keys) : key_text{};
    scope.commit();
    done.committed = true;
    done.rows = found;
    done.changed = rows.integer(0, 1);
    done.work = Environment::now() - begin;
    if (ends) {
      noted_ = {};
    } else {
      noted_.last = std::move(last);
    }
    return done;
  }

 private:
  using sql = statements<Migration>;
  static constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();

  /// A key of the queue, as the server's own texts.
  struct noted_key {
    std::string key;      ///< empty where there is none
    std::string entries;  ///< that are about it
    key_text last{};      ///< the greatest key of a row that was gone through for them
  };

  template <connection_like Connection>
  static noted_key next(Connection& on) {
    whole_transaction all{on, reading_bounds()};
    all.add(state::walk_queue);
    auto number = all.add(sql::lookup_next);
    auto answers = all.commit();
    const auto& row = answers[number];
    if (row.rows() == 0) return {};
    return {std::string{row.text(0, 0)}, std::string{row.text(0, 1)}};
  }

  noted_key noted_;
};

}  // namespace online_migration::detail
