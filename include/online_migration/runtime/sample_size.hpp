// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/sql/sample.hpp>

namespace online_migration::detail {

/// How many places the files of a table have. Throws: `refused` where nothing can be drawn from one of them.
template <transactional Connection>
std::int64_t count_places(Connection& on, const table_description& table) {
  std::string name = table_name(table);
  auto row = ask_alone(on, state::sample_places, {text_of(name)});
  if (row.rows() == 0) return 0;
  if (row.integer(0, 1) == 0) return row.integer(0, 0);
  throw refused{
      fmt::format("{} parts of {} are kept by an access method other than heap, so no row can be drawn from "
                  "them: use check_all. Nothing was changed.",
                  row.integer(0, 1), name)};
}

/// How many places of a table to draw so that enough of them hold a row. Most places of a table hold none, and how many
/// do is only known from those that were drawn. Pure: the same numbers give the same draws.
class sample_size {
 public:
  /// `rows` wanted, from a table with so many places.
  sample_size(std::int64_t rows, std::int64_t places)
      : wanted_{static_cast<double>(rows)}, places_{static_cast<double>(places)} {}

  /// Whether it takes more draws to see so many rows than the table has rows, so that to visit all of them is less
  /// work.
  [[nodiscard]] bool is_too_much() const { return wanted_ / share() >= share() * places_; }

  /// The places to draw next: never so many that their snapshot is held for long.
  [[nodiscard]] std::int64_t next(int most) const {
    double missing = std::max(wanted_ - rows_, 1.0) / share();
    return static_cast<std::int64_t>(std::ceil(std::min({missing, longest_draw, static_cast<double>(most)})));
  }

  void drew(std::int64_t places, std::int64_t rows) {
    drawn_ += static_cast<double>(places);
    rows_ += static_cast<double>(rows);
  }

 private:
  static constexpr double longest_draw = 1'000;

  /// Of the places that hold a row, as far as it was seen.
  [[nodiscard]] double share() const { return (rows_ + 1.0) / (drawn_ + 1.0); }

  double wanted_;
  double places_;
  double drawn_ = 0.0;
  double rows_ = 0.0;
};

}  // namespace online_migration::detail
