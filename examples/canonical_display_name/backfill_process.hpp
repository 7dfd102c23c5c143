// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <sys/types.h>

#include "migration.hpp"
#include "settings.hpp"

/// What the process does: fills the new column from wherever the last committed chunk ended. Gives its exit status.
int run_backfill(const settings& chosen);

/// The backfill in a process of its own, which is killed where its object ends.
/// Throws: `std::system_error`.
class backfill_process {
 public:
  explicit backfill_process(const settings& chosen);
  ~backfill_process() { kill(); }
  backfill_process(const backfill_process&) = delete;
  backfill_process& operator=(const backfill_process&) = delete;

  /// Whether it is still at work.
  bool running();

  /// The exit status; 0 is success. To be asked when it has ended.
  [[nodiscard]] int status() const { return status_; }

  /// Kills it with SIGKILL if the server is changing rows for it right now; otherwise lets it go on and gives false.
  bool kill_in_the_middle_of_a_chunk(om::connection& on);

 private:
  void kill();

  pid_t pid_ = 0;
  int status_ = 0;
};

/// Waits until the server has noticed that the process of the backfill is gone. Its last chunk was committed with
/// cursor and counters, or not at all.
void wait_for_its_session(om::connection& on);
