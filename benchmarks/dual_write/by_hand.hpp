// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>

#include <libpq-fe.h>

/// Statements over libpq as one writes them by hand.
class by_hand {
 public:
  by_hand() : raw_{PQconnectdb("client_encoding=UTF8")} {
    if (PQstatus(raw_) != CONNECTION_OK) throw std::runtime_error{PQerrorMessage(raw_)};
  }
  ~by_hand() { PQfinish(raw_); }
  by_hand(const by_hand&) = delete;
  by_hand& operator=(const by_hand&) = delete;

  void prepare(const char* name, const char* sql) {
    const Oid types[2] = {25, 20};
    check(PQprepare(raw_, name, sql, 2, types), PGRES_COMMAND_OK);
  }

  void run(const char* sql) { check(PQexec(raw_, sql), PGRES_COMMAND_OK); }

  /// With libpq's own wait, which has no end.
  void write(const char* name, std::int64_t key, std::string_view text) {
    const values given{key, text};
    check_one(PQexecPrepared(raw_, name, 2, given.data, given.sizes, given.formats, 0));
  }

  /// With a deadline.
  void write_until(const char* name, std::int64_t key, std::string_view text, std::chrono::milliseconds limit) {
    using clock = std::chrono::steady_clock;
    if (PQisnonblocking(raw_) == 0) PQsetnonblocking(raw_, 1);
    const values given{key, text};
    if (PQsendQueryPrepared(raw_, name, 2, given.data, given.sizes, given.formats, 0) == 0) fail();
    const clock::time_point end = clock::now() + limit;
    PGresult* answer = nullptr;
    for (;;) {
      int unsent = PQflush(raw_);
      while (PQisBusy(raw_) != 0) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
        pollfd entry{PQsocket(raw_), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
        if (left <= 0 || poll(&entry, 1, static_cast<int>(left)) == 0) fail();
        if (PQconsumeInput(raw_) == 0) fail();
        unsent = PQflush(raw_);
      }
      PGresult* next = PQgetResult(raw_);
      if (next == nullptr) break;
      PQclear(answer);
      answer = next;
    }
    check_one(answer);
  }

 private:
  struct values {
    values(std::int64_t id, std::string_view text)
        : key{__builtin_bswap64(static_cast<std::uint64_t>(id))},
          data{text.data(), reinterpret_cast<const char*>(&key)},
          sizes{static_cast<int>(text.size()), 8} {}
    std::uint64_t key;
    const char* data[2];
    int sizes[2];
    int formats[2] = {1, 1};
  };

  [[noreturn]] void fail() const { throw std::runtime_error{PQerrorMessage(raw_)}; }

  void check(PGresult* answer, ExecStatusType wanted) const {
    bool good = PQresultStatus(answer) == wanted;
    PQclear(answer);
    if (!good) fail();
  }

  void check_one(PGresult* answer) const {
    bool good = PQresultStatus(answer) == PGRES_COMMAND_OK && std::atoi(PQcmdTuples(answer)) == 1;
    PQclear(answer);
    if (!good) fail();
  }

  PGconn* raw_;
};
