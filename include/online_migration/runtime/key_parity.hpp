// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/chunk_size.hpp>
#include <online_migration/runtime/crew.hpp>
#include <online_migration/runtime/key_share.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/runtime/parity_rest.hpp>
#include <online_migration/runtime/server_parity.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// A pass by keys where the server computes. A sample of the keys cuts them into parts, and each worker counts some of
/// these at once: a range whose end is known costs less than one whose end is looked for. The ranges leave no key out,
/// whatever becomes of the rows whose keys were in the sample. A range that takes too long, or may have too many rows,
/// is walked row by row along the index instead, some rows at a time; so is all of the table where it gives no sample.
///
/// Thread safety: `run` may be called once; it makes threads of its own, and calls `tell` from one of them at a time.
template <migration_like Migration, database_like Database, environment_like Environment>
class key_parity {
 public:
  using session_type = session<Database, Environment>;
  using teller = std::function<void(const parity_counts&)>;

  key_parity(const Database& source, const parity_options& options, const parity_pass& pass, const key_text& end,
             teller tell)
      : source_{source}, options_{options}, pass_{pass}, end_{end}, tell_{std::move(tell)} {}

  /// Whether it came to the end. The caller's session is that of the first worker.
  bool run(session_type& own, const std::stop_token& stop) {
    if (end_.empty()) return true;
    if (stop.stop_requested()) return false;
    share_.emplace(own.retrying([this](auto& on) { return this->sample(on); }, stop), end_);
    crew all{0, stop};
    {
      std::vector<std::jthread> others;
      for (int number = 1; number < options_.workers; ++number) {
        others.emplace_back([&] {
          all.guard([&] {
            session_type mine{source_, options_.retry};
            worker{*this, mine, all.token()}.work();
          });
        });
      }
      all.guard([&] { worker{*this, own, all.token()}.work(); });
    }
    all.rethrow();
    return share_->is_finished();
  }

 private:
  using sql = statements<Migration>;
  using rows = server_parity<Migration>;
  static constexpr const migration_description& migration = describe_migration<Migration>;

  /// Nothing where the server has no way to draw from this table, or needs too long for it: it is a help only.
  template <connection_like Connection>
  std::vector<key_text> sample(Connection& on) const {
    transaction_settings bounds = parity_bounds();
    bounds.statement_timeout = std::chrono::milliseconds{1'000};
    std::vector<key_text> found;
    try {
      key_range all{{}, end_};
      whole_transaction together{on, bounds};
      auto number = together.add(sql::parity_key_sample, all.parameters());
      auto answers = together.commit();
      for (int row = 0; row < answers[number].rows(); ++row) {
        found.push_back(read_key(answers[number], row, 0, end_.size()));
      }
    } catch (const statement_error&) {
      found.clear();
    }
    return found;
  }

  class worker {
   public:
    worker(key_parity& all, session_type& on, std::stop_token stop)
        : all_{all}, on_{on}, stop_{std::move(stop)}, size_{first_size(all.options_)} {}

    void work() {
      while (!stop_.stop_requested()) {
        std::optional<key_share::piece> piece;
        {
          std::scoped_lock alone{all_.one_at_a_time_};
          piece = all_.share_->take(size_.rows(), all_.options_.range_rows);
        }
        if (!piece.has_value()) return;
        auto counted = piece->is_known ? count(piece->range) : std::nullopt;
        if (!counted.has_value()) counted = walk(piece->range);
        if (!counted.has_value()) return;
        std::scoped_lock alone{all_.one_at_a_time_};
        all_.share_->done(*piece, *counted);
      }
    }

   private:
    static chunk_settings first_size(const parity_options& options) {
      const int most = options.range_rows;
      return {options.range_time, std::min(most, 4'000), std::min(most, 100), most};
    }

    /// All rows of a range at once; nothing where that takes more than twice its time.
    std::optional<std::int64_t> count(const key_range& range) {
      std::chrono::milliseconds limit = parity_bounds().statement_timeout;
      if (all_.options_.range_time > limit.zero()) limit = std::min(limit, 2 * all_.options_.range_time);
      auto begin = Environment::now();
      auto found = on_.retrying(
          [&](auto& on) -> std::optional<parity_counts> {
            begin = Environment::now();
            try {
              return rows::count_range(on, range, limit);
            } catch (const statement_error& problem) {
              if (problem.sqlstate() != "57014") throw;
              return std::nullopt;
            }
          },
          stop_);
      if (!found.has_value()) {
        size_.failed();
        return std::nullopt;
      }
      auto time = since(begin);
      // Few rows say little about the time of many.
      if (found->mismatches == 0 && (2 * found->rows >= size_.rows() || time > all_.options_.range_time)) {
        size_.took(time, found->rows);
      }
      saw(range, *found, time);
      return found->rows;
    }

    /// Some rows of a range after the other; nothing where a stop was requested.
    std::optional<std::int64_t> walk(const key_range& range) {
      std::int64_t rows_seen = 0;
      key_text cursor = range.lower;
      for (bool more = true; more;) {
        if (stop_.stop_requested()) return std::nullopt;
        parity_counts found;
        bool failed = false;
        auto begin = Environment::now();
        walk_step step = on_.retrying(
            [&](auto& on) {
              // It may have been its time-out.
              if (std::exchange(failed, true)) size_.failed();
              begin = Environment::now();
              return rows::count_next(on, walk_request{cursor, range.upper, size_.rows()}, found);
            },
            stop_);
        auto time = since(begin);
        if (!step.last && found.mismatches == 0) size_.took(time);
        saw(step.range, found, time);
        rows_seen += found.rows;
        cursor = std::move(step.range.upper);
        more = !step.last;
      }
      return rows_seen;
    }

    /// What follows from rows that were counted.
    void saw(const key_range& range, const parity_counts& found, std::chrono::microseconds time) {
      if (found.mismatches > 0) {
        std::int64_t before = 0;
        {
          std::scoped_lock alone{all_.one_at_a_time_};
          before = std::exchange(all_.mismatches_, all_.mismatches_ + found.mismatches);
        }
        on_.retrying([&](auto& on) { rows::record(on, range, all_.pass_, before, found.mismatches); }, stop_);
      }
      if (found.failed > 0 && all_.pass_.is_full()) {
        rows some{all_.options_};
        some.quarantine([&](auto work) { return at_own_pace(work); }, pace_, range, all_.pass_);
      }
      bool is_last = false;
      {
        std::scoped_lock alone{all_.one_at_a_time_};
        all_.tell_(found);
        is_last = range.upper == all_.end_;
      }
      if (!is_last) rest_.after(on_, time, stop_);
    }

    /// Work that locks what writers may want, under short time-outs: smaller and again where it runs into their locks.
    template <class Work>
    auto at_own_pace(Work work) {
      return on_.retrying(
          [&](auto& on) {
            pace_.learn(on.facts().deadlock_timeout);
            try {
              return work(on);
            } catch (const statement_error&) {
              pace_.failed();
              throw;
            }
          },
          stop_);
    }

    static std::chrono::microseconds since(pace::time_point begin) {
      return std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
    }

    key_parity& all_;
    session_type& on_;
    std::stop_token stop_;
    chunk_size size_;
    pace pace_{all_.options_.chunk, false};
    parity_rest<session_type, Environment> rest_{all_.options_.throttle, migration.table};
  };

  const Database& source_;
  const parity_options& options_;
  const parity_pass& pass_;
  const key_text& end_;
  teller tell_;
  std::mutex one_at_a_time_;
  std::optional<key_share> share_;
  std::int64_t mismatches_ = 0;  ///< seen so far, those at work included: for them room is kept
};

}  // namespace online_migration::detail
