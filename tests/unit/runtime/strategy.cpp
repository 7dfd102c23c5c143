// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

#include <online_migration/runtime/strategy.hpp>

using namespace online_migration;
using namespace std::chrono_literals;

namespace {

/// A table, as far as a strategy can see it: the time of a thousand rows, and the share of updates that stay, of each
/// form. Of stripes it is the share of those behind the first; the first one's rows leave their page.
struct world {
  std::chrono::microseconds plain;
  std::chrono::microseconds striped;
  int plain_stays;  ///< in percent
  int striped_stays;
};

constexpr world full_pages{5000us, 3500us, 0, 92};
constexpr world old_snapshot{5000us, 6500us, 0, 2};
constexpr world free_room{1700us, 2500us, 96, 97};

/// The rows that were walked over in stripes.
constexpr std::int64_t spans(strategy& of, const world& in, int count, std::int64_t rows = 1000) {
  std::int64_t in_stripes = 0;
  for (int i = 0; i < count; ++i) {
    int stripes = of.stripes();
    if (stripes == 1) {
      of.saw({1, rows, rows, in.plain * rows / 1000, rows, rows * in.plain_stays / 100});
      continue;
    }
    bool ended = false;
    for (int done = 1; done <= stripes && !ended; ++done) {
      in_stripes += rows;
      ended = of.gives_up({done - 1, done * rows, (done - 1) * rows, (done - 1) * rows * in.striped_stays / 100});
    }
    if (ended) continue;
    std::int64_t all = rows * stripes;
    of.saw({stripes, all, all, in.striped * all / 1000, all, (all - rows) * in.striped_stays / 100});
  }
  return in_stripes;
}

constexpr strategy after(const world& in, int count) {
  strategy made;
  spans(made, in, count);
  return made;
}

// The same spans give the same decisions, so the compiler can check them.
static_assert(strategy{}.stripes() == 1 && strategy{}.why() == strategy::reason::begins);
static_assert(after(full_pages, 3).stripes() == 8);
static_assert(after(full_pages, 6).stripes() == 8 && after(full_pages, 6).why() == strategy::reason::faster);

}  // namespace

TEST_CASE("on full pages stripes win after both were measured") {
  strategy of;
  spans(of, full_pages, 2);
  CHECK(of.stripes() == 1);
  spans(of, full_pages, 1);
  CHECK(of.stripes() == 8);
  CHECK(of.why() == strategy::reason::tries);
  spans(of, full_pages, 3);
  CHECK(of.stripes() == 8);
  CHECK(of.why() == strategy::reason::faster);
  CHECK(of.share() == doctest::Approx(0.805));  // 7 of 8 stripes, 92 % of each
}

TEST_CASE("where updates stay on their page anyway, stripes are not even tried") {
  strategy of;
  for (int i = 0; i < 20; ++i) {
    spans(of, free_room, 1);
    CHECK(of.stripes() == 1);
  }
  CHECK(of.why() == strategy::reason::has_room);
}

TEST_CASE("under an old snapshot it goes on without stripes, at the first span that tells") {
  strategy of = after(old_snapshot, 6);
  CHECK(of.stripes() == 1);
  CHECK(of.why() == strategy::reason::cannot_clear);

  of = after(full_pages, 10);
  REQUIRE(of.stripes() == 8);
  spans(of, old_snapshot, 1);  // it appears
  CHECK(of.stripes() == 1);
  CHECK(of.why() == strategy::reason::cannot_clear);
}

TEST_CASE("a trial of stripes ends with the third, where none of their rows stay") {
  strategy of = after(full_pages, 3);
  REQUIRE(of.why() == strategy::reason::tries);
  CHECK_FALSE(of.gives_up({0, 1000, 0, 0}));  // the first one
  CHECK_FALSE(of.gives_up({1, 2000, 1000, 0}));
  CHECK_FALSE(strategy{of}.gives_up({2, 3000, 2000, 800}));
  CHECK(of.gives_up({2, 3000, 2000, 799}));
  CHECK(of.stripes() == 1);
  CHECK(of.why() == strategy::reason::cannot_clear);
  CHECK(of.share() == doctest::Approx(0.3995));
  CHECK_FALSE(of.gives_up({2, 3000, 2000, 0}));  // it has given up
}

TEST_CASE("a snapshot that comes late and goes again does not keep stripes away for longer than an early one") {
  strategy of;
  spans(of, full_pages, 1000);
  REQUIRE(of.why() == strategy::reason::faster);
  spans(of, old_snapshot, 10);
  REQUIRE(of.why() == strategy::reason::cannot_clear);
  // 3 spans of 1000 rows and 3 striped ones of 8000 were tried: 16 rows for each of them.
  int rows = 0;
  for (; rows < 2'000'000 && of.stripes() == 1; rows += 1000) spans(of, full_pages, 1);
  CHECK(rows < 27'000 * 16);
  CHECK(of.stripes() == 8);
}

TEST_CASE("a trial is compared with the last spans, and not with those of long ago") {
  strategy of;
  spans(of, full_pages, 1000);
  REQUIRE(of.why() == strategy::reason::faster);
  // Everything is slower by now, and stripes a little more so.
  constexpr world slow{13000us, 14000us, 0, 92};
  while (of.why() != strategy::reason::tries) spans(of, slow, 1);  // with what is there from before
  spans(of, slow, 3);
  while (of.why() != strategy::reason::tries) spans(of, slow, 1);
  spans(of, slow, 3);
  CHECK(of.stripes() == 1);
  CHECK(of.why() == strategy::reason::faster);
}

TEST_CASE("it tries again from time to time, and finds that the snapshot is gone, or that there is room") {
  strategy of = after(old_snapshot, 6);
  int tries = 0;
  for (int i = 0; i < 2000 && of.why() != strategy::reason::faster; ++i, ++tries) spans(of, full_pages, 1);
  CHECK(of.stripes() == 8);
  CHECK(tries > 10);
  for (int i = 0; i < 2000 && of.why() != strategy::reason::has_room; ++i) spans(of, free_room, 1);
  CHECK(of.stripes() == 1);
  CHECK(of.why() == strategy::reason::has_room);
}

TEST_CASE("trials of what loses cost little: a few percent of the rows, and less with time") {
  strategy of;
  constexpr int count = 5000;
  std::int64_t tried = spans(of, old_snapshot, count);
  CHECK(tried < 1000 * count / 50);
  CHECK(tried > 0);
}

TEST_CASE("rows that are right already are read once and not for each stripe") {
  strategy of = after(full_pages, 10);
  of.saw({8, 8000, 100, 1ms, 100, 80});
  CHECK(of.stripes() == 1);
  CHECK(of.why() == strategy::reason::little_to_do);
}

TEST_CASE("a server that counts nothing leaves the rate to decide") {
  world uncounted{5000us, 3500us, 0, 0};
  strategy of;
  for (int i = 0; i < 12; ++i) {
    std::int64_t rows = 1000 * of.stripes();
    of.saw({of.stripes(), rows, rows, (of.stripes() > 1 ? uncounted.striped : uncounted.plain) * rows / 1000, 0, 0});
  }
  CHECK(of.stripes() == 8);
  CHECK_FALSE(of.share().has_value());
}

TEST_CASE("what the options ask for is not measured away, and what is not possible not asked for") {
  strategy asked{4};
  spans(asked, old_snapshot, 20);
  CHECK(asked.stripes() == 4);
  CHECK(asked.why() == strategy::reason::asked_for);
  strategy impossible{8, false};
  spans(impossible, full_pages, 20);
  CHECK(impossible.stripes() == 1);
  CHECK(impossible.why() == strategy::reason::not_possible);
}
