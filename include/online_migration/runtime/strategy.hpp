// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace online_migration {

/// What a backfill saw of one span of rows.
struct span_seen {
  int stripes = 1;           ///< the transactions that it was cut into
  std::int64_t rows = 0;     ///< walked over
  std::int64_t changed = 0;  ///< not right already
  std::chrono::microseconds time{0};
  std::int64_t updated = 0;  ///< as the server counted; 0 where it does not count
  std::int64_t stayed = 0;   ///< those of them that stayed on their page, and so touched no index (HOT)
};

/// What it saw of a span that is not done yet: the stripes behind the first, whose rows find the room that the first
/// one left.
struct stripes_seen {
  int count = 0;
  std::int64_t rows = 0;     ///< walked over, by the first one as well
  std::int64_t updated = 0;  ///< as the server counted
  std::int64_t stayed = 0;
};

/// Decides into how many stripes the next span is cut. Stripes let most updates stay on their page, and then they win
/// by half; where no page can be cleared meanwhile (somebody holds an old snapshot, the new column has an index) they
/// lose a fifth, and where pages have room anyway they are not needed. So it begins without, measures both on the first
/// spans, takes what is better, and tries the other one again from time to time, or at once when the share drops. Pure:
/// the same spans give the same decisions.
class strategy {
 public:
  enum class reason {
    begins,        ///< nothing is measured yet
    asked_for,     ///< the options say so
    not_possible,  ///< the key cannot be cut into stripes, or the table is too small to gain
    tries,         ///< it is being measured
    faster,        ///< than the other one, as measured
    has_room,      ///< updates stay on their page without stripes
    cannot_clear,  ///< updates leave their page in spite of stripes: an old snapshot, an index on the new column
    little_to_do   ///< most rows are right already
  };

  static constexpr int usual_stripes = 8;

  /// `asked` is the number of stripes to have whatever is measured; 0 to measure.
  constexpr explicit strategy(int asked = 0, bool possible = true)
      : why_{!possible    ? reason::not_possible
             : asked != 0 ? reason::asked_for
                          : reason::begins},
        fixed_{!possible ? 1 : asked} {}

  /// For the next span.
  [[nodiscard]] constexpr int stripes() const { return fixed_ != 0 ? fixed_ : now_ == striped ? usual_stripes : 1; }
  [[nodiscard]] constexpr reason why() const { return why_; }

  /// The share of updates that stayed on their page in the last spans of the form in force.
  [[nodiscard]] constexpr std::optional<double> share() const { return share_; }

  /// Whether the span is not worth its stripes: no more than a few of them have to be paid for to see that no page is
  /// cleared.
  constexpr bool gives_up(const stripes_seen& behind_first) {
    // One may have come before a session let go of the snapshot that it had for a moment, such as another worker's.
    constexpr int telling = 2;
    if (fixed_ != 0 || now_ != striped || behind_first.count < telling || behind_first.updated == 0) return false;
    double share = static_cast<double>(behind_first.stayed) / static_cast<double>(behind_first.updated);
    if (share >= clears) return false;
    share_ = share;
    if (left_ > 0) tried_[striped] += behind_first.rows;
    settle(plain, reason::cannot_clear);
    return true;
  }

  /// A span was ended.
  constexpr void saw(const span_seen& span) {
    if (span.rows <= 0) return;
    if (span.updated > 0) share_ = static_cast<double>(span.stayed) / static_cast<double>(span.updated);
    if (fixed_ != 0) return;
    form of = span.stripes > 1 ? striped : plain;
    if (of != now_) return;  // it was chosen before the last decision
    if (span.changed * 2 < span.rows) {
      if (now_ == striped) settle(plain, reason::little_to_do);
      return;
    }
    if (left_ == 0) {
      look(span);
      return;
    }
    tried_[now_] += span.rows;
    // The first of them pays for what its form finds cold.
    if (!skipped_) {
      skipped_ = true;
      return;
    }
    seen_[now_].add(span);
    if (--left_ == 0) decide();
  }

 private:
  enum form { plain = 0, striped = 1 };

  struct measures {
    std::int64_t rows = 0;
    std::int64_t updated = 0;
    std::int64_t stayed = 0;
    std::int64_t time = 0;

    constexpr void add(const span_seen& span) {
      rows += span.rows;
      updated += span.updated;
      stayed += span.stayed;
      time += std::max<std::int64_t>(span.time.count(), 1);
    }
    /// Spans of long ago count less, so that the next trial is compared with how things are.
    constexpr void fade(std::int64_t longest) {
      if (rows <= longest) return;
      rows /= 2;
      updated /= 2;
      stayed /= 2;
      time /= 2;
    }
    [[nodiscard]] constexpr double rate() const {
      return time == 0 ? 0 : static_cast<double>(rows) / static_cast<double>(time);
    }
    [[nodiscard]] constexpr std::optional<double> share() const {
      if (updated == 0) return std::nullopt;
      return static_cast<double>(stayed) / static_cast<double>(updated);
    }
  };

  static constexpr int spans_tried = 2;
  static constexpr double clears = 0.4;  ///< a share below which stripes cannot be worth their transactions
  static constexpr double room = 0.8;    ///< a share above which nothing is left to gain
  static constexpr std::int64_t shortest_patience = 16;  ///< for each row that was tried
  static constexpr std::int64_t longest_patience = 128;

  constexpr void begin_trial(form next) {
    now_ = next;
    left_ = spans_tried;
    skipped_ = false;
    seen_[next] = {};
    tried_[next] = 0;
    why_ = reason::tries;
  }

  constexpr void decide() {
    if (seen_[plain].share().value_or(0) >= room) return settle(plain, reason::has_room);
    if (seen_[striped].time == 0) return begin_trial(striped);
    if (seen_[striped].share().value_or(1) < clears) return settle(plain, reason::cannot_clear);
    settle(seen_[striped].rate() > seen_[plain].rate() ? striped : plain, reason::faster);
  }

  constexpr void settle(form next, reason why) {
    // Each time that a trial changes nothing, the next one comes later: trials cost a few percent at the most.
    bool same = settled_.has_value() && *settled_ == next;
    patience_ = same ? std::min(patience_ * 2, longest_patience) : shortest_patience;
    settled_ = next;
    now_ = next;
    why_ = why;
    left_ = 0;
    rows_left_ = std::max<std::int64_t>((tried_[plain] + tried_[striped]) * patience_, 1);
  }

  /// At a span of the form in force.
  constexpr void look(const span_seen& span) {
    if (now_ == striped && span.updated > 0 && share_.value_or(1) < clears) return settle(plain, reason::cannot_clear);
    constexpr std::int64_t spans_remembered = 16;
    seen_[now_].add(span);
    seen_[now_].fade(span.rows * spans_remembered);
    rows_left_ -= span.rows;
    if (rows_left_ > 0) return;
    if (now_ == plain && seen_[plain].share().value_or(0) >= room) return settle(plain, reason::has_room);
    begin_trial(now_ == plain ? striped : plain);
  }

  form now_ = plain;
  int left_ = spans_tried;
  bool skipped_ = false;
  reason why_;
  int fixed_;
  measures seen_[2]{};
  std::int64_t tried_[2]{};  ///< rows of the last trial of each form
  std::optional<double> share_;
  std::optional<form> settled_;
  std::int64_t patience_ = shortest_patience;
  std::int64_t rows_left_ = 0;
};

/// As in "plain: it was faster when both were measured".
constexpr std::string_view to_string(strategy::reason why) {
  switch (why) {
    case strategy::reason::begins:
      return "nothing is measured yet";
    case strategy::reason::asked_for:
      return "the options ask for it";
    case strategy::reason::not_possible:
      return "the table is small, or its key cannot be cut";
    case strategy::reason::tries:
      return "it is being measured";
    case strategy::reason::faster:
      return "it was faster when both were measured";
    case strategy::reason::has_room:
      return "updates stay on their page anyway";
    case strategy::reason::cannot_clear:
      return "updates leave their page: an old snapshot, or an index on the new column";
    case strategy::reason::little_to_do:
      return "most rows are right already";
  }
  return "";
}

}  // namespace online_migration
