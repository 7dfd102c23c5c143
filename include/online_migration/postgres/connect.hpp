// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <memory>
#include <new>
#include <poll.h>
#include <string>

#include <online_migration/postgres/conninfo.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/libpq.hpp>
#include <online_migration/postgres/wait.hpp>

namespace online_migration::detail {

struct connection_closer {
  bool owned = true;
  void operator()(PGconn* raw) const {
    if (owned) PQfinish(raw);
  }
};

using connection_handle = std::unique_ptr<PGconn, connection_closer>;

/// Connects to one host; without success `problem` says why.
inline connection_handle connect_once(const conninfo& where, std::chrono::milliseconds timeout, std::string& problem) {
  time_limit until{timeout};
  connection_handle raw{where.start()};
  if (!raw) throw std::bad_alloc{};
  PQsetNoticeReceiver(
      raw.get(), [](void*, const PGresult*) {}, nullptr);  // notices can hold values of rows
  PostgresPollingStatusType status =
      PQstatus(raw.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED) {
      problem = where.without_secrets(PQerrorMessage(raw.get()));
      return {};
    }
    if (!wait_for(PQsocket(raw.get()), status == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) {
      problem = std::string{"the server at \""} + PQhost(raw.get()) + "\", port " + PQport(raw.get()) +
                " did not answer within " + std::to_string(timeout.count()) + " ms";
      return {};
    }
    status = PQconnectPoll(raw.get());
  }
  PQsetnonblocking(raw.get(), 1);
  return raw;
}

/// Connects to the first host that answers and fits; each has `timeout`.
/// Throws: `connection_error` with the reason of every host, which may name host, database and user.
inline connection_handle connect(const conninfo& where, std::chrono::milliseconds timeout) {
  std::string problems;
  for (const conninfo& host : where.each_host()) {
    std::string problem;
    if (connection_handle raw = connect_once(host, where.connect_timeout(timeout), problem)) return raw;
    problems += (problems.empty() ? "" : "; ") + problem;
  }
  throw connection_error{"Cannot connect: " + problems + (problems.ends_with('?') ? "" : ".") +
                         " Look at host, port, user, password and database in the connection string or in PGHOST, "
                         "PGPORT, PGUSER, PGPASSWORD and PGDATABASE."};
}

}  // namespace online_migration::detail
