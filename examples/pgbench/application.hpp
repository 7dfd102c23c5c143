// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

#include "pgbench/settings.hpp"

/// What one version of the application did while it lived.
struct application_report {
  std::string version;
  std::int64_t transactions = 0;
  std::int64_t failed = 0;  ///< transactions that ended in an error, and clients that gave up
  double per_second = 0;
  std::optional<double> p99;  ///< milliseconds
  bool ended_well = false;    ///< pgbench itself says that nothing went wrong
};

/// pgbench as the application: a process of its own with a script, which writes until it is stopped.
/// Throws: `std::system_error`, `std::runtime_error`.
class application {
 public:
  /// With an empty script it runs its own, the TPC-B that every PostgreSQL comes with.
  application(const pgbench_settings& chosen, std::string version, const std::filesystem::path& script);
  ~application();
  application(const application&) = delete;
  application& operator=(const application&) = delete;

  /// Lets every client finish its transaction, and reads what pgbench has counted.
  application_report stop();

  /// Makes and fills pgbench's tables in the schema, which is there.
  static void load(const pgbench_settings& chosen);

 private:
  [[nodiscard]] std::optional<double> read_p99() const;

  std::string version_;
  std::filesystem::path folder_;
  std::chrono::steady_clock::time_point begun_;
  pid_t pid_ = 0;
};
