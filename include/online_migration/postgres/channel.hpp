// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <online_migration/postgres/connect.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/libpq.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/parameter_arrays.hpp>
#include <online_migration/postgres/result.hpp>
#include <online_migration/postgres/server_error.hpp>
#include <online_migration/postgres/wait.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::detail {

inline bool present(const result& some) { return some.native() != nullptr; }
inline std::string_view sqlstate_of(const result& problem) { return error_field(problem.native(), PG_DIAG_SQLSTATE); }

/// What came back: the last answer, and the first error if there is one.
struct outcome {
  result answer;
  result problem;
};

/// Sends statements over libpq's asynchronous functions and takes what comes back, waiting only in poll(2) and never
/// past the deadline. Whatever goes wrong on the way makes it lost for good: an answer that comes late must not be
/// taken for the answer to the next statement.
class channel {
 public:
  channel(connection_handle raw, std::chrono::milliseconds limit) : deadline{limit}, raw_{std::move(raw)} {}

  std::chrono::milliseconds deadline;
  std::int64_t round_trips = 0;

  [[nodiscard]] PGconn* raw() const { return raw_.get(); }
  [[nodiscard]] bool owned() const { return raw_.get_deleter().owned; }
  [[nodiscard]] bool usable() const { return !lost_ && PQstatus(raw_.get()) == CONNECTION_OK; }
  void close() { raw_.reset(); }

  /// For the time of one call: checks that a statement can be sent, and keeps a borrowed connection non-blocking.
  class use {
   public:
    use(const channel& on, const statement& what) {
      if (!on.usable()) refuse_lost(what);
      status_ = PQtransactionStatus(on.raw());
      if (PQpipelineStatus(on.raw()) != PQ_PIPELINE_OFF || status_ == PQTRANS_ACTIVE) refuse_busy(what);
      if (PQisnonblocking(on.raw()) != 0) return;
      blocking_ = on.raw();
      PQsetnonblocking(blocking_, 1);
    }
    ~use() {
      if (blocking_ != nullptr) PQsetnonblocking(blocking_, 0);
    }
    use(const use&) = delete;
    use& operator=(const use&) = delete;

    /// Before the call.
    [[nodiscard]] PGTransactionStatusType transaction_status() const { return status_; }

   private:
    // Apart, as other errors of this class, so that the way without one stays short.
    [[noreturn, gnu::noinline]] static void refuse_lost(const statement& what) {
      throw connection_error{
          std::string{what.name} + " was not sent: the connection was closed or lost before. Connect again.",
          what.name};
    }
    [[noreturn, gnu::noinline]] static void refuse_busy(const statement& what) {
      throw refused{std::string{what.name} +
                        " was not sent: another command is running on this connection. Take all of its results and "
                        "leave pipeline mode first.",
                    what.name};
    }

    PGTransactionStatusType status_ = PQTRANS_UNKNOWN;
    PGconn* blocking_ = nullptr;
  };

  void send_unnamed(const statement& what, std::span<const parameter> parameters, result_format format) {
    arrays_.fill(parameters);
    sent(what, PQsendQueryParams(raw(), what.text, arrays_.count(), arrays_.types(), arrays_.values(), arrays_.sizes(),
                                 arrays_.formats(), static_cast<int>(format)));
  }

  void send_prepare(const statement& what, const char* name, std::span<const parameter> parameters) {
    arrays_.fill(parameters);
    sent(what, PQsendPrepare(raw(), name, what.text, arrays_.count(), arrays_.types()));
  }

  void send_named(const statement& what, const char* name, std::span<const parameter> parameters,
                  result_format format) {
    arrays_.fill(parameters);
    sent(what, PQsendQueryPrepared(raw(), name, arrays_.count(), arrays_.values(), arrays_.sizes(), arrays_.formats(),
                                   static_cast<int>(format)));
  }

  void send_script(const statement& what) { sent(what, PQsendQuery(raw(), what.text)); }

  void begin_pipeline(const statement& what) { sent(what, PQenterPipelineMode(raw())); }

  /// Takes all answers to what was sent outside a pipeline.
  outcome collect(const statement& what) {
    ++round_trips;
    time_limit until{deadline};
    outcome got;
    read_more(what, until, until.whole());  // nothing can have come yet
    for (;;) {
      result next = take(what, until);
      if (!present(next)) break;
      ExecStatusType status = PQresultStatus(next.native());
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) lose_to_copy(what);
      if (!is_problem(status)) {
        got.answer = std::move(next);
      } else if (!present(got.problem)) {
        got.problem = std::move(next);
      }
    }
    if (!usable()) lose(what, sqlstate_of(got.problem));
    return got;
  }

  /// Ends a pipeline and takes its answers; gives the first error and the number of its statement, or that behind the
  /// last one where the end of the transaction failed.
  std::pair<std::size_t, result> end_pipeline(const statement& what, std::span<result> answers) {
    sent(what, PQpipelineSync(raw()));
    ++round_trips;
    time_limit until{deadline};
    std::size_t at = 0;
    std::size_t failed = 0;
    result problem;
    for (;;) {
      result next = take(what, until);
      ExecStatusType status = PQresultStatus(next.native());
      if (!present(next)) {
        // The end of one statement's answers. Where the connection is gone there is no end of ends.
        if (!usable() || ++at > answers.size() + 1) lose(what, sqlstate_of(problem));
      } else if (status == PGRES_PIPELINE_SYNC) {
        break;
      } else if (is_problem(status)) {
        if (!present(problem)) {
          problem = std::move(next);
          failed = std::min(at, answers.size());
        }
      } else if (status != PGRES_PIPELINE_ABORTED && at < answers.size()) {
        answers[at] = std::move(next);
      }
    }
    sent(what, PQexitPipelineMode(raw()));
    return {failed, std::move(problem)};
  }

  /// Throws what the server said about a statement, with another class than the usual one where the caller knows
  /// better.
  [[noreturn]] void fail(const statement& what, const result& problem, std::optional<retry_class> known = {}) {
    std::string_view sqlstate = sqlstate_of(problem);
    retry_class kind = known.value_or(classify(sqlstate));
    if (sqlstate == "08P01") kind = retry_class::stop;  // the connection lives: it was the message that was wrong
    if (kind == retry_class::reconnect) lose(what, sqlstate);
    throw statement_error{what.name, sqlstate, objects_of(problem.native(), what), kind};
  }

 private:
  static bool is_problem(ExecStatusType status) { return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE; }

  void sent(const statement& what, int success) {
    if (success == 0) lose(what, {}, "the statement could not be sent");
  }

  /// The next result, or none.
  result take(const statement& what, const time_limit& until) {
    while (PQisBusy(raw()) != 0 && read_more(what, until, until.left())) {
    }
    return result{PQgetResult(raw())};
  }

  /// Waits for what the server sends next, and sends what has not been sent; false where libpq has closed the socket.
  bool read_more(const statement& what, const time_limit& until, int left) {
    int socket = PQsocket(raw());
    if (socket < 0) return false;
    int unsent = PQflush(raw());
    if (!wait_for(socket, unsent > 0 ? POLLIN | POLLOUT : POLLIN, until, left)) {
      lose_late(what);
    }
    PQconsumeInput(raw());  // of a failure, PQgetResult gives the reason
    return true;
  }

  [[noreturn, gnu::noinline]] void lose_to_copy(const statement& what) {
    lose(what, {}, "the statement is a COPY, which cannot be run this way");
  }

  [[noreturn, gnu::noinline]] void lose_late(const statement& what) {
    lose(what, {}, "no answer within " + std::to_string(deadline.count()) + " ms");
  }

  [[noreturn, gnu::noinline]] void lose(const statement& what, std::string_view sqlstate,
                                        std::string_view reason = {}) {
    lost_ = true;
    if (raw_.get_deleter().owned) raw_.reset();  // at once, so that the server lets go of its locks
    if (reason.empty()) reason = describe(sqlstate).meaning;
    if (reason.empty()) reason = "the server closed it, or the network failed";
    throw connection_error::lost(what.name, sqlstate, reason);
  }

  connection_handle raw_;
  bool lost_ = false;
  parameter_arrays arrays_;
};

}  // namespace online_migration::detail
