// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <online_migration/online_migration.hpp>

namespace faults {

namespace om = online_migration;

/// What happens at a call.
enum class fault {
  none,
  lost_before,    ///< the connection breaks before the server sees the statement
  lost_after,     ///< the server has done it, and the answer never comes
  refused,        ///< the server refuses with a code that a retry may help
  killed_before,  ///< the process is gone before the statement
  killed_after    ///< the process is gone right after it
};

/// The end of a process, as far as a test within one process can have it: not an `om::error`, so the library does not
/// handle it, and all sockets are closed by then.
struct process_killed {};

/// Decides, for every statement that the library sends, what happens to it.
struct plan {
  std::int64_t calls = 0;  ///< statements so far
  std::int64_t at = -1;    ///< the statement to harm
  fault what = fault::none;
  std::string_view sqlstate = "40001";          ///< of `refused`
  bool real_kill = false;                       ///< SIGKILL this process instead of throwing
  std::function<void(std::int64_t)> between{};  ///< called before each statement, for what others do meanwhile
  bool fired = false;
  /// What the library does on threads of its own is done one after the other here, as far as others notice.
  std::shared_ptr<std::recursive_mutex> turn = std::make_shared<std::recursive_mutex>();

  fault next() {
    std::scoped_lock mine{*turn};
    std::int64_t number = ++calls;
    if (between) between(number);
    if (number != at) return fault::none;
    fired = true;
    return what;
  }
};

inline constexpr om::statement fail_transaction{"fail_transaction", "SELECT 1 / (pg_backend_pid() - pg_backend_pid())"};

inline constexpr om::statement roll_back{"roll_back", "ROLLBACK"};

/// A connection that breaks by plan. Every statement is a point of its own, also in a pipeline; but what is lost after
/// one of a pipeline is lost after the server has run all of it.
class faulty_connection {
 public:
  faulty_connection(om::connection inner, plan& how) : inner_{std::move(inner)}, plan_{&how} {}

  om::result execute(const om::statement& what, std::span<const om::parameter> parameters = {},
                     om::result_format format = om::result_format::text) {
    return harmed(plan_->next(), what, parameters, format);
  }

  om::result harmed(fault now, const om::statement& what, std::span<const om::parameter> parameters,
                    om::result_format format) {
    switch (now) {
      case fault::lost_before:
        inner_.close();
        throw om::connection_error::lost(what.name, {}, "broken by the test");
      case fault::killed_before:
        kill();
      case fault::refused:
        if (what.view() == roll_back.view()) break;  // no server refuses that
        if (inner_.in_transaction()) {
          // As the server leaves it: a refused statement has failed its transaction, a refused COMMIT has ended it.
          try {
            inner_.execute(what.view() == "COMMIT" ? roll_back : fail_transaction);
          } catch (const om::statement_error&) {
          }
        }
        throw om::statement_error{what.name, plan_->sqlstate};
      default:
        break;
    }
    om::result answer = inner_.execute(what, parameters, format);
    if (now == fault::killed_after) kill();
    if (now == fault::lost_after) {
      inner_.close();
      throw om::connection_error::lost(what.name, {}, "broken by the test");
    }
    return answer;
  }

  std::vector<om::result> execute_together(std::span<const om::call> calls) {
    std::vector<om::result> answers;
    fault end = fault::none;
    for (const om::call& each : calls) {
      fault now = plan_->next();
      bool later = now == fault::lost_after || now == fault::killed_after;
      if (later) end = now;
      answers.push_back(harmed(later ? fault::none : now, each.what, each.parameters, each.format));
    }
    if (end == fault::killed_after) kill();
    if (end == fault::lost_after) {
      inner_.close();
      throw om::connection_error::lost(calls.back().what.name, {}, "broken by the test");
    }
    return answers;
  }

  om::result execute_prepared(const om::statement& what, std::span<const om::parameter> parameters = {},
                              om::result_format format = om::result_format::text) {
    return execute(what, parameters, format);
  }

  void run_script(const om::statement& script) { inner_.run_script(script); }
  void set_deadline(std::chrono::milliseconds time) { inner_.set_deadline(time); }
  const om::server_facts& facts() { return inner_.facts(); }
  bool is_pooled() { return inner_.is_pooled(); }
  int backend_pid() { return inner_.backend_pid(); }
  [[nodiscard]] std::string_view server_encoding() const { return inner_.server_encoding(); }
  [[nodiscard]] bool in_transaction() const { return inner_.in_transaction(); }
  [[nodiscard]] bool usable() const { return inner_.usable(); }

 private:
  [[noreturn]] void kill() {
    if (plan_->real_kill) std::raise(SIGKILL);
    inner_.close();
    throw process_killed{};
  }

  om::connection inner_;
  plan* plan_;
};

class faulty_database {
 public:
  explicit faulty_database(plan& how, const std::string& conninfo = "") : inner_{conninfo}, plan_{&how} {}
  [[nodiscard]] faulty_connection connect() const { return {inner_.connect(), *plan_}; }

 private:
  om::database inner_;
  plan* plan_;
};

static_assert(om::database_like<faulty_database>);

/// Time that hardly passes: waits of the library become short ones.
struct hasty_environment {
  static std::chrono::steady_clock::time_point now() { return om::system_environment::now(); }
  static bool sleep(std::chrono::milliseconds time, const std::stop_token& stop) {
    return om::system_environment::sleep(std::min(time, std::chrono::milliseconds{2}), stop);
  }
  static std::int64_t random(std::int64_t limit) { return om::system_environment::random(limit); }
};

}  // namespace faults
