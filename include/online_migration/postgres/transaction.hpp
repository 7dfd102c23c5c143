// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>

#include <online_migration/postgres/call.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/connection.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// The bounds of one transaction, all set on the server and only for it.
struct transaction_settings {
  std::chrono::milliseconds lock_timeout{500};  ///< below deadlock_timeout, so that the application never dies
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds idle_timeout{10'000};  ///< frees the locks of a client that stands still
  std::chrono::seconds keepalives_idle{5};         ///< with the next two: frees the locks of a client that is gone
  std::chrono::seconds keepalives_interval{2};
  int keepalives_count = 3;
  std::string search_path = "pg_catalog, pg_temp";  ///< so that unqualified names mean PostgreSQL's own
  /// For statements that walk a table by its key: the server estimates a range of a composite key by its first column
  /// alone, and must not answer a few thousand rows of a large table with a scan of all of it.
  bool by_index = false;
  /// For work that is done again where a crash of the server forgets it: COMMIT does not wait for the disk. Nothing is
  /// torn: what is forgotten are whole transactions, the last ones, in their order.
  bool asynchronous = false;
};

namespace detail {

inline constexpr statement begin_statement{"begin", "BEGIN ISOLATION LEVEL READ COMMITTED"};
inline constexpr statement commit_statement{"commit", "COMMIT"};
inline constexpr statement rollback_statement{"rollback", "ROLLBACK"};
inline constexpr statement settings_statement{"transaction_settings",
                                              "SELECT pg_catalog.set_config('row_security', 'off', true), "
                                              "pg_catalog.set_config('DateStyle', 'ISO', true), "
                                              "pg_catalog.set_config('bytea_output', 'hex', true), "
                                              "pg_catalog.set_config('lock_timeout', $1, true), "
                                              "pg_catalog.set_config('statement_timeout', $2, true), "
                                              "pg_catalog.set_config('idle_in_transaction_session_timeout', $3, true), "
                                              "pg_catalog.set_config('tcp_keepalives_idle', $4, true), "
                                              "pg_catalog.set_config('tcp_keepalives_interval', $5, true), "
                                              "pg_catalog.set_config('tcp_keepalives_count', $6, true), "
                                              "pg_catalog.set_config('search_path', $7, true), "
                                              "pg_catalog.set_config('enable_seqscan', $8, true), "
                                              "pg_catalog.set_config('synchronous_commit', COALESCE($9, "
                                              "pg_catalog.current_setting('synchronous_commit')), true), "
                                              "pg_catalog.set_config('jit', 'off', true)"};

/// The parameters of `settings_statement`.
class settings_texts {
 public:
  explicit settings_texts(const transaction_settings& settings)
      : texts_{std::to_string(settings.lock_timeout.count()),
               std::to_string(settings.statement_timeout.count()),
               std::to_string(settings.idle_timeout.count()),
               std::to_string(settings.keepalives_idle.count()),
               std::to_string(settings.keepalives_interval.count()),
               std::to_string(settings.keepalives_count),
               settings.search_path,
               settings.by_index ? "off" : "on"} {
    for (std::size_t i = 0; i < texts_.size(); ++i) parameters_[i] = text_parameter(texts_[i], 25);
    parameters_.back() = settings.asynchronous ? text_parameter("off", 25) : null_parameter(25);
  }
  settings_texts(const settings_texts&) = delete;
  settings_texts& operator=(const settings_texts&) = delete;

  [[nodiscard]] std::span<const parameter> parameters() const { return parameters_; }

 private:
  std::array<std::string, 8> texts_;
  std::array<parameter, 9> parameters_;
};

/// A connection that can send several statements in one round trip.
template <class Connection>
concept sends_together = requires(Connection& on, std::span<const call> calls) { on.execute_together(calls); };

}  // namespace detail

/// A transaction: rolled back at the end of its scope unless it was committed. Row-level security that would hide rows
/// is an error in it, and unqualified names mean pg_catalog.
///
/// Throws: `refused` if one is open already; what the connection throws, and `connection_error` with
/// `outcome_unknown()` when the answer to COMMIT is lost. Thread safety: as its connection. Round trips: one to begin
/// (two on a connection without `execute_together`), one to commit or roll back.
template <transactional Connection = connection>
class transaction {
 public:
  explicit transaction(Connection& on, const transaction_settings& settings = {}) : on_{on} {
    if (on.in_transaction()) {
      throw refused{"A transaction is open on this connection already: end it, or use another connection."};
    }
    detail::settings_texts texts{settings};
    try {
      begin(texts.parameters());
    } catch (...) {
      roll_back_quietly();
      throw;
    }
  }

  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  ~transaction() {
    if (open_) roll_back_quietly();
  }

  /// Throws also: `statement_error` (25P02) if a statement had failed before. The server answers ROLLBACK to such a
  /// COMMIT, and calls it a success.
  void commit() {
    auto answer = on_.execute(detail::commit_statement, std::span<const parameter>{});
    open_ = false;
    if (answer.tag() != "COMMIT") throw statement_error{detail::commit_statement.name, "25P02"};
  }

  void rollback() {
    open_ = false;
    on_.execute(detail::rollback_statement, std::span<const parameter>{});
  }

 private:
  void begin(std::span<const parameter> parameters) {
    if constexpr (detail::sends_together<Connection>) {
      std::array<call, 2> calls{call{detail::begin_statement}, call{detail::settings_statement, parameters}};
      on_.execute_together(std::span<const call>{calls});
    } else {
      on_.execute(detail::begin_statement, std::span<const parameter>{});
      on_.execute(detail::settings_statement, parameters);
    }
  }

  void roll_back_quietly() noexcept {
    try {
      if (on_.usable() && on_.in_transaction()) on_.execute(detail::rollback_statement, std::span<const parameter>{});
    } catch (...) {  // the server rolls back what loses its connection
    }
  }

  Connection& on_;
  bool open_ = true;
};

}  // namespace online_migration
