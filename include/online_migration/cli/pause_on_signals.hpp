// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace online_migration::detail {

/// While it lives, SIGINT, SIGTERM and SIGHUP request a stop instead of ending the process. Each works once: the same
/// signal a second time does what it always did. One at a time in a process.
///
/// A handler may do next to nothing, so it writes one byte to a pipe, and a thread does the rest.
class pause_on_signals {
 public:
  /// `noticed` is called once, by another thread, when the first signal came.
  explicit pause_on_signals(std::stop_source source, std::function<void()> noticed = {}) {
    int ends[2];
    if (pipe(ends) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    reader_ = ends[0];
    writer_ = ends[1];
    for (int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    try {
      watcher_ = std::thread{[this, source, told = std::move(noticed)]() mutable { watch(source, told); }};
    } catch (...) {
      for (int end : ends) close(end);
      throw;
    }
    struct sigaction action {};
    action.sa_handler = &pause_on_signals::handle;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      sigaction(signals[i], nullptr, &before_[i]);
      // What the parent ignores stays ignored, as SIGHUP under nohup.
      if (before_[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, nullptr);
    }
  }

  ~pause_on_signals() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
    tell(end_of_watch);
    watcher_.join();
    close(reader_);
    close(writer_.exchange(-1));
  }

  pause_on_signals(const pause_on_signals&) = delete;
  pause_on_signals& operator=(const pause_on_signals&) = delete;

 private:
  static constexpr std::array<int, 3> signals{SIGINT, SIGTERM, SIGHUP};
  static constexpr char end_of_watch = 'e';
  static constexpr char signal_came = 's';

  static void tell(char what) {
    int kept = errno;
    while (write(writer_, &what, 1) < 0 && errno == EINTR) {
    }
    errno = kept;
  }

  static void handle(int /*signal*/) { tell(signal_came); }

  void watch(std::stop_source& source, const std::function<void()>& noticed) const {
    for (;;) {
      char what = 0;
      ssize_t count = read(reader_, &what, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count != 1 || what == end_of_watch) return;
      if (source.request_stop() && noticed) noticed();
    }
  }

  static inline std::atomic<int> writer_ = -1;
  int reader_ = -1;
  std::array<struct sigaction, 3> before_{};
  std::thread watcher_;
};

}  // namespace online_migration::detail
