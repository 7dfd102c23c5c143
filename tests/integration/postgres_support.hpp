// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <online_migration/postgres/connection.hpp>

namespace test {

using namespace online_migration;

/// The error that `action` throws; fails if it throws none, or one of another class.
template <class Error, class Action>
Error caught(Action action) {
  std::optional<Error> problem;
  try {
    action();
  } catch (const Error& thrown) {
    problem = thrown;
  } catch (const std::exception& other) {
    FAIL("another exception was thrown: ", std::string{other.what()});
  }
  if (!problem) FAIL("nothing was thrown");
  return *problem;
}

inline bool says(const std::exception& problem, std::string_view part) {
  return std::string_view{problem.what()}.find(part) != std::string_view::npos;
}

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The first value of the answer to some SQL that is written out in a test.
inline std::string ask(connection& on, const std::string& sql) {
  return std::string{on.execute(statement{"ask", sql}).text(0, 0)};
}

inline void script(connection& on, const std::string& sql) { on.run_script(statement{"script", sql}); }

/// Stops a process, and lets it go on at the end of the scope.
class frozen {
 public:
  explicit frozen(pid_t pid) : pid_{pid} { REQUIRE(kill(pid, SIGSTOP) == 0); }
  ~frozen() { kill(pid_, SIGCONT); }
  frozen(const frozen&) = delete;
  frozen& operator=(const frozen&) = delete;

 private:
  pid_t pid_;
};

/// A TCP port on the loopback interface: closed, or open and answering nothing.
class port {
 public:
  explicit port(bool open) : socket_{socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    number_ = ntohs(address.sin_port);
    if (open) REQUIRE(listen(socket_, 5) == 0);  // the kernel completes the handshake, and nobody ever reads
  }
  ~port() { ::close(socket_); }
  port(const port&) = delete;
  port& operator=(const port&) = delete;

  [[nodiscard]] std::string number() const { return std::to_string(number_); }

 private:
  int socket_;
  int number_ = 0;
};

}  // namespace test
