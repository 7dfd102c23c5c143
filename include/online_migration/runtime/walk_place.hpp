// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/chunk.hpp>
#include <online_migration/runtime/fence.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/runtime/stripe_shares.hpp>

namespace online_migration::detail {

/// A position in a walk by blocks is a key of one part: the number of a block that was done. -1 before the first.
inline std::int64_t block_number(const key_text& position) {
  if (position.empty()) return -1;
  std::int64_t number = 0;
  const std::string& digits = position.front();
  auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (problem != std::errc{} || end != digits.data() + digits.size()) {
    throw refused{
        "The cursor of this backfill is no number of a block, though its state says that it walks by blocks."};
  }
  return number;
}

/// The number of rows of a span that count as done when so many of its chunks are: all of them in the end, and each
/// once, though no transaction looks at all of them.
inline std::int64_t rows_counted(const open_span& span, int chunks_done) {
  return rows_in_chunks(span.rows, span.stripes, span.parts, chunks_done);
}

/// What a runner believes of its slice.
struct walk_place {
  key_text cursor;  ///< empty before the first chunk
  key_text end;     ///< of the walk
  bool blocks = false;
  bool is_fresh = false;  ///< nothing of it is done
  std::int64_t file_node = 0;
  int stored_stripe = 0;        ///< the next chunk of the open span, as the slice's row has it
  open_span span;               ///< the one at work; without an end where it is not chosen yet
  bool last = false;            ///< it reaches the end of the walk
  std::int64_t planned = 0;     ///< the rows that it was to have
  std::int64_t chunk_rows = 0;  ///< and each of its chunks, on average
  std::int64_t given_up = 0;    ///< rows that were counted of a span that was given up
  std::int64_t moved = 0;       ///< of the open span, as far as is known: they have left its blocks
  double rows_in_block = 0;     ///< of the last span; 0 where that is not known
  std::int64_t blocks_seen = 1;

  /// Forgets the span that is open: a smaller one begins at the same cursor, and its rows are counted again, but for
  /// those that are not there any more.
  void give_up_span() {
    given_up += std::max<std::int64_t>(rows_counted(span, span.next) - (blocks ? moved : 0), 0);
    moved = 0;
    span = {};
  }

  /// The parts of a span of blocks take turns. What a stripe leaves on a page is free when no transaction is open that
  /// began before the stripe's end: until it is the turn of the same part again, those of the application and of other
  /// workers have ended.
  static constexpr int turns = 4;
  [[nodiscard]] int most_parts(int stripes) const { return blocks && stripes > 1 ? turns : 1; }
  [[nodiscard]] int parts_of(const open_span& of) const {
    const int most = most_parts(of.stripes);
    return most == 1 ? 1 : static_cast<int>(std::min<std::int64_t>(block_number(of.end) - first_block() + 1, most));
  }

  /// The row pointers of the part of the open span that has the turn in a chunk.
  [[nodiscard]] text_parameters turn_range(int chunk) const {
    const std::int64_t first = first_block();
    const std::int64_t count = block_number(span.end) - first + 1;
    const std::int64_t part = chunk % span.parts;
    return block_range(first + count * part / span.parts, first + count * (part + 1) / span.parts - 1);
  }

  [[nodiscard]] std::int64_t first_block() const { return block_number(cursor) + 1; }
  [[nodiscard]] std::int64_t last_block() const { return block_number(end); }

  /// The last block of a span of about so many rows.
  [[nodiscard]] std::int64_t block_behind(std::int64_t rows) const { return block_behind(rows, first_block()); }
  [[nodiscard]] std::int64_t block_behind(std::int64_t rows, std::int64_t first) const {
    constexpr std::int64_t careful = 1;  // tells how many rows are in one
    std::int64_t count = careful;
    if (rows_in_block > 0) {
      count = std::max<std::int64_t>(static_cast<std::int64_t>(static_cast<double>(rows) / rows_in_block), 1);
      // One block that is nearly empty tells little of those behind it.
      count = std::min(count, blocks_seen * 4);
    }
    return std::min(first + count - 1, std::max(last_block(), first));
  }

  /// Seen: so many rows in so many blocks. Empty blocks must not make the next span a huge one at once.
  void learn(std::int64_t rows, std::int64_t count) {
    double now =
        static_cast<double>(std::max<std::int64_t>(rows, 1)) / static_cast<double>(std::max<std::int64_t>(count, 1));
    blocks_seen = std::max<std::int64_t>(count, 1);
    rows_in_block = rows_in_block > 0 ? std::max(now, rows_in_block / 4) : now;
  }

  /// The row pointers of a range of blocks: the first, and the first one behind it.
  [[nodiscard]] static text_parameters block_range(std::int64_t first, std::int64_t last) {
    text_parameters range;
    range.add("(" + std::to_string(first) + ",0)");
    // The number of a block has 32 bits.
    bool has_next = last < std::numeric_limits<std::uint32_t>::max();
    range.add(has_next ? "(" + std::to_string(last + 1) + ",0)" : "(" + std::to_string(last) + ",65535)");
    return range;
  }

  /// What `fence` takes of a migration that the server computes; `stripe` is what the slice's row has by then.
  [[nodiscard]] text_parameters fence_parameters(const lease& held, std::size_t keys, int stripe) const {
    text_parameters given;
    given.add(held.run);
    given.add(held.slice);
    given.add(held.epoch);
    given.add(stripe);
    given.add_key(cursor, keys);
    given.add_key(end, keys);
    return given;
  }
};

/// From the rest of the columns of `backfill_position`.
template <class Result>
walk_place read_place(const Result& row, position&& found, std::size_t keys) {
  walk_place place;
  place.cursor = std::move(found.cursor);
  place.end = std::move(found.end);
  int next = static_cast<int>(6 + 2 * keys);
  place.blocks = row.text(0, next) == "blocks";
  if (place.blocks) {
    // One part, whatever the key consists of.
    if (!place.cursor.empty()) place.cursor.resize(1);
    place.end.resize(1);
  }
  place.span.stripes = static_cast<int>(row.integer(0, next + 1));
  place.span.next = place.stored_stripe = static_cast<int>(row.integer(0, next + 2));
  place.span.by_bits = row.boolean(0, next + 3);
  if (!row.is_null(0, next + 4)) place.span.rows = row.integer(0, next + 4);
  if (!row.is_null(0, next + 5)) place.file_node = row.integer(0, next + 5);
  place.is_fresh = row.integer(0, next + 6) == 0 && place.cursor.empty() && place.stored_stripe == 0;
  if (place.stored_stripe > 0) {
    place.span.end = read_key(row, 0, next + 7, place.blocks ? 1 : keys);
    place.last = place.span.end == place.end;
    place.planned = place.span.rows;
    place.span.parts = place.parts_of(place.span);
    place.chunk_rows = place.span.rows / place.span.chunks();
  } else {
    place.span = {};
  }
  return place;
}

}  // namespace online_migration::detail
