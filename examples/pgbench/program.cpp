// SPDX-License-Identifier: BSL-1.0
#include "pgbench/program.hpp"

#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace {

constexpr const char* help_text = R"({}

  --dsn DSN       the server: any connection string of libpq; without it libpq's environment counts
  --scale N       of pgbench, 100,000 accounts each (10)
  --clients N     connections of pgbench (4)
  --seconds N     how long each version of the application lives at least (5)
  --pgbench FILE  the program (pgbench, along PATH)
  --clean         only remove what an earlier run has left in the database
  --sabotage      {}, to see that the check notices
  --help          this text

It ends with 0 if every balance is right and no transaction failed, 1 if the check found otherwise, 2 if it could not run.
)";

struct wrong_usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class mode { walk, clean, help };

int number(std::string_view option, std::string_view text) {
  int value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value < 1) {
    throw wrong_usage{fmt::format("{} needs a whole number, at least 1", option)};
  }
  return value;
}

mode read_options(int count, char** words, pgbench_settings& chosen) {
  mode wanted = mode::walk;
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    auto value = [&]() -> std::string {
      if (i + 1 == count) throw wrong_usage{fmt::format("{} needs a value", word)};
      return words[++i];
    };
    if (word == "--dsn")
      chosen.dsn = value();
    else if (word == "--scale")
      chosen.scale = number(word, value());
    else if (word == "--clients")
      chosen.clients = number(word, value());
    else if (word == "--seconds")
      chosen.watch = std::chrono::seconds{number(word, value())};
    else if (word == "--pgbench")
      chosen.pgbench = value();
    else if (word == "--sabotage")
      chosen.sabotage = true;
    else if (word == "--clean")
      wanted = mode::clean;
    else if (word == "--help")
      wanted = mode::help;
    else
      throw wrong_usage{fmt::format("there is no option {}", word)};
  }
  return wanted;
}

}  // namespace

int run_example(const pgbench_example& example, pgbench_settings chosen, int count, char** words) {
  try {
    switch (read_options(count, words, chosen)) {
      case mode::help:
        fmt::print(help_text, example.about, example.sabotage);
        return 0;
      case mode::clean:
        example.clean(chosen);
        return 0;
      default:
        return example.walk(chosen) ? 0 : 1;
    }
  } catch (const wrong_usage& problem) {
    fmt::print(stderr, "{}: {} (see --help)\n", example.name, problem.what());
  } catch (const std::exception& problem) {
    fmt::print(stderr, "{}: {}\n", example.name, problem.what());
  }
  return 2;
}
