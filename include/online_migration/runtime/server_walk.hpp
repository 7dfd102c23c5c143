// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/backfill_options.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/chunk_trip.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/strategy.hpp>
#include <online_migration/runtime/walk_place.hpp>
#include <online_migration/sql/blocks.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The walk of one runner over slices that the server computes. Each chunk is one round trip: fence, chunk, counters
/// and cursor, and for the last stripe of a span the bound of the next one. What it believes of its slice it learned
/// with the trip before; the fence raises an error where that is not so any more, and then it looks. After any error it
/// looks as well, so an answer to COMMIT that was lost needs no guess.
template <migration_like Migration, class Environment>
class server_walk {
 public:
  explicit server_walk(const backfill_options& options)
      : asked_stripes_{options.stripes}, wanted_{options.walk}, plans_{options.stripes, has_stripes(table)} {}

  /// Learns what the table allows. It is asked at the beginning of each session.
  template <connection_like Connection>
  void begin(Connection& on, const run_record& run) {
    std::string trigger = trigger_name(Migration::name.view());
    auto facts = ask_alone(on, catalog::walk_facts, {text_of(table.schema), text_of(table.name), text_of(trigger)});
    if (facts.rows() != 1) return;
    std::int64_t blocks = facts.integer(0, 0);
    if (!facts.boolean(0, 1)) server_counts_right_ = false;  // tables that inherit are counted by themselves
    bool is_large = blocks >= smallest_table;
    // Rows that a server keeps elsewhere are in no block of this table.
    may_use_blocks_ = may_walk_blocks(description) && wanted_ != walk_by::keys && blocks > 0 &&
                      (is_large || wanted_ == walk_by::blocks) && run.net == safety_net::sync_trigger &&
                      facts.boolean(0, 1) && on.facts().version >= 140'000;
    // Rows of another table are not updated where they lie: stripes of the first one gain nothing.
    plans_ =
        strategy{asked_stripes_, !description.elsewhere && has_stripes(table) && (is_large || asked_stripes_ != 0)};
    by_bits_ = has_bits(table) && !description.elsewhere && (!is_large || is_even(on, blocks));
    forget();
  }

  /// What it believes may be wrong.
  void forget() { at_.reset(); }

  /// A chunk ran into a lock: the span that it was of is given up for a smaller one.
  void failed() { gives_up_span_ = true; }

  [[nodiscard]] const strategy& plans() const { return plans_; }

  /// Whether the lease was lost because this walk itself was begun anew, which is told once.
  [[nodiscard]] bool was_begun_anew() { return std::exchange(begun_anew_, false); }

  /// One chunk, or several behind each other where the way to the server takes long. Throws: `lost_lease` where the slice
  /// is not its own any more.
  template <connection_like Connection>
  std::vector<piece_of_work> chunks(Connection& on, const work_context& runner) {
    constexpr int most_looks = 5;
    for (int looks = 0; looks < most_looks; ++looks) {
      piece_of_work nothing;
      if (!at_.has_value()) nothing.how = look(on, runner);
      if (nothing.how != piece_outcome::done) return {nothing};
      if (is_too_large(runner)) at_->give_up_span();
      if (at_->span.end.empty()) choose_span(on, runner);
      try {
        return work(on, runner);
      } catch (const statement_error& problem) {
        // Only the two that we raise ourselves: a fence can also run into a lock.
        if (problem.sqlstate() != "22P02") throw;
        bool moved = problem.statement_name() == sql::same_file.name;
        if (!moved && problem.statement_name() != sql::fence.name) throw;
        forget();
        if (moved && !begin_blocks(on, runner, true)) begin_keys(on, runner);
      }
    }
    throw statement_error{sql::fence.name, "40001"};
  }

 private:
  using sql = statements<Migration>;
  static constexpr const migration_description& description = describe_migration<Migration>;
  static constexpr const table_description& table = describe_table<typename Migration::table>;
  static constexpr std::size_t keys = table.key_count();

  /// In blocks. Below that a walk takes less time than measuring would gain.
  static constexpr std::int64_t smallest_table = 512;

  /// Whether the lowest bits of the key spread the rows of a page at least as well as its hash.
  template <connection_like Connection>
  static bool is_even(Connection& on, std::int64_t blocks) {
    if constexpr (has_bits(table)) {
      constexpr double pages = 64;
      std::string percent = fmt::format("{:.4f}", std::min(100.0, 100.0 * pages / static_cast<double>(blocks)));
      auto shares = ask_alone(on, sql::probe_stripes, {text_form_parameter(percent)});
      auto number = [&](int column) { return std::strtod(std::string{shares.text(0, column)}.c_str(), nullptr); };
      return number(0) <= number(1);
    }
    return false;
  }

  /// Reads where the slice stands.
  template <connection_like Connection>
  piece_outcome look(Connection& on, const work_context& runner) {
    for (;;) {
      whole_transaction all{on, reading_bounds()};
      auto number = all.add(sql::backfill_position,
                            {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice)});
      auto answers = all.commit();
      const auto& row = answers[number];
      position found = read_position(row, runner.held, keys);
      piece_outcome how = find_outcome(found);
      if (how != piece_outcome::done) return how;
      walk_place place = read_place(row, std::move(found), keys);
      if (place.is_fresh && !place.blocks && may_use_blocks_) {
        may_use_blocks_ = false;
        if (begin_blocks(on, runner, false)) continue;
      }
      if (place.stored_stripe > 0 && gives_up_span_) place.give_up_span();
      // What a part of a span tells is not enough.
      if (place.stored_stripe > 0 && !place.span.end.empty()) {
        seen_ = {};
        behind_first_ = {};
      }
      at_ = std::move(place);
      return how;
    }
  }

  /// Whether the walk is one by blocks now, or has begun anew. It is under the lock that keeps the file.
  template <connection_like Connection>
  bool begin_blocks(Connection& on, const work_context& runner, bool again) {
    std::string restart = again ? "true" : "false";
    whole_transaction all{on, runner.speed.bounds()};
    all.add(state::lock_slice, {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice)});
    all.add(sql::lock_file);
    auto number =
        all.add(sql::begin_blocks, {text_form_parameter(runner.held.run), text_form_parameter(runner.held.slice),
                                    text_form_parameter(runner.held.epoch), text_form_parameter(restart)});
    return all.commit()[number].affected() > 0;
  }

  /// The walk by blocks may not go on, so all of it begins anew by keys, with one slice that anybody may take. Throws:
  /// `lost_lease` where it was still this runner's.
  template <connection_like Connection>
  void begin_keys(Connection& on, const work_context& runner) {
    may_use_blocks_ = false;
    transaction scope{on, runner.speed.bounds()};
    text_parameters slice;
    slice.add(runner.held.run);
    slice.add(runner.held.slice);
    ask(on, state::lock_slice, slice.all);
    position at = read_position(ask(on, sql::backfill_position, slice.all), runner.held, keys);
    if (find_outcome(at) != piece_outcome::done) return;
    ask(on, sql::begin_backfill, {text_form_parameter(runner.held.run)});
    scope.commit();
    begun_anew_ = true;
    throw lost_lease{"The walk by blocks could not go on, and was begun anew by keys."};
  }

  [[nodiscard]] span_plan next_plan(const work_context& runner) const {
    int stripes = gives_up_span_ ? 1 : plans_.stripes();
    return {stripes, std::int64_t{runner.speed.rows(stripes)} * stripes * at_->most_parts(stripes)};
  }

  /// The span was planned for chunks that may not be as large any more: sessions have begun to wait for their rows.
  [[nodiscard]] bool is_too_large(const work_context& runner) const {
    const open_span& span = at_->span;
    return !span.end.empty() && at_->chunk_rows > 2 * std::int64_t{runner.speed.rows(span.stripes)};
  }

  void open(walk_place& place, const span_plan& how, key_text end, std::int64_t rows, bool last) {
    // A few rows are not worth several transactions.
    int stripes = rows < 2 * how.stripes ? 1 : how.stripes;
    place.span = {std::move(end), 0, stripes, by_bits_, rows};
    place.span.parts = place.parts_of(place.span);
    place.moved = 0;
    place.last = last;
    place.planned = how.rows;
    place.chunk_rows = how.rows / how.stripes / place.most_parts(how.stripes);
    seen_ = {};
    behind_first_ = {};
  }

  template <connection_like Connection>
  void choose_span(Connection& on, const work_context& runner) {
    span_plan how = next_plan(runner);
    if (at_->blocks) {
      constexpr int most_tries = 4;
      for (int tries = 1; at_->span.end.empty(); ++tries) {
        std::int64_t end = at_->block_behind(how.rows);
        text_parameters range = at_->block_range(at_->first_block(), end);
        whole_transaction all{on, reading_bounds()};
        auto number = all.add(sql::block_count, range.all);
        open_blocks(how, end, all.commit()[number].integer(0, 0), tries == most_tries);
      }
      return;
    }
    walk_step step;
    {
      transaction scope{on, reading_bounds()};
      step = next_step<sql>(on, at_->cursor, at_->end, static_cast<int>(how.rows));
      scope.commit();
    }
    open(*at_, how, std::move(step.range.upper), step.rows, step.last);
  }

  /// Leaves it unless so many rows may be in a span.
  void open_blocks(const span_plan& how, std::int64_t end, std::int64_t rows, bool anyway = false) {
    std::int64_t blocks = end - at_->first_block() + 1;
    at_->learn(rows, blocks);
    if (rows > 2 * how.rows && blocks > 1 && !anyway) return;
    open(*at_, how, {std::to_string(end)}, rows, end >= at_->last_block());
  }

  /// How many chunks are sent together, each a transaction: behind a long way so many that it takes a small part of the
  /// time. The first stripe of a span goes alone, for its time decides on the size of all; so does a chunk that is to
  /// be followed by a pause.
  template <class Connection>
  [[nodiscard]] int chunks_together(const work_context& runner) const {
    constexpr int most = 4;
    constexpr int worth = 6;  // times the way
    const open_span& span = at_->span;
    if (!sends_together<Connection> || span.next < span.parts || runner.rests || later_work_.count() <= 0) return 1;
    const std::int64_t wanted = worth * way_.count() / later_work_.count();
    return static_cast<int>(std::clamp<std::int64_t>(wanted, 1, std::min(most, span.chunks() - span.next)));
  }

  template <connection_like Connection>
  std::vector<piece_of_work> work(Connection& on, const work_context& runner) {
    const auto begin = Environment::now();
    const span_plan next = next_plan(runner);
    chunk_trip<Migration, Connection> trip{*at_,           runner,           next,
                                           plans_.share(), strategy_words(), !server_counts_right_.value_or(false)};
    trip.run(on, chunks_together<Connection>(runner));
    gives_up_span_ = false;
    at_->given_up = 0;
    std::vector<piece_of_work> done = trip.done();
    for (std::size_t i = 0; i < done.size(); ++i) note(done[i], trip.updates(i));
    const auto time = Environment::now() - begin;
    learn_way(time, done);
    seen_.time += std::chrono::duration_cast<std::chrono::microseconds>(time);
    walk_place& at = *at_;
    if (at.span.next < at.span.chunks()) {
      behind_first_.rows = rows_counted(at.span, at.span.next);
      if (plans_.gives_up(behind_first_)) at.give_up_span();
      return done;
    }
    seen_.stripes = at.span.stripes;
    seen_.rows = at.span.rows;
    plans_.saw(seen_);
    at.cursor = std::exchange(at.span.end, {});
    at.span = {};
    if (const auto* bound = trip.bound()) {
      if (at.blocks) {
        open_blocks(next, trip.next_end(), bound->integer(0, 0));
      } else if (bound->rows() > 0) {
        key_text end = read_key(*bound, 0, 0, keys);
        bool last = end == at.end;
        open(at, next, std::move(end), next.rows, last);
      }
    }
    return done;
  }

  /// A chunk was committed.
  void note(piece_of_work& done, const std::optional<update_counts>& counted) {
    open_span& span = at_->span;
    done.rows = news(done.rows);
    seen_.changed += done.changed;
    if (counted.has_value()) {
      if (counted->updated != done.changed) {
        server_counts_right_ = false;
      } else if (done.changed > 0 && !server_counts_right_.has_value()) {
        server_counts_right_ = true;
      }
      at_->moved += counted->updated - counted->stayed;
      seen_.updated += counted->updated;
      seen_.stayed += counted->stayed;
      if (span.next >= span.parts) {
        ++behind_first_.count;
        behind_first_.updated += counted->updated;
        behind_first_.stayed += counted->stayed;
      }
    }
    ++span.next;
    at_->stored_stripe = span.next == span.chunks() ? 0 : span.next;
  }

  /// What of the time of some chunks was the way there and back.
  void learn_way(std::chrono::steady_clock::duration time, const std::vector<piece_of_work>& done) {
    using std::chrono::duration_cast, std::chrono::microseconds;
    microseconds work{0};
    for (const piece_of_work& each : done) work += duration_cast<microseconds>(each.work);
    // The shortest of the last ones: what else a machine does makes it longer now and then.
    const microseconds way = duration_cast<microseconds>(time) - work;
    way_ = way_.count() == 0 ? way : std::min(way, way_ + way_ / 8);
    if (done.back().later) later_work_ = work / static_cast<std::int64_t>(done.size());
  }

  /// Of the rows that a chunk counts those that nobody was told of: of a span that was given up some were.
  std::int64_t news(std::int64_t rows) {
    told_ -= std::min<std::int64_t>(rows, 0);
    std::int64_t known = std::clamp<std::int64_t>(rows, 0, told_);
    told_ -= known;
    return std::max<std::int64_t>(rows, 0) - known;
  }

  [[nodiscard]] std::string strategy_words() const {
    const open_span& span = at_->span;
    return fmt::format(
        "{} {}{}: {}", span.stripes > 1 ? "striped" : "plain", at_->blocks ? "blocks" : "keys",
        span.stripes > 1 ? fmt::format(", {} stripes by {}", span.stripes, span.by_bits ? "bits" : "hash") : "",
        to_string(plans_.why()));
  }

  int asked_stripes_;
  walk_by wanted_;
  strategy plans_;
  bool may_use_blocks_ = false;
  bool by_bits_ = false;
  bool gives_up_span_ = false;
  bool begun_anew_ = false;
  std::optional<bool> server_counts_right_;  ///< its updates were always as many as the chunk's, and once above none
  std::optional<walk_place> at_;
  span_seen seen_;
  stripes_seen behind_first_;
  std::chrono::microseconds way_{0};         ///< to the server and back
  std::chrono::microseconds later_work_{0};  ///< of a stripe behind the first
  std::int64_t told_ = 0;                    ///< rows that were reported, and that the slice's row has taken back since
};

}  // namespace online_migration::detail
