// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <online_migration/postgres/call.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/bound_values.hpp>
#include <online_migration/runtime/row_values.hpp>
#include <online_migration/sql/dual_write.hpp>

namespace online_migration::detail {

/// The writes of a range of rows, each with its values, to be sent in one round trip. It stays where it is made.
template <class Direction, write_kind Kind, class Row>
class batch_write {
 public:
  batch_write() = default;
  batch_write(const batch_write&) = delete;
  batch_write& operator=(const batch_write&) = delete;

  /// Throws: as `bound_values`.
  void add(const Row& row) {
    const bound& one = rows_.emplace_back(row).values;
    calls_.push_back({dual_write<Direction, Kind, bound::columns>, one.parameters(), result_format::text, true});
  }

  [[nodiscard]] std::size_t size() const { return calls_.size(); }

  /// The number of rows written. Outside a transaction block the server takes all that is sent together as one
  /// transaction. Throws: as `execute_together`.
  template <class Connection>
  std::int64_t send(Connection& on) const {
    if (calls_.empty()) return 0;
    std::int64_t rows = 0;
    for (const auto& answer : send_calls(on)) rows += answer.affected();
    return rows;
  }

 private:
  static auto bind(const Row& row) {
    return with_assignments<typename Direction::table>(row, []<class... Assignments>(const Assignments&... given) {
      return bound_values<Direction, Kind, Assignments...>{given...};
    });
  }
  using bound = decltype(bind(std::declval<const Row&>()));

  struct kept {
    explicit kept(const Row& row) : values{bind(row)} {}
    bound values;
  };

  template <class Connection>
  auto send_calls(Connection& on) const {
    bool alone = !on.in_transaction();
    try {
      return on.execute_together(std::span<const call>{calls_});
    } catch (const statement_error& problem) {
      // Nothing was done, and what the session had prepared is forgotten on both sides now.
      bool forgotten = problem.sqlstate() == "26000" || problem.sqlstate() == "0A000" || problem.sqlstate() == "42P05";
      if (!alone || !forgotten || problem.retry() != retry_class::retry) throw;
    }
    return on.execute_together(std::span<const call>{calls_});
  }

  std::deque<kept> rows_;
  std::vector<call> calls_;
};

}  // namespace online_migration::detail
