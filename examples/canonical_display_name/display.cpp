// SPDX-License-Identifier: BSL-1.0
#include "display.hpp"

#include <cstddef>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  std::string with_commas;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-') with_commas += ',';
    with_commas += digits[i];
  }
  return with_commas;
}

std::string in_milliseconds(std::optional<latencies::duration> time) {
  if (!time.has_value()) return "-";
  return fmt::format("{:.2f} ms", time->count());
}

display::display() : terminal_{isatty(STDOUT_FILENO) == 1} {}

void display::line(std::string_view step, std::string_view text) {
  clear();
  fmt::print("{:<11}{}\n", step, text);
  std::fflush(stdout);
  written_.reset();
}

void display::progress(std::string_view step, double share, std::string_view text) {
  if (terminal_) {
    constexpr std::size_t width = 30;
    auto full = static_cast<std::size_t>(share * width);
    fmt::print("\r\x1b[K{:<11}[{:#<{}}{:-<{}}] {:3.0f} %  {}", step, "", full, "", width - full, share * 100, text);
    drawn_ = true;
  } else {
    auto now = std::chrono::steady_clock::now();
    if (written_.has_value() && now - *written_ < std::chrono::seconds{1}) return;
    written_ = now;
    fmt::print("{:<11}{:3.0f} %  {}\n", step, share * 100, text);
  }
  std::fflush(stdout);
}

void display::clear() {
  if (drawn_) fmt::print("\r\x1b[K");
  drawn_ = false;
}
