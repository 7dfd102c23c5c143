// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <online_migration/postgres/call.hpp>
#include <online_migration/postgres/channel.hpp>
#include <online_migration/postgres/connect.hpp>
#include <online_migration/postgres/conninfo.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/libpq.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/parameter_arrays.hpp>
#include <online_migration/postgres/prepared_cache.hpp>
#include <online_migration/postgres/result.hpp>
#include <online_migration/postgres/server_facts.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// Whether statements are prepared on the server.
enum class prepare_policy {
  automatic,  ///< by `execute_prepared`, on a direct connection
  never       ///< for a pooler that hides itself
};

struct connection_options {
  std::chrono::milliseconds connect_timeout{10'000};  ///< for each host; one in the connection string wins
  std::chrono::milliseconds deadline{60'000};         ///< for each answer; longer than the statement_timeout in force
  prepare_policy prepare = prepare_policy::automatic;
};

/// A connection to PostgreSQL. Every wait ends at a deadline of the client's own, because no time-out of a server
/// survives a network that swallows packets. Sets no session state, so a transaction pooler may stand between.
///
/// Throws: `statement_error` when the server refuses a statement; `connection_error` when the connection is lost or the
/// deadline passes, after which it stays unusable; `refused` for wrong use.
/// Thread safety: one thread at a time.
/// Round trips: one for each `execute…` and `run_script`; `facts()` takes one, the first time.
class connection {
 public:
  /// Connects. `conninfo` is any connection string of libpq; empty means libpq's environment. Resolving a host name is
  /// bounded by the resolver's own time-outs. Throws: `connection_error`, `refused` for an unreadable string.
  explicit connection(const std::string& conninfo, connection_options options = {})
      : connection{detail::conninfo{conninfo}, options} {}

  /// Uses a connection of the caller's, which stays open and keeps its blocking mode. After a `connection_error` the
  /// caller has to close it. Throws: `refused` if its client_encoding is not UTF8.
  static connection borrow(PGconn* theirs, connection_options options = {}) {
    connection borrowed{detail::connection_handle{theirs, {false}}, options};
    if (!borrowed.usable()) throw connection_error{"The borrowed connection is not open: connect first."};
    const char* encoding = PQparameterStatus(theirs, "client_encoding");
    if (encoding == nullptr || std::string_view{encoding} != "UTF8") {
      throw refused{"The borrowed connection's client_encoding is not UTF8: connect with client_encoding=UTF8."};
    }
    return borrowed;
  }

  connection(connection&&) = default;
  connection& operator=(connection&&) = default;

  /// Runs one statement, unnamed and with its parameters apart from it.
  result execute(const statement& what, std::span<const parameter> parameters = {},
                 result_format format = result_format::text) {
    detail::channel::use guard{channel_, what};
    return run_unnamed(what, parameters, format);
  }

  result execute(const statement& what, std::initializer_list<parameter> parameters,
                 result_format format = result_format::text) {
    return execute(what, std::span<const parameter>{parameters.begin(), parameters.size()}, format);
  }

  /// Runs a statement that will be run often: the server parses it once. The first run prepares it in the same round
  /// trip. Behind a pooler it is `execute`. What it remembers is found by the address of the statement's text.
  result execute_prepared(const statement& what, std::span<const parameter> parameters = {},
                          result_format format = result_format::text) {
    if (prepare_ == prepare_policy::never || is_pooled()) return execute(what, parameters, format);
    detail::channel::use guard{channel_, what};
    detail::prepared_cache& cache = prepared();
    return cache.disabled ? run_unnamed(what, parameters, format)
                          : run_prepared(cache, what, parameters, format, guard.transaction_status());
  }

  result execute_prepared(const statement& what, std::initializer_list<parameter> parameters,
                          result_format format = result_format::text) {
    return execute_prepared(what, std::span<const parameter>{parameters.begin(), parameters.size()}, format);
  }

  /// Runs several statements in one round trip (libpq's pipeline mode). At the first error the rest is not run, and the
  /// error names the statement that failed, and `index()` of it is its number. Outside a transaction block, and without
  /// a statement that begins one, they are one transaction.
  std::vector<result> execute_together(std::span<const call> calls) {
    if (calls.empty()) return {};
    detail::prepared_cache* cache = cache_for(calls);
    // The last one names the loss of the connection: it may be the COMMIT.
    const statement& last = calls.back().what;
    detail::channel::use guard{channel_, last};
    for (const call& each : calls) detail::parameter_arrays::check(each.parameters);
    channel_.begin_pipeline(last);
    std::vector<std::size_t> places;  // of the calls among all that is sent
    std::vector<std::size_t> prepared;
    std::size_t sent = 0;
    for (const call& each : calls) {
      if (cache == nullptr || !each.often) {
        channel_.send_unnamed(each.what, each.parameters, each.format);
      } else {
        const char* name = cache->find(each.what, each.parameters);
        if (name == nullptr) {
          name = cache->add(each.what, each.parameters);
          channel_.send_prepare(each.what, name, each.parameters);
          prepared.push_back(sent++);
        }
        channel_.send_named(each.what, name, each.parameters, each.format);
      }
      places.push_back(sent++);
    }
    std::vector<result> all(sent);
    auto [failed, problem] = channel_.end_pipeline(last, all);
    if (detail::present(problem)) fail_together(cache, calls, places, prepared, failed, problem);
    std::vector<result> answers;
    answers.reserve(calls.size());
    for (std::size_t place : places) answers.push_back(std::move(all[place]));
    return answers;
  }

  std::vector<result> execute_together(std::initializer_list<call> calls) {
    return execute_together(std::span<const call>{calls.begin(), calls.size()});
  }

  /// Runs a script of several statements without parameters. Outside a transaction block it is one transaction.
  void run_script(const statement& script) {
    detail::channel::use guard{channel_, script};
    channel_.send_script(script);
    detail::outcome got = channel_.collect(script);
    if (detail::present(got.problem)) channel_.fail(script, got.problem);
  }

  [[nodiscard]] PGTransactionStatusType transaction_status() const { return PQtransactionStatus(native()); }

  /// Whether a transaction block is open, failed ones included.
  [[nodiscard]] bool in_transaction() const {
    PGTransactionStatusType status = transaction_status();
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }

  [[nodiscard]] bool usable() const { return channel_.usable(); }

  /// What the server says about itself, asked once.
  const server_facts& facts() {
    if (!facts_) {
      result row = execute(detail::probe_statement);
      facts_ = detail::read_facts(row, PQbackendPID(native()));
    }
    return *facts_;
  }

  /// Whether a pooler stands between: the process id that libpq was given is not the server's.
  bool is_pooled() { return facts_ ? facts_->pooled : facts().pooled; }

  /// The server process of this connection, the real one.
  int backend_pid() { return facts().backend_pid; }

  /// `server_encoding`, without asking the server.
  [[nodiscard]] std::string_view server_encoding() const {
    const char* value = PQparameterStatus(native(), "server_encoding");
    return value == nullptr ? std::string_view{} : std::string_view{value};
  }

  /// For each answer from now on. There is no "for ever": give hours to what takes hours.
  void set_deadline(std::chrono::milliseconds limit) { channel_.deadline = limit; }
  [[nodiscard]] std::chrono::milliseconds deadline() const { return channel_.deadline; }

  /// How often this object waited for the server since it was made.
  [[nodiscard]] std::int64_t round_trips() const { return channel_.round_trips; }

  /// Ends it now; a borrowed one is only let go of.
  void close() { channel_.close(); }

  /// The `PGconn` inside; nullptr when closed or lost.
  [[nodiscard]] PGconn* native() const { return channel_.raw(); }

 private:
  friend class database;

  connection(const detail::conninfo& where, connection_options options)
      : connection{detail::connect(where, options.connect_timeout), options} {}

  connection(detail::connection_handle raw, connection_options options)
      : channel_{std::move(raw), options.deadline}, prepare_{options.prepare} {}

  detail::prepared_cache& prepared() { return channel_.owned() ? prepared_ : detail::prepared_cache::of(native()); }

  result run_unnamed(const statement& what, std::span<const parameter> parameters, result_format format) {
    channel_.send_unnamed(what, parameters, format);
    detail::outcome got = channel_.collect(what);
    if (detail::present(got.problem)) channel_.fail(what, got.problem);
    return std::move(got.answer);
  }

  detail::outcome prepare_and_run(detail::prepared_cache& cache, const statement& what,
                                  std::span<const parameter> parameters, result_format format) {
    detail::parameter_arrays::check(parameters);
    const char* name = cache.add(what, parameters);
    channel_.begin_pipeline(what);
    channel_.send_prepare(what, name, parameters);
    channel_.send_named(what, name, parameters, format);
    result answers[2];
    auto [failed, problem] = channel_.end_pipeline(what, answers);
    if (detail::present(problem) && failed == 0) cache.forget_last();
    return {std::move(answers[1]), std::move(problem)};
  }

  /// Null where none of the calls is to be prepared.
  detail::prepared_cache* cache_for(std::span<const call> calls) {
    bool wanted = false;
    for (const call& each : calls) wanted = wanted || each.often;
    if (!wanted || prepare_ == prepare_policy::never || is_pooled() || !usable()) return nullptr;
    detail::prepared_cache& cache = prepared();
    return cache.disabled ? nullptr : &cache;
  }

  [[noreturn]] void fail_together(detail::prepared_cache* cache, std::span<const call> calls,
                                  const std::vector<std::size_t>& places, const std::vector<std::size_t>& prepared,
                                  std::size_t failed, const result& problem) {
    // Nothing was prepared from the error on.
    bool fresh = false;
    for (std::size_t place : prepared) {
      if (place >= failed) cache->forget_last();
      fresh = fresh || place == failed || place + 1 == failed;
    }
    std::size_t at = 0;
    while (at + 1 < places.size() && places[at] < failed) ++at;
    const call& which = calls[at];
    std::string_view sqlstate = detail::sqlstate_of(problem);
    bool forgotten = !fresh && (sqlstate == "26000" || sqlstate == "0A000");
    bool hidden_pooler = fresh && (sqlstate == "26000" || sqlstate == "42P05");
    std::optional<retry_class> known;
    if (cache != nullptr && which.often && (forgotten || hidden_pooler)) {
      cache->clear();
      cache->disabled = hidden_pooler;
      known = retry_class::retry;
    }
    try {
      channel_.fail(which.what, problem, known);
    } catch (error& thrown) {
      if (failed <= places.back()) thrown.at_index(at);
      throw;
    }
  }

  result run_prepared(detail::prepared_cache& cache, const statement& what, std::span<const parameter> parameters,
                      result_format format, PGTransactionStatusType before) {
    const char* name = cache.find(what, parameters);
    detail::outcome got =
        name != nullptr ? run_named(what, name, parameters, format) : prepare_and_run(cache, what, parameters, format);
    if (!detail::present(got.problem)) return std::move(got.answer);
    forget_or_fail(cache, what, got.problem, name == nullptr, before == PQTRANS_IDLE);
    return run_unnamed(what, parameters, format);
  }

  detail::outcome run_named(const statement& what, const char* name, std::span<const parameter> parameters,
                            result_format format) {
    channel_.send_named(what, name, parameters, format);
    return channel_.collect(what);
  }

  /// Comes back where the statement can be run unprepared instead. These are not errors of the statement: the session
  /// was reset, a table changed under the plan, or a pooler hides itself.
  [[gnu::noinline]] void forget_or_fail(detail::prepared_cache& cache, const statement& what, const result& problem,
                                        bool fresh, bool alone) {
    std::string_view sqlstate = detail::sqlstate_of(problem);
    bool forgotten = !fresh && (sqlstate == "26000" || sqlstate == "0A000");
    bool hidden_pooler = fresh && (sqlstate == "26000" || sqlstate == "42P05");
    if (!forgotten && !hidden_pooler) channel_.fail(what, problem);
    cache.clear();
    cache.disabled = hidden_pooler;
    if (!alone) channel_.fail(what, problem, retry_class::retry);
  }

  detail::channel channel_;
  prepare_policy prepare_;
  std::optional<server_facts> facts_;
  detail::prepared_cache prepared_;
};

}  // namespace online_migration
