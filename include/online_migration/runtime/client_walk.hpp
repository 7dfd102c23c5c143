// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_batch.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/client_span.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/strategy.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The walk of one runner over slices that the client computes. It reads a span of rows, and writes them back in
/// chunks, each of which is one round trip: fence, write-back, counters and cursor, and with the last one of a span the
/// rows of the next one. The cursor moves with the last chunk, when all rows of the span are right; whoever begins at
/// it again finds those right that were written already.
///
/// It computes between two trips, without a lock. Rows whose sources have changed since they were read are not written;
/// then the rows of that span are looked at once more in transactions that read again under the fence. What it believes
/// of its slice it learned with the trip before; the fence raises an error where that is not so any more, and then it
/// looks. After any error it looks as well, so an answer to COMMIT that was lost needs no guess.
template <migration_like Migration, class Environment, class Result>
class client_walk {
 public:
  explicit client_walk(const backfill_options& options)
      : asked_stripes_{options.stripes}, plans_{options.stripes, true} {}

  /// Learns what the table allows. It is asked at the beginning of each session.
  template <connection_like Connection>
  void begin(Connection& on, const run_record&) {
    auto facts = ask_alone(on, catalog::walk_facts, {text_of(table.schema), text_of(table.name), text_of("")});
    if (facts.rows() != 1) return;
    plans_ = strategy{asked_stripes_, facts.integer(0, 0) >= smallest_table || asked_stripes_ != 0};
    forget();
  }

  /// What it believes may be wrong.
  void forget() {
    at_.reset();
    span_.reset();
    next_.reset();
  }

  /// A chunk ran into a lock: the span after it is as small as chunks are then.
  void failed() {}

  /// Whether nothing is read that is not written yet.
  [[nodiscard]] bool is_between_spans() const { return !span_.has_value() || span_->is_untouched(); }

  /// Such a walk never begins anew by itself.
  [[nodiscard]] bool was_begun_anew() const { return false; }

  /// One chunk. Throws: `lost_lease` where the slice is not its own any more.
  template <connection_like Connection>
  std::vector<piece_of_work> chunks(Connection& on, const work_context& runner) {
    return {chunk(on, runner)};
  }

 private:
  using sql = statements<Migration>;
  using span = client_span<Migration, Result>;
  static constexpr const table_description& table = describe_table<typename Migration::table>;
  static constexpr std::size_t keys = table.key_count();

  template <connection_like Connection>
  piece_of_work chunk(Connection& on, const work_context& runner) {
    constexpr int most_looks = 5;
    for (int looks = 0; looks < most_looks; ++looks) {
      if (rows_to_settle_ > 0) return settle(on, runner);
      piece_of_work done;
      if (!at_.has_value()) done.how = look(on, runner);
      if (done.how != piece_outcome::done) return done;
      if (!span_.has_value()) read(on, runner);
      if (span_->ends_with_next(runner.speed) && span_->has_lost) {
        rows_to_settle_ = span_->batch.size();
        continue;
      }
      try {
        return work(on, runner);
      } catch (const statement_error& problem) {
        // Only the two that we raise ourselves.
        if (problem.sqlstate() != "22P02") throw;
        if (problem.statement_name() == sql::client_whole.name) {
          rows_to_settle_ = std::max(span_->batch.size(), 1);
        } else if (problem.statement_name() != sql::client_fence.name) {
          throw;
        }
        forget();
      }
    }
    throw statement_error{sql::client_fence.name, "40001"};
  }

  /// In blocks. Below that a walk takes less time than measuring would gain.
  static constexpr std::int64_t smallest_table = 512;
  /// Of the values of a span, two of which may be there at once.
  static constexpr std::int64_t most_bytes = std::int64_t{8} << 20;
  /// What a row takes beside its values.
  static constexpr std::int64_t bytes_of_row = 96;

  /// Reads where the slice stands.
  template <connection_like Connection>
  piece_outcome look(Connection& on, const work_context& runner) {
    whole_transaction all{on, reading_bounds()};
    auto number =
        all.add(sql::client_position, {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice)});
    auto answers = all.commit();
    position found = read_client_position(answers[number], runner.held, keys);
    piece_outcome how = find_outcome(found);
    if (how == piece_outcome::done) at_ = std::move(found);
    return how;
  }

  /// The rows of the chunks one by one, as long as some of a span may have changed since it was read.
  template <connection_like Connection>
  piece_of_work settle(Connection& on, const work_context& runner) {
    forget();
    piece_of_work done = run_client_chunk<Migration, Environment>(on, runner);
    rows_to_settle_ -= std::max<std::int64_t>(done.rows, 1);
    return done;
  }

  /// The rows and stripes that the next span should have.
  [[nodiscard]] span_plan next_plan(const work_context& runner) const {
    int stripes = plans_.stripes();
    // Two chunks for each stripe: the room that a stripe leaves is free only when no transaction is as old as it, and
    // that of another worker has ended by then.
    std::int64_t rows = std::int64_t{runner.speed.stripe_rows(stripes > 1)} * stripes * (stripes > 1 ? 2 : 1);
    if (row_bytes_ > 0) rows = std::min(rows, std::max<std::int64_t>(most_bytes / row_bytes_, 1));
    return {stripes, rows};
  }

  /// Where the span behind a key ends.
  struct looking_ahead {
    span_plan plan;
    std::string skipped;
    key_range rest;
    std::size_t number = 0;
  };

  template <class Transaction>
  void add_bound(Transaction& all, looking_ahead& ahead, const key_text& behind, const work_context& runner) {
    ahead.plan = next_plan(runner);
    ahead.skipped = std::to_string(ahead.plan.rows - 1);
    ahead.rest = {behind, at_->end};
    parameter skip[]{text_form_parameter(ahead.skipped)};
    ahead.number =
        all.add(ahead.rest.choose(sql::backfill_bound_first, sql::backfill_bound), ahead.rest.parameters(skip));
  }

  [[nodiscard]] static planned_span planned(looking_ahead& ahead, const Result& bound) {
    planned_span found{ahead.plan, std::move(ahead.rest), true};
    if (bound.rows() > 0) {
      key_text upper = read_key(bound, 0, 0, keys);
      found.last = upper == found.range.upper;
      found.range.upper = std::move(upper);
    }
    return found;
  }

  template <class Transaction>
  std::size_t add_read(Transaction& all, const planned_span& what) {
    return all.add(what.range.choose(sql::client_read_first, sql::client_read), what.range.parameters(), false,
                   result_format::binary);
  }

  void open(planned_span&& what, Result&& rows) {
    span_.emplace(std::move(what), std::move(rows));
    seen_ = {};
    if (span_->batch.size() > 0) {
      // Rows that are large come together: what is known of the last ones is forgotten by and by.
      row_bytes_ = std::max(bytes_of_row + span_->bytes() / span_->batch.size(), row_bytes_ / 2);
    }
  }

  /// A span, where none has come with the trip of another one.
  template <connection_like Connection>
  void read(Connection& on, const work_context& runner) {
    if (!next_.has_value()) {
      looking_ahead ahead;
      whole_transaction all{on, reading_bounds()};
      add_bound(all, ahead, at_->cursor, runner);
      auto answers = all.commit();
      next_ = planned(ahead, answers[ahead.number]);
    }
    looking_ahead ahead;
    whole_transaction all{on, reading_bounds()};
    auto rows = add_read(all, *next_);
    if (!next_->last) add_bound(all, ahead, next_->range.upper, runner);
    auto answers = all.commit();
    planned_span now = std::move(*next_);
    next_.reset();
    if (!now.last) next_ = planned(ahead, answers[ahead.number]);
    open(std::move(now), std::move(answers[rows]));
  }

  template <connection_like Connection>
  piece_of_work work(Connection& on, const work_context& runner) {
    span& now = *span_;
    auto begin = Environment::now();
    some_rows piece = now.next_piece(runner.speed);
    bool ends = now.ends_with(piece);
    bool finishes = ends && now.what.last;
    compute_or_note<Migration>(on, runner, now.batch, [&] { now.batch.compute(runner.options.on_data_error, piece); });
    now.batch.assume_settled();
    auto computing = Environment::now() - begin;

    text_parameters held = fence_parameters(runner.held);
    std::string sent = std::to_string(now.batch.to_send());
    std::string words = strategy_words();
    transaction_settings bounds = runner.speed.bounds();
    std::string limit = std::to_string(bounds.statement_timeout.count());
    bounds.statement_timeout = reading_bounds().statement_timeout;
    whole_transaction all{on, bounds};
    // Before anything is locked, so that it may take its time.
    looking_ahead ahead;
    std::optional<std::size_t> rows;
    if (ends && !finishes) {
      rows = add_read(all, *next_);
      if (!next_->last) add_bound(all, ahead, next_->range.upper, runner);
    }
    all.add(state::time_limit, {text_of(limit)}, true);
    // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
    all.add(state::constraints_now);
    auto fence = all.add(sql::client_fence, held.all, true);
    std::optional<std::size_t> chunk;
    if (now.batch.to_send() > 0) {
      all.add(state::by_lookup, {}, true);
      chunk = all.add(sql::client_chunk, now.batch.parameters(), true);
    }
    keys_without_value<Migration> failed;
    client_keys<Migration> mended;
    if (ends) {
      if (chunk.has_value()) all.add(sql::client_whole, {text_form_parameter(sent)}, true);
      failed = now.batch.without_value();
      if (failed.rows.count > 0) all.add(sql::quarantine_keys, failed.parameters());
      if (at_->quarantined) mended = now.batch.with_value();
      if (mended.size() > 0) all.add(sql::release_keys, mended.parameters());
    }
    open_span rest = now.behind(piece);
    std::int64_t counted = ends ? now.batch.size() : 0;
    std::optional<std::int64_t> changed;
    if (!chunk.has_value()) changed = 0;
    text_parameters moved =
        advance_parameters<Migration>(runner, at_->cursor, ends ? now.what.range.upper : at_->cursor, counted, changed,
                                      finishes, rest, plans_.share(), words);
    auto advance = all.add(sql::advance, moved.all, true);
    std::optional<std::size_t> waiting;  // for the rows of this chunk, which are locked until COMMIT
    if (runner.count_blocked) waiting = all.add(state::blocked_sessions);
    auto answers = all.commit();
    if (answers[advance].affected() != 1) refuse_moved_cursor();

    piece_of_work done;
    done.committed = true;
    if (waiting.has_value()) done.blocked = answers[*waiting].integer(0, 0);
    done.rows = counted;
    if (chunk.has_value()) done.changed = answers[*chunk].integer(0, 0);
    done.failed = failed.rows;
    done.last = now.is_short(piece, runner.speed);
    if (finishes) done.how = piece_outcome::finished;
    done.stripe_rows = piece.count;
    done.later = now.stripe > 0;
    done.work = computing + std::chrono::microseconds{answers[advance].integer(0, 0) - answers[fence].integer(0, 1)};
    if (done.changed < static_cast<std::int64_t>(now.batch.to_send())) now.has_lost = true;
    note(begin, answers[fence], answers[advance], done.changed);
    at_->stripe = rest.next;
    if (!ends) {
      now.pass(piece);
      return done;
    }
    seen_.stripes = now.what.plan.stripes;
    seen_.rows = counted;
    plans_.saw(seen_);
    at_->cursor = std::move(now.what.range.upper);
    span_.reset();
    if (!rows.has_value()) return done;
    planned_span next = std::move(*next_);
    next_.reset();
    if (!next.last) next_ = planned(ahead, answers[ahead.number]);
    open(std::move(next), std::move(answers[*rows]));
    return done;
  }

  [[nodiscard]] text_parameters fence_parameters(const lease& held) const {
    text_parameters given;
    given.add(held.run);
    given.add(held.slice);
    given.add(held.epoch);
    given.add(at_->stripe);
    given.add_key(at_->cursor, keys);
    given.add_key(at_->end, keys);
    return given;
  }

  void note(std::chrono::steady_clock::time_point begin, const Result& before, const Result& after,
            std::int64_t changed) {
    seen_.changed += changed;
    seen_.time += std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
    if (before.is_null(0, 2) || after.is_null(0, 1)) return;
    seen_.updated += after.integer(0, 1) - before.integer(0, 2);
    seen_.stayed += after.integer(0, 2) - before.integer(0, 3);
  }

  [[nodiscard]] std::string strategy_words() const {
    int stripes = span_->what.plan.stripes;
    return fmt::format("{} keys{}, computed by the client: {}", stripes > 1 ? "striped" : "plain",
                       stripes > 1 ? fmt::format(", {} stripes", stripes) : "", to_string(plans_.why()));
  }

  int asked_stripes_;
  strategy plans_;
  std::optional<position> at_;
  std::optional<span> span_;
  std::optional<planned_span> next_;  ///< the one behind it, unless that is the last
  std::int64_t row_bytes_ = 0;        ///< of the largest rows lately
  std::int64_t rows_to_settle_ = 0;   ///< among which some have changed since they were read
  span_seen seen_;
};

}  // namespace online_migration::detail
