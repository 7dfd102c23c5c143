// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace online_migration::detail {

/// How the rows of a span are dealt out to its stripes: by their key they fall into buckets, and a stripe takes
/// neighbouring ones. The rows of the first stripe leave their page; the others find the room that the one before has
/// left, and because a row grows by the new value it becomes less each time. So stripes are of falling size, where
/// there are four or more: three halves of an even share, an even share, half of one.
constexpr int stripe_buckets(int stripes) { return stripes < 4 ? stripes : 2 * stripes; }

/// The first bucket of a stripe; of the one behind the last, the number of all.
constexpr int first_bucket(int stripes, int stripe) {
  if (stripes < 4) return stripe;
  const int large = stripes / 4;
  return 2 * stripe + std::min(stripe, large) - std::max(stripe - (stripes - large), 0);
}

/// Of so many rows those in the first `chunks_done` chunks, where each stripe is worked in `parts`.
constexpr std::int64_t rows_in_chunks(std::int64_t rows, int stripes, int parts, int chunks_done) {
  const int stripe = chunks_done / parts;
  const std::int64_t first = first_bucket(stripes, stripe);
  const std::int64_t size = stripe < stripes ? first_bucket(stripes, stripe + 1) - first : 0;
  return rows * (first * parts + size * (chunks_done % parts)) / (std::int64_t{stripe_buckets(stripes)} * parts);
}

/// The rows of a chunk of the first stripe, which has the most.
constexpr std::int64_t largest_chunk(std::int64_t rows, int stripes, int parts) {
  return rows * first_bucket(stripes, 1) / (std::int64_t{stripe_buckets(stripes)} * parts);
}

/// And the rows of a span where such a chunk has so many.
constexpr std::int64_t rows_of_span(std::int64_t largest, int stripes, int parts) {
  return largest * stripe_buckets(stripes) * parts / first_bucket(stripes, 1);
}

}  // namespace online_migration::detail
