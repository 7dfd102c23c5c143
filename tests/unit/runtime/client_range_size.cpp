// SPDX-License-Identifier: BSL-1.0
// How many rows the client of a pass holds at a time.
#include <doctest/doctest.h>

#include <online_migration/runtime/client_range_size.hpp>

using online_migration::detail::client_range_size;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

}  // namespace

TEST_CASE("ranges of narrow rows grow twofold up to the most rows") {
  client_range_size size{100'000};
  CHECK(size.rows() == 128);
  for (int expected : {256, 512, 1'024, 2'048, 4'096, 8'192, 10'000, 10'000}) {
    size.held(size.rows(), std::int64_t{50} * size.rows());
    CHECK(size.rows() == expected);
  }
}

TEST_CASE("never more rows than were asked for") {
  client_range_size size{7};
  CHECK(size.rows() == 7);
  size.held(7, 100);
  CHECK(size.rows() == 7);
}

TEST_CASE("ranges of wide rows stay at four mebibytes") {
  client_range_size size{100'000};
  size.held(128, 128 * mebibyte);
  CHECK(size.rows() == 4);
  size.held(4, 4 * mebibyte);
  CHECK(size.rows() == 4);
  size.held(4, 400 * mebibyte);  // one row alone is more
  CHECK(size.rows() == 1);
  size.held(1, 1'000);
  CHECK(size.rows() == 2);
}

TEST_CASE("a range that fails is halved, to one row at least") {
  client_range_size size{3};
  size.failed();
  CHECK(size.rows() == 1);
  size.failed();
  CHECK(size.rows() == 1);
}
