// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/runtime/block_parity.hpp>
#include <online_migration/runtime/client_parity.hpp>
#include <online_migration/runtime/client_reader.hpp>
#include <online_migration/runtime/key_parity.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/runtime/parity_rest.hpp>
#include <online_migration/runtime/parity_watch.hpp>
#include <online_migration/runtime/repair_fence.hpp>
#include <online_migration/runtime/sample_size.hpp>
#include <online_migration/runtime/server_parity.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/runtime/trigger_path.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration {

/// Compares every row's new column with what follows from its old ones. Only a full pass that began in the phase
/// `validate` or later and found nothing opens a gate. Mismatching rows are recorded with key, expected and actual value
/// in `online_migration_parity_samples`, without the values where a column is `om::sensitive`.
///
/// Throws: `refused` where there is no run; `statement_error`, `connection_error` when retries did not help; what a
/// function of a client-only transform throws, unless `on_data_error` says to go on. The pass then has no end.
/// Thread safety: one thread at a time; it makes threads of its own for `workers`, and for one to read ahead where the
/// client computes. The database has to outlive it.
/// Round trips: one for the sample of the keys; one for each range, and four more for one with mismatches, or seven and
/// one for each witness where the client computes; six for one of a repair, and two more where it changes rows; three
/// for each round of draws.
template <migration_like Migration, database_like Database = database,
          environment_like Environment = system_environment>
class parity_checker {
 public:
  explicit parity_checker(const Database& source, parity_options options = {})
      : source_{source},
        options_{std::move(options)},
        session_{source, options_.retry},
        pace_{options_.chunk, is_client_only<Migration>},
        rows_{options_} {
    if (options_.range_rows < 1) throw refused{"parity_options.range_rows must be at least 1."};
    if (options_.workers < 1) throw refused{"parity_options.workers must be at least 1."};
    if (options_.most_witnesses < 0 || options_.most_kept_witnesses < 0) {
      throw refused{"parity_options: a number of witnesses must not be negative."};
    }
  }
  explicit parity_checker(const Database&&, parity_options = {}) = delete;

  /// One pass over all rows, range by range, so no snapshot is held for long. It ends at the last block, or the
  /// greatest key, that there is when it begins: later rows are written under the safety net. A pass by blocks that was
  /// stopped or killed goes on where it was, as long as the table's file and its trigger are the same and no other pass
  /// came since; where they change during the pass, it begins anew, by keys.
  parity_report check_all(const std::stop_token& stop = {}) {
    return in_pass(pass_type::full, stop, [&](auto& pass, auto& report) { return check_each(pass, report, stop); });
  }

  /// A pass over rows that are drawn at random, each with the same chance, until it has seen so many; a row may be seen
  /// twice. It says what share of all rows may differ, and opens no gate. Where to visit all rows is less work, it does
  /// that.
  ///
  /// Throws: `refused` where a part of the table is kept in another way than PostgreSQL's own, as in a foreign table.
  sample_report check_sample(int rows, const std::stop_token& stop = {}) {
    if (rows < 1) throw refused{"A sample has at least one row."};
    sample_report sample;
    detail::in_migration(migration.name, [&] {
      places_ = session_.retrying([](auto& on) { return detail::count_places(on, migration.table); }, stop);
    });
    static_cast<parity_report&>(sample) = in_pass(pass_type::sample, stop, [&](auto& pass, auto& report) {
      return draw(pass, report, rows, sample.all_rows, stop);
    });
    sample.conclude();
    return sample;
  }

  /// Puts right every row that differs, chunk by chunk as a backfill does, and records each with its value before and
  /// after. `mismatches` of the report are the rows that it changed. Where it has changed any, only a further full pass
  /// without a mismatch opens a gate again.
  ///
  /// Throws: `refused` in any phase but `validate` and `contract-ready`.
  parity_report repair(const std::stop_token& stop = {}) {
    return in_pass(pass_type::repair, stop, [&](auto& pass, auto& report) { return mend(pass, report, stop); });
  }

  /// Goes over all rows by ranges of keys, round and round until it is stopped, and tells of rows that stay different:
  /// one that differs is looked at again before it counts, because somebody may be about to write its new value. Each
  /// round is a pass of its own, which opens no gate; a round with a mismatch closes it. A watch that was stopped or
  /// killed goes on where it was. It ends by itself when the run leaves the phases `validate` and `contract-ready`.
  /// Gives what the last round found.
  ///
  /// Throws: `refused` where it is to begin in any other phase.
  watch_report watch(const std::stop_token& stop, const watch_options& wanted = {}) {
    return detail::in_migration(migration.name, [&] {
      detail::parity_watch<Migration, session_type, rows_type, Environment> work{session_, options_, wanted, rows_,
                                                                                 rest_};
      return work.run(stop);
    });
  }

 private:
  using sql = statements<Migration>;
  using pass_type = detail::parity_pass;
  using session_type = detail::session<Database, Environment>;
  using rows_type =
      std::conditional_t<is_client_only<Migration>, detail::client_parity<Migration>, detail::server_parity<Migration>>;
  static constexpr const migration_description& migration = describe_migration<Migration>;
  static constexpr std::size_t keys = migration.table.key_count();

  /// Work that is a pass: it gives whether it came to its end.
  template <class Work>
  parity_report in_pass(std::string_view kind, const std::stop_token& stop, Work work) {
    return detail::in_migration(migration.name, [&] {
      run_record run = session_.retrying(
          [](auto& on) { return detail::require_run(on, migration, fingerprint<Migration>, state::newest_run); }, stop);
      pass_type pass{migration, options_, kind};
      may_use_blocks_ = kind == pass_type::full && run.net == safety_net::sync_trigger;
      session_.retrying([&](auto& on) { begin(on, pass, std::to_string(run.id)); }, stop);
      parity_report report;
      report.pass = std::stoll(pass.id());
      if (blocks_.has_value()) report.rows_checked = blocks_->rows;
      if (work(pass, report)) finish(pass, report);
      options_.observer(
          parity_pass_event{migration.name, kind, report.rows_checked, report.mismatches, report.complete});
      return report;
    });
  }

  template <connection_like Connection>
  void begin(Connection& on, pass_type& pass, const std::string& run) {
    transaction scope{on, detail::parity_bounds()};
    if (pass.kind() == pass_type::repair) detail::hold_for_repair(on, migration.name, run);
    blocks_ = choose_blocks(on);
    if (blocks_.has_value()) {
      std::string pid = std::to_string(on.backend_pid());
      pass.begin_blocks(on, run, *blocks_, on.is_pooled() ? null_parameter() : text_form_parameter(pid));
      scope.commit();
      return;
    }
    pass.begin(on, run);
    auto greatest = detail::ask(on, sql::greatest_key);
    end_ = greatest.rows() == 0 ? detail::key_text{} : detail::read_key(greatest, 0, 0, keys);
    scope.commit();
  }

  /// The table's blocks, where a pass over them is a proof and worth while.
  template <connection_like Connection>
  std::optional<detail::block_plan> choose_blocks(Connection& on) {
    constexpr std::int64_t smallest_table = 128;
    if (!detail::may_check_blocks(migration) || !may_use_blocks_ || options_.walk == walk_by::keys) return std::nullopt;
    // Older servers know no scan of a range of row pointers.
    if (on.facts().version < 140'000) return std::nullopt;
    auto found = detail::find_blocks(on, migration);
    // Its rows may be kept elsewhere, as where an extension spreads a table over servers: no block proves nothing.
    if (found.has_value() && found->end == 0) return std::nullopt;
    if (found.has_value() && found->end < smallest_table && options_.walk != walk_by::blocks) return std::nullopt;
    return found;
  }

  void finish(const pass_type& pass, parity_report& report) {
    // Before the pass counts, so that what it leaves in the quarantine is what it has seen.
    if (pass.is_full()) at_own_pace([&](auto& on) { pass.clear_quarantine(on, pace_.bounds()); });
    session_.retrying([&](auto& on) { pass.finish(on, report); });
  }

  /// Goes over all rows. `visit(cursor)` does the next of them.
  template <class Visit>
  bool walk(const pass_type& pass, parity_report& report, const std::stop_token& stop, Visit visit) {
    detail::key_text cursor;
    bool more = !end_.empty();
    while (more && !stop.stop_requested()) {
      auto begin = Environment::now();
      detail::parity_counts found;
      detail::walk_step step = visit(std::as_const(cursor), found);
      if (found.failed > 0 && pass.is_full()) {
        rows_.quarantine([&](auto work) { return at_own_pace(work, stop); }, pace_, step.range, pass);
      }
      cursor = std::move(step.range.upper);
      more = !step.last;
      tell(pass, report, found);
      // What was read while another range was compared has taken the server's time all the same.
      if (more) rest(std::max(since(begin), step.read), stop);
    }
    return !more;
  }

  bool check_each(pass_type& pass, parity_report& report, const std::stop_token& stop) {
    if (blocks_.has_value()) {
      auto ended = check_blocks(pass, report, stop);
      if (ended == detail::block_end::finished && !stands_on_the_same(stop)) ended = detail::block_end::moved;
      if (ended != detail::block_end::moved) return ended == detail::block_end::finished;
      // What the pass stood on is not the same any more: it has shown nothing, and keys lead to every row.
      may_use_blocks_ = false;
      session_.retrying([&](auto& on) { begin(on, pass, pass.run()); }, stop);
      report = parity_report{std::stoll(pass.id())};
    }
    return check_keys(pass, report, stop);
  }

  detail::block_end check_blocks(const pass_type& pass, parity_report& report, const std::stop_token& stop) {
    if constexpr (detail::may_check_blocks(migration)) {
      detail::block_parity<Migration, Database, Environment> work{
          source_, options_, pass, *blocks_, [&](const detail::parity_counts& found) { tell(pass, report, found); }};
      return work.run(session_, stop);
    } else {
      return detail::block_end::stopped;
    }
  }

  bool stands_on_the_same(const std::stop_token& stop) {
    auto now = session_.retrying(
        [](auto& on) {
          transaction scope{on, detail::parity_bounds()};
          auto found = detail::find_blocks(on, migration);
          scope.commit();
          return found;
        },
        stop);
    return now.has_value() && now->mark == blocks_->mark;
  }

  bool check_keys(const pass_type& pass, parity_report& report, const std::stop_token& stop) {
    if constexpr (is_client_only<Migration>) {
      return check_here(pass, report, stop);
    } else {
      return check_there(pass, report, stop);
    }
  }

  /// Where the client computes.
  bool check_here(const pass_type& pass, parity_report& report, const std::stop_token& stop) {
    detail::client_reader<Migration, Database, Environment> reader{source_, options_, end_, stop};
    return walk(pass, report, stop, [&](const detail::key_text&, detail::parity_counts& found) {
      bool again = false;
      return session_.retrying(
          [&](auto& on) {
            // A range that fails is tried again with fewer rows: the client may need too long to compute them.
            if (std::exchange(again, true)) reader.go_back();
            auto range = reader.next(on);
            found = rows_.check(on, range.rows, pass, report.mismatches);
            return detail::walk_step{{}, found.rows, range.last, range.time};
          },
          stop);
    });
  }

  /// Where the server does.
  bool check_there(const pass_type& pass, parity_report& report, const std::stop_token& stop) {
    detail::key_parity<Migration, Database, Environment> work{
        source_, options_, pass, end_, [&](const detail::parity_counts& found) { tell(pass, report, found); }};
    return work.run(session_, stop);
  }

  bool mend(const pass_type& pass, parity_report& report, const std::stop_token& stop) {
    pace_.look_in(session_.retrying([](auto& on) { return detail::trigger_path(on, migration.table); }, stop));
    return walk(pass, report, stop, [&](const detail::key_text& cursor, detail::parity_counts& found) {
      return at_own_pace(
          [&](auto& on) {
            auto begin = Environment::now();
            auto fence = [&](auto& here) { detail::hold_for_repair(here, migration.name, pass.run()); };
            detail::walk_request wanted{cursor, end_, pace_.rows()};
            detail::walk_step step = rows_.template mend<Environment>(on, wanted, pass, report, pace_, fence, found);
            auto time = std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
            pace_.took(time, time, step.rows, step.last);
            return step;
          },
          stop);
    });
  }

  bool draw(pass_type& pass, parity_report& report, int wanted, bool& all_rows, const std::stop_token& stop) {
    detail::sample_size size{wanted, places_};
    while (report.rows_checked < wanted) {
      if (size.is_too_much()) {
        all_rows = true;
        return check_instead(pass, report, stop);
      }
      if (stop.stop_requested()) return false;
      std::int64_t places = size.next(detail::few_rows(options_));
      auto begin = Environment::now();
      detail::parity_counts found =
          session_.retrying([&](auto& on) { return rows_.draw(on, places, pass, report.mismatches); }, stop);
      size.drew(places, found.rows);
      tell(pass, report, found);
      if (report.rows_checked < wanted) rest(since(begin), stop);
    }
    return true;
  }

  /// All rows instead of random ones. What was drawn until then stays in a record of its own, because rows may have
  /// been drawn twice.
  bool check_instead(pass_type& pass, parity_report& report, const std::stop_token& stop) {
    if (report.rows_checked > 0) {
      session_.retrying([&](auto& on) { begin(on, pass, pass.run()); }, stop);
      report = parity_report{std::stoll(pass.id())};
    }
    return check_each(pass, report, stop);
  }

  /// Work that locks what writers may want, under short time-outs: smaller and again where it runs into their locks.
  template <class Work>
  auto at_own_pace(Work work, const std::stop_token& stop = {}) {
    return session_.retrying(
        [&](auto& on) {
          pace_.learn(on.facts().deadlock_timeout);
          try {
            return work(on);
          } catch (const statement_error&) {
            pace_.failed();
            throw;
          }
        },
        stop);
  }

  void tell(const pass_type& pass, parity_report& report, const detail::parity_counts& found) {
    report.rows_checked += found.rows;
    report.mismatches += found.mismatches;
    report.rows_failed += found.failed;
    options_.observer(parity_range_event{migration.name, pass.kind(), found.rows, found.mismatches});
    if (options_.on_progress) options_.on_progress(report);
  }

  static std::chrono::microseconds since(detail::pace::time_point begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
  }

  /// The pause after work that took so long.
  void rest(std::chrono::microseconds work, const std::stop_token& stop) { rest_.after(session_, work, stop); }

  const Database& source_;
  parity_options options_;
  session_type session_;
  detail::pace pace_;
  detail::parity_rest<session_type, Environment> rest_{options_.throttle, migration.table};
  rows_type rows_;
  detail::key_text end_;  ///< the greatest key when the pass began
  std::int64_t places_ = 0;
  bool may_use_blocks_ = false;
  std::optional<detail::block_plan> blocks_;  ///< of a pass by blocks
};

}  // namespace online_migration
