// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <csignal>
#include <exception>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace test {

/// A process of its own, ended with the scope at the latest. Its end: 0 where the action returned, 1 where it threw.
class child {
 public:
  template <class Action>
  explicit child(Action action) : pid_{fork()} {
    if (pid_ != 0) return;
    int status = 1;
    try {
      action();
      status = 0;
    } catch (...) {  // the parent sees the status
    }
    _exit(status);
  }
  ~child() {
    if (pid_ > 0 && !reaped_) {
      send(SIGKILL);
      end();
    }
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  void send(int signal) const { REQUIRE(kill(pid_, signal) == 0); }

  /// Waits until it stopped itself (SIGSTOP).
  void until_stopped() const {
    int status = 0;
    REQUIRE(waitpid(pid_, &status, WUNTRACED) == pid_);
    REQUIRE(WIFSTOPPED(status));
  }

  /// Waits for its end. The exit status, or minus the signal that ended it.
  int end() {
    int status = 0;
    REQUIRE(waitpid(pid_, &status, 0) == pid_);
    reaped_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_;
  bool reaped_ = false;
};

}  // namespace test
