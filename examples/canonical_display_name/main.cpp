// SPDX-License-Identifier: BSL-1.0
#include <charconv>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "backfill_process.hpp"
#include "migration.hpp"
#include "settings.hpp"
#include "users_table.hpp"
#include "walk.hpp"

namespace {

constexpr const char* help_text = R"(Migrates a table of users to a canonical display name, while they are busy.

  --dsn DSN      the server: any connection string of libpq; without it libpq's environment counts
  --rows N       users to load (500000, at least 10000)
  --seconds N    how long to watch the writers before the migration begins (3)
  --names FILE   place names, one a line
  --clean        only remove what an earlier run has left in the database
  --sabotage     switch the sync trigger off at the end, to see that the check notices
  --help         this text

It ends with 0 if every row is right, 1 if the check found one that is not, 2 if it could not run.
)";

std::string beside_program(const char* file) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(file).string();
}

struct wrong_usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class mode { walk, backfill, clean, help };

std::int64_t number(std::string_view option, std::string_view text, std::int64_t least) {
  std::int64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value < least) {
    throw wrong_usage{fmt::format("{} needs a whole number, at least {}", option, least)};
  }
  return value;
}

mode read_options(int count, char** words, settings& chosen) {
  mode wanted = mode::walk;
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    auto value = [&]() -> std::string {
      if (i + 1 == count) throw wrong_usage{fmt::format("{} needs a value", word)};
      return words[++i];
    };
    if (word == "--dsn")
      chosen.dsn = value();
    else if (word == "--rows")
      chosen.rows = number(word, value(), 10'000);
    else if (word == "--seconds")
      chosen.baseline = std::chrono::seconds{number(word, value(), 1)};
    else if (word == "--names")
      chosen.names = value();
    else if (word == "--sabotage")
      chosen.sabotage = true;
    else if (word == "--clean")
      wanted = mode::clean;
    else if (word == "--help")
      wanted = mode::help;
    else if (word == "backfill" && i == 1)
      wanted = mode::backfill;  // how this program starts its second process
    else
      throw wrong_usage{fmt::format("there is no option {}", word)};
  }
  return wanted;
}

int run(mode wanted, const settings& chosen) {
  if (wanted == mode::walk) return walk(chosen) ? 0 : 1;
  if (wanted == mode::backfill) return run_backfill(chosen);
  if (wanted == mode::help) return fmt::print("{}", help_text), 0;
  om::database app{chosen.dsn};
  om::connection connection = app.connect();
  claim_database(connection);
  clean(connection);
  fmt::print("clean\n");
  return 0;
}

}  // namespace

int main(int count, char** words) try {
  settings chosen;
  chosen.names = beside_program("place_names.tsv");
  return run(read_options(count, words, chosen), chosen);
} catch (const wrong_usage& problem) {
  fmt::print(stderr, "{} (see --help)\n", problem.what());
  return 2;
} catch (const std::exception& problem) {
  fmt::print(stderr, "\n{}\n", problem.what());
  return 2;
}
