// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <utility>

#include <online_migration/postgres/backoff.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/environment.hpp>

namespace online_migration {

/// A stop was requested by the caller while the library waited to try again. Nothing is half done.
class cancelled : public refused {
 public:
  explicit cancelled(std::string_view statement_name)
      : refused{"Stopped on request; nothing was changed. Run it again to go on.", statement_name} {}
};

/// How long short pieces of work are tried again: locks that are taken, deadlocks, lost connections.
struct retry_settings {
  backoff_settings waits{std::chrono::milliseconds{50}, std::chrono::milliseconds{2'000}};
  std::chrono::milliseconds give_up_after{120'000};
};

namespace detail {

/// One connection that is opened when it is needed, and again after a loss.
/// Thread safety: one thread at a time.
template <database_like Database, environment_like Environment>
class session {
 public:
  using connection_type = decltype(std::declval<const Database&>().connect());

  explicit session(const Database& source, retry_settings settings = {}) : source_{source}, settings_{settings} {}

  /// Throws: `connection_error`.
  connection_type& open() {
    if (!is_open()) {
      connection_.reset();
      connection_.emplace(source_.connect());
      connected_once_ = true;
    }
    return *connection_;
  }

  void drop() { connection_.reset(); }

  [[nodiscard]] bool is_open() const { return connection_.has_value() && connection_->usable(); }

  /// Runs work that may be repeated as a whole. The first connection is not tried twice: a wrong password or host is
  /// told at once.
  template <class Work>
  auto retrying(Work&& work, const std::stop_token& stop = {}) {
    auto begin = Environment::now();
    backoff waits{settings_.waits};
    for (;;) {
      std::chrono::milliseconds wait{0};
      try {
        return work(open());
      } catch (const error& problem) {
        bool again =
            problem.retry() == retry_class::retry || (problem.retry() == retry_class::reconnect && connected_once_);
        if (!again || Environment::now() - begin > settings_.give_up_after) throw;
        if (problem.retry() == retry_class::reconnect) drop();
        wait = waits.next([](std::int64_t limit) { return Environment::random(limit); });
        if (stop.stop_requested()) throw cancelled{problem.statement_name()};
      }
      if (Environment::sleep(wait, stop)) throw cancelled{"retry"};
    }
  }

 private:
  const Database& source_;
  retry_settings settings_;
  std::optional<connection_type> connection_;
  bool connected_once_ = false;
};

}  // namespace detail
}  // namespace online_migration
