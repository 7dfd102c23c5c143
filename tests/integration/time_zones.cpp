// SPDX-License-Identifier: BSL-1.0
// A timestamp becomes a timestamptz in the zone that its transform names, whatever zone writers have.
#include <string>

#include <doctest/doctest.h>

#include "integration/contract_support.hpp"

using namespace test;

namespace {

struct visits : table<"visits", in_schema<"bank">, column<"id", bigint, primary_key>, column<"at", timestamp>> {};

struct in_utc
    : om::migration<"visits-in-utc", visits,
                    replace_column<"at", "at_utc", timestamptz, sql<"{} AT TIME ZONE 'UTC'", timestamptz>(col<"at">),
                                   sql<"{} AT TIME ZONE 'UTC'", timestamp>(col<"at_utc">)>> {};

struct zone_of_session
    : om::migration<"visits-in-some-zone", visits,
                    replace_column<"at", "at_tz", timestamptz, sql<"{}::timestamptz", timestamptz>(col<"at">), lossy>> {
};

}  // namespace

TEST_CASE_FIXTURE(bank, "a cast that takes the zone of the session is refused, and nothing remains") {
  run("CREATE TABLE bank.visits (id bigint PRIMARY KEY, at timestamp)");
  CHECK(says(caught<refused>([&] { expand<zone_of_session>(tools); }), "is not immutable"));
  CHECK(ask("SELECT count(*) FROM pg_attribute WHERE attrelid = 'bank.visits'::regclass AND attname = 'at_tz'") == "0");
  CHECK_FALSE(tools.phase<zone_of_session>().has_value());
}

TEST_CASE_FIXTURE(bank, "writers of every zone mean the zone of the transform, in both directions") {
  run("CREATE TABLE bank.visits (id bigint PRIMARY KEY, at timestamp);"
      "INSERT INTO bank.visits VALUES (1, '2026-03-29 02:30'), (2, 'infinity'), (3, NULL), (4, '0044-03-15 12:00 BC')");
  expand<in_utc>(tools);
  connection legacy = source.connect();
  script(
      legacy,
      "SET TimeZone = 'America/New_York'; SET DateStyle = 'German'; INSERT INTO bank.visits VALUES (5, '2026-07-01 12:00')");
  backfill_runner<in_utc>{source}.run();
  script(legacy, "INSERT INTO bank.visits (id, at_utc) VALUES (6, '2026-07-01 12:00')");
  dual_writer<in_utc> write{legacy};
  write.insert(key(7), set<"at">(local_timestamp_value{0}));
  write.insert(key(8), set<"at_utc">(timestamp_value{0}));
  CHECK(parity_checker<in_utc>{source}.check_all().mismatches == 0);
  run("SET TimeZone = 'UTC'");
  CHECK(ask("SELECT string_agg(format('%s %s', id, at_utc), ', ' ORDER BY id) FROM bank.visits") ==
        "1 2026-03-29 02:30:00+00, 2 infinity, 3 , 4 0044-03-15 12:00:00+00 BC, 5 2026-07-01 12:00:00+00, "
        "6 2026-07-01 16:00:00+00, 7 2000-01-01 00:00:00+00, 8 2000-01-01 00:00:00+00");
  CHECK(ask("SELECT at FROM bank.visits WHERE id = 6") == "2026-07-01 16:00:00");
  CHECK(ask("SELECT count(*) FROM bank.visits WHERE at IS DISTINCT FROM at_utc AT TIME ZONE 'UTC'") == "0");
}
