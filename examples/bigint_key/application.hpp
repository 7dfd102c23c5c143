// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "migration.hpp"

/// One version of the application: it takes orders, each with two lines, and cancels every fourth.
struct version {
  const char* name;
  om::statement order;  ///< gives the order's number
  om::statement line;   ///< `$1` order
  om::statement cancel;
};

/// Knows `id` and `order_id`. It leaves the number of an order to the database, as applications do.
inline constexpr version legacy_version{
    "legacy",
    {"legacy_order", "INSERT INTO bigint_key.orders (note) VALUES ('legacy') RETURNING id"},
    {"legacy_line", "INSERT INTO bigint_key.order_lines (order_id, amount) VALUES ($1::integer, 5)"},
    {"legacy_cancel", "DELETE FROM bigint_key.orders WHERE id = $1::integer"}};

/// Writes both columns of a line. Orders are what they were: it goes on finding them by `id`.
inline constexpr version dual_version{
    "dual_write",
    {"dual_order", "INSERT INTO bigint_key.orders (note) VALUES ('dual') RETURNING id"},
    {"dual_line",
     "INSERT INTO bigint_key.order_lines (order_id, order_id_v2, amount) VALUES ($1::integer, $1::bigint, 5)"},
    {"dual_cancel", "DELETE FROM bigint_key.orders WHERE id = $1::integer"}};

/// Knows `id_v2` and `order_id_v2`.
inline constexpr version new_version{
    "new_only",
    {"new_order", "INSERT INTO bigint_key.orders (note) VALUES ('new') RETURNING id_v2"},
    {"new_line", "INSERT INTO bigint_key.order_lines (order_id_v2, amount) VALUES ($1::bigint, 5)"},
    {"new_cancel", "DELETE FROM bigint_key.orders WHERE id_v2 = $1::bigint"}};

/// A version at work, until it is stopped. It prepares its statements once.
class application {
 public:
  application(const om::database& shop, const version& which);

  /// Waits until it has taken so many more orders.
  void take_orders(int count) const;

  /// Deployments are over when the old version has ended.
  void end() { work_ = {}; }

  [[nodiscard]] std::int64_t kept() const { return kept_; }
  [[nodiscard]] std::int64_t failures() const { return failures_; }

 private:
  void work(om::connection& on, const version& which);

  std::atomic<std::int64_t> kept_ = 0;
  std::atomic<std::int64_t> taken_ = 0;
  std::atomic<std::int64_t> failures_ = 0;
  std::jthread work_;
};
