// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <online_migration/postgres/call.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// A transaction that is known before it begins: BEGIN, its settings, its statements and COMMIT are sent together, so
/// it takes one round trip. At the first error nothing after it is run, and the transaction is rolled back; a statement
/// that must stop it therefore raises an error. A transaction pooler may stand between. Several of them can be sent
/// behind each other: each is run if those before it were committed.
///
/// Throws: `refused` if a transaction is open already; what the connection throws, `connection_error` with
/// `outcome_unknown()` when the answers are lost: whether it was committed tells only the state in the database. An error
/// in one of several leaves those before it committed. Thread safety: as its connection. Round trips: one for all, and
/// one more after an error; on a connection without `execute_together` one for each statement.
template <connection_like Connection>
class whole_transaction {
 public:
  using answer = decltype(std::declval<Connection&>().execute(std::declval<const statement&>(),
                                                              std::declval<std::span<const parameter>>()));

  explicit whole_transaction(Connection& on, const transaction_settings& settings = {}) : on_{on}, settings_{settings} {
    begin();
  }
  whole_transaction(const whole_transaction&) = delete;
  whole_transaction& operator=(const whole_transaction&) = delete;

  /// Adds a statement, prepared where it is run `often`; what its parameters refer to is kept by the caller until
  /// `commit` has come back. Gives the number of its answer.
  std::size_t add(const statement& what, std::vector<parameter> parameters = {}, bool often = false,
                  result_format format = result_format::text) {
    kept_.push_back(std::move(parameters));
    calls_.push_back({what, std::span<const parameter>{kept_.back()}, format, often});
    return calls_.size() - 1;
  }

  /// What is added from here on is another transaction, with the same settings.
  void then() {
    end();
    begin();
  }

  /// Runs all of it. The answers have the numbers that `add` gave.
  std::vector<answer> commit() {
    if (on_.in_transaction()) {
      throw refused{"A transaction is open on this connection already: end it, or use another connection."};
    }
    end();
    std::vector<answer> answers;
    try {
      answers = send();
    } catch (...) {
      roll_back_quietly();
      throw;
    }
    for (std::size_t number : ends_) {
      if (answers[number].tag() != "COMMIT") throw statement_error{detail::commit_statement.name, "25P02"};
    }
    return answers;
  }

 private:
  void begin() {
    calls_.push_back({detail::begin_statement});
    calls_.push_back({detail::settings_statement, settings_.parameters(), result_format::text, true});
  }

  void end() {
    ends_.push_back(calls_.size());
    calls_.push_back({detail::commit_statement});
  }

  std::vector<answer> send() {
    if constexpr (detail::sends_together<Connection>) {
      return on_.execute_together(std::span<const call>{calls_});
    } else {
      std::vector<answer> answers;
      for (const call& each : calls_) {
        answers.push_back(each.often ? on_.execute_prepared(each.what, each.parameters, each.format)
                                     : on_.execute(each.what, each.parameters, each.format));
      }
      return answers;
    }
  }

  void roll_back_quietly() noexcept {
    try {
      if (on_.usable() && on_.in_transaction()) on_.execute(detail::rollback_statement, std::span<const parameter>{});
    } catch (...) {  // the server rolls back what loses its connection
    }
  }

  Connection& on_;
  detail::settings_texts settings_;
  std::deque<std::vector<parameter>> kept_;
  std::vector<call> calls_;
  std::vector<std::size_t> ends_;  ///< the numbers of the COMMITs
};

}  // namespace online_migration
