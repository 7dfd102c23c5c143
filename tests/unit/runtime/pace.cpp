// SPDX-License-Identifier: BSL-1.0
#include <chrono>

#include <doctest/doctest.h>

#include <online_migration/runtime/pace.hpp>

using namespace online_migration;
using namespace std::chrono_literals;
using detail::pace;

TEST_CASE("a chunk ends well before the server looks for deadlocks") {
  pace some{fixed_chunk(100)};
  CHECK(some.bounds().statement_timeout < 1s);  // the server's default
  some.learn(1s);
  CHECK(some.bounds().statement_timeout == 750ms);
  CHECK(some.bounds().lock_timeout == 100ms);
  some.learn(200ms);
  CHECK(some.bounds().statement_timeout == 150ms);
  some.learn(1ms);
  CHECK(some.bounds().statement_timeout == 10ms);
  CHECK(some.bounds().lock_timeout == 10ms);
}

TEST_CASE("failures make the chunk smaller first, and only the smallest waits longer, up to the bound") {
  pace some{fixed_chunk(4)};
  some.learn(1s);
  some.failed();
  CHECK(some.rows() == 2);
  some.failed();
  CHECK(some.rows() == 1);
  CHECK(some.bounds().lock_timeout == 100ms);
  for (auto wait : {200ms, 400ms, 750ms, 750ms}) {
    some.failed();
    CHECK(some.rows() == 1);
    CHECK(some.bounds().lock_timeout == wait);
  }
  some.took(5ms, 5ms, 1, false);
  CHECK(some.bounds().lock_timeout == 100ms);
  CHECK(some.rows() == 2);
}

TEST_CASE("the size follows the work, not the commit; the last chunk says nothing about it") {
  pace some{{10ms, 500, 100, 20'000}};
  some.took(1s, 10ms, 500, false);
  CHECK(some.rows() == 500);
  CHECK(some.last_chunk() == 1s);
  some.took(1us, 1us, 3, true);
  CHECK(some.rows() == 500);
}

TEST_CASE("rate and time left are of this session, with its rests") {
  pace some{fixed_chunk(100)};
  backfill_progress nothing;
  some.complete(nothing);
  CHECK_FALSE(nothing.rows_per_second.has_value());
  CHECK_FALSE(nothing.time_left.has_value());

  some.took(500ms, 500ms, 100, false);
  some.rested(500ms);
  backfill_progress now;
  now.rows_done = 5'100;  // 5,000 of them in an earlier session
  now.rows_estimated = 6'100;
  some.complete(now);
  CHECK(now.rows_per_second == 100.0);
  CHECK(now.time_left == 10s);
  CHECK(now.throttled == 500ms);
  CHECK(now.chunk_rows == 100);

  now.rows_estimated = 10;  // an estimate may be too small
  some.complete(now);
  CHECK(now.time_left == 0s);
  now.rows_estimated.reset();
  now.time_left.reset();
  some.complete(now);
  CHECK_FALSE(now.time_left.has_value());
}

TEST_CASE("reports are due at once, and then not before their interval") {
  pace some{fixed_chunk(100)};
  pace::time_point start{};
  CHECK(some.due(start, 200ms));
  CHECK_FALSE(some.due(start + 199ms, 200ms));
  CHECK(some.due(start + 200ms, 200ms));
  CHECK_FALSE(some.due(start + 399ms, 200ms));
  CHECK(some.due(start + 400ms, 0ms));
  CHECK(some.due(start + 400ms, 0ms));
}

TEST_CASE("the share done is whole only at the end") {
  backfill_progress progress;
  CHECK(progress.ratio() == 0.0);
  progress.rows_estimated = 0;
  CHECK(progress.ratio() == 0.0);
  progress.rows_estimated = 200;
  progress.rows_done = 50;
  CHECK(progress.ratio() == 0.25);
  progress.rows_done = 1'000;
  CHECK(progress.ratio() == 0.99);
  progress.finished = true;
  CHECK(progress.ratio() == 1.0);
}

TEST_CASE("chunks are smaller from the moment at which somebody waits until ten seconds after the last one did") {
  pace some{{20ms, 1000, 100, 20'000, 5ms}};
  pace::time_point begin{};
  CHECK(some.counts_waiting(begin));
  some.awaited(0, begin);
  CHECK_FALSE(some.counts_waiting(begin + 19ms));
  CHECK(some.counts_waiting(begin + 20ms));
  CHECK(some.rows() == 1000);
  some.awaited(3, begin + 1s);
  backfill_progress now;
  some.complete(now);
  CHECK(now.awaited);
  CHECK(some.rows() == 250);
  CHECK(some.rows(8) == 250);
  some.awaited({}, begin + 2s);
  some.awaited(0, begin + 10'999ms);
  some.took(20ms, 20ms, 250, false);  // beyond twice what it should take
  CHECK(some.rows() == 125);
  some.awaited(0, begin + 11s);
  some.took(20ms, 20ms, 125, false);
  CHECK(some.rows() == 125);
  // The second time it is remembered for twice as long.
  some.awaited(1, begin + 12s);
  some.awaited(0, begin + 31'999ms);
  some.took(20ms, 20ms, 125, false);
  CHECK(some.rows() == 100);
  some.awaited(0, begin + 32s);
  some.took(10ms, 10ms, 100, false);
  CHECK(some.rows() == 150);
}
