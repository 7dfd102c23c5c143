// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/stripe_shares.hpp>
#include <online_migration/runtime/walk_place.hpp>
#include <online_migration/sql/blocks.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// What the server counted of a chunk's updates.
struct update_counts {
  std::int64_t updated = 0;
  std::int64_t stayed = 0;  ///< on their page (HOT)
};

/// Stripes of the open span that are sent together, each a transaction: fence, chunk, counters and cursor. With the
/// last stripe of a span comes the bound of the next one.
template <migration_like Migration, connection_like Connection>
class chunk_trip {
 public:
  using answer = typename whole_transaction<Connection>::answer;

  /// `share` of updates that stay on their page, and `words` for the strategy in force, are left in the slice's row.
  /// `notes`: the chunk itself tells `advance` how many rows it changed.
  chunk_trip(const walk_place& at, const work_context& runner, const span_plan& next, std::optional<double> share,
             std::string words, bool notes)
      : at_{at},
        runner_{runner},
        next_{next},
        share_{share},
        words_{std::move(words)},
        notes_{notes || !may_be_unnoted(description)} {}

  /// Sends so many, and waits for the answers. Throws: what the connection throws; those before an error are committed.
  void run(Connection& on, int count) {
    whole_transaction all{on, runner_.speed.bounds()};
    const int first = at_.span.next;
    for (int number = first; number < first + count; ++number) {
      if (number > first) all.then();
      add(all, number, number == first);
    }
    answers_ = all.commit();
  }

  /// The chunks that were committed. Throws: where the cursor of one was moved by somebody else.
  [[nodiscard]] std::vector<piece_of_work> done() const {
    std::vector<piece_of_work> all;
    for (const sent_chunk& each : sent_) all.push_back(read(each));
    return all;
  }

  /// Nothing where the server does not count.
  [[nodiscard]] std::optional<update_counts> updates(std::size_t number) const {
    const answer& before = answers_[sent_[number].fence];
    const answer& after = answers_[sent_[number].advance];
    if (before.is_null(0, 2) || after.is_null(0, 1)) return std::nullopt;
    return update_counts{after.integer(0, 1) - before.integer(0, 2), after.integer(0, 2) - before.integer(0, 3)};
  }

  /// What tells of the next span: the rows up to `next_end()`, or the key that ends it. Null where none was asked for.
  [[nodiscard]] const answer* bound() const {
    const std::optional<std::size_t>& number = sent_.back().bound;
    return number.has_value() ? &answers_[*number] : nullptr;
  }
  [[nodiscard]] std::int64_t next_end() const { return next_end_; }

 private:
  using sql = statements<Migration>;
  static constexpr const migration_description& description = describe_migration<Migration>;
  static constexpr const table_description& table = describe_table<typename Migration::table>;
  static constexpr std::size_t keys = table.key_count();

  /// What one of them sends, and the numbers of the answers.
  struct sent_chunk {
    int number = 0;  ///< in its span
    std::int64_t rows = 0;
    text_parameters held;
    std::string file;
    text_parameters ahead;
    text_parameters range;
    text_parameters moved;
    std::size_t fence = 0;
    std::size_t chunk = 0;
    std::size_t advance = 0;
    std::optional<std::size_t> bound;    ///< of the next span
    std::optional<std::size_t> noted;    ///< keys of rows without a value
    std::optional<std::size_t> waiting;  ///< sessions that wait for its rows, which are locked until COMMIT
  };

  void add(whole_transaction<Connection>& all, int number, bool is_first) {
    const open_span& span = at_.span;
    const bool ends_span = number + 1 == span.chunks();
    const bool finishes = ends_span && at_.last;
    sent_chunk& to = sent_.emplace_back();
    to.number = number;
    to.held = at_.fence_parameters(runner_.held, keys, is_first ? at_.stored_stripe : number);
    to.range = range(number);
    // Deferred constraint triggers would run at COMMIT, after the time-out of the statement that locked the rows.
    all.add(state::constraints_now);
    to.fence = all.add(sql::fence, to.held.all, true);
    to.file = std::to_string(at_.file_node);
    if (at_.blocks) {
      all.add(sql::lock_file);
      all.add(sql::same_file, {text_form_parameter(to.file)}, true);
    }
    // Before the chunk locks any row.
    if (ends_span && !finishes) {
      look_ahead(to);
      to.bound = all.add(at_.blocks ? sql::block_count : sql::backfill_bound, to.ahead.all);
    }
    if (!at_.blocks && span.stripes > 1) all.add(state::by_bitmap, {}, true);
    to.chunk = all.add(chunk(), to.range.all);
    if constexpr (has_total_function(description)) {
      to.noted = all.add(at_.cursor.empty() ? sql::quarantine_range_first : sql::quarantine_range, to.range.all);
    }
    to.rows = rows_counted(span, number + 1) - rows_counted(span, number) - (is_first ? at_.given_up : 0);
    open_span rest = span;
    rest.next = number + 1;
    if (ends_span) rest = {};
    to.moved = advance_parameters<Migration>(runner_, at_.cursor, ends_span ? span.end : at_.cursor, to.rows,
                                             std::nullopt, finishes, rest, share_, words_);
    to.advance = all.add(sql::advance, to.moved.all, true);
    if (runner_.count_blocked) to.waiting = all.add(state::blocked_sessions);
  }

  [[nodiscard]] const statement& chunk() const {
    if (at_.blocks) return notes_ ? sql::block_chunk : sql::unnoted_block_chunk;
    if (at_.cursor.empty()) return notes_ ? sql::backfill_chunk_first : sql::unnoted_chunk_first;
    return notes_ ? sql::backfill_chunk : sql::unnoted_chunk;
  }

  /// The parameters of a chunk: its range, then its stripe.
  [[nodiscard]] text_parameters range(int number) const {
    const open_span& span = at_.span;
    text_parameters given;
    if (at_.blocks) {
      given = at_.turn_range(number);
    } else {
      for (const std::string& part : at_.cursor) given.add(part);
      for (const std::string& part : span.end) given.add(part);
    }
    if (!has_stripes(table)) return given;
    const int stripe = number / span.parts;
    given.add(stripe_buckets(span.stripes));
    given.add(first_bucket(span.stripes, stripe));
    given.add(first_bucket(span.stripes, stripe + 1) - 1);
    if (has_bits(table)) given.add_boolean(span.by_bits);
    return given;
  }

  void look_ahead(sent_chunk& to) {
    if (at_.blocks) {
      const std::int64_t first = block_number(at_.span.end) + 1;
      next_end_ = at_.block_behind(next_.rows, first);
      to.ahead = at_.block_range(first, next_end_);
      return;
    }
    for (const std::string& part : at_.span.end) to.ahead.add(part);
    for (const std::string& part : at_.end) to.ahead.add(part);
    to.ahead.add(next_.rows - 1);
  }

  [[nodiscard]] piece_of_work read(const sent_chunk& chunk) const {
    const answer& before = answers_[chunk.fence];
    const answer& after = answers_[chunk.advance];
    if (after.affected() != 1) refuse_moved_cursor();
    piece_of_work done;
    done.committed = true;
    done.rows = chunk.rows;
    const answer& changed = answers_[chunk.chunk];
    done.changed = notes_ ? changed.integer(0, 0) : changed.affected();
    if (chunk.waiting.has_value()) done.blocked = answers_[*chunk.waiting].integer(0, 0);
    if (at_.last && chunk.number + 1 == at_.span.chunks()) done.how = piece_outcome::finished;
    // A span that is not full says nothing about the time of one.
    done.last = at_.last && at_.span.rows < at_.planned;
    done.stripe_rows = rows_counted(at_.span, chunk.number + 1) - rows_counted(at_.span, chunk.number);
    done.later = chunk.number >= at_.span.parts;
    done.work = std::chrono::microseconds{after.integer(0, 0) - before.integer(0, 1)};
    if (chunk.noted.has_value() && answers_[*chunk.noted].rows() > 0) {
      done.failed.add(answers_[*chunk.noted].rows(), answers_[*chunk.noted].text(0, 0));
    }
    return done;
  }

  const walk_place& at_;
  const work_context& runner_;
  span_plan next_;
  std::int64_t next_end_ = 0;  ///< the last block of the next span
  std::optional<double> share_;
  std::string words_;
  bool notes_;
  std::deque<sent_chunk> sent_;
  std::vector<answer> answers_;
};

}  // namespace online_migration::detail
