// SPDX-License-Identifier: BSL-1.0
// Keys of every type that a table can be walked by: as text in cursors, queues and quarantines, as values in writes.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/lab.hpp"

using namespace test;

namespace {

using mood = om::enumeration<"mood", "sad", "ok">;
using email = om::domain<"email", om::text>;
using cents = om::domain<"cents", om::bigint>;
using short_text = om::domain<"short_text", om::varchar<5>>;

struct parcels : om::table<"parcels", om::column<"a", om::numeric<10, 2>, om::primary_key>,
                           om::column<"b", om::character<4>, om::primary_key>,
                           om::column<"c", om::bytea, om::primary_key>, om::column<"d", om::date, om::primary_key>,
                           om::column<"e", om::time, om::primary_key>, om::column<"f", om::inet, om::primary_key>,
                           om::column<"g", mood, om::primary_key>, om::column<"h", email, om::primary_key>,
                           om::column<"i", cents, om::primary_key>, om::column<"j", short_text, om::primary_key>,
                           om::column<"k", om::timestamp, om::primary_key>, om::column<"note", om::text>> {};

struct shouted : om::migration<"shouted", parcels, om::add_column<"loud", om::text, om::ascii_upper(om::col<"note">)>> {
};

/// Partial, so that keys go into the quarantine.
struct counted
    : om::migration<"counted", parcels,
                    om::add_column<"number", om::integer, om::sql<"({})::integer", om::integer>(om::col<"note">)>> {};

std::int32_t length_of(std::string_view note) {
  if (note == "13") throw std::runtime_error{"no"};
  return static_cast<std::int32_t>(note.size());
}
struct measured
    : om::migration<"measured", parcels,
                    om::add_column<"number", om::integer, om::computed<&length_of, "length/1">(om::col<"note">)>> {};

struct parcel_office : lab {
  parcel_office() {
    run(R"(CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN email AS text; CREATE DOMAIN cents AS bigint;
CREATE DOMAIN short_text AS varchar(5);
CREATE TABLE parcels (a numeric(10,2), b char(4), c bytea, d date, e time, f inet, g mood, h email, i cents, j short_text,
  k timestamp, note text, PRIMARY KEY (a, b, c, d, e, f, g, h, i, j, k));
INSERT INTO parcels SELECT CASE g WHEN 20 THEN 'NaN' ELSE g % 2 / 3.0 END, 'b' || g % 3, decode(lpad(to_hex(g % 4), 2, '0'), 'hex'),
  CASE WHEN g % 3 = 0 THEN 'infinity' ELSE date '2000-01-01' - g % 3 END, make_time(g % 2, 0, 0.000001), ('10.0.0.' || g % 2 || '/8')::inet,
  (ARRAY['sad', 'ok'])[g % 2 + 1]::mood, 'E' || g % 3, g % 2, 'j' || g, timestamp '2000-01-01' - make_interval(secs => g),
  g::text FROM generate_series(1, 40) AS g)");
    tools.ensure_state_tables();
  }

  template <class Migration>
  void walk(om::data_error_policy policy = om::data_error_policy::stop) {
    om::expand<Migration>(tools);
    om::backfill_options some;
    some.chunk = om::fixed_chunk(3);
    some.on_data_error = policy;
    auto result = om::backfill_runner<Migration>{source, some}.run();
    CHECK(result.finished());
    CHECK(result.progress.rows_done >= 40);
  }

  static auto parcel() {
    static const std::vector<unsigned char> bytes{0, 255};
    return om::key("1.5", "x", bytes, om::date_value{-1}, om::time_value{5}, om::inet_value::parse("::1/64").value(),
                   "ok", "ada", std::int64_t{-7}, "j", om::local_timestamp_value{1});
  }

  template <class Migration>
  void write_one(const std::string& column, const std::string& expected) {
    om::dual_writer<Migration> write{on};
    CHECK(write.insert(parcel(), om::set<"note">("a")) == 1);
    CHECK(write.update(parcel(), om::set<"note">("ab")) == 1);
    CHECK(write.upsert(parcel(), om::set<"note">("abc")) == 1);
    CHECK(ask("SELECT count(*) || ' ' || max(" + column + ") FROM parcels WHERE note = 'abc'") == "1 " + expected);
    auto flags = [] { return om::read_flag::percent(50); };
    om::reader<Migration> read{on, flags};
    CHECK(read.get(parcel()).has_row());
    CHECK(write.erase(parcel()) == 1);
  }
};

}  // namespace

TEST_CASE_FIXTURE(parcel_office, "a walk on the server, and writes by such a key") {
  walk<shouted>();
  CHECK(ask("SELECT count(*) FROM parcels WHERE loud IS DISTINCT FROM upper(note)") == "0");
  CHECK(om::parity_checker<shouted>{source}.check_all().rows_checked == 40);
  write_one<shouted>("loud", "ABC");
}

TEST_CASE_FIXTURE(parcel_office, "keys in the quarantine are those of their rows, whatever the settings of a writer") {
  run("UPDATE parcels SET note = 'x' WHERE j IN ('j5', 'j20')");
  walk<counted>(om::data_error_policy::go_on);
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "2");
  connection legacy = source.connect();
  script(legacy,
         "SET DateStyle = 'German'; SET bytea_output = 'escape'; UPDATE parcels SET note = 'y' WHERE j = 'j5'; "
         "UPDATE parcels SET note = 'y' WHERE j = 'j7'");
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "3");
  run("UPDATE parcels SET note = '1'");
  CHECK(om::parity_checker<counted>{source}.check_all().mismatches == 0);
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "0");
}

TEST_CASE_FIXTURE(parcel_office, "a walk on the client, and a queue of such keys") {
  walk<measured>(om::data_error_policy::go_on);
  CHECK(ask("SELECT count(*) FROM parcels WHERE number IS DISTINCT FROM length(note)") == "1");
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "1");
  connection legacy = source.connect();
  script(legacy, "SET DateStyle = 'German'; SET bytea_output = 'escape'; UPDATE parcels SET note = 'longer'");
  CHECK(ask("SELECT count(*) FROM online_migration_dirty_keys") == "40");
  om::parity_checker<measured> check{source};
  CHECK(check.check_all().mismatches == 0);
  CHECK(om::backfill_runner<measured>{source}.run().finished());
  CHECK(ask("SELECT count(*) FROM parcels WHERE number <> 6") == "0");
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "0");
  write_one<measured>("number", "3");
}
