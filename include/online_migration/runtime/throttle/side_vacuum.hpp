// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/sql/throttle.hpp>

namespace online_migration::detail {

/// A VACUUM of the table on a connection and in a thread of its own, which ends before the object does. Old versions
/// give their room back to the table; indexes keep theirs, because going through them costs more than it brings here.
/// Thread safety: one thread at a time.
template <database_like Database>
class side_vacuum {
  using connection_type = decltype(std::declval<const Database&>().connect());

 public:
  /// Begins. `table` is its quoted name. Throws: `connection_error`, `statement_error`.
  side_vacuum(const Database& source, const std::string& table)
      : on_{std::make_unique<connection_type>(source.connect())},
        process_{on_->backend_pid()},
        sql_{"VACUUM (INDEX_CLEANUP off, TRUNCATE off) " + table} {
    auto owner = ask_alone(*on_, state::may_vacuum, {text_of(table)});
    if (owner.rows() != 1 || !owner.boolean(0, 0)) {
      note_ = "VACUUM was not tried: this role does not own the table";
      done_ = true;
      return;
    }
    work_ = std::jthread{[this] {
      try {
        on_->set_deadline(std::chrono::hours{24});
        ask(*on_, statement{std::string_view{"throttle_vacuum"}, std::string_view{sql_}});
      } catch (const error& problem) {
        note_ = problem.what();
      } catch (...) {
        note_ = "VACUUM failed";
      }
      done_ = true;
    }};
  }
  side_vacuum(const side_vacuum&) = delete;
  side_vacuum& operator=(const side_vacuum&) = delete;

  [[nodiscard]] bool is_done() const { return done_; }
  /// Once it is done: what went wrong; empty where nothing did.
  [[nodiscard]] const std::string& note() const { return note_; }

  /// Ends it on the server, so that nobody waits for it.
  template <transactional Connection>
  void cancel(Connection& by) const {
    std::string process = std::to_string(process_);
    ask(by, statement{"throttle_cancel_vacuum", "SELECT pg_catalog.pg_cancel_backend($1::integer)"},
        {text_form_parameter(process)});
  }

 private:
  std::unique_ptr<connection_type> on_;
  int process_;
  std::string sql_;
  std::string note_;
  std::atomic<bool> done_{false};
  std::jthread work_;  // last, so that it ends first
};

}  // namespace online_migration::detail
