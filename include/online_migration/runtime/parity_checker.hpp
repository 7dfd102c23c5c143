// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/toolkit.hpp>

namespace online_migration {

/// What a parity pass found.
struct parity_report {
  std::int64_t pass = 0;  ///< in `online_migration_parity_passes`
  std::int64_t rows_checked = 0;
  std::int64_t mismatches = 0;
  bool complete = false;  ///< false where it was stopped: then it proves nothing
};

struct parity_options {
  int range_rows = 10'000;   ///< rows of one statement
  int most_witnesses = 100;  ///< mismatching rows that are recorded for each pass
  retry_settings retry{};
  /// Called after each range with what was found so far.
  std::function<void(const parity_report&)> on_progress{};
};

/// Compares every row's new column with what follows from its old ones. Only a full pass that began in the phase
/// `validate` and found nothing opens the gate to `contract-ready`. Mismatching rows are recorded with key, expected and
/// actual value in `online_migration_parity_samples`.
///
/// Throws: `refused` where there is no run; `statement_error`, `connection_error` when retries did not help.
/// Thread safety: one thread at a time. The database has to outlive it.
/// Round trips: five for each range.
template <migration_like Migration, database_like Database = database,
          environment_like Environment = system_environment>
class parity_checker {
 public:
  explicit parity_checker(const Database& source, parity_options options = {})
      : options_{std::move(options)}, session_{source, options_.retry} {
    if (options_.range_rows < 1) throw refused{"parity_options.range_rows must be at least 1."};
  }
  explicit parity_checker(const Database&&, parity_options = {}) = delete;

  /// One pass over all rows, range of keys by range of keys, so no snapshot is held for long. It ends at the greatest
  /// key there is when it begins: later rows are written under the safety net.
  parity_report check_all(const std::stop_token& stop = {}) {
    return detail::in_migration(Migration::name.view(), [&] { return pass_over_all(stop); });
  }

 private:
  parity_report pass_over_all(const std::stop_token& stop) {
    parity_report report;
    run_record run = session_.retrying(
        [](auto& on) {
          return detail::require_run(on, describe_migration<Migration>, fingerprint<Migration>, state::newest_run);
        },
        stop);
    run_ = std::to_string(run.id);
    auto [pass, end] = session_.retrying([this](auto& on) { return this->begin(on); }, stop);
    pass_ = std::to_string(pass);
    report.pass = pass;
    detail::key_text cursor;
    bool more = !end.empty();
    while (more && !stop.stop_requested()) {
      // A range that fails is tried again with fewer rows: the client may need too long to compute them.
      int rows = options_.range_rows;
      range found = session_.retrying(
          [&](auto& on) {
            return check(on, cursor, end, std::exchange(rows, std::max(rows / 2, 1)), report.mismatches);
          },
          stop);
      report.rows_checked += found.rows;
      report.mismatches += found.mismatches;
      if (options_.on_progress) options_.on_progress(report);
      cursor = std::move(found.upper);
      more = !found.last;
    }
    if (more) return report;
    session_.retrying([&](auto& on) { finish(on, report); });
    report.complete = true;
    return report;
  }

  using sql = statements<Migration>;
  static constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();

  struct range {
    detail::key_text upper;
    std::int64_t rows = 0;
    std::int64_t mismatches = 0;
    bool last = false;
  };

  template <connection_like Connection>
  std::pair<std::int64_t, detail::key_text> begin(Connection& on) {
    transaction scope{on, bounds()};
    std::int64_t pass = detail::ask(on, state::begin_parity_pass, {text_form_parameter(run_)}).integer(0, 0);
    auto greatest = detail::ask(on, sql::greatest_key);
    detail::key_text end = greatest.rows() == 0 ? detail::key_text{} : detail::read_key(greatest, 0, 0, keys);
    scope.commit();
    return {pass, std::move(end)};
  }

  template <connection_like Connection>
  range check(Connection& on, const detail::key_text& cursor, const detail::key_text& end, int rows,
              std::int64_t before) {
    transaction scope{on, bounds()};
    detail::walk_step step = detail::next_step<sql>(on, cursor, end, rows);
    range found{step.range.upper, 0, 0, step.last};
    if constexpr (is_client_only<Migration>) {
      compare(on, step.range, before, found);
    } else {
      auto counts =
          detail::ask(on, step.range.choose(sql::parity_count_first, sql::parity_count), step.range.parameters());
      found.rows = counts.integer(0, 0);
      found.mismatches = counts.integer(0, 1);
      if (found.mismatches > 0) record(on, step.range, before);
    }
    scope.commit();
    return found;
  }

  /// Witnesses that the server finds again.
  template <connection_like Connection>
  void record(Connection& on, const detail::key_range& where, std::int64_t before) {
    std::int64_t room = options_.most_witnesses - before;
    if (room <= 0) return;
    std::string limit = std::to_string(room);
    parameter more[]{text_form_parameter(run_), text_form_parameter(pass_), text_form_parameter(limit)};
    detail::ask(on, where.choose(sql::parity_witness_first, sql::parity_witness), where.parameters(more));
  }

  /// The same for a transform that only the client can compute.
  template <connection_like Connection>
  void compare(Connection& on, const detail::key_range& where, std::int64_t before, range& found) {
    using rows = detail::client_rows<Migration>;
    using target = typename Migration::change::type;
    auto read =
        on.execute(where.choose(sql::client_read_first, sql::client_read), where.parameters(), result_format::binary);
    found.rows = read.rows();
    for (int row = 0; row < read.rows(); ++row) {
      auto expected = rows::computed(read, row);
      auto actual = rows::template value<target>(read, row, rows::keys + rows::sources);
      if (rows::same(expected, actual)) continue;
      ++found.mismatches;
      if (before + found.mismatches > options_.most_witnesses) continue;
      record_one(on, read, row, expected, actual, std::make_index_sequence<keys>{});
    }
  }

  template <class Connection, class Result, class Expected, class Actual, std::size_t... Numbers>
  void record_one(Connection& on, const Result& read, int row, const Expected& expected, const Actual& actual,
                  std::index_sequence<Numbers...>) {
    using rows = detail::client_rows<Migration>;
    using target = typename Migration::change::type;
    auto optional_expected = [&]() -> std::optional<typename target::value_type> {
      if constexpr (detail::is_optional<Expected>) {
        if (!expected.has_value()) return std::nullopt;
        return rows::as_type(*expected);
      } else {
        return rows::as_type(expected);
      }
    }();
    std::tuple wires{wire<typename rows::template key_column<Numbers>::type>{
        rows::template value<typename rows::template key_column<Numbers>::type>(read, row, Numbers)}...};
    wire<target> expected_wire{optional_expected};
    wire<target> actual_wire{actual};
    detail::ask(on, sql::parity_witness_value,
                {text_form_parameter(run_), text_form_parameter(pass_), std::get<Numbers>(wires).as_parameter()...,
                 expected_wire.as_parameter(), actual_wire.as_parameter()});
  }

  template <connection_like Connection>
  void finish(Connection& on, const parity_report& report) {
    std::string rows = std::to_string(report.rows_checked);
    std::string mismatches = std::to_string(report.mismatches);
    detail::ask_alone(on, state::finish_parity_pass,
                      {text_form_parameter(pass_), text_form_parameter(rows), text_form_parameter(mismatches)});
  }

  [[nodiscard]] static transaction_settings bounds() {
    transaction_settings bounds;
    bounds.by_index = true;
    return bounds;
  }

  parity_options options_;
  detail::session<Database, Environment> session_;
  std::string run_;
  std::string pass_;
};

}  // namespace online_migration
