// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <online_migration/migration/migration.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/client_batch.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/pace.hpp>

namespace online_migration::detail {

/// A span whose end is known.
struct planned_span {
  span_plan plan;
  key_range range;
  bool last = false;  ///< it reaches the end of the walk
};

/// The rows of a span that the client has read, and how far they are written back. Row `i` is in stripe `i` modulo their
/// number, whatever its key is: rows of one page have keys that follow each other, or else stripes gain nothing. A
/// stripe is written in as many chunks as the pace asks for.
template <migration_like Migration, class Result>
struct client_span {
  planned_span what;
  client_batch<Migration, Result> batch;
  int stripe = 0;
  int passed = 0;         ///< rows of this stripe
  bool has_lost = false;  ///< a row was not written, because its sources had changed

  client_span(planned_span&& plan, Result&& rows) : what{std::move(plan)}, batch{std::move(rows)} {
    // A few rows are not worth several transactions.
    if (batch.size() < 2 * what.plan.stripes) what.plan.stripes = 1;
  }

  [[nodiscard]] bool is_untouched() const { return stripe == 0 && passed == 0; }

  /// Of all values.
  [[nodiscard]] std::int64_t bytes() const {
    std::size_t all = 0;
    for (int row = 0; row < batch.size(); ++row) {
      for (int column = 0; column < batch.found().columns(); ++column) all += batch.found().text(row, column).size();
    }
    return static_cast<std::int64_t>(all);
  }

  /// The rows of the next chunk: about as many as the pace asks for, and no small rest.
  [[nodiscard]] some_rows next_piece(const pace& speed) const {
    int left = stripe_rows() - passed;
    int wanted = speed.stripe_rows(stripe > 0);
    int count = left <= wanted + wanted / 4 ? left : left < 2 * wanted ? (left + 1) / 2 : wanted;
    return {stripe + passed * what.plan.stripes, what.plan.stripes, count};
  }

  [[nodiscard]] bool ends_with(const some_rows& piece) const {
    return stripe + 1 == what.plan.stripes && passed + piece.count == stripe_rows();
  }
  [[nodiscard]] bool ends_with_next(const pace& speed) const { return ends_with(next_piece(speed)); }

  /// Whether it is too small to say anything about the time of another one.
  [[nodiscard]] bool is_short(const some_rows& piece, const pace& speed) const {
    return piece.count < speed.stripe_rows(stripe > 0) / 2;
  }

  /// What is open behind a chunk, as the slice's row is to have it.
  [[nodiscard]] open_span behind(const some_rows& piece) const {
    if (ends_with(piece)) return {};
    bool ends_stripe = passed + piece.count == stripe_rows();
    return {what.range.upper, ends_stripe ? stripe + 1 : stripe, what.plan.stripes, false, batch.size()};
  }

  void pass(const some_rows& piece) {
    passed += piece.count;
    if (passed < stripe_rows()) return;
    ++stripe;
    passed = 0;
  }

 private:
  [[nodiscard]] int stripe_rows() const { return (batch.size() - stripe + what.plan.stripes - 1) / what.plan.stripes; }
};

}  // namespace online_migration::detail
