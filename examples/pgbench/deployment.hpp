// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pgbench/application.hpp"
#include "pgbench/settings.hpp"

/// The application that lives at the moment. It is replaced by its next version without a gap in the migration.
class deployment {
 public:
  explicit deployment(const pgbench_settings& chosen) : chosen_{chosen} {}

  /// With an empty script it is pgbench's own.
  void deploy(std::string version, const std::filesystem::path& script);
  void end();

  /// One line for each version that has lived.
  void print() const;

  [[nodiscard]] std::int64_t transactions() const;
  /// Whether no version lost a transaction.
  [[nodiscard]] bool was_undisturbed() const;

 private:
  const pgbench_settings& chosen_;
  std::optional<application> running_;
  std::chrono::steady_clock::time_point begun_;
  std::vector<application_report> reports_;
};
