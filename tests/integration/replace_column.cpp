// SPDX-License-Identifier: BSL-1.0
// A replaced column and the new one stay in step, whoever writes which of them, from expand to contract.

#include <optional>
#include <string>

#include "contract_support.hpp"

using namespace test;

namespace {

struct back_by_zone
    : om::migration<"back-by-zone", points_table,
                    replace_column<"score", "score_v2", bigint, col<"score">,
                                   om::sql<"({} + bank.hour_of_day())::integer", integer>(col<"score_v2">)>> {};
struct back_misspelt : om::migration<"back-misspelt", points_table,
                                     replace_column<"score", "score_v2", bigint, col<"score">,
                                                    om::sql<"bank.no_such_function({})", integer>(col<"score_v2">)>> {};

struct replacing : bank {
  std::string accounts_where(const std::string& condition) {
    return ask(
        "SELECT coalesce(string_agg(format('%s|%s|%s', id, balance, balance_v2), ' ' ORDER BY id), '') "
        "FROM bank.accounts WHERE " +
        condition);
  }
  std::string points_where(const std::string& condition) {
    return ask(
        "SELECT coalesce(string_agg(format('%s|%s|%s', id, coalesce(score::text, 'NULL'), "
        "coalesce(score_v2::text, 'NULL')), ' ' ORDER BY id), '') FROM bank.points WHERE " +
        condition);
  }
};

}  // namespace

TEST_CASE_FIXTURE(replacing, "each kind of writer, at every phase before contract") {
  open_accounts();
  dual_writer<wide_balance> write{on};
  auto everybody_writes = [&] {
    // who knows only the old column
    run("UPDATE bank.accounts SET balance = 7 WHERE id = 1; INSERT INTO bank.accounts (id, balance) VALUES (501, -8)");
    // who knows only the new one
    run("UPDATE bank.accounts SET balance_v2 = 9 WHERE id = 2; INSERT INTO bank.accounts (id, balance_v2) VALUES (502, 10)");
    // who knows both
    CHECK(write.update(key(3), set<"balance">(11)) == 1);
    CHECK(write.update(key(4), set<"balance_v2">(std::int64_t{12})) == 1);
    CHECK(write.insert(key(503), set<"balance">(13)) == 1);
    CHECK(write.insert(key(504), set<"balance_v2">(std::int64_t{14})) == 1);
    CHECK(write.upsert(key(3), set<"balance_v2">(std::int64_t{15})) == 1);
    CHECK(write.upsert(key(4), set<"balance">(16)) == 1);
    CHECK(accounts_where("id IN (1, 2, 3, 4) OR id > 500") ==
          "1|7|7 2|9|9 3|15|15 4|16|16 501|-8|-8 502|10|10 503|13|13 504|14|14");
    run("DELETE FROM bank.accounts WHERE id > 500;"
        "UPDATE bank.accounts SET balance = 0 WHERE id IN (1, 2, 3, 4)");
  };
  bring_to(phase::expand);
  everybody_writes();
  tools.mark_phase<wide_balance>(phase::backfill);
  everybody_writes();
  REQUIRE(backfill_runner<wide_balance>{source}.run().finished());
  everybody_writes();
  prove_parity();
  everybody_writes();
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(replacing, "a value that the old column cannot hold is refused, and nothing is lost") {
  open_accounts();
  bring_to(phase::contract_ready);
  dual_writer<wide_balance> write{on};
  refuses("UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id = 1", "22003");
  refuses("INSERT INTO bank.accounts (id, balance_v2) VALUES (501, 5000000000)", "22003");
  CHECK(caught<statement_error>([&] {
          write.update(key(1), set<"balance_v2">(std::int64_t{5'000'000'000}));
        }).sqlstate() == "22003");
  CHECK(caught<statement_error>([&] {
          write.insert(key(501), set<"balance_v2">(std::int64_t{5'000'000'000}));
        }).sqlstate() == "22003");
  CHECK(accounts_where("id IN (1, 501)") == "1|10|10");
  run("UPDATE bank.accounts SET balance_v2 = 2147483647 WHERE id = 1;"
      "UPDATE bank.accounts SET balance_v2 = -2147483648 WHERE id = 2");
  CHECK(accounts_where("id IN (1, 2)") == "1|2147483647|2147483647 2|-2147483648|-2147483648");
}

TEST_CASE_FIXTURE(replacing, "rows that are written in many ways") {
  open_accounts();
  bring_to(phase::backfill);
  SUBCASE("of both columns, the old one that changes wins") {
    run("UPDATE bank.accounts SET balance = 1, balance_v2 = 2 WHERE id = 1");
    CHECK(accounts_where("id = 1") == "1|1|1");
  }
  SUBCASE("the new column of a row that the backfill has not reached") {
    REQUIRE(accounts_where("id = 5") == "5|50|");
    run("UPDATE bank.accounts SET balance_v2 = 51 WHERE id = 5; UPDATE bank.accounts SET note = 'touched' WHERE id = 6");
    CHECK(accounts_where("id IN (5, 6)") == "5|51|51 6|60|60");
  }
  SUBCASE("the same value again") {
    run("UPDATE bank.accounts SET balance = balance WHERE id = 5; UPDATE bank.accounts SET balance_v2 = 60 WHERE id = 6;"
        "UPDATE bank.accounts SET balance_v2 = balance_v2 WHERE id = 6");
    CHECK(accounts_where("id IN (5, 6)") == "5|50|50 6|60|60");
  }
  SUBCASE("INSERT … ON CONFLICT") {
    run("INSERT INTO bank.accounts (id, balance) VALUES (1, 41) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance;"
        "INSERT INTO bank.accounts (id, balance_v2) VALUES (2, 42) ON CONFLICT (id) DO UPDATE SET balance_v2 = excluded.balance_v2;"
        "INSERT INTO bank.accounts AS a (id, balance_v2) VALUES (3, 43) ON CONFLICT (id) DO UPDATE SET balance_v2 = a.balance_v2 + 1;"
        "INSERT INTO bank.accounts (id, balance) VALUES (4, 44) ON CONFLICT DO NOTHING;"
        "INSERT INTO bank.accounts (id, balance_v2) VALUES (505, 45) ON CONFLICT (id) DO UPDATE SET balance_v2 = 0;"
        "INSERT INTO bank.accounts (id, balance) VALUES (506, 46) ON CONFLICT (id) DO UPDATE SET balance = 0");
    CHECK(accounts_where("id IN (1, 2, 4) OR id > 500") == "1|41|41 2|42|42 4|40| 505|45|45 506|46|46");
  }
  SUBCASE("COPY, of either column and of both") {
    run("COPY bank.accounts (id, balance) FROM PROGRAM 'printf \"501\\t1\\n\"';"
        "COPY bank.accounts (id, balance_v2) FROM PROGRAM 'printf \"502\\t2\\n\"';"
        "COPY bank.accounts (id, balance, balance_v2) FROM PROGRAM 'printf \"503\\t3\\t3\\n\"'");
    CHECK(accounts_where("id > 500") == "501|1|1 502|2|2 503|3|3");
    refuses("COPY bank.accounts (id, balance_v2) FROM PROGRAM 'printf \"504\\t5000000000\\n\"'", "22003");
  }
  SUBCASE("MERGE") {
    if (!since(15)) return;
    run("MERGE INTO bank.accounts AS a USING (VALUES (1, 61), (601, 62)) AS s (id, v) ON a.id = s.id "
        "WHEN MATCHED THEN UPDATE SET balance = s.v WHEN NOT MATCHED THEN INSERT (id, balance) VALUES (s.id, s.v);"
        "MERGE INTO bank.accounts AS a USING (VALUES (2, 63), (602, 64)) AS s (id, v) ON a.id = s.id "
        "WHEN MATCHED THEN UPDATE SET balance_v2 = s.v WHEN NOT MATCHED THEN INSERT (id, balance_v2) VALUES (s.id, s.v)");
    CHECK(accounts_where("id IN (1, 2) OR id > 500") == "1|61|61 2|63|63 601|62|62 602|64|64");
  }
  SUBCASE("as a replica applies it") {
    run("SET session_replication_role = replica; INSERT INTO bank.accounts (id, balance) VALUES (501, 1);"
        "UPDATE bank.accounts SET balance_v2 = 2 WHERE id = 2; RESET session_replication_role");
    CHECK(accounts_where("id IN (2, 501)") == "2|2|2 501|1|1");
  }
}

TEST_CASE_FIXTURE(replacing, "a default of the old column is nobody's wish") {
  run("CREATE TABLE bank.points (id bigint PRIMARY KEY, score integer DEFAULT 5);"
      "INSERT INTO bank.points SELECT g, nullif(g, 3) FROM generate_series(1, 10) AS g");
  bring_to<wide_score>(phase::contract_ready);
  run("INSERT INTO bank.points (id) VALUES (21);"                  // the old application: the default
      "INSERT INTO bank.points (id, score) VALUES (22, 7);"        //
      "INSERT INTO bank.points (id, score) VALUES (23, NULL);"     //
      "INSERT INTO bank.points (id, score_v2) VALUES (24, 8);"     // the new one, which does not know it
      "INSERT INTO bank.points (id, score_v2) VALUES (25, NULL);"  // what was written before: the default
      "UPDATE bank.points SET score = NULL WHERE id = 1;"          //
      "UPDATE bank.points SET score_v2 = NULL WHERE id = 2");
  CHECK(points_where("id IN (1, 2, 3) OR id > 20") ==
        "1|NULL|NULL 2|NULL|NULL 3|NULL|NULL 21|5|5 22|7|7 23|NULL|NULL 24|8|8 25|5|5");
  dual_writer<wide_score> write{on};
  write.insert(key(31), set<"score_v2">(std::optional<std::int64_t>{}));
  write.insert(key(32), set<"score">(std::optional<std::int32_t>{}));
  CHECK(points_where("id > 30") == "31|NULL|NULL 32|NULL|NULL");
}

TEST_CASE_FIXTURE(replacing,
                  "a default of the old column that was not declared is refused before anything is changed") {
  open_accounts("integer NOT NULL DEFAULT 0");
  std::string before = whole();
  refused problem = caught<refused>([&] { expand<wide_balance>(tools); });
  CHECK(says(problem, "om::has_default"));
  CHECK(difference(before, whole()) == "");
}

TEST_CASE_FIXTURE(replacing, "a BEFORE trigger of the table's own that changes the old column") {
  open_accounts();
  run("CREATE FUNCTION bank.clamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.balance > 100 THEN NEW.balance := 100; END IF;"
      "RETURN NEW; END$$; UPDATE bank.accounts SET balance = 1;"
      "CREATE TRIGGER zz_clamp BEFORE INSERT OR UPDATE ON bank.accounts FOR EACH ROW EXECUTE FUNCTION bank.clamp()");
  bring_to(phase::contract_ready, {.acknowledged = {risk::user_triggers}});
  dual_writer<wide_balance> write{on};
  run("UPDATE bank.accounts SET balance = 500 WHERE id = 1; INSERT INTO bank.accounts (id, balance) VALUES (501, 500);"
      "UPDATE bank.accounts SET balance_v2 = 90 WHERE id = 2; INSERT INTO bank.accounts (id, balance_v2) VALUES (502, 91)");
  write.update(key(3), set<"balance">(500));
  write.insert(key(503), set<"balance">(500));
  CHECK(accounts_where("id IN (1, 2, 3) OR id > 500") ==
        "1|100|100 2|90|90 3|100|100 501|100|100 502|91|91 503|100|100");
}

TEST_CASE_FIXTURE(replacing, "a partitioned table: rows of every kind of writer that move between partitions") {
  run("CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL, note text) PARTITION BY RANGE (id);"
      "CREATE TABLE bank.low PARTITION OF bank.accounts FOR VALUES FROM (MINVALUE) TO (50);"
      "CREATE TABLE bank.high PARTITION OF bank.accounts FOR VALUES FROM (50) TO (MAXVALUE);"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(1, 100) AS g");
  bring_to(phase::contract_ready);
  run("UPDATE bank.accounts SET id = id + 1000, balance = 1 WHERE id = 1;"
      "UPDATE bank.accounts SET id = id + 1000, balance_v2 = 2 WHERE id = 2;"
      "UPDATE bank.accounts SET id = id + 1000 WHERE id = 3;"
      "UPDATE bank.low SET balance_v2 = 4 WHERE id = 4; INSERT INTO bank.high (id, balance_v2) VALUES (1005, 5)");
  CHECK(accounts_where("id = 4 OR id > 1000") == "4|4|4 1001|1|1 1002|2|2 1003|30|30 1005|5|5");
}

TEST_CASE_FIXTURE(replacing, "without an inverse the new column follows from the old one, whoever writes") {
  open_accounts();
  bring_to<lossy_balance>(phase::contract_ready);
  run("UPDATE bank.accounts SET balance = 1 WHERE id = 1; UPDATE bank.accounts SET balance_v2 = 5000000000 WHERE id = 2");
  CHECK(accounts_where("id IN (1, 2)") == "1|1|1 2|20|20");
}

namespace {

/// A column that gets another name, which is all that happens to it. The key is a text beside a number.
struct named : table<"named", in_schema<"bank">, column<"tenant", text, primary_key>, column<"id", bigint, primary_key>,
                     column<"name", text, not_null>> {};
struct full_name : om::migration<"full-name", named,
                                 replace_column<"name", "full_name", text, col<"name">, col<"full_name">, not_null>> {};

}  // namespace

TEST_CASE_FIXTURE(replacing,
                  "texts that are equal in their collation and not the same; keys below, at and above zero") {
  run("CREATE COLLATION bank.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
      "CREATE TABLE bank.named (tenant text COLLATE \"C\", id bigint, name text COLLATE bank.ci NOT NULL, PRIMARY KEY (tenant, id));"
      "INSERT INTO bank.named SELECT t, g, 'Ada' || g FROM unnest(ARRAY['', 'a', 'B', 'ä']) t, generate_series(-20, 20) g");
  auto names_where = [&](const std::string& condition) {
    return ask(
        "SELECT string_agg(format('%s%s|%s|%s', tenant, id, name, full_name), ' ' ORDER BY tenant COLLATE \"C\", id) "
        "FROM bank.named WHERE " +
        condition);
  };
  expand<full_name>(tools);
  tools.mark_phase<full_name>(phase::backfill);
  REQUIRE(backfill_runner<full_name>{source, {.chunk = fixed_chunk(7)}}.run().finished());
  CHECK(ask("SELECT rows_done FROM online_migration_backfill_state") == "164");
  run("UPDATE bank.named SET name = 'ADA0' WHERE tenant = 'a' AND id = 0;"
      "UPDATE bank.named SET full_name = 'aDA-1' WHERE tenant = 'a' AND id = -1;"
      "UPDATE bank.named SET name = upper(name), full_name = full_name WHERE tenant = 'B' AND id = 1");
  CHECK(names_where("(tenant, id) IN (('a', 0), ('a', -1), ('B', 1))") == "B1|ADA1|ADA1 a-1|aDA-1|aDA-1 a0|ADA0|ADA0");
  prove_parity<full_name>();
  tools.set_read_flag<full_name>(read_flag::new_column);
  contract_now<full_name>();
  refuses("UPDATE bank.named SET name = 'ada2' WHERE tenant = 'a' AND id = 2", "55000");
  run("UPDATE bank.named SET full_name = 'ada' || id WHERE id < 0; INSERT INTO bank.named (tenant, id, full_name) VALUES ('', 21, 'x')");
  revive<full_name>(tools);
  CHECK(ask("SELECT count(*) FROM bank.named WHERE name COLLATE \"C\" IS DISTINCT FROM full_name") == "0");
  CHECK(names_where("tenant = '' AND id IN (-20, 0, 21)") == "-20|ada-20|ada-20 0|Ada0|Ada0 21|x|x");
}

TEST_CASE_FIXTURE(replacing, "a role that reaches the table through a view alone writes as before") {
  open_accounts();
  run("DROP SCHEMA IF EXISTS api CASCADE; CREATE SCHEMA api; CREATE VIEW api.accounts AS SELECT id, balance FROM bank.accounts;"
      "DROP ROLE IF EXISTS om_test_application; CREATE ROLE om_test_application LOGIN;"
      "GRANT USAGE ON SCHEMA api TO om_test_application; GRANT SELECT, INSERT, UPDATE ON api.accounts TO om_test_application");
  connection own = database{"user=om_test_application"}.connect();
  expand<wide_balance>(tools);
  script(own,
         "UPDATE api.accounts SET balance = 7 WHERE id = 1; INSERT INTO api.accounts (id, balance) VALUES (501, 8)");
  CHECK(accounts_where("id IN (1, 501)") == "1|7|7 501|8|8");
  run("DROP OWNED BY om_test_application CASCADE; DROP ROLE om_test_application; DROP SCHEMA api CASCADE");
}

TEST_CASE_FIXTURE(replacing,
                  "an inverse that the server cannot compute, or that is not immutable, is refused by expand") {
  run("CREATE TABLE bank.points (id bigint PRIMARY KEY, score integer DEFAULT 0)");
  // One that is known by its name, the compiler refuses (M026).
  run("CREATE FUNCTION bank.hour_of_day() RETURNS double precision STABLE LANGUAGE sql RETURN "
      "pg_catalog.date_part('hour', pg_catalog.now())");
  std::string before = whole();
  CHECK(says(caught<refused>([&] { expand<back_by_zone>(tools); }),
             "The transform of \"back-by-zone\" or its inverse is not immutable"));
  CHECK(caught<statement_error>([&] { expand<back_misspelt>(tools); }).sqlstate() == "42883");
  CHECK(difference(before, whole()) == "");
}
