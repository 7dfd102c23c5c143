// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <online_migration/cli/program.hpp>

using online_migration::detail::program_help;
using online_migration::detail::unknown_command;

TEST_CASE("a word that is no command is answered with the one that was meant") {
  CHECK(unknown_command("stauts", program_help) == "there is no command \"stauts\"; is it `status`?");
  CHECK(unknown_command("rollbak", program_help) == "there is no command \"rollbak\"; is it `rollback`?");
  CHECK(unknown_command("Comes", program_help) == "there is no command \"Comes\"");
  CHECK(unknown_command("", program_help) == "a command is missing");
  CHECK(unknown_command("backfill", program_help) ==
        "there is no command \"backfill\": `run` goes through expand, backfill and validate");
  CHECK(unknown_command("--dsn", program_help) ==
        "the command comes first, and --dsn behind it, as in `status --dsn …`");
}
