// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/postgres/database.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/environment.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/runtime/read_flag_step.hpp>

namespace online_migration {

/// How fresh a read flag is kept.
struct read_flag_cache_options {
  /// Reads ask for the flag again when it is older than this.
  std::chrono::milliseconds refresh_every{5'000};
  /// While the flag cannot be read the last one is used until it is this old; then reads fail. `contract` asks for a
  /// flag that has been `new` for longer than any reader can believe otherwise, 60 s by default: keep this below it.
  std::chrono::milliseconds longest_age{30'000};
  /// After the flag could not be read, the next try comes this much later.
  std::chrono::milliseconds retry_after{1'000};
  /// For the server's answer. Connecting has the time-out of the database's own options.
  std::chrono::milliseconds deadline{2'000};
};

/// The read flag of a migration as the state tables have it, remembered for a few seconds: one for a process, shared by
/// all of its readers. It has a connection of its own, which is opened with the first read and stays open, so that it
/// asks neither within a caller's transaction nor by its snapshot. Where no run of the migration was begun, the flag is
/// `legacy`.
///
///     om::read_flag_cache<canonical_display_name> flags{app};
///     om::reader<canonical_display_name> read{connection, flags};
///
/// A read that finds the flag older than `refresh_every` asks for it again; others meanwhile go on with the one that is
/// there. The first read over a connection to a server that is not known yet, as after a failover, asks again too, and
/// fails where it gets no answer: what another server said may be ahead of what this one has.
///
/// The age is counted by the steady clock, from before the flag was asked for. That clock stands still while a host is
/// suspended.
///
/// Throws: `connection_error` or `refused` where the flag cannot be read and is older than `longest_age`; `refused` for
/// options that contradict each other.
/// Thread safety: any number of threads. The database has to outlive it.
/// Round trips: three each `refresh_every`, by one thread; else none.
template <migration_like Migration, database_like Database = online_migration::database,
          environment_like Environment = system_environment>
class read_flag_cache {
 public:
  using migration = Migration;

  explicit read_flag_cache(const Database& source, read_flag_cache_options options = {})
      : source_{source}, options_{options} {
    if (options_.refresh_every.count() <= 0 || options_.retry_after.count() <= 0 || options_.deadline.count() <= 0 ||
        options_.longest_age < options_.refresh_every) {
      throw refused{
          "om::read_flag_cache_options: all times are longer than nothing, and longest_age is no shorter than "
          "refresh_every."};
    }
  }
  explicit read_flag_cache(const Database&&, read_flag_cache_options = {}) = delete;

  /// The flag by which rows are to be read now.
  [[nodiscard]] read_flag operator()() {
    if (std::optional<read_flag> flag = younger_than(options_.refresh_every)) return *flag;
    std::optional<read_flag> last = younger_than(options_.longest_age);
    std::unique_lock turn{refreshing_, std::defer_lock};
    if (!last.has_value()) {
      turn.lock();
    } else if (!turn.try_lock()) {
      return *last;
    }
    refresh_if_due();
    last = younger_than(options_.longest_age);
    if (!last.has_value()) fail();
    return *last;
  }

  /// Says that rows are read from the server with this `server_facts::started`. Readers do it.
  void meet(std::string_view server) {
    if (knows(server)) return;
    std::lock_guard turn{refreshing_};
    if (knows(server)) return;
    if (!failed() || is_due()) {
      // What is connected to another server may be left behind on one that is no primary any more.
      if (on_.has_value() && on_->facts().started != server) on_.reset();
      refresh();
    }
    if (failed()) fail();
    remember(std::string{server});
  }

 private:
  using connection_type = decltype(std::declval<const Database&>().connect());
  using time_point = std::chrono::steady_clock::time_point;

  std::optional<read_flag> younger_than(std::chrono::milliseconds age) {
    std::lock_guard hold{known_};
    if (!read_at_.has_value() || Environment::now() - *read_at_ >= age) return std::nullopt;
    return flag_;
  }

  bool knows(std::string_view server) {
    std::lock_guard hold{known_};
    return std::find(servers_.begin(), servers_.end(), server) != servers_.end();
  }

  void remember(std::string server) {
    constexpr std::size_t most = 16;
    std::lock_guard hold{known_};
    if (std::find(servers_.begin(), servers_.end(), server) != servers_.end()) return;
    if (servers_.size() == most) servers_.erase(servers_.begin());
    servers_.push_back(std::move(server));
  }

  // From here on the caller holds `refreshing_`.

  [[nodiscard]] bool failed() const { return !problem_.empty(); }

  [[nodiscard]] bool is_due() const { return !failed() || Environment::now() - tried_at_ >= options_.retry_after; }

  void refresh_if_due() {
    if (is_due() && !younger_than(options_.refresh_every).has_value()) refresh();
  }

  void refresh() {
    time_point begin = Environment::now();
    try {
      read_flag flag = ask_server();
      remember(on_->facts().started);
      problem_.clear();
      std::lock_guard hold{known_};
      flag_ = flag;
      read_at_ = begin;
    } catch (const connection_error& problem) {
      on_.reset();
      note(problem, true);
    } catch (const error& problem) {
      note(problem, false);
    }
    tried_at_ = Environment::now();
  }

  void note(const error& problem, bool lost) {
    problem_ = problem.what();
    lost_ = lost;
  }

  /// A connection may have been lost long ago: then a second one tells.
  read_flag ask_server() {
    if (on_.has_value() && on_->usable()) {
      try {
        return ask_connection();
      } catch (const connection_error&) {
      }
    }
    on_.reset();
    on_.emplace(source_.connect());
    on_->set_deadline(options_.deadline);
    if (on_->facts().in_recovery) {
      on_.reset();
      throw refused{
          "The read flag was asked of a standby, which may be behind: connect to the primary, as with "
          "target_session_attrs=read-write."};
    }
    return ask_connection();
  }

  read_flag ask_connection() {
    try {
      transaction_settings bounds;
      bounds.statement_timeout = options_.deadline;
      transaction scope{*on_, bounds};
      std::optional<detail::flag_record> found = detail::read_flag_record(*on_, Migration::name.view());
      scope.commit();
      return found.has_value() ? detail::flag_in_force(found->phase, found->flag) : read_flag::legacy;
    } catch (statement_error& problem) {
      if (problem.sqlstate() == "42501") {
        problem.add(
            "GRANT SELECT (migration, attempt, phase, read_flag, read_percent) ON "
            "public.online_migration_runs to this role: docs/how-to/rights-and-poolers.md.");
      } else if (problem.sqlstate() == "42703") {
        problem.add("The state tables are those of an older library: call toolkit.ensure_state_tables() once.");
      }
      throw;
    }
  }

  [[noreturn]] void fail() const {
    std::string sentence =
        fmt::format("The read flag cannot be read, and none younger than {} ms is known of this server. {}",
                    options_.longest_age.count(), failed() ? problem_ : "The answer took longer than that.");
    if (lost_) {
      connection_error problem{std::move(sentence), state::read_flag.name};
      problem.in_migration(Migration::name.view());
      throw problem;
    }
    refused problem{std::move(sentence), state::read_flag.name};
    problem.in_migration(Migration::name.view());
    throw problem;
  }

  const Database& source_;
  read_flag_cache_options options_;

  std::mutex known_;
  read_flag flag_;
  std::optional<time_point> read_at_;
  std::vector<std::string> servers_;  ///< from which rows were read, and the flag since

  std::mutex refreshing_;
  std::optional<connection_type> on_;
  time_point tried_at_{};
  std::string problem_;  ///< why the last try gave no flag; empty where it gave one
  bool lost_ = false;
};

}  // namespace online_migration
