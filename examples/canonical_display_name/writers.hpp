// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "latency.hpp"
#include "names.hpp"
#include "settings.hpp"

enum class writer_kind {
  old_style,  ///< runs the old application from beginning to end
  dual,       ///< the old application until expand is done, then a new version that uses om::dual_writer
  deleter     ///< the same, but it deletes
};

/// What the server has acknowledged: for each user that was written the last name, or nothing where it was deleted.
using acknowledged = std::map<std::int64_t, std::optional<std::string>>;

/// What the writers of one kind did.
struct writes {
  latencies before;
  latencies during;
};

/// The users of the application: several connections that write all the time, each to users of its own, so that
/// the last acknowledged write of every user is known.
///
/// They keep a schedule, as people do, whether the server is quick or not, and a write's time counts from the moment
/// when it was due: a stall delays all writes that were due meanwhile, and all of them count.
class writers {
 public:
  static constexpr int old_style = 3;
  static constexpr int dual = 3;
  static constexpr int deleters = 2;
  static constexpr int count = old_style + dual + deleters;

  writers(const settings& chosen, const display_names& names);
  ~writers();
  writers(const writers&) = delete;
  writers& operator=(const writers&) = delete;

  /// From now on the times count, as those before the migration.
  void begin_baseline() { time_ = period::baseline; }

  /// From now on they count as those during the migration.
  void begin_migration() { time_ = period::migration; }

  /// Lets the dual writers, and one of the deleters, switch to the new version of the application.
  void deploy_new_version() { deployed_ = true; }

  /// Lets them finish the write they are at. Throws: what ended a writer before its time.
  void stop();

  // To be asked after `stop`.
  [[nodiscard]] writes of(writer_kind kind) const;
  [[nodiscard]] acknowledged all() const;

 private:
  enum class period { warm_up, baseline, migration };
  struct writer;

  const settings& chosen_;
  const display_names& names_;
  std::atomic<std::int64_t> next_id_;
  std::atomic<period> time_{period::warm_up};
  std::atomic<bool> deployed_{false};
  std::vector<writer> all_;
  std::vector<std::jthread> threads_;
};
