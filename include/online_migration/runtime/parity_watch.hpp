// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/runtime/parity_rest.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/watch_options.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>
#include <online_migration/sql/watch_state.hpp>

namespace online_migration::detail {

/// In the other phases rows are not filled yet, or applications write one of the columns alone.
constexpr bool may_watch(phase value) { return value == phase::validate || value == phase::contract_ready; }

/// Goes over all rows by ranges of keys, again and again, and tells of rows that stay different.
template <migration_like Migration, class Session, class Rows, environment_like Environment>
class parity_watch {
 public:
  using rest_type = parity_rest<Session, Environment>;

  parity_watch(Session& session, const parity_options& options, const watch_options& wanted, Rows& rows,
               rest_type& rest)
      : session_{session}, options_{options}, wanted_{wanted}, rows_{rows}, rest_{rest} {
    if (wanted_.looks < 1) throw refused{"watch_options.looks must be at least 1."};
    if (wanted_.rounds < 0) throw refused{"watch_options.rounds must not be negative."};
  }

  /// Gives what the last round found.
  watch_report run(const std::stop_token& stop) {
    watch_report last;
    while (!stop.stop_requested()) {
      run_record run = session_.retrying(
          [](auto& on) { return require_run(on, migration, fingerprint<Migration>, state::newest_run); }, stop);
      if (!may_watch(run.phase)) {
        if (last.round == 0) refuse(run.phase);
        last.phase_left = true;
        return last;
      }
      last = round(std::to_string(run.id), last.round + 1, stop);
      options_.observer(
          parity_pass_event{migration.name, parity_pass::watch, last.rows_checked, last.mismatches, last.complete});
      if (!last.complete) return last;
      if (wanted_.on_round) wanted_.on_round(last);
      if (last.round == wanted_.rounds || Environment::sleep(wanted_.between_rounds, stop)) return last;
    }
    return last;
  }

 private:
  using sql = statements<Migration>;
  static constexpr const migration_description& migration = describe_migration<Migration>;
  static constexpr std::size_t keys = migration.table.key_count();
  static constexpr std::chrono::seconds between_notes{1};

  [[noreturn]] static void refuse(phase in) {
    throw refused{
        fmt::format("The run of \"{}\" is in the phase {}, and parity is watched in validate and contract-ready only: "
                    "before, rows are not filled yet; after, applications write one of the columns alone. Nothing was "
                    "changed.",
                    migration.name, to_string(in))};
  }

  watch_report round(const std::string& run, std::int64_t number, const std::stop_token& stop) {
    watch_report report;
    report.round = number;
    parity_pass pass{migration, options_, parity_pass::watch};
    key_text cursor;
    key_text end;
    session_.retrying(
        [&](auto& on) {
          transaction scope{on, parity_bounds()};
          cursor = pass.begin_round(on, run, report, pid_of(on));
          auto greatest = ask(on, sql::greatest_key);
          end = greatest.rows() == 0 ? key_text{} : read_key(greatest, 0, 0, keys);
          scope.commit();
        },
        stop);
    auto noted = Environment::now();
    bool more = !end.empty();
    while (more && !stop.stop_requested()) {
      auto begin = Environment::now();
      more = look_at_next(pass, report, cursor, end, stop);
      if (report.phase_left) return report;
      if (!more || stop.stop_requested()) break;
      if (Environment::now() - noted >= between_notes) {
        noted = Environment::now();
        note(pass, report, cursor);
      }
      rest_.after(session_, std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin), stop);
    }
    more ? leave(pass, report, cursor) : finish(pass, report);
    return report;
  }

  /// The next rows; whether there are more. The cursor stays where it was, where a stop was requested before it was
  /// clear what is to be told of them.
  bool look_at_next(const parity_pass& pass, watch_report& report, key_text& cursor, const key_text& end,
                    const std::stop_token& stop) {
    parity_counts found;
    walk_step step;
    // A range that fails is tried again with fewer rows: the client may need too long to compute them.
    int rows = few_rows(options_);
    auto suspects = session_.retrying(
        [&](auto& on) {
          walk_request wanted{cursor, end, std::exchange(rows, std::max(rows / 2, 1))};
          return rows_.look(on, wanted, step, found);
        },
        stop);
    std::int64_t first = suspects.size();
    std::int64_t stays = 0;
    if (first > 0) {
      for (int look = 2; look < wanted_.looks && suspects.size() > 0; ++look) {
        if (Environment::sleep(wanted_.look_again_after, stop)) return true;
        suspects = session_.retrying([&](auto& on) { return rows_.look_again(on, suspects); }, stop);
      }
      if (suspects.size() > 0) {
        if (wanted_.looks > 1 && Environment::sleep(wanted_.look_again_after, stop)) return true;
        auto told = session_.retrying(
            [&](auto& on) {
              return rows_.report(on, suspects, pass, report.mismatches, [&](auto& here) {
                auto now = ask(here, state::hold_run, {text_form_parameter(pass.run())});
                phase in{};
                return now.rows() == 1 && from_string(now.text(0, 0), in) && may_watch(in);
              });
            },
            stop);
        if (!told.has_value()) {
          report.phase_left = true;
          return false;
        }
        stays = *told;
      }
    }
    report.rows_checked += found.rows;
    report.mismatches += stays;
    report.rows_failed += found.failed;
    report.in_flight += first - stays;
    options_.observer(parity_range_event{migration.name, parity_pass::watch, found.rows, stays, first - stays});
    if (options_.on_progress) options_.on_progress(report);
    cursor = std::move(step.range.upper);
    return !step.last;
  }

  template <class Connection>
  parameter pid_of(Connection& on) {
    if (on.is_pooled()) return null_parameter();
    pid_ = std::to_string(on.backend_pid());
    return text_form_parameter(pid_);
  }

  void note(const parity_pass& pass, const watch_report& report, const key_text& cursor) {
    array_builder<text> parts;
    for (const std::string& part : cursor) parts.push(part);
    std::string rows = std::to_string(report.rows_checked);
    session_.retrying([&](auto& on) {
      ask_alone(on, state::note_watch,
                {text_form_parameter(pass.id()), pid_of(on), cursor.empty() ? null_parameter() : parts.as_parameter(),
                 text_form_parameter(rows)});
    });
  }

  /// Stopped: the next watch goes on at once.
  void leave(const parity_pass& pass, const watch_report& report, const key_text& cursor) {
    note(pass, report, cursor);
    session_.retrying([&](auto& on) { ask_alone(on, state::leave_parity_blocks, {text_form_parameter(pass.id())}); });
  }

  void finish(const parity_pass& pass, watch_report& report) {
    session_.retrying([&](auto& on) { pass.finish(on, report); });
    session_.retrying([&](auto& on) {
      ask_alone(on, state::forget_clean_rounds, {text_form_parameter(pass.run()), text_form_parameter(pass.id())});
    });
  }

  Session& session_;
  const parity_options& options_;
  const watch_options& wanted_;
  Rows& rows_;
  rest_type& rest_;
  std::string pid_;
};

}  // namespace online_migration::detail
