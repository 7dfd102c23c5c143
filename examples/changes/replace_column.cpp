// SPDX-License-Identifier: BSL-1.0
// A column gets another type: timestamp without a zone becomes timestamptz. The way back follows from the transform.
#include "place.hpp"

namespace {

// clang-format off
struct visits : om::table<"visits", om::in_schema<"changes">,
    om::column<"id", om::bigint,    om::primary_key>,
    om::column<"at", om::timestamp, om::not_null>> {};

struct visit_instant : om::migration<"changes-replace-column", visits,
    om::replace_column<"at", "at_instant", om::timestamptz,
        om::at_utc(om::col<"at">), om::derived_inverse, om::not_null>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "SET TimeZone = 'Asia/Tokyo'; CREATE TABLE changes.visits (id bigint PRIMARY KEY, at timestamp NOT NULL);"
      "INSERT INTO changes.visits VALUES (1, '2026-07-01 12:00'), (2, 'infinity')");
  om::expand<visit_instant>(here.toolkit);
  here.run("INSERT INTO changes.visits VALUES (3, '2026-07-02 12:00')");                      // an old program
  here.run("INSERT INTO changes.visits (id, at_instant) VALUES (4, '2026-07-03 12:00+00')");  // a new one
  om::expand_contract<visit_instant>{here.app}.run();
  here.finds(
      "both columns",
      "SELECT string_agg(concat_ws(' = ', at, at_instant AT TIME ZONE 'UTC'), ', ' ORDER BY id) FROM changes.visits",
      "2026-07-01 12:00:00 = 2026-07-01 12:00:00, infinity = infinity, "
      "2026-07-02 12:00:00 = 2026-07-02 12:00:00, 2026-07-03 12:00:00 = 2026-07-03 12:00:00");
  here.contract<visit_instant>();
  here.refuses("an old program after contract", "UPDATE changes.visits SET at = '2027-01-01' WHERE id = 1", "55000");
  here.run("INSERT INTO changes.visits (id, at_instant) VALUES (5, '2026-07-04 12:00+00')");
  here.retire_and_drop<visit_instant>();
  here.finds("rows after the drop", "SELECT count(at_instant)::text FROM changes.visits", "5");
}

}  // namespace

int main(int count, char** words) { return show("A column of another type", count, words, walk); }
