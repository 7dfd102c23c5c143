// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/format.h>

inline void say(std::string_view step, const std::string& text) {
  fmt::print("  {:<11} {}\n", step, text);
  std::fflush(stdout);
}

/// Runs a step of the migration, which gives the words about it, and says how long it took.
template <class Step>
void take(std::string_view name, Step step) {
  auto begin = std::chrono::steady_clock::now();
  std::string text = step();
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  say(name, fmt::format("{} ({:.2f} s)", text, time.count()));
}
