// SPDX-License-Identifier: BSL-1.0
#include <chrono>

#include <doctest/doctest.h>

#include <online_migration/runtime/chunk_size.hpp>

using namespace online_migration;
using namespace std::chrono_literals;

TEST_CASE("a chunk that takes its target's time keeps its size") {
  chunk_size size{{10ms, 500, 100, 20'000}};
  CHECK(size.rows() == 500);
  size.took(10ms);
  CHECK(size.rows() == 500);
}

TEST_CASE("a faster chunk grows half the way to what would fit, and at most twofold") {
  chunk_size size{{10ms, 500, 100, 20'000}};
  size.took(8ms);  // 625 would fit
  CHECK(size.rows() == 562);
  size.took(1us);
  CHECK(size.rows() == 1124);
  size.took(0us);
  CHECK(size.rows() == 2248);
}

TEST_CASE("a slower chunk shrinks half the way, and one beyond twice the target is halved") {
  chunk_size size{{10ms, 1000, 100, 20'000}};
  size.took(20ms);  // 500 would fit
  CHECK(size.rows() == 750);
  size.took(21ms);
  CHECK(size.rows() == 375);
  size.took(10s);
  CHECK(size.rows() == 187);
}

TEST_CASE("slowness leads no lower than the smallest, speed no higher than the largest") {
  chunk_size size{{10ms, 150, 100, 1000}};
  for (int i = 0; i < 5; ++i) size.took(1s);
  CHECK(size.rows() == 100);
  for (int i = 0; i < 10; ++i) size.took(1us);
  CHECK(size.rows() == 1000);
}

TEST_CASE("failures lead down to one row, and successes back up, twofold at most") {
  chunk_size size{{10ms, 100, 100, 1000}};
  CHECK_FALSE(size.is_smallest());
  for (int rows : {50, 25, 12, 6, 3, 1, 1}) {
    size.failed();
    CHECK(size.rows() == rows);
  }
  CHECK(size.is_smallest());
  for (int rows : {2, 4, 8, 16, 32, 64, 100}) {
    size.took(15ms);  // whatever it took: below the smallest it is on its way back
    CHECK(size.rows() == rows);
  }
}

TEST_CASE("while sessions wait the target is another one, which the next chunk keeps already") {
  chunk_size size{{20ms, 1000, 100, 20'000, 5ms}};
  size.awaited(true);
  CHECK(size.target() == 5ms);
  CHECK(size.rows() == 250);
  size.awaited(true);
  CHECK(size.rows() == 250);
  size.took(5ms);
  CHECK(size.rows() == 250);
  size.took(11ms);
  CHECK(size.rows() == 125);
  for (int i = 0; i < 3; ++i) size.took(11ms);
  CHECK(size.rows() == 100);
  size.awaited(false);
  CHECK(size.target() == 20ms);
  CHECK(size.rows() == 100);
  size.took(2ms);
  CHECK(size.rows() == 200);
}

TEST_CASE("a target that is none, or not a shorter one, leaves the chunks as they are while sessions wait") {
  for (chunk_settings settings : {chunk_settings{20ms, 1000, 100, 20'000, 0ms},
                                  chunk_settings{20ms, 1000, 100, 20'000, 30ms}, fixed_chunk(1000)}) {
    chunk_size size{settings};
    size.awaited(true);
    CHECK(size.rows() == 1000);
    CHECK(size.target() == settings.target);
  }
}

TEST_CASE("a fixed chunk stays, shrinks only by failure, and comes back") {
  chunk_size size{fixed_chunk(1000)};
  size.took(1us);
  CHECK(size.rows() == 1000);
  size.took(1h);
  CHECK(size.rows() == 1000);
  size.failed();
  size.failed();
  CHECK(size.rows() == 250);
  size.took(1h);
  CHECK(size.rows() == 500);
  size.took(1h);
  CHECK(size.rows() == 1000);
  size.took(1h);
  CHECK(size.rows() == 1000);
}

TEST_CASE("settings that make no sense still give at least one row") {
  CHECK(chunk_size{fixed_chunk(0)}.rows() == 1);
  CHECK(chunk_size{fixed_chunk(-5)}.rows() == 1);
  CHECK(chunk_size{{10ms, 500, 2000, 100}}.rows() == 100);
  CHECK(chunk_size{{10ms, 0, 0, 0}}.rows() == 1);
}

TEST_CASE("a size from an earlier session is kept within the bounds of this one") {
  chunk_size size{{10ms, 500, 100, 1000}};
  size.resume(700);
  CHECK(size.rows() == 700);
  size.resume(3);
  CHECK(size.rows() == 100);
  size.resume(1'000'000);
  CHECK(size.rows() == 1000);
}

TEST_CASE("numbers do not overflow at the largest sizes") {
  constexpr int rows = [] {  // at compile time an overflow is an error
    chunk_size size{{1h, 2'000'000'000, 100, 2'147'483'647}};
    size.took(1us);
    return size.rows();
  }();
  CHECK(rows == 2'147'483'647);
}

TEST_CASE("the same times give the same sizes, at compile time too") {
  constexpr int rows = [] {
    chunk_size size{{25ms, 500, 100, 20'000}};
    for (auto time : {5ms, 10ms, 30ms, 60ms}) size.took(time);
    return size.rows();
  }();
  chunk_size size{{25ms, 500, 100, 20'000}};
  for (auto time : {5ms, 10ms, 30ms, 60ms}) size.took(time);
  CHECK(size.rows() == rows);
}
