// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/try_part.hpp>
#include <online_migration/runtime/walk_place.hpp>
#include <online_migration/sql/blocks.hpp>
#include <online_migration/sql/careful.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Whether the table may have refused a row of a chunk.
template <migration_like Migration>
bool is_refused_row(const error& problem) {
  using sql = statements<Migration>;
  if (problem.retry() != retry_class::data) return false;
  std::string_view name = problem.statement_name();
  if constexpr (is_client_only<Migration>) {
    return name == sql::client_chunk.name || name == sql::client_write_back.name;
  }
  for (const statement& chunk :
       {sql::backfill_chunk_first, sql::backfill_chunk, sql::block_chunk, sql::unnoted_chunk_first, sql::unnoted_chunk,
        sql::unnoted_block_chunk, sql::lookup_chunk_first, sql::lookup_chunk}) {
    if (name == chunk.name) return true;
  }
  return false;
}

[[noreturn]] inline void throw_rows_without_value(std::string_view migration, const failed_rows& rows) {
  throw data_error{
      fmt::format(
          "The transform of \"{}\" has no value for {} rows (SQLSTATE {}); their keys are in "
          "online_migration_quarantine. What was done before is committed: {}",
          migration, rows.count, rows.sqlstate,
          rows.sqlstate.starts_with("42")
              ? "no value of a row is at fault. Something that the transform calls is not there, or the owner of its "
                "functions (the role that ran om::expand) lacks a right: mend that and run it again."
              : "mend the rows and run it again, or run it with om::data_error_policy::go_on."),
      rows.sqlstate, rows.count};
}

[[noreturn]] inline void throw_refused_rows(std::string_view migration, const failed_rows& rows) {
  throw data_error{
      fmt::format(
          "The table does not take the new value of {} rows of \"{}\" (SQLSTATE {}): a constraint, an index or a "
          "trigger of yours is in the way. Their keys are in online_migration_quarantine. What was done before is "
          "committed: mend the rows and run it again, or run it with om::data_error_policy::go_on.",
          rows.count, migration, rows.sqlstate),
      rows.sqlstate, rows.count};
}

/// A small chunk of a walk in which the table refuses rows: a CHECK, a unique index, a trigger of the user's. What
/// cannot be written as a whole is tried in halves, down to the row; its key goes into the quarantine, and the others
/// are written. Cursor and counters move with it, in the same transaction.
template <migration_like Migration, connection_like Connection>
class careful_chunk {
 public:
  careful_chunk(Connection& on, const work_context& runner) : on_{on}, runner_{runner} {}

  /// Throws: `lost_lease` where the slice is not its own any more.
  piece_of_work run() {
    transaction scope{on_, runner_.speed.bounds()};
    ask(on_, state::constraints_now);
    ask(on_, state::lock_slice, {text_form_parameter(runner_.held.run), text_form_parameter(runner_.held.slice)});
    auto row = ask(on_, sql::backfill_position,
                   {text_form_parameter(runner_.held.run), text_form_parameter(runner_.held.slice)});
    position at = read_position(row, runner_.held, keys);
    done_.how = find_outcome(at);
    if (done_.how != piece_outcome::done) return std::move(done_);
    walk_place place = read_place(row, std::move(at), keys);
    // The span that is half done begins again, in smaller pieces.
    if (!place.span.end.empty()) place.give_up_span();
    key_text upper = place.blocks ? blocks(place) : rows(place);
    bool last = upper == place.end;
    text_parameters moved =
        advance_parameters<Migration>(runner_, place.cursor, upper, done_.rows - place.given_up, done_.changed, last);
    if (ask(on_, sql::advance, moved.all).affected() != 1) refuse_moved_cursor();
    scope.commit();
    done_.rows = std::max<std::int64_t>(done_.rows - place.given_up, 0);
    done_.committed = true;
    done_.last = true;  // it says nothing about the time of a usual one
    if (last) done_.how = piece_outcome::finished;
    return std::move(done_);
  }

 private:
  using sql = statements<Migration>;
  static constexpr const table_description& table = describe_table<typename Migration::table>;
  static constexpr std::size_t keys = table.key_count();

  static constexpr std::int64_t most_blocks = 2;
  /// No page has so many row pointers.
  static constexpr std::int64_t most_pointers = 4096;

  static void add_no_stripe(text_parameters& range) {
    if (!has_stripes(table)) return;
    range.add(1);
    range.add(0);
    range.add(0);
    if (has_bits(table)) range.add_boolean(false);
  }

  /// Whether a part could be written. The SQLSTATE is kept where it could not.
  bool try_part(const statement& chunk, const text_parameters& range) {
    auto refusal = detail::try_part(on_, [&] { done_.changed += ask(on_, chunk, range.all).integer(0, 0); });
    if (refusal.has_value()) reason_ = std::move(*refusal);
    return !refusal.has_value();
  }

  void note(const statement& how, text_parameters& range) {
    range.add(reason_);
    auto noted = ask(on_, how, range.all);
    if (noted.rows() == 0) return;  // it is gone
    done_.failed.add(noted.rows(), noted.text(0, 0));
    done_.refused = true;
  }

  // By keys.

  key_text rows(const walk_place& place) {
    walk_step step = next_step<sql>(on_, place.cursor, place.end, std::min(runner_.speed.rows(), most_careful_rows));
    done_.rows = step.rows;
    fill(step.range);
    if constexpr (has_total_function(describe_migration<Migration>)) {
      text_parameters range = parameters(step.range);
      add_no_stripe(range);
      auto noted = ask(on_, step.range.choose(sql::quarantine_range_first, sql::quarantine_range), range.all);
      if (noted.rows() > 0) done_.failed.add(noted.rows(), noted.text(0, 0));
    }
    return std::move(step.range.upper);
  }

  static text_parameters parameters(const key_range& of) {
    text_parameters range;
    for (const std::string& part : of.lower) range.add(part);
    for (const std::string& part : of.upper) range.add(part);
    return range;
  }

  void fill(const key_range& of) {
    text_parameters range = parameters(of);
    add_no_stripe(range);
    if (try_part(of.choose(sql::backfill_chunk_first, sql::backfill_chunk), range)) return;
    std::int64_t count =
        ask(on_, of.choose(sql::backfill_count_first, sql::backfill_count), of.parameters()).integer(0, 0);
    if (count <= 1) {
      text_parameters row = parameters(of);
      note(of.choose(sql::note_range_first, sql::note_range), row);
      return;
    }
    walk_step half = next_step<sql>(on_, of.lower, of.upper, static_cast<int>(count / 2));
    fill(half.range);
    if (!half.last) fill({half.range.upper, of.upper});
  }

  // By blocks: a row pointer is a block and a place in it.

  key_text blocks(const walk_place& place) {
    if constexpr (may_walk_blocks(describe_migration<Migration>)) {
      std::string file = std::to_string(place.file_node);
      ask(on_, sql::lock_file);
      try {
        ask(on_, sql::same_file, {text_form_parameter(file)});
      } catch (const statement_error& problem) {
        // What the usual chunk does about it comes first.
        throw statement_error{problem.statement_name(), "40001"};
      }
      std::int64_t first = place.first_block();
      std::int64_t last = std::min(first + most_blocks - 1, std::max(place.last_block(), first));
      done_.rows = ask(on_, sql::block_count, walk_place::block_range(first, last).all).integer(0, 0);
      fill_blocks(first * most_pointers, (last + 1) * most_pointers);
      return {std::to_string(last)};
    } else {
      return place.end;
    }
  }

  static text_parameters pointers(std::int64_t first, std::int64_t behind) {
    text_parameters range;
    for (std::int64_t each : {first, behind}) {
      range.add("(" + std::to_string(each / most_pointers) + "," + std::to_string(each % most_pointers) + ")");
    }
    return range;
  }

  void fill_blocks(std::int64_t first, std::int64_t behind) {
    text_parameters range = pointers(first, behind);
    add_no_stripe(range);
    if (try_part(sql::block_chunk, range)) return;
    if (behind - first == 1) {
      text_parameters row = pointers(first, behind);
      note(sql::note_block, row);
      return;
    }
    std::int64_t middle = first + (behind - first) / 2;
    fill_blocks(first, middle);
    fill_blocks(middle, behind);
  }

  Connection& on_;
  const work_context& runner_;
  piece_of_work done_;
  std::string reason_;
};

}  // namespace online_migration::detail
