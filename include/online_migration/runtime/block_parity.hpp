// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/block_share.hpp>
#include <online_migration/runtime/chunk_size.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/parity_blocks.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The table as a pass by blocks needs it; nothing where only keys lead to every row.
template <transactional Connection>
std::optional<block_plan> find_blocks(Connection& on, const migration_description& migration) {
  std::string trigger = trigger_name(migration.name);
  auto row =
      ask(on, catalog::block_facts, {text_of(migration.table.schema), text_of(migration.table.name), text_of(trigger)});
  if (row.rows() != 1 || row.is_null(0, 1)) return std::nullopt;
  return block_plan{std::string{row.text(0, 1)}, row.integer(0, 0), 0, 0};
}

/// A full pass by blocks: every row that is wrong now lies in a block that there is now, and the sync trigger, which is
/// in force from before the pass to its end, makes every row right that is written meanwhile, wherever it comes to lie.
///
/// Thread safety: `run` may be called once; it makes threads of its own, and calls `tell` from one of them at a time.
template <migration_like Migration, database_like Database, environment_like Environment>
class block_parity {
 public:
  using session_type = session<Database, Environment>;
  using teller = std::function<void(const parity_counts&)>;

  block_parity(const Database& source, const parity_options& options, const parity_pass& pass, const block_plan& plan,
               parity_report& report, teller tell)
      : source_{source},
        options_{options},
        pass_{pass},
        report_{report},
        tell_{std::move(tell)},
        share_{plan.first, plan.end, plan.rows} {}

  /// Whether it came to the end. The caller's session is that of the first worker.
  bool run(session_type& own, const std::stop_token& stop) {
    std::stop_callback forward{stop, [this] { enough_.request_stop(); }};
    {
      std::vector<std::jthread> others;
      for (int number = 1; number < options_.workers; ++number) {
        others.emplace_back([this] {
          session_type mine{source_, options_.retry};
          work_to_the_end(mine);
        });
      }
      work_to_the_end(own);
    }
    if (failure_) std::rethrow_exception(failure_);
    if (share_.is_finished()) return true;
    note(own);
    own.retrying([&](auto& on) { ask_alone(on, state::leave_parity_blocks, {text_form_parameter(pass_.id())}); });
    return false;
  }

 private:
  using sql = statements<Migration>;
  using clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds between_notes{1};

  void work_to_the_end(session_type& on) noexcept {
    try {
      work(on);
    } catch (...) {
      std::scoped_lock alone{one_at_a_time_};
      // That a worker was stopped because of another one's failure is no news.
      if (!failure_) failure_ = std::current_exception();
      enough_.request_stop();
    }
  }

  void work(session_type& on) {
    chunk_size size{{options_.range_time, 64, 8, 16'384}};
    while (!enough_.stop_requested()) {
      std::optional<block_range> range;
      {
        std::scoped_lock alone{one_at_a_time_};
        range = share_.take(size.rows());
      }
      if (!range.has_value()) return;
      while (range->first < range->end && !enough_.stop_requested()) range->first = look_at(on, size, *range);
    }
  }

  /// The first blocks of a range: all of them, or fewer after each failure, which may have been its time-out. Gives the
  /// first one behind them.
  std::int64_t look_at(session_type& on, chunk_size& size, const block_range& range) {
    block_range part = range;
    bool failed = false;
    auto begin = Environment::now();
    parity_counts found = on.retrying(
        [&](auto& here) {
          if (std::exchange(failed, true)) size.failed();
          part.end = std::min(range.end, range.first + size.rows());
          begin = Environment::now();
          return count(here, part);
        },
        enough_.get_token());
    auto time = std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
    if (part.end - part.first == size.rows()) size.took(time);
    bool is_time = false;
    {
      std::scoped_lock alone{one_at_a_time_};
      if (found.mismatches > 0) on.retrying([&](auto& here) { record(here, part, found.mismatches); });
      share_.done(part, found.rows);
      tell_(found);
      is_time = Environment::now() - noted_ >= between_notes;
      if (is_time) noted_ = Environment::now();
    }
    if (is_time) note(on);
    auto pause = options_.throttle.after(time);
    if (pause > pause.zero()) Environment::sleep(pause, enough_.get_token());
    return part.end;
  }

  static std::vector<std::string> pointers(const block_range& range) {
    return {"(" + std::to_string(range.first) + ",0)", "(" + std::to_string(range.end) + ",0)"};
  }

  template <connection_like Connection>
  static parity_counts count(Connection& on, const block_range& range) {
    std::vector<std::string> ends = pointers(range);
    whole_transaction all{on, parity_bounds()};
    auto number = all.add(sql::parity_blocks, {text_form_parameter(ends[0]), text_form_parameter(ends[1])});
    auto answers = all.commit();
    return {answers[number].integer(0, 0), answers[number].integer(0, 1), 0};
  }

  /// Witnesses of a range that is not clean.
  template <connection_like Connection>
  void record(Connection& on, const block_range& range, std::int64_t mismatches) {
    std::vector<std::string> ends = pointers(range);
    std::string room = std::to_string(pass_.room(report_.mismatches));
    transaction scope{on, parity_bounds()};
    ask(on, sql::parity_blocks_witness,
        {text_form_parameter(ends[0]), text_form_parameter(ends[1]), text_form_parameter(pass_.run()),
         text_form_parameter(pass_.id()), text_form_parameter(room)});
    pass_.note_mismatches(on, report_.mismatches + mismatches);
    scope.commit();
  }

  /// Notes how far the pass is.
  void note(session_type& on) {
    std::string blocks;
    std::string rows;
    {
      std::scoped_lock alone{one_at_a_time_};
      blocks = std::to_string(share_.blocks_done());
      rows = std::to_string(share_.rows_done());
    }
    on.retrying([&](auto& here) {
      ask_alone(here, state::note_parity_blocks,
                {text_form_parameter(pass_.id()), text_form_parameter(blocks), text_form_parameter(rows)});
    });
  }

  const Database& source_;
  const parity_options& options_;
  const parity_pass& pass_;
  parity_report& report_;
  teller tell_;
  std::mutex one_at_a_time_;
  block_share share_;
  std::exception_ptr failure_;
  std::stop_source enough_;
  clock::time_point noted_ = Environment::now();
};

}  // namespace online_migration::detail
