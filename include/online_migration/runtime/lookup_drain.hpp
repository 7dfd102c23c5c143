// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
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
#include <online_migration/runtime/try_part.hpp>
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
  /// `careful` where the table refuses a row: then the chunk is small, and ends before that row, or is that row alone,
  /// whose key goes into the quarantine.
  template <connection_like Connection>
  piece_of_work some(Connection& on, const work_context& runner, bool careful = false) {
    auto begin = Environment::now();
    piece_of_work done;
    if (noted_.key.empty()) {
      noted_ = next(on);
      if (noted_.key.empty()) {
        done.how = piece_outcome::finished;
        return done;
      }
    }
    std::string time = std::to_string(runner.options.lease.count());
    const std::string none = "{}";
    transaction scope{on, runner.speed.bounds()};
    // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
    ask(on, state::constraints_now);
    ask(on, state::by_lookup);
    done.how = find_drain_outcome(find_position(on, sql::lookup_fence, runner.held, keys));
    if (done.how != piece_outcome::done) return done;
    visit met = careful ? visit_carefully(on, std::min(runner.speed.rows(), most_careful_rows))
                        : visit_rows(on, runner.speed.rows());
    auto settled = ask(on, state::settle_dirty_keys,
                       {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice),
                        text_form_parameter(runner.held.epoch),
                        text_form_parameter(met.last.empty() ? noted_.entries : none), text_form_parameter(time)});
    if (settled.affected() != 1) throw lost_lease{"Another runner has taken over this backfill. This one stops."};
    scope.commit();
    done.committed = true;
    done.rows = met.rows;
    done.changed = met.changed;
    if (!met.refused.empty()) {
      done.failed.add(1, met.refused);
      done.refused = true;
    }
    done.work = Environment::now() - begin;
    if (met.last.empty()) {
      noted_ = {};
    } else {
      noted_.last = std::move(met.last);
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

  /// What became of the next rows.
  struct visit {
    std::int64_t rows = 0;
    std::int64_t changed = 0;
    key_text last;        ///< the greatest key of them; empty where there are no more rows
    std::string refused;  ///< SQLSTATE, where it was one row that the table refuses
  };

  /// The parameters of the statements that visit rows, but for the last one.
  [[nodiscard]] text_parameters place() const {
    text_parameters given;
    given.add(noted_.key);
    for (const std::string& part : noted_.last) given.add(part);
    return given;
  }

  [[nodiscard]] const statement& choose(const statement& first, const statement& other) const {
    return noted_.last.empty() ? first : other;
  }

  template <connection_like Connection>
  visit visit_rows(Connection& on, int most) const {
    text_parameters given = place();
    given.add(most);
    auto rows = ask(on, choose(sql::lookup_chunk_first, sql::lookup_chunk), given.all);
    visit met{rows.integer(0, 0), rows.integer(0, 1), {}, {}};
    if (met.rows == most) met.last = read_key(rows, 0, 2, keys);
    return met;
  }

  /// As many as the table takes, or the one that it refuses.
  template <connection_like Connection>
  visit visit_carefully(Connection& on, int most) const {
    visit met;
    std::optional<std::string> refusal;
    auto tries = [&](int number) {
      refusal = try_part(on, [&] { met = visit_rows(on, number); });
      return !refusal.has_value();
    };
    for (; most > 0; most /= 2) {
      if (tries(most)) return met;
    }
    // The one that was refused may be gone by now: the next one, which is noted and locked, has to be refused as well.
    ask(on, state::try_part);
    text_parameters given = place();
    given.add(*refusal);
    auto row = ask(on, choose(sql::lookup_refused_first, sql::lookup_refused), given.all);
    if (row.rows() == 0 || tries(1)) {
      ask(on, state::undo_part);
      ask(on, state::keep_part);
      return visit_rows(on, 1);
    }
    ask(on, state::keep_part);
    return {1, 0, read_key(row, 0, 0, keys), std::move(*refusal)};
  }

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
