// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
  bool rests = false;          ///< whether a pause follows each chunk
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
  bool refused = false;                        ///< and they have a value, which the table does not take
  std::int64_t stripe_rows = 0;                ///< of a chunk that is a stripe
  bool later = false;                          ///< not the first of its span
  std::optional<std::int64_t> blocked;         ///< sessions that waited for it at its end, where that was asked for
  std::chrono::steady_clock::duration work{};  ///< the part of its time that grows with its rows
};

/// The stripes of a span that is to be, and the rows it should have.
struct span_plan {
  int stripes = 1;
  std::int64_t rows = 1;
};

/// The span that a slice is in the middle of, as its row has it.
struct open_span {
  key_text end;  ///< empty where none is open
  int next = 0;  ///< the chunk that comes next: stripe `next / parts` of the part `next % parts`
  int stripes = 1;
  bool by_bits = false;
  std::int64_t rows = 0;
  int parts = 1;  ///< of its blocks, which take turns

  [[nodiscard]] int chunks() const { return stripes * parts; }
};

/// Texts of a statement's parameters, for as long as it may be sent.
class text_parameters {
 public:
  std::vector<parameter> all;

  void add(std::string text) { all.push_back(text_form_parameter(kept_.emplace_back(std::move(text)))); }
  void add(std::int64_t number) { add(std::to_string(number)); }
  void add_boolean(bool value) { add(std::string{value ? "true" : "false"}); }
  void add_null() { all.push_back(null_parameter()); }

  /// A position in a walk: as many as the key has columns, whatever it consists of.
  void add_key(const key_text& key, std::size_t columns) {
    for (std::size_t i = 0; i < columns; ++i) {
      if (i < key.size()) {
        all.push_back(text_of(kept_.emplace_back(key[i])));
      } else {
        all.push_back(null_parameter(text::description.oid));
      }
    }
  }

 private:
  std::deque<std::string> kept_;
};

/// What `advance` takes.
template <migration_like Migration>
text_parameters advance_parameters(const work_context& runner, const key_text& from, const key_text& to,
                                   std::int64_t rows, std::optional<std::int64_t> changed, bool finished,
                                   const open_span& open = {}, std::optional<double> hot_share = {},
                                   std::string_view strategy = {}) {
  constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();
  text_parameters given;
  given.add(runner.held.run);
  given.add(runner.held.slice);
  given.add(runner.held.epoch);
  given.add(rows);
  changed.has_value() ? given.add(*changed) : given.add_null();
  given.add_boolean(finished);
  given.add(runner.speed.rows());
  given.add(runner.options.throttle.sleep.count());
  given.add(fmt::format("{}", runner.options.throttle.duty_cycle));
  given.add(runner.options.lease.count());
  given.add_key(to, keys);
  given.add_key(from, keys);
  given.add_key(open.end, keys);
  given.add(open.next);
  given.add(open.stripes);
  given.add_boolean(open.by_bits);
  open.end.empty() ? given.add_null() : given.add(open.rows);
  hot_share.has_value() ? given.add(fmt::format("{:.3f}", *hot_share)) : given.add_null();
  strategy.empty() ? given.add_null() : given.add(std::string{strategy});
  return given;
}

[[noreturn]] inline void refuse_moved_cursor() {
  throw lost_lease{"The cursor of this backfill was moved by another runner. This one stops; nothing it did is lost."};
}

/// Moves the cursor behind a piece of the walk. Throws: `lost_lease`.
template <migration_like Migration, transactional Connection>
void advance(Connection& on, const work_context& runner, const walk_step& step, std::int64_t changed) {
  text_parameters given =
      advance_parameters<Migration>(runner, step.range.lower, step.range.upper, step.rows, changed, step.last);
  if (ask(on, statements<Migration>::advance, given.all).affected() != 1) refuse_moved_cursor();
}

/// Whether a slice is to be walked on. The runner before may have finished it, and gone on to the next phase, while
/// this one waited for the lease. Throws: `lost_lease` where the run is in another phase.
inline piece_outcome find_outcome(const position& at) {
  if (at.finished) return piece_outcome::finished;
  if (at.in != phase::backfill) refuse_phase(at.in);
  return at.paused ? piece_outcome::paused : piece_outcome::done;
}

/// Begins the transaction of a piece of work of the client's: whoever holds the fence is the only one at work.
template <migration_like Migration, transactional Connection>
position enter(Connection& on, const work_context& runner) {
  // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
  ask(on, state::constraints_now);
  ask(on, state::by_lookup);
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

}  // namespace online_migration::detail
