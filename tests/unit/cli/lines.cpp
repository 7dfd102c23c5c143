// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdio>
#include <string>

#include <doctest/doctest.h>

#include <online_migration/cli/in_commands.hpp>
#include <online_migration/cli/progress_text.hpp>
#include <online_migration/cli/run_lines.hpp>

using namespace online_migration;
using namespace std::chrono_literals;

namespace {

/// What is written to a file, from its beginning.
std::string written(std::FILE* file) {
  std::fflush(file);
  std::rewind(file);
  std::string text;
  for (int letter = 0; (letter = std::fgetc(file)) != EOF;) text += static_cast<char>(letter);
  return text;
}

}  // namespace

TEST_CASE("times are as exact as an estimate deserves") {
  CHECK(detail::duration_text(0s) == "0 s");
  CHECK(detail::duration_text(119s) == "119 s");
  CHECK(detail::duration_text(120s) == "2 min");
  CHECK(detail::duration_text(7199s) == "119 min");
  CHECK(detail::duration_text(7260s) == "2 h 1 min");
}

TEST_CASE("progress says what is known, and no more") {
  backfill_progress now;
  now.rows_done = 1200;
  CHECK(detail::progress_text(now) == "1200 rows");
  now.rows_estimated = 5000;
  now.rows_per_second = 99.6;
  now.time_left = 38s;
  now.chunk_rows = 500;
  CHECK(detail::progress_text(now) == "24 %, 1200 of about 5000 rows, 100 rows/s, about 38 s left, chunks of 500 rows");
  now.awaited = true;
  CHECK(detail::progress_text(now).ends_with(", chunks of 500 rows, short because sessions wait for them"));
  now.finished = true;
  now.rows_changed = 1000;
  now.chunks = 4;
  CHECK(detail::progress_text(now) == "all rows filled: 1200 visited, 1000 changed, in 4 chunks");
}

TEST_CASE("how rows are walked is told with the share of the updates that stayed on their page, where that is known") {
  backfill_progress now;
  now.strategy = "plain keys: the options ask for it";
  CHECK(detail::strategy_text(now) == "plain keys: the options ask for it");
  now.hot_share = 0.756;
  CHECK(detail::strategy_text(now) ==
        "plain keys: the options ask for it; 76 % of the updates stayed on their page (HOT)");
}

TEST_CASE("a run tells how rows are walked when that changes") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  detail::run_lines lines{file, 0h};
  backfill_progress now;
  for (const char* words : {"", "plain keys: a", "plain keys: a", "striped keys: b"}) {
    now.strategy = words;
    lines.on(progress_event{"m", now});
  }
  CHECK(written(file) ==
        "backfill  0 rows\n"
        "backfill  0 rows\n          plain keys: a\n"
        "backfill  0 rows\n"
        "backfill  0 rows\n          striped keys: b\n");
  std::fclose(file);
}

TEST_CASE("a run tells each phase once, its end once, and what lies between as often as it was asked to") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  backfill_progress now;
  now.rows_done = 10;
  backfill_progress end = now;
  end.finished = true;
  SUBCASE("seldom") {
    detail::run_lines lines{file, 1h};
    for (int i = 0; i < 3; ++i) lines.on(phase_event{"m", phase::backfill, i == 0});
    for (int i = 0; i < 3; ++i) lines.on(progress_event{"m", now});
    for (int i = 0; i < 2; ++i) lines.on(progress_event{"m", end});
    lines.on(phase_event{"m", phase::validate, true});
    lines.on(parity_range_event{"m", "full", 6, 1});
    lines.on(parity_pass_event{"m", "full", 6, 1, true});
    lines.on(parity_pass_event{"m", "full", 6, 0, false});
    CHECK(written(file) ==
          "phase     backfill\n"
          "backfill  all rows filled: 10 visited, 0 changed, in 0 chunks\n"
          "phase     validate\n"
          "parity    6 rows compared, 1 differ\n");
  }
  SUBCASE("always") {
    detail::run_lines lines{file, 0h};
    lines.on(progress_event{"m", now});
    lines.on(progress_event{"m", now});
    lines.on(parity_range_event{"m", "full", 6, 1});
    lines.on(parity_range_event{"m", "full", 6, 1});
    lines.on(parity_pass_event{"m", "full", 12, 2, true});
    lines.on(parity_range_event{"m", "full", 1, 0});
    CHECK(written(file) ==
          "backfill  10 rows\n"
          "backfill  10 rows\n"
          "parity    6 rows compared, 1 differ\n"
          "parity    12 rows compared, 2 differ\n"
          "parity    12 rows compared, 2 differ\n"
          "parity    1 rows compared, 0 differ\n");
  }
  std::fclose(file);
}

TEST_CASE("of two observers both hear, and one may be none") {
  struct counter {
    void on(const phase_event&) { ++count; }
    int count = 0;
  } first, second;
  detail::both_observers both{first, second};
  both.on(phase_event{"m", phase::expand, true});
  both.on(chunk_event{"m", 1, 1, 1us});
  detail::both_observers one{first, {}};
  one.on(phase_event{"m", phase::expand, true});
  CHECK(first.count == 2);
  CHECK(second.count == 1);
}

TEST_CASE("what the library advises to call is told as a command") {
  CHECK(detail::in_commands("is `legacy`: toolkit.set_read_flag") == "is `legacy`: `reads new`");
  CHECK(detail::in_commands("find them, then run om::parity_checker::check_all again") ==
        "find them, then run `verify` again");
  CHECK(detail::in_commands("run om::parity_checker::check_all, and take the step with mark_phase") == "`run` it");
  CHECK(detail::in_commands("is not retired: call om::retire first") == "is not retired: `retire` it first");
  CHECK(detail::in_commands("om::rollback: om::revive.") == "`rollback`: `revive`.");
  // Longer names are others.
  CHECK(detail::in_commands("om::expand_contract om::rollback_options") == "om::expand_contract om::rollback_options");
}
