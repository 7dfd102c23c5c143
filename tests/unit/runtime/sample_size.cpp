// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <online_migration/runtime/sample_size.hpp>

using online_migration::detail::sample_size;

TEST_CASE("where rows are wanted of a table that has no more, all are visited") {
  CHECK(sample_size{1, 0}.is_too_much());
  CHECK(sample_size{100, 100}.is_too_much());
  CHECK_FALSE(sample_size{99, 100}.is_too_much());
}

TEST_CASE("the share of places with a row is learned from those that were drawn") {
  sample_size size{100, 30'000};
  CHECK(size.next(10'000) == 100);
  size.drew(100, 33);
  CHECK_FALSE(size.is_too_much());  // about 10,000 rows, of which about 300 draws show 100
  CHECK(size.next(10'000) == 200);  // 67 rows at a share of 34/101
  size.drew(200, 70);
  CHECK(size.next(10'000) == 3);  // never none
}

TEST_CASE("nearly empty tables are given up soon, full ones never") {
  sample_size empty{100, 10'000'000};
  int rounds = 0;
  while (!empty.is_too_much()) {
    empty.drew(empty.next(1'000), 0);
    ++rounds;
  }
  CHECK(rounds > 0);
  CHECK(rounds < 5);
  sample_size full{100'000, 1'000'000'000};
  for (std::int64_t rows = 0; rows < 100'000; rows += 300) {
    full.drew(full.next(1'000), 300);
    REQUIRE_FALSE(full.is_too_much());
  }
}

TEST_CASE("a draw is never so large that it takes long") {
  CHECK(sample_size{1'000'000, 1'000'000'000}.next(10'000) == 1'000);
  CHECK(sample_size{1'000'000, 1'000'000'000}.next(10) == 10);
}
