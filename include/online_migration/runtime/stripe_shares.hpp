// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace online_migration::detail {

/// How the rows of a span are dealt out to its stripes: by their key they fall into buckets, and a stripe takes
/// neighbouring ones. The rows of the first stripe leave their page, and the others find the room that the one before
/// has left. Because a row grows by the new value, some of the second stripe leave as well; it is larger by half, so
/// that then there is room for all that follow. The last one is as much smaller: nobody takes what it leaves. A larger
/// first stripe would do the same, but put too many entries into an index before those of its own old rows can be
/// deleted.
constexpr int stripe_buckets(int stripes) { return stripes < 4 ? stripes : 2 * stripes; }

/// The first bucket of a stripe; of the one behind the last, the number of all.
constexpr int first_bucket(int stripes, int stripe) {
  if (stripes < 4) return stripe;
  return 2 * stripe + (stripe >= 2 && stripe < stripes ? 1 : 0);
}

/// Of so many rows those in the first `chunks_done` chunks, where each stripe is worked in `parts`.
constexpr std::int64_t rows_in_chunks(std::int64_t rows, int stripes, int parts, int chunks_done) {
  const int stripe = chunks_done / parts;
  const std::int64_t first = first_bucket(stripes, stripe);
  const std::int64_t size = stripe < stripes ? first_bucket(stripes, stripe + 1) - first : 0;
  return rows * (first * parts + size * (chunks_done % parts)) / (std::int64_t{stripe_buckets(stripes)} * parts);
}

}  // namespace online_migration::detail
