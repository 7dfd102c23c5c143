// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/base/language.hpp>
#include <online_migration/cli/contract_commands.hpp>
#include <online_migration/cli/in_commands.hpp>
#include <online_migration/cli/structural_commands.hpp>
#include <online_migration/cli/unknown_command.hpp>
#include <online_migration/runtime/session.hpp>

namespace online_migration {

namespace detail {

inline constexpr std::string_view program_help = R"(
  plan      print the SQL with its locks, and what the database says to it; changes nothing
              --sql            only the SQL, without a server
              --all            also the ways back, and how the walk finds its way and keeps its books
  run       go on, from wherever it is, until every row is filled and compared (phase contract-ready);
            Ctrl-C or SIGTERM pauses it after the chunk in flight, and `run` again goes on there
              --workers N      threads that share the work; any number of such programs may, too
              --sleep-ms N     rest at least so long after each chunk
              --duty-cycle X   work for this share of the time only, as in 0.25
              --chunk-rows N   rows of a chunk; without it they follow from the time that chunks take
              --brake NAME=FROM,FULL   a limit of what is watched on the server, as replica_lag=2,10 (seconds) or
                               wal_rate=20MiB,40MiB; NAME=off, all=off. A wrong name lists them all
  pause     ask whoever runs it to pause, back when no chunk is in flight; stands until `resume`
  resume    take that back; starts nothing
  status    where it is
  verify    compare every row once more, and count those in the way of constraints behind new columns; --workers,
            --sleep-ms, --duty-cycle, --brake as above
  watch     compare them round and round until Ctrl-C, and tell of rows that stay different; --sleep-ms, --duty-cycle,
            --brake as above
              --every N        seconds of rest between two rounds
              --rounds N       end after so many

  reads     from which column the application reads; `reads shadow`, `reads 10` (percent), `reads new`, `reads legacy`
  prepare   of a key: build its indexes, and the foreign keys of what refers to it, once all rows are filled;
            of new columns with structural changes behind them: build their indexes once more
  ready     what contract asks for, and what of it is missing
  contract  make the new column the one                                          --yes-contract, and what `ready` asks
  retire    rename the old column away                                           --yes-retire
  drop      drop it, a day later                                                 --yes-drop
  revive    bring the old column back                                            --yes-revive
  rollback  undo a run before contract; the new column stays                     --yes-rollback
              --yes-dropped-column   ... or goes, where no instance of the application uses it
  snapshot  print the tables of the database as a header, for om::matches; changes nothing
              --schemas A,B   these schemas; without it public
              --namespace N   the C++ namespace; without it snapshot
              --file PATH     write it there, where it says something else
  help      this text

Each takes --dsn CONNINFO, any connection string of libpq. Others can see a command line: a password belongs into
the password file of libpq.

It ends with 0 done, 1 failed, 2 wrong usage, 3 refused, 4 paused, 5 rows differ.
)";

inline constexpr std::string_view structural_help = R"(
  plan      the SQL with its locks, and what the database says to it; changes nothing
              --sql                  only the SQL, without a database
  run       drive the migration to contract-ready; nothing is refused before contract
  status    where it is
  verify    count the rows in the way once more

  ready     what contract asks for, and what of it is missing
  contract  constraints come into force, and what goes is relaxed or dropped     --yes-contract, and what `ready` asks
  retire    rename away what holds values                                        --yes-retire
  drop      drop it, a day later                                                 --yes-drop
  revive    take back what contract did                                          --yes-revive
  rollback  undo a run before contract                                           --yes-rollback
              --yes-dropped-column, --yes-dropped-table   also what was made
  help      this text

Each takes --dsn CONNINFO, any connection string of libpq. Others can see a command line: a password belongs into
the password file of libpq.

It ends with 0 done, 1 failed, 2 wrong usage, 3 refused, 4 paused, 5 rows in the way.
)";

template <any_migration Migration>
struct commands_for {
  using type = contract_commands<Migration>;
};

template <structural_migration Migration>
struct commands_for<Migration> {
  using type = structural_commands<Migration>;
};

template <any_migration Migration>
using commands_of = typename commands_for<Migration>::type;

/// A program's name without its directory.
inline std::string_view short_name(std::string_view program) { return program.substr(program.rfind('/') + 1); }

inline std::string program_usage(std::string_view program, std::string_view migration, const table_description& table,
                                 std::string_view help) {
  return fmt::format("{} COMMAND [options]: the migration {} of {}\n{}", short_name(program), migration,
                     table_name(table), help);
}

/// Whether the words ask for help, in whatever place.
inline bool asks_for_help(std::span<char* const> words) {
  if (words.size() > 1 && std::string_view{words[1]} == "help") return true;
  return std::ranges::any_of(words, [](std::string_view word) { return word == "--help" || word == "-h"; });
}

/// Runs a command, and says on standard error what went wrong.
template <class Command>
exit_code reporting(std::string_view program, Command command) {
  try {
    return command();
  } catch (const wrong_usage& problem) {
    fmt::print(stderr, "{} (see `{} help`)\n", problem.what(), short_name(program));
    return exit_code::usage;
  } catch (const cancelled& problem) {
    fmt::print(stderr, "{}\n", problem.what());
    return exit_code::paused;
  } catch (const refused& problem) {
    fmt::print(stderr, "refused: {}\n", in_commands(problem.what()));
    return exit_code::refused;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "failed: {}\n", problem.what());
    return exit_code::failed;
  }
}

}  // namespace detail

/// The `main` of a migration: reads the command line and does what it says. What it tells goes to standard output, what
/// went wrong to standard error. Gives the exit status, an `om::exit_code`.
///
///     int main(int count, char** words) { return om::migration_program<canonical_display_name>(count, words); }
///
/// Throws: nothing. Thread safety: once in a process at a time; SIGINT, SIGTERM and SIGHUP are its own while it works.
template <any_migration Migration>
int migration_program(int count, char** words, program_options options = {}) {
  std::span<char* const> all{words, static_cast<std::size_t>(count)};
  std::string_view command = count > 1 ? all[1] : "";
  return static_cast<int>(detail::reporting(count > 0 ? all[0] : "program", [&] {
    constexpr bool structural = structural_migration<Migration>;
    constexpr std::string_view help = structural ? detail::structural_help : detail::program_help;
    if (detail::asks_for_help(all)) {
      fmt::print(
          "{}", detail::program_usage(all[0], Migration::name.view(), describe_table<typename Migration::table>, help));
      return exit_code::done;
    }
    if (command.empty()) throw wrong_usage{detail::unknown_command(command, help)};
    detail::commands_of<Migration> known{std::move(options), detail::arguments{all.subspan(2)}};
    if (command == "plan") return known.plan();
    if (command == "run") return known.run();
    if constexpr (!structural) {
      if (command == "prepare") return known.prepare();
      if (command == "pause") return known.pause();
      if (command == "resume") return known.resume();
      if (command == "reads") return known.reads();
      if (command == "watch") return known.watch();
      if (command == "snapshot") return known.snapshot();
    }
    if (command == "status") return known.status();
    if (command == "verify") return known.verify();
    if (command == "ready") return known.ready();
    if (command == "contract") return known.contract();
    if (command == "retire") return known.retire();
    if (command == "drop") return known.drop();
    if (command == "revive") return known.revive();
    if (command == "rollback") return known.rollback();
    throw wrong_usage{detail::unknown_command(command, help)};
  }));
}

}  // namespace online_migration
