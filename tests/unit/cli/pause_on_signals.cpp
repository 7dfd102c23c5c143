// SPDX-License-Identifier: BSL-1.0
#include <atomic>
#include <chrono>
#include <csignal>
#include <stop_token>
#include <thread>

#include <doctest/doctest.h>

#include <online_migration/cli/pause_on_signals.hpp>

#include "support/child.hpp"

using namespace online_migration;

namespace {

bool eventually(const std::stop_source& source) {
  for (int step = 0; step < 10'000 && !source.stop_requested(); ++step) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return source.stop_requested();
}

void (*handler_of(int signal))(int) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return now.sa_handler;
}

}  // namespace

TEST_CASE("a signal requests a stop, and is told once") {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    auto before = handler_of(signal);
    std::stop_source source;
    std::atomic<int> told = 0;
    {
      detail::pause_on_signals pausing{source, [&] { ++told; }};
      CHECK_FALSE(source.stop_requested());
      raise(signal);
      CHECK(eventually(source));
      raise(signal == SIGINT ? SIGTERM : SIGINT);
    }
    CHECK(told == 1);
    CHECK((handler_of(signal) == before));
  }
}

TEST_CASE("the same signal once more ends the process") {
  test::child process{[] {
    std::stop_source source;
    detail::pause_on_signals pausing{source};
    raise(SIGTERM);
    if (!eventually(source)) return;
    raise(SIGTERM);
  }};
  CHECK(process.end() == -SIGTERM);
}

TEST_CASE("what is ignored stays ignored, as under nohup, and what was there comes back") {
  test::child process{[] {
    signal(SIGHUP, SIG_IGN);
    auto before = handler_of(SIGINT);
    std::stop_source source;
    {
      detail::pause_on_signals pausing{source};
      raise(SIGHUP);
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      if (source.stop_requested()) throw 1;
    }
    if (handler_of(SIGHUP) != SIG_IGN || handler_of(SIGINT) != before) throw 2;
  }};
  CHECK(process.end() == 0);
}

TEST_CASE("one comes after the other") {
  for (int round = 0; round < 3; ++round) {
    std::stop_source source;
    detail::pause_on_signals pausing{source};
    raise(SIGTERM);
    CHECK(eventually(source));
  }
}
