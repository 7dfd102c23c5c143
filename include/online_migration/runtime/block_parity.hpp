// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
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
#include <online_migration/runtime/parity_rest.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/parity_blocks.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The table whose blocks a pass goes over, as `catalog::block_facts` asks for it.
class block_question {
 public:
  explicit block_question(const migration_description& migration)
      : migration_{migration}, trigger_{trigger_name(migration.name)} {}

  [[nodiscard]] std::vector<parameter> parameters() const {
    return {text_of(migration_.table.schema), text_of(migration_.table.name), text_of(trigger_)};
  }

  /// Nothing where only keys lead to every row.
  template <result_like Result>
  static std::optional<block_plan> plan_of(const Result& row) {
    if (row.rows() != 1 || row.is_null(0, 1)) return std::nullopt;
    return block_plan{std::string{row.text(0, 1)}, row.integer(0, 0), 0, 0};
  }

 private:
  const migration_description& migration_;
  std::string trigger_;
};

/// The table as a pass by blocks needs it; nothing where only keys lead to every row.
template <transactional Connection>
std::optional<block_plan> find_blocks(Connection& on, const migration_description& migration) {
  return block_question::plan_of(on.execute(catalog::block_facts, block_question{migration}.parameters()));
}

/// How a pass by blocks ended.
enum class block_end : unsigned char {
  finished,
  stopped,
  moved  ///< the table's file, its trigger or its children are not what they were: what it has seen proves nothing
};

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
               teller tell)
      : source_{source},
        options_{options},
        pass_{pass},
        tell_{std::move(tell)},
        mark_{plan.mark},
        share_{plan.first, plan.end, plan.rows} {}

  /// The caller's session is that of the first worker.
  block_end run(session_type& own, const std::stop_token& stop) {
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
    if (moved_) return block_end::moved;
    if (failure_) std::rethrow_exception(failure_);
    if (share_.is_finished()) return block_end::finished;
    note(own);
    own.retrying([&](auto& on) { ask_alone(on, state::leave_parity_blocks, {text_form_parameter(pass_.id())}); });
    return block_end::stopped;
  }

 private:
  using sql = statements<Migration>;
  using clock = std::chrono::steady_clock;
  static constexpr const migration_description& migration = describe_migration<Migration>;

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
    chunk_size size{{options_.range_time, 128, 8, 16'384}};
    parity_rest<session_type, Environment> rest{options_.throttle, migration.table};
    while (!enough_.stop_requested()) {
      std::optional<block_range> range;
      {
        std::scoped_lock alone{one_at_a_time_};
        range = share_.take(size.rows());
      }
      if (!range.has_value()) return;
      while (range->first < range->end && !enough_.stop_requested()) range->first = look_at(on, size, rest, *range);
    }
  }

  /// The first blocks of a range: all of them, or fewer after each failure, which may have been its time-out. Gives the
  /// first one behind them.
  template <class Rest>
  std::int64_t look_at(session_type& on, chunk_size& size, Rest& rest, const block_range& range) {
    block_range part = range;
    bool failed = false;
    auto begin = Environment::now();
    std::optional<parity_counts> found = on.retrying(
        [&](auto& here) {
          if (std::exchange(failed, true)) size.failed();
          part.end = std::min(range.end, range.first + size.rows());
          begin = Environment::now();
          return count(here, part);
        },
        enough_.get_token());
    if (!found.has_value()) return give_up();
    auto time = std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
    if (part.end - part.first == size.rows()) size.took(time);
    if (found->mismatches > 0) record(on, part, found->mismatches);
    bool is_time = false;
    {
      std::scoped_lock alone{one_at_a_time_};
      share_.done(part, found->rows);
      tell_(*found);
      is_time = Environment::now() - noted_ >= between_notes;
      if (is_time) noted_ = Environment::now();
    }
    if (is_time) note(on);
    rest.after(on, time, enough_.get_token());
    return part.end;
  }

  /// What the pass stands on has changed. Gives a block behind all.
  std::int64_t give_up() {
    std::scoped_lock alone{one_at_a_time_};
    moved_ = true;
    enough_.request_stop();
    return std::numeric_limits<std::int64_t>::max();
  }

  static std::vector<std::string> pointers(const block_range& range) {
    return {"(" + std::to_string(range.first) + ",0)", "(" + std::to_string(range.end) + ",0)"};
  }

  /// Nothing where the pass does not stand on the same any more. That is asked behind the rows, which hold the table's
  /// file in its place, and in the same round trip.
  template <connection_like Connection>
  std::optional<parity_counts> count(Connection& on, const block_range& range) const {
    std::vector<std::string> ends = pointers(range);
    whole_transaction all{on, parity_bounds()};
    auto number = all.add(sql::parity_blocks, {text_form_parameter(ends[0]), text_form_parameter(ends[1])}, true);
    auto ground = all.add(catalog::block_facts, question_.parameters(), true);
    auto answers = all.commit();
    std::optional<block_plan> now = block_question::plan_of(answers[ground]);
    if (!now.has_value() || now->mark != mark_) return std::nullopt;
    return parity_counts{answers[number].integer(0, 0), answers[number].integer(0, 1), 0};
  }

  /// Witnesses of a range that is not clean. Others go on meanwhile: each has room of its own.
  void record(session_type& on, const block_range& range, std::int64_t mismatches) {
    std::int64_t before = 0;
    {
      std::scoped_lock alone{one_at_a_time_};
      before = std::exchange(mismatches_, mismatches_ + mismatches);
    }
    std::vector<std::string> ends = pointers(range);
    std::string room = std::to_string(std::min(pass_.room(before), mismatches));
    on.retrying(
        [&](auto& here) {
          transaction scope{here, parity_bounds()};
          ask(here, sql::parity_blocks_witness,
              {text_form_parameter(ends[0]), text_form_parameter(ends[1]), text_form_parameter(pass_.run()),
               text_form_parameter(pass_.id()), text_form_parameter(room)});
          pass_.note_mismatches(here, before + mismatches);
          scope.commit();
        },
        enough_.get_token());
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
  teller tell_;
  std::string mark_;
  block_question question_{migration};
  std::int64_t mismatches_ = 0;  ///< seen so far, those at work included: for them room is kept
  std::mutex one_at_a_time_;
  block_share share_;
  std::exception_ptr failure_;
  bool moved_ = false;
  std::stop_source enough_;
  clock::time_point noted_ = Environment::now();
};

}  // namespace online_migration::detail
