// SPDX-License-Identifier: BSL-1.0
// A column that is looked up in another table: whatever is written to either table in whatever order, each row ends
// with what the row that it refers to has, or its key waits in the queue.

#include <string>
#include <thread>
#include <vector>

#include "contract_support.hpp"
#include "support/hooked_database.hpp"

using namespace test;

namespace {

struct countries
    : table<"countries", in_schema<"bank">, column<"code", text, primary_key>, column<"name", text, not_null>> {};

struct orders : table<"orders", in_schema<"bank">, column<"id", bigint, primary_key>, column<"country", text>,
                      column<"note", text>> {};

struct country_name
    : om::migration<
          "country-name", orders,
          add_column<"country_name", text, om::lookup<countries, "name">(col<"country">), kept_by_application>> {};

struct trimmed_name : om::migration<"trimmed-name", countries, add_column<"trimmed", text, trim(col<"name">)>> {};

/// Two columns of the key, in another order in the table; a value that is computed from what is found.
struct rooms : table<"rooms", in_schema<"bank">, column<"house", integer, primary_key>,
                     column<"room", varchar<10>, primary_key>, column<"seats", integer>> {};

struct lessons
    : table<"lessons", in_schema<"bank">, column<"day", date, primary_key>, column<"hour", integer, primary_key>,
            column<"room", varchar<10>>, column<"house", integer, not_null>> {};

struct room_seats
    : om::migration<
          "room-seats", lessons,
          add_column<"seats", integer, coalesce(om::lookup<rooms, "seats">(col<"house">, col<"room">), lit<0>),
                     not_null, kept_by_application>> {};

/// Under the collation of the column that is looked up.
struct lower_country
    : om::migration<
          "lower-country", orders,
          add_column<"country_low", text, lower(om::lookup<countries, "name">(col<"country">)), kept_by_application>> {
};

const char* wrong =
    "SELECT count(*) FROM bank.orders AS o LEFT JOIN bank.countries AS c ON c.code = o.country WHERE o.country_name IS "
    "DISTINCT FROM c.name";
const char* waiting = "SELECT count(*) FROM online_migration_dirty_keys";

/// Of the walk over the rows, whoever counts them.
bool is_chunk(const statement& what) {
  std::string_view name{what.name};
  return name.starts_with("backfill_chunk") || name.starts_with("unnoted_") || name == "block_chunk";
}

struct shop : bank {
  shop() {
    run("CREATE TABLE bank.countries (code text PRIMARY KEY, name text NOT NULL, area integer);"
        "INSERT INTO bank.countries SELECT 'C' || g, 'Land ' || g FROM generate_series(0, 9) AS g;"
        "CREATE TABLE bank.orders (id bigint PRIMARY KEY, country text REFERENCES bank.countries ON UPDATE CASCADE, note text);"
        "CREATE INDEX orders_by_country ON bank.orders (country, id);"
        "INSERT INTO bank.orders SELECT g, nullif('C' || abs(g) % 11, 'C10') FROM generate_series(-99, 100) AS g");
  }

  std::string name_of(int id) {
    return ask("SELECT coalesce(country_name, 'nothing') FROM bank.orders WHERE id = " + std::to_string(id));
  }

  backfill_options few(int rows = 10) {
    backfill_options some;
    some.chunk = fixed_chunk(rows);
    some.retry = hasty;
    return some;
  }

  backfill_result fill(int rows = 10) {
    return backfill_runner<country_name, hooked_database>{hooked, few(rows)}.run();
  }

  parity_report check() { return parity_checker<country_name>{source}.check_all(); }

  void until_validate() {
    expand<country_name>(tools);
    CHECK(fill().finished());
    REQUIRE(tools.phase<country_name>() == phase::validate);
  }
};

}  // namespace

TEST_CASE_FIXTURE(shop, "a whole life, beside writers of both tables") {
  expand<country_name>(tools);
  // Writers that know nothing of the new column.
  run("INSERT INTO bank.orders VALUES (500, 'C3', 'x'), (501, NULL, 'x'); UPDATE bank.orders SET country = 'C4' WHERE id = 1");
  CHECK(name_of(500) == "Land 3");
  CHECK(name_of(501) == "nothing");
  CHECK(name_of(1) == "Land 4");
  // What they get wrong is put right.
  run("INSERT INTO bank.orders (id, country, country_name) VALUES (502, 'C3', 'Atlantis'); UPDATE bank.orders SET country_name = 'Atlantis' WHERE id = 2");
  CHECK(name_of(502) == "Land 3");
  CHECK(name_of(2) == "Land 2");
  // An update that concerns nothing heals as well.
  run("UPDATE bank.orders SET note = 'y' WHERE id = 3");
  CHECK(name_of(3) == "Land 3");
  // A change in the other table: noted, and not a row of ours touched. What concerns nobody is not noted.
  run("UPDATE bank.countries SET area = 5; UPDATE bank.countries SET name = name");
  CHECK(count(waiting) == 0);
  run("UPDATE bank.countries SET name = 'New 3' WHERE code = 'C3'");
  CHECK(count(waiting) == 1);
  CHECK(name_of(500) == "Land 3");
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
  CHECK(count(waiting) == 0);
  CHECK(name_of(500) == "New 3");
  CHECK(check().mismatches == 0);
  connection application = somebody();
  dual_writer<country_name> write{application};
  CHECK(write.insert(key(600), set<"country">("C5")) == 1);
  CHECK(write.update(key(4), set<"country">("C6")) == 1);
  CHECK(write.update(key(4), set<"note">("z")) == 1);
  CHECK(write.upsert(key(5), set<"country">("C7")) == 1);
  CHECK(write.upsert(key(601), set<"country">(std::nullopt)) == 1);
  CHECK(name_of(600) == "Land 5");
  CHECK(name_of(4) == "Land 6");
  CHECK(name_of(5) == "Land 7");
  CHECK(name_of(601) == "nothing");
  CHECK(count(wrong) == 0);
  // Parity knows what waits, and nothing else goes by.
  run("UPDATE bank.countries SET name = 'New 5' WHERE code = 'C5'");
  CHECK(check().mismatches == 0);
  run("UPDATE bank.countries SET code = 'CX' WHERE code = 'C6'");
  CHECK(name_of(4) == "Land 6");
  CHECK_THROWS_WITH_AS(tools.mark_phase<country_name>(phase::contract_ready),
                       doctest::Contains("keys of \"country-name\" wait"), om::detail::keys_waiting);
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
  CHECK(check().mismatches == 0);
  tools.mark_phase<country_name>(phase::contract_ready);
  run("UPDATE bank.countries SET name = 'New 7' WHERE code = 'C7'");
  CHECK_THROWS_WITH_AS(prove<country_name>(tools, contract_at_once()), doctest::Contains("1 keys wait"), refused);
  CHECK(fill().finished());
  CHECK(check().mismatches == 0);
  contract(tools, prove<country_name>(tools, contract_at_once()));
  CHECK(count(wrong) == 0);
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == "0");
  CHECK(ask("SELECT count(*) FROM pg_proc WHERE proname LIKE 'om\\_%'") == "0");
  run("UPDATE bank.countries SET name = 'Newest 7' WHERE code = 'C7'");
  CHECK(count(waiting) == 0);
}

TEST_CASE_FIXTURE(shop, "a wrong row that no note explains is a mismatch, and parity puts it right") {
  until_validate();
  run("ALTER TABLE bank.orders DISABLE TRIGGER \"~om_sync_country-name\"; UPDATE bank.orders SET country_name = 'no' WHERE id IN (7, 8);"
      "ALTER TABLE bank.orders ENABLE ALWAYS TRIGGER \"~om_sync_country-name\"");
  run("UPDATE bank.countries SET name = 'New 7' WHERE code = 'C7'");
  CHECK(check().mismatches == 1);
  CHECK(ask("SELECT expected || '|' || actual FROM online_migration_parity_samples") == "Land 8|no");
  // Any write of the row puts it right.
  run("UPDATE bank.orders SET note = 'y' WHERE id = 8");
  CHECK(name_of(8) == "Land 8");
}

TEST_CASE_FIXTURE(shop, "a rollback leaves nothing behind") {
  std::string before = ask("SELECT string_agg(tgname, ',') FROM pg_trigger WHERE NOT tgisinternal");
  expand<country_name>(tools);
  run("UPDATE bank.countries SET name = 'New 3' WHERE code = 'C3'");
  rollback<country_name>(tools, and_drop);
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == "0");
  CHECK(ask("SELECT count(*) FROM pg_proc WHERE proname LIKE 'om\\_%'") == "0");
  CHECK(count(waiting) == 0);
  expand<country_name>(tools);
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a key of two columns, and an expression over what is found") {
  run("CREATE TABLE bank.rooms (room varchar(10), house integer, seats integer, PRIMARY KEY (house, room));"
      "INSERT INTO bank.rooms SELECT 'R' || r, h, r * 10 FROM generate_series(1, 3) AS h, generate_series(1, 3) AS r;"
      "CREATE TABLE bank.lessons (day date, hour integer, room varchar(10), house integer NOT NULL, PRIMARY KEY (day, hour),"
      " FOREIGN KEY (house, room) REFERENCES bank.rooms);"
      "CREATE INDEX ON bank.lessons (room, house);"
      "INSERT INTO bank.lessons SELECT date '2026-01-01' + d, h, nullif('R' || (d + h) % 4, 'R0'), 1 + h % 3 FROM"
      " generate_series(1, 20) AS d, generate_series(8, 15) AS h");
  const char* not_right =
      "SELECT count(*) FROM bank.lessons AS l LEFT JOIN bank.rooms AS r USING (house, room) WHERE l.seats IS DISTINCT FROM "
      "coalesce(r.seats, 0)";
  expand<room_seats>(tools);
  run("UPDATE bank.rooms SET seats = 77 WHERE house = 2 AND room = 'R2'");
  CHECK(backfill_runner<room_seats>{source, few(7)}.run().finished());
  CHECK(count(not_right) == 0);
  run("UPDATE bank.rooms SET seats = CASE WHEN house = 1 THEN NULL ELSE seats + 1 END");
  CHECK(count(waiting) == 9);
  CHECK(backfill_runner<room_seats>{source, few(7)}.run().finished());
  CHECK(count(not_right) == 0);
  CHECK(count(waiting) == 0);
  CHECK(parity_checker<room_seats>{source}.check_all().mismatches == 0);
  // Columns of the same names in both tables, in a statement of the user's own.
  using assign = om::assignments<room_seats>;
  std::string own = "UPDATE bank.lessons SET " + std::string{assign::fragment<"room">} + " WHERE hour = 9";
  on.execute(statement{"mine", own}, assign::bind(set<"room">("R3")).parameters());
  CHECK(count("SELECT count(*) FROM bank.lessons WHERE room = 'R3' AND hour = 9") == 20);
  CHECK(count(not_right) == 0);
  // The trigger had nothing to put right.
  CHECK(ask("SELECT alarm = coalesce(pg_sequence_last_value('bank.\"om_alarm_room-seats\"'), 0) FROM "
            "online_migration_parity_passes ORDER BY pass_id DESC LIMIT 1") == "t");
  settle<room_seats>(tools);
  tools.mark_phase<room_seats>(phase::contract_ready);
  contract(tools, prove<room_seats>(tools, contract_at_once()));
  CHECK(count(not_right) == 0);
}

TEST_CASE_FIXTURE(shop, "what is found keeps the collation of its column") {
  run("ALTER TABLE bank.countries ALTER COLUMN name TYPE text COLLATE \"tr-x-icu\"; UPDATE bank.countries SET name = 'ISIK'");
  expand<lower_country>(tools);
  run("INSERT INTO bank.orders VALUES (700, 'C1')");
  CHECK(ask("SELECT country_low FROM bank.orders WHERE id = 700") == "ısık");
  CHECK(backfill_runner<lower_country>{source, few()}.run().finished());
  CHECK(
      count(
          "SELECT count(*) FROM bank.orders WHERE country_low IS DISTINCT FROM CASE WHEN country IS NOT NULL THEN 'ısık' END") ==
      0);
  CHECK(parity_checker<lower_country>{source}.check_all().mismatches == 0);
}

TEST_CASE_FIXTURE(shop, "rows that move between the partitions of a table") {
  run("DROP TABLE bank.orders; CREATE TABLE bank.orders (id bigint PRIMARY KEY, country text REFERENCES bank.countries, note text)"
      " PARTITION BY RANGE (id); CREATE TABLE bank.few PARTITION OF bank.orders FOR VALUES FROM (0) TO (1000);"
      "CREATE TABLE bank.many PARTITION OF bank.orders DEFAULT; CREATE INDEX ON bank.orders (country, id);"
      "INSERT INTO bank.orders SELECT g, 'C' || g % 10 FROM generate_series(1, 100) AS g");
  expand<country_name>(tools);
  int chunks = 0;
  around.before = [&](const statement& what) {
    if (!is_chunk(what)) return;
    if (++chunks == 3)
      run("UPDATE bank.orders SET id = id + 5000 WHERE id IN (1, 50, 99); UPDATE bank.countries SET name = 'New 9' WHERE code = 'C9'");
  };
  CHECK(fill().finished());
  CHECK(name_of(5099) == "New 9");
  CHECK(count(wrong) == 0);
  CHECK(check().mismatches == 0);
  tools.mark_phase<country_name>(phase::contract_ready);
  contract(tools, prove<country_name>(tools, contract_at_once()));
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == "0");
}

TEST_CASE_FIXTURE(shop, "a change waits for the transactions that have read the row, and finds what they wrote") {
  until_validate();
  connection writer = somebody("writer");
  script(writer, "BEGIN; INSERT INTO bank.orders VALUES (700, 'C1')");
  std::thread change{[] {
    connection changes = somebody("changes");
    script(changes, "UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1'");
  }};
  until_blocked("changes");
  // Nothing is noted yet, so this finds nothing: the insert is not committed.
  CHECK(fill().finished());
  script(writer, "COMMIT");
  change.join();
  CHECK(name_of(700) == "Land 1");
  CHECK(count(waiting) == 1);
  CHECK(fill().finished());
  CHECK(name_of(700) == "New 1");
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a key that changes cannot slip past a drain") {
  until_validate();
  connection writer = somebody("writer");
  script(writer, "BEGIN; UPDATE bank.orders SET id = -500 WHERE id = 1");
  std::thread change{[] {
    connection changes = somebody("changes");
    script(changes, "UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1'");
  }};
  until_blocked("changes");
  script(writer, "COMMIT");
  change.join();
  CHECK(fill().finished());
  CHECK(name_of(-500) == "New 1");
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "an update that concerns nothing keeps nobody waiting") {
  until_validate();
  connection writer = somebody("writer");
  script(writer, "BEGIN; UPDATE bank.orders SET note = 'y' WHERE id = 1");
  run("SET lock_timeout = '10s'; UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1'");
  script(writer, "COMMIT");
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "what is written as a replica is noted, and put right") {
  until_validate();
  run("SET session_replication_role = replica; UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1';"
      "INSERT INTO bank.orders VALUES (700, 'C1'); UPDATE bank.countries SET code = 'C70' WHERE code = 'C2';"
      "SET session_replication_role = DEFAULT");
  CHECK(name_of(700) == "New 1");
  CHECK(fill().finished());
  CHECK(name_of(2) == "nothing");
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a write that comes while the row is changed waits, and has the new value") {
  until_validate();
  connection changes = somebody("changes");
  script(changes, "BEGIN; UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1'");
  std::thread write{[] {
    connection writer = somebody("writer");
    script(writer, "INSERT INTO bank.orders VALUES (700, 'C1'); UPDATE bank.orders SET country = 'C1' WHERE id = 2");
  }};
  until_blocked("writer");
  script(changes, "COMMIT");
  write.join();
  CHECK(name_of(700) == "New 1");
  CHECK(name_of(2) == "New 1");
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a chunk whose snapshot is older than a change writes no older value") {
  expand<country_name>(tools);
  connection changes = somebody("changes");
  int chunks = 0;
  std::thread commits;
  // The change is made right before a chunk, and committed when the chunk waits for it.
  around.before = [&](const statement& what) {
    if (!is_chunk(what)) return;
    if (++chunks != 3) return;
    script(changes, "BEGIN; UPDATE bank.countries SET name = 'New ' || code");
    commits = std::thread{[&] {
      std::this_thread::sleep_for(30ms);
      script(changes, "COMMIT");
    }};
  };
  CHECK(fill().finished());
  commits.join();
  CHECK(chunks > 3);
  CHECK(count(waiting) == 0);
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "what a chunk has read stays as it is until the chunk is committed") {
  expand<country_name>(tools);
  connection changes = somebody("changes");
  int tried = 0;
  around.after = [&](const statement& what) {
    if (!is_chunk(what)) return;
    if (++tried > 3) return;
    CHECK_THROWS_AS(script(changes, "SET lock_timeout = '20ms'; UPDATE bank.countries SET name = name || '!'"),
                    statement_error);
    if (changes.in_transaction()) script(changes, "ROLLBACK");
  };
  CHECK(fill().finished());
  CHECK(tried > 3);
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a row that comes with what it refers to, in one statement and in this order") {
  until_validate();
  run("WITH c AS (INSERT INTO bank.countries VALUES ('C50', 'Land 50')) INSERT INTO bank.orders VALUES (700, 'C50'), (701, 'C1')");
  CHECK(name_of(700) == "Land 50");
  CHECK(name_of(701) == "Land 1");
  run("WITH c AS (INSERT INTO bank.countries VALUES ('C51', 'Land 51')) UPDATE bank.orders SET country = 'C51' WHERE id = 701");
  CHECK(name_of(701) == "Land 51");
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a change between the chunks of a drain is gone through again, and a lost drain as well") {
  until_validate();
  run("UPDATE bank.orders SET country = 'C1'");
  run("UPDATE bank.countries SET name = 'One' WHERE code = 'C1'");
  int chunks = 0;
  around.after = [&](const statement& what) {
    if (!std::string_view{what.name}.starts_with("lookup_chunk")) return;
    ++chunks;
    if (chunks == 3) run("UPDATE bank.countries SET name = 'Two' WHERE code = 'C1'");
    if (chunks == 4)
      run("UPDATE bank.orders SET country_name = 'no' WHERE id = -99; UPDATE bank.orders SET id = -500 WHERE id = 100");
  };
  CHECK(fill().finished());
  CHECK(chunks > 20);
  CHECK(count(wrong) == 0);
  CHECK(count(waiting) == 0);
  // The drain dies between the last rows and the note.
  run("UPDATE bank.countries SET name = 'Three' WHERE code = 'C1'");
  around.after = [](const statement&) {};
  around.once_before(
      "state_settle_dirty_keys", [] { throw std::runtime_error{"killed"}; }, 4);
  CHECK_THROWS_AS(fill(), std::runtime_error);
  CHECK(count(waiting) == 1);
  CHECK(count(wrong) > 0);
  CHECK(check().mismatches == 0);
  around.before = [](const statement&) {};
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
  CHECK(count(waiting) == 0);
}

TEST_CASE_FIXTURE(shop, "rows that the table refuses to have put right are noted, and the others are right") {
  until_validate();
  // The first of the rows with this country, one in the middle and the last.
  run("ALTER TABLE bank.orders ADD CHECK (id NOT IN (-91, 3, 91) OR country_name = 'Land 3')");
  REQUIRE(ask("SELECT min(id) || ' ' || max(id) || ' ' || bool_or(id = 3) FROM bank.orders WHERE country = 'C3'") ==
          "-91 91 true");
  run("UPDATE bank.countries SET name = 'Ruritania' WHERE code = 'C3'");
  run("UPDATE bank.countries SET name = 'Freedonia' WHERE code = 'C4'");
  backfill_options some = few(5);
  some.on_data_error = data_error_policy::go_on;
  const char* noted =
      "SELECT string_agg(key[1] || ' ' || sqlstate || ' ' || noted_by, ', ' ORDER BY key[1]::int) FROM "
      "online_migration_quarantine";
  auto drain = [&] { return backfill_runner<country_name, hooked_database>{hooked, some}.run(); };
  SUBCASE("all of them") {
    backfill_result result = drain();
    CHECK(result.finished());
    CHECK(result.rows_failed == 3);
    CHECK(ask(noted) == "-91 23514 backfill, 3 23514 backfill, 91 23514 backfill");
    CHECK(ask(wrong) == "3");
    CHECK(check().mismatches == 3);
  }
  SUBCASE("one that is gone before it is noted: the row behind it is put right") {
    bool gone = false;
    around.before = [&](const statement& what) {
      if (gone || what.name != std::string_view{"lookup_refused"}) return;
      gone = true;
      run("DELETE FROM bank.orders WHERE id = 3");
    };
    backfill_result result = drain();
    CHECK(result.finished());
    CHECK(gone);
    CHECK(result.rows_failed == 2);
    CHECK(ask(noted) == "-91 23514 backfill, 91 23514 backfill");
    CHECK(ask(wrong) == "2");
  }
  SUBCASE("under stop it ends the run until it is mended") {
    some.on_data_error = data_error_policy::stop;
    for (int i = 0; i < 2; ++i) {
      CHECK(caught<data_error>([&] { drain(); }).sqlstate() == "23514");
      CHECK(ask(noted) == "-91 23514 backfill");
    }
    run("ALTER TABLE bank.orders DROP CONSTRAINT orders_check");
    CHECK(drain().finished());
    CHECK(ask(wrong) == "0");
  }
  CHECK(ask(waiting) == "0");
}

TEST_CASE_FIXTURE(shop, "in a deadlock between the application and a drain, the application never dies") {
  until_validate();
  run("UPDATE bank.countries SET name = 'One' WHERE code = 'C1'");
  connection application = somebody("application");
  script(application, "SET deadlock_timeout = '10s'; BEGIN; UPDATE bank.countries SET name = 'Two' WHERE code = 'C1'");
  std::thread drains{[&] { CHECK(backfill_runner<country_name>{source, few()}.run().finished()); }};
  // The drain holds the first row, and waits for the country.
  eventually([&] {
    return count(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH visited%'") >
           0;
  });
  script(application, "UPDATE bank.orders SET note = 'mine' WHERE country = 'C1'; COMMIT");
  drains.join();
  CHECK(fill().finished());
  CHECK(count("SELECT count(*) FROM bank.orders WHERE country_name = 'Two' AND note = 'mine'") == 19);
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "who may write one table and not read the other writes as before") {
  until_validate();
  run("DROP ROLE IF EXISTS clerk; DROP ROLE IF EXISTS geographer; CREATE ROLE clerk LOGIN; CREATE ROLE geographer LOGIN;"
      "GRANT USAGE ON SCHEMA bank TO clerk, geographer; GRANT SELECT, INSERT, UPDATE ON bank.orders TO clerk;"
      "GRANT SELECT, UPDATE ON bank.countries TO geographer");
  connection other = somebody();
  script(
      other,
      "SET ROLE clerk; INSERT INTO bank.orders VALUES (800, 'C4'); UPDATE bank.orders SET country = 'C5' WHERE id = 1");
  CHECK(name_of(800) == "Land 4");
  CHECK(name_of(1) == "Land 5");
  script(other, "SET ROLE geographer; UPDATE bank.countries SET name = 'New 5' WHERE code = 'C5'");
  CHECK(count(waiting) == 1);
  CHECK_THROWS_AS(script(other, "SELECT bank.\"om_lookup_country-name\"()"), statement_error);
  CHECK_THROWS_AS(script(other, "SELECT count(*) FROM online_migration_dirty_keys"), statement_error);
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
  run("DROP OWNED BY clerk, geographer; DROP ROLE clerk, geographer");
}

TEST_CASE_FIXTURE(shop, "what a lookup needs, and does not find, is refused before anything is changed") {
  auto refuses = [&](const std::string& change, const std::string& words) {
    run("BEGIN; " + change + "; COMMIT");
    std::string before = everything();
    CHECK_THROWS_WITH_AS(expand<country_name>(tools), doctest::Contains(words.c_str()), refused);
    CHECK(everything() == before);
  };
  refuses("DROP INDEX bank.orders_by_country", "no index of \"bank\".\"orders\" begins with (\"country\")");
  refuses("CREATE INDEX ON bank.orders (country) WHERE id > 0",
          "no index of \"bank\".\"orders\" begins with (\"country\")");
  refuses(
      "CREATE INDEX ON bank.orders (country); ALTER TABLE bank.orders ALTER CONSTRAINT orders_country_fkey DEFERRABLE",
      "is not valid, is DEFERRABLE");
  refuses("ALTER TABLE bank.orders DROP CONSTRAINT orders_country_fkey", "no foreign key leads from the column");
  refuses("ALTER TABLE bank.orders ADD CONSTRAINT f FOREIGN KEY (country) REFERENCES bank.countries NOT VALID",
          "is not valid, is DEFERRABLE");
  run("ALTER TABLE bank.orders VALIDATE CONSTRAINT f");
  refuses("ALTER TABLE bank.countries ALTER COLUMN name TYPE varchar(20)",
          "of \"bank\".\"countries\", which is looked up in: column \"name\" is declared as text");
  run("ALTER TABLE bank.countries ALTER COLUMN name TYPE text");
  refuses("ALTER TABLE bank.countries RENAME TO lands", "there is no table \"bank\".\"countries\"");
  run("ALTER TABLE bank.lands RENAME TO countries");
  CHECK_THROWS_WITH_AS(expand<country_name>(tools, {.all_writers = all_writers_dual_write}),
                       doctest::Contains("without triggers nobody would tell"), refused);
  CHECK(expand<country_name>(tools).begun);
}

TEST_CASE_FIXTURE(shop, "a change that comes while contract is under way stops it") {
  until_validate();
  CHECK(check().mismatches == 0);
  tools.mark_phase<country_name>(phase::contract_ready);
  auto proof = prove<country_name>(tools, contract_at_once());
  around.once_before("drop_lookup_trigger", [&] {
    connection changes = somebody("changes");
    script(changes, "UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1'");
  });
  CHECK_THROWS_WITH_AS(contract(hooked_tools, proof), doctest::Contains("1 keys wait"), refused);
  CHECK(tools.phase<country_name>() == phase::contract_ready);
  CHECK(ask("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == "3");
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
  CHECK(check().mismatches == 0);
  contract(hooked_tools, prove<country_name>(tools, contract_at_once()));
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "while expand waits for the other table nobody waits for it") {
  connection changes = somebody("changes");
  script(changes, "BEGIN; UPDATE bank.countries SET name = 'New 1' WHERE code = 'C1'");
  int tries = 0;
  around.before = [&](const statement& what) {
    if (what.name != std::string_view{"create_lookup_trigger"}) return;
    connection writer = somebody("writer");
    script(writer, "SET lock_timeout = '10s'; UPDATE bank.orders SET note = note || 'x'");
    if (++tries == 2) script(changes, "COMMIT");
  };
  around.after = [&](const statement& what) { CHECK((what.name != std::string_view{"add_column"} || tries == 2)); };
  expand<country_name>(hooked_tools);
  CHECK(tries == 2);
  around.before = [](const statement&) {};
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
}

TEST_CASE_FIXTURE(shop, "a migration of the other table goes on meanwhile") {
  expand<country_name>(tools);
  expand<trimmed_name>(tools);
  CHECK(fill().finished());
  CHECK(backfill_runner<trimmed_name>{source}.run().finished());
  CHECK(count(waiting) == 0);
  run("UPDATE bank.countries SET name = ' ' || name || ' '");
  CHECK(count(waiting) == 10);
  CHECK(fill().finished());
  CHECK(count(wrong) == 0);
  CHECK(count("SELECT count(*) FROM bank.countries WHERE trimmed IS DISTINCT FROM btrim(name)") == 0);
}

TEST_CASE_FIXTURE(shop, "what a lookup relies on has to stay in force") {
  until_validate();
  CHECK(check().mismatches == 0);
  run("ALTER TABLE bank.countries DISABLE TRIGGER \"~om_lookup_country-name\"");
  CHECK_THROWS_WITH_AS(tools.mark_phase<country_name>(phase::contract_ready),
                       doctest::Contains("changes there may have been missed"), refused);
  run("ALTER TABLE bank.countries ENABLE ALWAYS TRIGGER \"~om_lookup_country-name\"");
  run("ALTER TABLE bank.orders DROP CONSTRAINT orders_country_fkey");
  CHECK_THROWS_WITH_AS(tools.mark_phase<country_name>(phase::contract_ready), doctest::Contains("may refer to nothing"),
                       refused);
  run("ALTER TABLE bank.orders ADD FOREIGN KEY (country) REFERENCES bank.countries");
  run("ALTER TABLE bank.orders DISABLE TRIGGER \"~om_late_country-name\"");
  CHECK_THROWS_WITH_AS(tools.mark_phase<country_name>(phase::contract_ready),
                       doctest::Contains("~om_late_country-name"), refused);
}
