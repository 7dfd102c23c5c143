// SPDX-License-Identifier: BSL-1.0
#include "summary.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "display.hpp"

namespace {

void print_step(std::string_view step, seconds time, std::int64_t rows, std::string_view more = {}) {
  std::string count = rows < 0 ? "" : grouped(rows);
  std::string rate = rows < 0 ? "" : grouped(static_cast<std::int64_t>(static_cast<double>(rows) / time.count()));
  fmt::print("  {:<14}{:>8.2f} s {:>11} {:>11}   {}\n", step, time.count(), count, rate, more);
}

void print_writes(std::string_view kind, const writes& of) {
  auto cells = [](const latencies& times) {
    return fmt::format("{:>8}{:>11}{:>11}", grouped(static_cast<std::int64_t>(times.count())),
                       in_milliseconds(times.percentile(0.5)), in_milliseconds(times.percentile(0.99)));
  };
  fmt::print("  {:<12}{}  {}{:>12}\n", kind, cells(of.before), cells(of.during),
             in_milliseconds(of.during.percentile(1)));
}

void print_finding(std::string_view what, std::int64_t count) {
  fmt::print("  {:<52}{:>10}{}\n", what, grouped(count), count == 0 ? "" : "   WRONG");
}

}  // namespace

void print_summary(const settings& chosen, const measured& times, const writers& crowd, const check_result& found) {
  fmt::print("\n  {:<14}{:>10} {:>11} {:>11}\n", "step", "time", "rows", "rows/s");
  print_step("load", times.load, chosen.rows);
  print_step("expand", times.expand, -1, "new column and sync trigger");
  print_step("backfill", times.backfill, found.rows_changed,
             fmt::format("{} chunks, killed once, resumed {}", grouped(found.chunks),
                         found.sessions == 2 ? "once" : fmt::format("{} times", found.sessions - 1)));
  print_step("validate", times.validate, times.parity.rows_checked,
             fmt::format("{} mismatches", grouped(times.parity.mismatches)));
  print_step("all of it", times.migration, -1, "expand to contract-ready");

  fmt::print("\n  {:<12}{:^30}  {:^42}\n", "", "before the migration", "during the migration");
  fmt::print("  {:<12}{:>8}{:>11}{:>11}  {:>8}{:>11}{:>11}{:>12}\n", "writers", "writes", "p50", "p99", "writes", "p50",
             "p99", "slowest");
  writes all;
  for (auto [kind, name] : {std::pair{writer_kind::old_style, "old-style"}, std::pair{writer_kind::dual, "dual *"},
                            std::pair{writer_kind::deleter, "deleters"}}) {
    writes these = crowd.of(kind);
    print_writes(name, these);
    all.before.add(these.before);
    all.during.add(these.during);
  }
  print_writes("all", all);
  fmt::print("  * old-style until expand, which is before they can know the new column\n");

  fmt::print("\n  check in plain SQL of {} rows\n", grouped(found.rows));
  print_finding("new column is NULL", found.nulls);
  print_finding("new column is not lower(btrim(display_name))", found.mismatches);
  print_finding("user lost", found.lost);
  print_finding("user without the name that was written last", found.stale);
  print_finding("user there who was deleted", found.undead);
  bool counted_once = found.least <= found.rows_changed && found.rows_changed <= found.most;
  fmt::print("  {:<52}{:>10}{}\n",
             fmt::format("filled by the backfill, between {} and {}", grouped(found.least), grouped(found.most)),
             grouped(found.rows_changed), counted_once ? "" : "   WRONG");
  fmt::print("\n  mismatches {}   phase {}   {}\n", grouped(found.mismatches), om::to_string(times.phase),
             found.is_right() ? "every row is right" : "THE CHECK FAILED");
}
