// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::detail {

/// A key as the server's own text of each of its columns. Nothing is ever added to it or compared with it here: both
/// are the server's to do, under the collation of its index. Empty means "no bound".
using key_text = std::vector<std::string>;

/// A key from some columns of a row.
template <class Result>
key_text read_key(const Result& rows, int row, int first, std::size_t count) {
  key_text key;
  for (int column = first; column < first + static_cast<int>(count); ++column) key.emplace_back(rows.text(row, column));
  return key;
}

/// A range of keys, (lower, upper], and the parameters for it.
struct key_range {
  key_text lower;  ///< excluded; empty where there is no lower bound
  key_text upper;  ///< included

  [[nodiscard]] const statement& choose(const statement& first, const statement& later) const {
    return lower.empty() ? first : later;
  }

  /// Lower and upper bound, then more. They refer to the texts in here and in `more`.
  [[nodiscard]] std::vector<parameter> parameters(std::span<const parameter> more = {}) const {
    std::vector<parameter> all;
    for (const std::string& part : lower) all.push_back(text_form_parameter(part));
    for (const std::string& part : upper) all.push_back(text_form_parameter(part));
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

/// One piece of a walk.
struct walk_step {
  key_range range;
  std::int64_t rows = 0;
  bool last = false;                  ///< it reaches the end of the walk
  std::chrono::microseconds read{0};  ///< how long it took to read its rows, where that was done beforehand
};

/// The next `rows` rows after a key, up to the end of the walk. The rows are counted by the server: all of them by
/// walking the index, and those of the last piece by counting.
template <class Statements, transactional Connection>
walk_step next_step(Connection& on, const key_text& after, const key_text& end, int rows) {
  key_range rest{after, end};
  std::string skip = std::to_string(rows - 1);
  parameter skipped[]{text_form_parameter(skip)};
  auto bound =
      ask(on, rest.choose(Statements::backfill_bound_first, Statements::backfill_bound), rest.parameters(skipped));
  if (bound.rows() > 0) {
    key_text upper = read_key(bound, 0, 0, end.size());
    bool last = upper == end;
    return {{after, std::move(upper)}, rows, last};
  }
  auto count = ask(on, rest.choose(Statements::backfill_count_first, Statements::backfill_count), rest.parameters());
  return {std::move(rest), count.integer(0, 0), true};
}

}  // namespace online_migration::detail
