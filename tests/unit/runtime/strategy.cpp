// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

#include <online_migration/runtime/strategy.hpp>

using namespace online_migration;
using namespace std::chrono_literals;

namespace {

/// A table, as far as a strategy can see it: the time of a thousand rows, and the share of updates that stay, of each
/// form.
struct world {
  std::chrono::microseconds plain;
  std::chrono::microseconds striped;
  int plain_stays;  ///< in percent
  int striped_stays;
};

constexpr world full_pages{5000us, 3500us, 0, 81};
constexpr world old_snapshot{5000us, 6500us, 0, 2};
constexpr world free_room{1700us, 2500us, 96, 97};

constexpr void spans(strategy& of, const world& in, int count, std::int64_t rows = 1000) {
  for (int i = 0; i < count; ++i) {
    bool striped = of.stripes() > 1;
    std::int64_t of_span = rows * of.stripes();
    auto time = (striped ? in.striped : in.plain) * of_span / 1000;
    of.saw(
        {of.stripes(), of_span, of_span, time, of_span, of_span * (striped ? in.striped_stays : in.plain_stays) / 100});
  }
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
  CHECK(of.share() == doctest::Approx(0.81));
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
  std::int64_t tried = 0;
  std::int64_t all = 0;
  for (int i = 0; i < 5000; ++i) {
    (of.stripes() > 1 ? tried : all) += 1000 * of.stripes();
    spans(of, old_snapshot, 1);
  }
  CHECK(static_cast<double>(tried) < 0.05 * static_cast<double>(all));
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
