// SPDX-License-Identifier: BSL-1.0
// How the rows of a span are dealt out to its stripes.
#include <array>
#include <cstddef>

#include <online_migration/runtime/stripe_shares.hpp>

namespace {

using namespace online_migration::detail;

template <int Stripes>
constexpr std::array<int, Stripes> sizes() {
  std::array<int, Stripes> all{};
  for (int i = 0; i < Stripes; ++i)
    all[static_cast<std::size_t>(i)] = first_bucket(Stripes, i + 1) - first_bucket(Stripes, i);
  return all;
}

// In sixteenths, where there are eight of them.
static_assert(sizes<8>() == std::array{2, 3, 2, 2, 2, 2, 2, 1} && stripe_buckets(8) == 16);
static_assert(sizes<4>() == std::array{2, 3, 2, 1} && stripe_buckets(4) == 8);
static_assert(sizes<2>() == std::array{1, 1} && stripe_buckets(2) == 2);
static_assert(sizes<1>() == std::array{1} && stripe_buckets(1) == 1);
static_assert(first_bucket(16, 16) == stripe_buckets(16) && first_bucket(64, 64) == stripe_buckets(64));

// 1,600 rows, eight stripes in four parts: 50 in each chunk, 75 in those of the second stripe, 25 in those of the last.
static_assert(rows_in_chunks(1'600, 8, 4, 0) == 0 && rows_in_chunks(1'600, 8, 4, 1) == 50);
static_assert(rows_in_chunks(1'600, 8, 4, 4) == 200 && rows_in_chunks(1'600, 8, 4, 5) == 275);
static_assert(rows_in_chunks(1'600, 8, 4, 8) == 500 && rows_in_chunks(1'600, 8, 4, 28) == 1'500);
static_assert(rows_in_chunks(1'600, 8, 4, 31) == 1'575 && rows_in_chunks(1'600, 8, 4, 32) == 1'600);
static_assert(rows_in_chunks(7, 1, 1, 1) == 7 && rows_in_chunks(7, 2, 1, 1) == 3);

}  // namespace
