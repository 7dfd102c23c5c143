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

// Sixteenths for eight of them; with fewer than four there is nothing to make less.
static_assert(sizes<8>() == std::array{3, 3, 2, 2, 2, 2, 1, 1} && stripe_buckets(8) == 16);
static_assert(sizes<4>() == std::array{3, 2, 2, 1} && stripe_buckets(4) == 8);
static_assert(sizes<2>() == std::array{1, 1} && stripe_buckets(2) == 2);
static_assert(sizes<1>() == std::array{1} && stripe_buckets(1) == 1);
static_assert(first_bucket(16, 16) == stripe_buckets(16) && first_bucket(64, 64) == stripe_buckets(64));

// 1,600 rows, eight stripes in four parts: 75 in each chunk of the first two stripes, 25 in each of the last two.
static_assert(rows_in_chunks(1'600, 8, 4, 0) == 0 && rows_in_chunks(1'600, 8, 4, 1) == 75);
static_assert(rows_in_chunks(1'600, 8, 4, 4) == 300 && rows_in_chunks(1'600, 8, 4, 8) == 600);
static_assert(rows_in_chunks(1'600, 8, 4, 31) == 1'575 && rows_in_chunks(1'600, 8, 4, 32) == 1'600);
static_assert(rows_in_chunks(7, 1, 1, 1) == 7 && rows_in_chunks(7, 2, 1, 1) == 3);

// A span whose largest chunk has 75 rows.
static_assert(rows_of_span(75, 8, 4) == 1'600 && largest_chunk(1'600, 8, 4) == 75);
static_assert(rows_of_span(75, 1, 1) == 75 && rows_of_span(75, 2, 1) == 150 && largest_chunk(150, 2, 1) == 75);

}  // namespace
