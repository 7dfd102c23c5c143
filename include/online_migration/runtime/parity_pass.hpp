// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/part_triggers.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/watch_state.hpp>

namespace online_migration::detail {

/// What some rows have shown.
struct parity_counts {
  std::int64_t rows = 0;
  std::int64_t mismatches = 0;
  std::int64_t failed = 0;  ///< the transform has no value for them
};

/// What a pass by blocks goes over.
struct block_plan {
  std::string mark;        ///< of the table's file and its trigger
  std::int64_t end = 0;    ///< blocks there were when it began
  std::int64_t first = 0;  ///< where it goes on
  std::int64_t rows = 0;   ///< in the blocks before
};

/// The next rows of a walk: so many after a key, up to the end.
struct walk_request {
  const key_text& after;
  const key_text& end;
  int rows;
};

/// For transactions that hold no lock of anybody.
inline transaction_settings parity_bounds() {
  transaction_settings bounds;
  bounds.by_index = true;
  return bounds;
}

/// The record of one pass of parity: its row, and the room that its witnesses have. The caller has a transaction open
/// in every call but the last two.
class parity_pass {
 public:
  static constexpr std::string_view full = "full";
  static constexpr std::string_view sample = "sample";
  static constexpr std::string_view repair = "repair";
  static constexpr std::string_view watch = "watch";

  parity_pass(const migration_description& migration, const parity_options& options, std::string_view kind)
      : migration_{migration}, options_{options}, kind_{kind} {}

  [[nodiscard]] std::string_view kind() const { return kind_; }
  [[nodiscard]] bool is_full() const { return kind_ == full; }
  [[nodiscard]] const std::string& run() const { return run_; }
  [[nodiscard]] const std::string& id() const { return id_; }

  template <transactional Connection>
  void begin(Connection& on, std::string run) {
    note_begin(on, std::move(run));
    if (is_full()) parts_ = read_part_triggers(on, migration_);
  }

  /// Goes on with the round of a watch that was left in the middle, or begins one. Gives the key up to which it has
  /// come, empty before the first.
  template <transactional Connection>
  key_text begin_round(Connection& on, std::string run, parity_report& report, const parameter& pid) {
    key_text cursor;
    auto left = ask(on, state::resume_watch, {text_form_parameter(run), pid});
    if (left.rows() == 1) {
      run_ = std::move(run);
      id_ = left.text(0, 0);
      report.rows_checked = left.integer(0, 1);
      report.mismatches = left.integer(0, 2);
      auto parts = ask(on, state::watch_cursor, {text_form_parameter(id_)});
      for (int part = 0; part < parts.rows(); ++part) cursor.emplace_back(parts.text(part, 0));
    } else {
      begin(on, std::move(run));
    }
    report.pass = std::stoll(id_);
    return cursor;
  }

  /// Goes on with a pass by blocks that was left in the middle. Where there is none, a new one begins. `pid` is the process
  /// that answers, nothing where that is not known.
  template <transactional Connection>
  void begin_blocks(Connection& on, std::string run, block_plan& plan, const parameter& pid) {
    auto left = ask(on, state::resume_parity_blocks, {text_form_parameter(run), text_of(plan.mark), pid});
    if (left.rows() == 1) {
      run_ = std::move(run);
      id_ = left.text(0, 0);
      plan.first = left.integer(0, 1);
      plan.rows = left.integer(0, 2);
      return;
    }
    note_begin(on, std::move(run));  // a table that goes by blocks has no partitions
    parts_ = {};
    ask(on, state::begin_parity_blocks, {text_form_parameter(id_), text_of(plan.mark), pid});
  }

  /// How many more witnesses this pass may record. A repair records everything that it changes, as far as witnesses are
  /// kept at all.
  [[nodiscard]] std::int64_t room(std::int64_t before) const {
    std::int64_t most = options_.most_kept_witnesses;
    if (kind_ != repair) most = std::min<std::int64_t>(most, options_.most_witnesses);
    return std::max<std::int64_t>(most - before, 0);
  }

  /// Some rows have shown mismatches, and witnesses of them were recorded: `so_far` with those before.
  template <transactional Connection>
  void note_mismatches(Connection& on, std::int64_t so_far) const {
    std::string count = std::to_string(so_far);
    ask(on, state::note_mismatches, {text_form_parameter(id_), text_form_parameter(count)});
    trim(on);
  }

  /// Rows were put right. What is more than the most to keep goes later: those rows are locked now.
  template <transactional Connection>
  void note_repaired(Connection& on, std::int64_t rows, std::int64_t checked_so_far) const {
    std::string count = std::to_string(rows);
    std::string checked = std::to_string(checked_so_far);
    ask(on, state::note_repaired, {text_form_parameter(id_), text_form_parameter(count), text_form_parameter(checked)});
  }

  /// Takes keys out of the quarantine that this pass has not found again.
  template <connection_like Connection>
  void clear_quarantine(Connection& on, const transaction_settings& bounds) const {
    transaction scope{on, bounds};
    ask(on, state::clear_quarantine, {text_of(migration_.name), text_form_parameter(id_)});
    scope.commit();
  }

  /// The pass has seen all that it was to see.
  template <connection_like Connection>
  void finish(Connection& on, parity_report& report) const {
    std::string rows = std::to_string(report.rows_checked);
    std::string mismatches = std::to_string(report.mismatches);
    std::string failed = std::to_string(report.rows_failed);
    transaction scope{on};
    if (parts_.parts > 0) {
      ask(on, state::note_parts, {text_form_parameter(run_), text_form_parameter(id_), text_of(parts_.text)});
    }
    auto noted = ask(on, state::finish_parity_pass,
                     {text_form_parameter(id_), text_form_parameter(rows), text_form_parameter(mismatches),
                      text_form_parameter(failed)});
    trim(on);
    scope.commit();
    if (noted.rows() == 1) report.mismatches = noted.integer(0, 0);
    report.complete = true;
  }

 private:
  template <transactional Connection>
  void note_begin(Connection& on, std::string run) {
    run_ = std::move(run);
    trim(on);
    std::string alarm = written([&](sink& out) { write_alarm_name(out, migration_); });
    auto row = ask(on, state::begin_parity_pass, {text_form_parameter(run_), text_of(kind_), text_of(alarm)});
    id_ = row.text(0, 0);
  }

  template <transactional Connection>
  void trim(Connection& on) const {
    std::string age = std::to_string(options_.keep_witnesses.count());
    std::string most = std::to_string(options_.most_kept_witnesses);
    ask(on, state::trim_witnesses, {text_of(migration_.name), text_form_parameter(age), text_form_parameter(most)});
  }

  const migration_description& migration_;
  const parity_options& options_;
  std::string_view kind_;
  std::string run_;
  std::string id_;
  part_triggers parts_;  ///< when it began
};

}  // namespace online_migration::detail
