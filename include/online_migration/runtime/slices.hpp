// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_chunk.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/walk_place.hpp>
#include <online_migration/sql/slices.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Cuts a slice at which another runner works in two, and takes the second half. Where to cut is found without a lock;
/// then, in one short transaction that has locked that slice, both halves are seen to be large enough, the first one's
/// end is moved and the second one is made. A chunk of the other runner looks at its end under its own lock of the
/// slice, so no row is left out, and none is worked on by both.
///
/// Keys are never calculated with, nor compared here: the key is one of a row that is there, and the server says what
/// lies before and behind it.
template <migration_like Migration, connection_like Connection>
class slice_splitter {
 public:
  slice_splitter(Connection& on, lease& mine, const pace& speed) : on_{on}, mine_{mine}, speed_{speed} {}

  /// As `lease::claim`: nothing where each slice is too small for two, or its runner has not begun.
  std::optional<int> split() {
    auto found = ask_alone(on_, state::slices_to_split, {text_form_parameter(mine_.run)});
    for (int row = 0; row < found.rows(); ++row) {
      lease other{mine_.run, std::string{found.text(row, 0)}, std::string{found.text(row, 1)}, {}, {}};
      std::int64_t least = 2 * std::max<std::int64_t>(speed_.rows(), found.integer(row, 2));
      double table_rows = found.is_null(row, 3) ? 0 : static_cast<double>(found.integer(row, 3));
      try {
        if (auto rows = split(other, least, table_rows)) return rows;
      } catch (const lost_lease&) {  // it changed hands meanwhile
      } catch (const error& problem) {
        if (problem.retry() != retry_class::retry) throw;  // a lock that is taken: perhaps later
      }
    }
    return std::nullopt;
  }

 private:
  using sql = statements<Migration>;
  static constexpr std::size_t keys = describe_table<typename Migration::table>.key_count();

  /// In blocks, of a half: less is not worth two runners.
  static constexpr std::int64_t least_blocks = 16;
  /// How far an index is walked where a sample has too few rows of a range.
  static constexpr std::int64_t longest_look = 10'000;

  /// What is left of a slice: blocks or keys.
  struct remains {
    key_range range;
    bool blocks = false;
  };

  /// Under the lock of the slice, where the transaction has it. Nothing where there is nothing to cut.
  std::optional<remains> look(const lease& other) {
    remains left;
    position at;
    // A span that is half done belongs to its runner.
    if constexpr (is_client_only<Migration>) {
      at = find_client_position(on_, sql::client_position, other, keys);
      left.range = {at.span_end.empty() ? at.cursor : at.span_end, at.end};
    } else {
      auto row = ask(on_, sql::backfill_position, {text_form_parameter(other.run), text_form_parameter(other.slice)});
      at = read_position(row, other, keys);
      position copy = at;
      walk_place place = read_place(row, std::move(copy), keys);
      left.range = {place.span.end.empty() ? place.cursor : place.span.end, place.end};
      left.blocks = place.blocks;
    }
    if (at.in != phase::backfill || at.finished || at.paused) return std::nullopt;
    return left;
  }

  std::optional<int> split(const lease& other, std::int64_t least, double table_rows) {
    std::optional<remains> left;
    key_text middle;
    {
      transaction scope{on_, reading_bounds()};
      left = look(other);
      if (left.has_value() && !left->blocks) middle = find_middle(left->range, least, table_rows);
      scope.commit();
    }
    if (!left.has_value() || (middle.empty() && !left->blocks)) return std::nullopt;

    transaction scope{on_, speed_.bounds()};
    ask(on_, state::lock_slice, {text_form_parameter(other.run), text_form_parameter(other.slice)});
    bool was_blocks = left->blocks;
    left = look(other);
    if (!left.has_value() || left->blocks != was_blocks) return std::nullopt;
    if (left->blocks) {
      middle = middle_block(left->range);
      if (middle.empty()) return std::nullopt;
    } else if (!has_rows({left->range.lower, middle}, least) || !has_rows({middle, left->range.upper}, least)) {
      return std::nullopt;
    }
    array_builder<text> key;
    for (const std::string& part : middle) key.push(part);
    lease taken = mine_;
    std::optional<int> rows = taken.split(on_, other.slice, key.as_parameter());
    if (!rows.has_value()) return std::nullopt;
    scope.commit();
    mine_ = std::move(taken);
    return rows;
  }

  static key_text middle_block(const key_range& left) {
    std::int64_t before = block_number(left.lower);
    std::int64_t last = block_number(left.upper);
    if (last - before < 2 * least_blocks) return {};
    return {std::to_string(before + (last - before) / 2)};
  }

  /// The key of the row of a range that so many rows precede; empty where there are fewer.
  key_text row_at(const key_range& range, std::int64_t skipped) {
    std::string text = std::to_string(skipped);
    parameter skip[]{text_form_parameter(text)};
    auto found = ask(on_, range.choose(sql::backfill_bound_first, sql::backfill_bound), range.parameters(skip));
    return found.rows() > 0 ? read_key(found, 0, 0, keys) : key_text{};
  }

  bool has_rows(const key_range& range, std::int64_t least) { return !row_at(range, least - 1).empty(); }

  /// A key somewhere in the middle: from a sample of about a few hundred blocks, or else not far behind the cursor, by
  /// its index. Its time does not grow with the table.
  key_text find_middle(const key_range& range, std::int64_t least, double table_rows) {
    constexpr double sampled = 20'000;
    if (table_rows > static_cast<double>(2 * longest_look)) {
      std::string percent = fmt::format("{:.6f}", std::min(100.0, 100.0 * sampled / table_rows));
      parameter share[]{text_form_parameter(percent)};
      auto found = ask(on_, range.choose(sql::middle_key_first, sql::middle_key), range.parameters(share));
      if (found.rows() > 0) return read_key(found, 0, 0, keys);
    }
    std::int64_t far = std::max(longest_look, least);
    if (key_text key = row_at(range, far - 1); !key.empty() && has_rows({key, range.upper}, least)) return key;
    auto count = ask(on_, range.choose(sql::backfill_count_first, sql::backfill_count), range.parameters());
    std::int64_t rows = count.integer(0, 0);
    if (rows < 2 * least) return {};
    return row_at(range, rows / 2 - 1);
  }

  Connection& on_;
  lease& mine_;
  const pace& speed_;
};

}  // namespace online_migration::detail
