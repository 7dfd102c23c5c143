// SPDX-License-Identifier: BSL-1.0
// Walks by keys of all kinds: the order is the server's, under the collation of the column, and the cursor is its text.
#include <string>

#include "support/lab.hpp"

using namespace test;

namespace {

template <class... Keys>
struct things : table<"things", Keys..., column<"name", text, not_null>> {};

template <class Table>
struct shout : om::migration<"shout", Table, add_column<"loud", text, ascii_upper(col<"name">)>> {};

struct walks : lab {
  walks() { tools.ensure_state_tables(); }

  /// Makes a table by its columns and key, fills it from SQL, and walks over it in small chunks. Counts have to be
  /// exact.
  template <class Table>
  void walk(const std::string& columns, const std::string& rows) {
    run("CREATE TABLE things (" + columns + ")");
    run("INSERT INTO things " + rows);
    std::int64_t count = this->count("SELECT count(*) FROM things");
    REQUIRE(count > 20);
    expand<shout<Table>>(tools);
    backfill_options some;
    some.chunk = fixed_chunk(7);
    backfill_result result = backfill_runner<shout<Table>>{source, some}.run();
    CHECK(result.finished());
    CHECK(result.progress.rows_done == count);
    CHECK(result.progress.rows_changed == count);
    CHECK(result.progress.chunks == (count + 6) / 7);
    CHECK(ask("SELECT count(*) FROM things WHERE loud IS DISTINCT FROM upper(name COLLATE \"C\")") == "0");
    for (walk_by order : {walk_by::blocks, walk_by::keys}) {
      CAPTURE(static_cast<int>(order));
      tools.mark_phase<shout<Table>>(phase::backfill);
      run("ALTER TABLE things DISABLE TRIGGER USER; UPDATE things SET loud = NULL; "
          "ALTER TABLE things ENABLE ALWAYS TRIGGER \"~om_sync_shout\"");
      run("VACUUM FULL things");
      some.walk = order;
      some.stripes = 4;
      some.chunk = fixed_chunk(3);
      result = backfill_runner<shout<Table>>{source, some}.run();
      CHECK(result.finished());
      // By blocks a row that moves ahead of the walk is counted again.
      CHECK((order == walk_by::blocks || result.progress.rows_done == count));
      CHECK(result.progress.rows_done >= count);
      CHECK(result.progress.rows_changed == count);
      CHECK(ask("SELECT count(*) FROM things WHERE loud IS DISTINCT FROM upper(name COLLATE \"C\")") == "0");
      CHECK(ask("SELECT walk FROM online_migration_backfill_state") == (order == walk_by::keys ? "keys" : "blocks"));
    }
    parity_options ranges;
    ranges.range_rows = 5;
    parity_report parity = parity_checker<shout<Table>>{source, ranges}.check_all();
    CHECK(parity.rows_checked == count);
    CHECK(parity.mismatches == 0);
  }
};

using big = things<column<"id", bigint, primary_key>>;
using small = things<column<"id", smallint, primary_key>>;
using by_uuid = things<column<"id", uuid, primary_key>>;
using by_time = things<column<"at", timestamptz, primary_key>>;
using by_varchar = things<column<"code", varchar<30>, primary_key>>;
using by_flag = things<column<"flag", boolean, primary_key>, column<"n", integer, primary_key>>;
using composite =
    things<column<"country", text, primary_key>, column<"id", uuid, primary_key>, column<"n", integer, primary_key>>;

}  // namespace

TEST_CASE_FIXTURE(walks, "bigint to both of its ends, so nothing may be added to a cursor") {
  walk<big>("id bigint PRIMARY KEY, name text NOT NULL",
            "SELECT * FROM (SELECT -9223372036854775808 + g, 'a' || g FROM generate_series(0, 16) AS g "
            "UNION ALL SELECT 9223372036854775807 - g, 'b' || g FROM generate_series(0, 16) AS g "
            "UNION ALL SELECT -g, 'c' || g FROM generate_series(0, 16) AS g) AS all_of_them");
  CHECK(ask("SELECT cursor::text FROM online_migration_backfill_state") == "{9223372036854775807}");
}

TEST_CASE_FIXTURE(walks, "smallint to both of its ends") {
  walk<small>("id smallint PRIMARY KEY, name text NOT NULL",
              "SELECT g, 'a' || g FROM generate_series(-32768, 32767, 771) AS g");
}

TEST_CASE_FIXTURE(walks, "uuid") {
  walk<by_uuid>("id uuid PRIMARY KEY, name text NOT NULL",
                "SELECT md5(g::text)::uuid, 'a' || g FROM generate_series(1, 100) AS g");
}

TEST_CASE_FIXTURE(walks, "timestamptz, with its infinities, in any zone and date style") {
  const char* rows =
      "SELECT * FROM (SELECT timestamptz '2024-01-01 00:00:00.000001+00' + g * interval '7 minutes 1 microsecond', 'a' || g "
      "FROM generate_series(1, 60) AS g UNION ALL VALUES (timestamptz 'infinity', 'last'), ('-infinity', 'first'), "
      "('0044-03-15 12:00:00 BC', 'ides'), ('1880-01-01 00:00:00+00', 'odd offset')) AS v";
  SUBCASE("ISO in UTC") {}
  SUBCASE("in words, whose zone is read back as another one") {
    run("ALTER DATABASE postgres SET timezone = 'Asia/Kolkata'; ALTER DATABASE postgres SET datestyle = 'SQL, DMY'");
  }
  SUBCASE("a zone with odd seconds long ago") {
    run("ALTER DATABASE postgres SET timezone = 'Europe/Amsterdam'; ALTER DATABASE postgres SET datestyle = 'German'");
  }
  walk<by_time>("at timestamptz PRIMARY KEY, name text NOT NULL", rows);
  run("ALTER DATABASE postgres RESET ALL");
}

TEST_CASE_FIXTURE(walks, "varchar, under a collation of its own") {
  const char* rows =
      "SELECT * FROM (SELECT chr(64 + g % 60) || chr(200 + g) || CASE g % 3 WHEN 0 THEN ' ' WHEN 1 THEN '-' ELSE '' END || g, 'a' || g "
      "FROM generate_series(1, 200) AS g UNION ALL VALUES ('', 'empty'), ('a''b\"{},\\', 'quotes')) AS v";
  SUBCASE("C") { walk<by_varchar>("code varchar(30) COLLATE \"C\" PRIMARY KEY, name text NOT NULL", rows); }
  SUBCASE("ICU") { walk<by_varchar>("code varchar(30) COLLATE \"en-x-icu\" PRIMARY KEY, name text NOT NULL", rows); }
  SUBCASE("ICU, upper case first, punctuation ignored, texts may be equal that differ") {
    run("CREATE COLLATION public.odd (PROVIDER = icu, LOCALE = 'en-u-kf-upper-ka-shifted', DETERMINISTIC = false)");
    walk<by_varchar>(
        "code varchar(30) COLLATE public.odd PRIMARY KEY, name text NOT NULL",
        "SELECT 'x' || to_char(g, '000') || CASE g % 2 WHEN 0 THEN '-' ELSE '' END, 'a' || g FROM generate_series(1, 100) AS g");
  }
}

TEST_CASE_FIXTURE(walks, "a key of two columns, the first of few values") {
  walk<by_flag>("flag boolean, n integer, name text NOT NULL, PRIMARY KEY (flag, n)",
                "SELECT g % 2 = 0, g, 'a' || g FROM generate_series(-50, 50) AS g");
}

TEST_CASE_FIXTURE(walks, "a key of three columns, a text under ICU first") {
  walk<composite>(
      "country text COLLATE \"en-x-icu\", id uuid, n integer, name text NOT NULL, PRIMARY KEY (country, id, n)",
      "SELECT (ARRAY['Ändorra', 'andorra', 'Andorra', 'Zaire', 'émirats', 'Åland', 'co-op', 'coop'])[1 + g % 8], "
      "md5((g / 16)::text)::uuid, g, 'a' || g FROM generate_series(1, 300) AS g");
}
