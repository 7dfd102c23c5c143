// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/chunk_size.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/moved_on.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/runtime/trigger_path.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The way back of a run from one contract. A process that slept through the next one must not go on with it.
struct way_back_of_run {
  std::string run;
  std::int64_t walk = 0;

  /// Until the end of the transaction nobody moves the run on. Throws: `moved_on` where somebody has. `begun` where the
  /// sync trigger has to be back already.
  template <transactional Connection>
  void hold(Connection& on, std::string_view migration, bool begun = true) const {
    auto now = ask(on, state::hold_run, {text_form_parameter(run)});
    bool contracted = now.rows() == 1 && now.text(0, 0) == to_string(phase::contracted);
    if (contracted && now.integer(0, 2) == walk && (!begun || now.boolean(0, 1))) return;
    throw moved_on{fmt::format("The run of \"{}\" was moved on by another process: look at its phase.", migration)};
  }

  /// Whether another process has come to the end of the same way.
  template <transactional Connection>
  [[nodiscard]] bool is_done(Connection& on) const {
    auto now = ask_alone(on, state::hold_run, {text_form_parameter(run)});
    return now.rows() == 1 && now.text(0, 0) == to_string(phase::validate) && now.integer(0, 2) == walk + 1;
  }
};

/// Walks over a table on the way back from contract: once to see whether every new value can be kept in the old column,
/// and once to put it there. A range is a short transaction; a second walk changes nothing, so a killed one begins
/// anew.
template <migration_like Migration, class Session, class Environment>
class refill_walk {
 public:
  explicit refill_walk(Session& session) : session_{session} {}

  /// Throws: `refused` where a value has no way back.
  void check(const std::stop_token& stop) {
    walk(stop, [](auto& on, const key_range& range) {
      auto left = ask(on, range.choose(sql::refill_check_first, sql::refill_check), range.parameters());
      if (left.integer(0, 0) > 0) refuse_values();
    });
  }

  /// Puts the values there, while `way` says that the run is on its way back.
  void fill(const way_back_of_run& way, const std::stop_token& stop) {
    std::string path =
        session_.retrying([](auto& on) { return trigger_path(on, describe_table<typename Migration::table>); }, stop);
    pace_.look_in(path);
    walk(
        stop,
        [](auto& on, const key_range& range) {
          ask(on, range.choose(sql::refill_chunk_first, sql::refill_chunk), range.parameters());
        },
        &way);
  }

 private:
  using sql = statements<Migration>;
  static constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();

  [[noreturn]] static void refuse_values() {
    throw refused{
        fmt::format("Some values of the new column of \"{}\" cannot be kept in the old one, so there is no way "
                    "back for them: change those rows first, and call om::revive again. The run stays contracted.",
                    describe_migration<Migration>.name)};
  }

  template <class Work>
  void walk(const std::stop_token& stop, Work work, const way_back_of_run* way = nullptr) {
    key_text end = session_.retrying(
        [](auto& on) {
          transaction scope{on};
          auto greatest = ask(on, sql::greatest_key);
          return greatest.rows() == 0 ? key_text{} : read_key(greatest, 0, 0, keys);
        },
        stop);
    key_text cursor;
    for (bool more = !end.empty(); more;) {
      if (stop.stop_requested()) throw cancelled{"revive"};
      walk_step step = session_.retrying([&](auto& on) { return one(on, cursor, end, work, way); }, stop);
      cursor = step.range.upper;
      more = !step.last;
    }
  }

  template <class Connection, class Work>
  walk_step one(Connection& on, const key_text& cursor, const key_text& end, Work work, const way_back_of_run* way) {
    auto begin = Environment::now();
    pace_.learn(on.facts().deadlock_timeout);
    try {
      transaction scope{on, pace_.bounds()};
      ask(on, state::constraints_now);
      if (way != nullptr) way->hold(on, describe_migration<Migration>.name);
      auto begin_work = Environment::now();
      walk_step step = next_step<sql>(on, cursor, end, pace_.rows());
      work(on, step.range);
      auto end_work = Environment::now();
      scope.commit();
      using std::chrono::duration_cast, std::chrono::microseconds;
      pace_.took(duration_cast<microseconds>(Environment::now() - begin),
                 duration_cast<microseconds>(end_work - begin_work), step.rows, step.last);
      return step;
    } catch (const statement_error& problem) {
      if (problem.retry() == retry_class::retry) pace_.failed();
      // The last one is the sync trigger's: what the inverse gives does not lead to the new value again.
      std::string_view state = problem.sqlstate();
      if (state.starts_with("22") || state == "23514" || state == "55000") refuse_values();
      throw;
    }
  }

  Session& session_;
  pace pace_{chunk_settings{}};
};

}  // namespace online_migration::detail
