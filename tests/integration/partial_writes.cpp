// SPDX-License-Identifier: BSL-1.0
// A transform that fails on some values never fails a write: the new column is NULL then, and the row is reported.

#include <optional>
#include <string>

#include "contract_support.hpp"

using namespace test;

namespace {

struct codes : table<"codes", in_schema<"bank">, column<"id", bigint, primary_key>, column<"code", text>> {};

/// Text to number, and back.
struct number : om::migration<"code-number", codes,
                              replace_column<"code", "number", integer, sql<"({})::integer", integer>(col<"code">),
                                             sql<"({})::text", text>(col<"number">)>> {};

/// The same beside the text.
struct derived
    : om::migration<"code-derived", codes, add_column<"number", integer, sql<"({})::integer", integer>(col<"code">)>> {
};

/// Portable, and partial in three ways.
struct quotient
    : om::migration<"code-quotient", codes,
                    add_column<"quotient", integer, om::lit<1000> / (om::cast<integer>(col<"code">) - om::lit<1>)>> {};

struct partial : bank {
  partial() {
    run("CREATE TABLE bank.codes (id bigint PRIMARY KEY, code text);"
        "INSERT INTO bank.codes SELECT g, CASE WHEN g % 50 = 0 THEN 'x' || g ELSE g::text END FROM generate_series(-100, 100) AS g");
  }

  std::string codes_where(const std::string& condition) {
    return ask(
        "SELECT coalesce(string_agg(format('%s|%s|%s', id, code, number), ' ' ORDER BY id), '') FROM bank.codes WHERE " +
        condition);
  }
  std::string quarantine() {
    return ask(
        "SELECT coalesce(string_agg(format('%s %s %s', key[1], sqlstate, noted_by), ', ' ORDER BY key[1]::bigint), '') "
        "FROM online_migration_quarantine");
  }
  template <class Migration>
  backfill_result fill() {
    return backfill_runner<Migration>{source, {.chunk = fixed_chunk(30), .on_data_error = data_error_policy::go_on}}
        .run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(partial, "a write with a value that has no number succeeds, in every way of writing") {
  expand<number>(tools);
  run("UPDATE bank.codes SET code = 'bad' WHERE id = 1; INSERT INTO bank.codes (id, code) VALUES (201, 'worse');"
      "INSERT INTO bank.codes (id, code) VALUES (2, 'upset') ON CONFLICT (id) DO UPDATE SET code = excluded.code;"
      "COPY bank.codes (id, code) FROM PROGRAM 'printf \"202\\tcopied\\n\"'");
  dual_writer<number> write{on};
  CHECK(write.update(key(3), set<"code">("dual")) == 1);
  CHECK(write.insert(key(203), set<"code">("dual")) == 1);
  CHECK(write.upsert(key(4), set<"code">("dual")) == 1);
  CHECK(write.update(key(5), set<"code">(std::optional<std::string_view>{})) == 1);
  CHECK(write.update(key(6), set<"number">(66)) == 1);
  run("UPDATE bank.codes SET number = 77 WHERE id = 7; INSERT INTO bank.codes (id, number) VALUES (204, 88)");
  CHECK(codes_where("id BETWEEN 1 AND 7 OR id > 200") ==
        "1|bad| 2|upset| 3|dual| 4|dual| 5|| 6|66|66 7|77|77 201|worse| 202|copied| 203|dual| 204|88|88");
  CHECK(quarantine() ==
        "1 22000 trigger, 2 22000 trigger, 3 22000 trigger, 4 22000 trigger, 201 22000 trigger, "
        "202 22000 trigger, 203 22000 trigger");
  // In a transaction that is rolled back it is not reported either.
  run("BEGIN; UPDATE bank.codes SET code = 'no' WHERE id = 8; ROLLBACK");
  CHECK(ask("SELECT count(*) FROM online_migration_quarantine") == "7");
}

TEST_CASE_FIXTURE(partial, "arithmetic and casts that fail make no write fail, and are reported with what failed") {
  expand<quotient>(tools);
  run("INSERT INTO bank.codes (id, code) VALUES (201, '1'), (202, 'x'), (203, '99999999999'), (204, '-2147483648'), "
      "(205, NULL), (206, ' 6 '), (207, '0x10'); UPDATE bank.codes SET code = '1' WHERE id = 1");
  dual_writer<quotient> write{on};
  CHECK(write.update(key(2), set<"code">("1")) == 1);
  CHECK(write.insert(key(208), set<"code">("11")) == 1);
  CHECK(
      ask("SELECT string_agg(format('%s|%s', id, quotient), ' ' ORDER BY id) FROM bank.codes WHERE id IN (1, 2) OR id > 200") ==
      "1| 2| 201| 202| 203| 204| 205| 206|200 207| 208|100");
  CHECK(backfill_runner<quotient>{source, {.chunk = fixed_chunk(30), .on_data_error = data_error_policy::go_on}}
            .run()
            .finished());
  CHECK(ask("SELECT string_agg(format('%s %s', key[1], sqlstate), ', ' ORDER BY key[1]::bigint) FROM "
            "online_migration_quarantine WHERE key[1]::bigint > 200") ==
        "201 22012, 202 22P02, 203 22003, 204 22003, 207 22P02");
  CHECK(parity_checker<quotient>{source}.check_all().mismatches == 0);
  CHECK(ask("SELECT count(*) FROM bank.codes WHERE quotient = 1000 / nullif(id - 1, 0)") == "194");
}

TEST_CASE_FIXTURE(partial, "the backfill goes on, parity counts them, and a mended row heals") {
  expand<number>(tools);
  backfill_result result = fill<number>();
  CHECK(result.finished());
  CHECK(result.rows_failed == 5);
  CHECK(quarantine() ==
        "-100 22P02 backfill, -50 22P02 backfill, 0 22P02 backfill, 50 22P02 backfill, 100 22P02 backfill");
  parity_report report = parity_checker<number>{source}.check_all();
  CHECK(report.mismatches == 0);
  CHECK(report.rows_failed == 5);
  CHECK(quarantine() == "-100 22P02 parity, -50 22P02 parity, 0 22P02 parity, 50 22P02 parity, 100 22P02 parity");
  run("UPDATE bank.codes SET code = '1' WHERE id IN (0, 50); UPDATE bank.codes SET number = 2 WHERE id = 100;"
      "DELETE FROM bank.codes WHERE id = -50");
  CHECK(codes_where("id IN (0, 50, 100)") == "0|1|1 50|1|1 100|2|2");
  CHECK(parity_checker<number>{source}.check_all().rows_failed == 1);
  CHECK(quarantine() == "-100 22P02 parity");
  tools.mark_phase<number>(phase::contract_ready);
  tools.set_read_flag<number>(read_flag::new_column);
  CHECK(says(caught<refused>([&] { (void)prove<number>(tools, contract_at_once()); }),
             "1 rows are in online_migration_quarantine, and their new column is NULL"));
  contract(tools, prove<number>(tools, contract_at_once({risk::quarantined_rows})));
  // After contract such a row may still be written to by those who know the new column.
  run("UPDATE bank.codes SET number = 3 WHERE id = -100; UPDATE bank.codes SET number = NULL WHERE id = 100");
  refuses("UPDATE bank.codes SET code = '5' WHERE id = 1", "55000");
  refuses("INSERT INTO bank.codes (id, code) VALUES (300, '5')", "55000");
}

TEST_CASE_FIXTURE(partial, "what a dual writer has prepared lives through contract, and through the way back") {
  run("UPDATE bank.codes SET code = id::text");
  expand<number>(tools);
  connection application = somebody();
  dual_writer<number> write{application};
  auto writes = [&](const char* code, std::int32_t value) {
    CHECK(write.update(key(1), set<"code">(code)) == 1);
    CHECK(write.update(key(2), set<"number">(value)) == 1);
    CHECK(write.upsert(key(3), set<"code">(code)) == 1);
    CHECK(codes_where("id IN (1, 2, 3)") == "1|" + std::string{code} + "|" + code + " 2|" + std::to_string(value) +
                                                "|" + std::to_string(value) + " 3|" + code + "|" + code);
  };
  writes("11", 12);
  bring_to<number>(phase::contracted);
  writes("13", 14);
  revive<number>(tools);
  writes("15", 16);
}

TEST_CASE_FIXTURE(partial, "by default the backfill stops at the first chunk with such a row, and nothing is lost") {
  expand<derived>(tools);
  data_error problem = caught<data_error>([&] { backfill_runner<derived>{source, {.chunk = fixed_chunk(30)}}.run(); });
  CHECK(says(problem, "online_migration_quarantine"));
  CHECK_FALSE(says(problem, "x-100"));
  CHECK(fill<derived>().finished());
  CHECK(ask("SELECT count(*) FROM bank.codes WHERE code !~ '^x' AND number IS DISTINCT FROM code::integer") == "0");
}

namespace {

/// A session of the application, which has no rights on anything of ours.
connection application(bank& in) {
  in.run("DROP ROLE IF EXISTS om_test_application; CREATE ROLE om_test_application LOGIN");
  return database{"user=om_test_application application_name=application"}.connect();
}

struct drop_role {
  bank& in;
  ~drop_role() { in.run("DROP OWNED BY om_test_application CASCADE; DROP ROLE om_test_application"); }
};

}  // namespace

TEST_CASE_FIXTURE(partial, "a role with rights on nothing of ours writes as before") {
  connection own = application(*this);
  drop_role after{*this};
  run("GRANT USAGE ON SCHEMA bank TO om_test_application; GRANT SELECT, INSERT, UPDATE (code), DELETE ON bank.codes TO om_test_application;"
      "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
  expand<number>(tools);
  script(own,
         "UPDATE bank.codes SET code = 'bad' WHERE id = 1; INSERT INTO bank.codes (id, code) VALUES (201, '5');"
         "UPDATE bank.codes SET code = '6' WHERE id = 2");
  CHECK(codes_where("id IN (1, 2, 201)") == "1|bad| 2|6|6 201|5|5");
  CHECK(quarantine() == "1 22000 trigger");
  refuses("SELECT FROM online_migration_quarantine", "42P01", &own);  // not even on the schema

  run("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC");
}

TEST_CASE_FIXTURE(partial, "a role that reaches the table through a view alone writes as before") {
  connection own = application(*this);
  drop_role after{*this};
  run("DROP SCHEMA IF EXISTS api CASCADE; CREATE SCHEMA api; CREATE VIEW api.codes AS SELECT id, code FROM bank.codes;"
      "GRANT USAGE ON SCHEMA api TO om_test_application; GRANT SELECT, INSERT, UPDATE ON api.codes TO om_test_application");
  bool before = false;
  SUBCASE("before") { before = true; }
  SUBCASE("after expand") { expand<number>(tools); }
  SUBCASE("of a derived column") { expand<derived>(tools); }
  SUBCASE("after contract") {
    run("UPDATE bank.codes SET code = 1");
    bring_to<number>(phase::contract_ready);
    tools.set_read_flag<number>(read_flag::new_column);
    contract(tools, prove<number>(tools, contract_at_once({risk::legacy_readers})));
    run("CREATE OR REPLACE VIEW api.codes AS SELECT id, code, number FROM bank.codes");
    script(own, "UPDATE api.codes SET number = 5 WHERE id = 1; INSERT INTO api.codes (id, number) VALUES (201, 5)");
    refuses("UPDATE api.codes SET code = '5' WHERE id = 2", "55000", &own);
    return;
  }
  script(own,
         "UPDATE api.codes SET code = 'bad' WHERE id = 1; INSERT INTO api.codes (id, code) VALUES (201, '5');"
         "UPDATE api.codes SET code = '6' WHERE id = 2");
  CHECK(ask("SELECT string_agg(code, ' ' ORDER BY id) FROM bank.codes WHERE id IN (1, 2, 201)") == "bad 6 5");
  if (!before) CHECK(codes_where("id IN (1, 2, 201)") == "1|bad| 2|6|6 201|5|5");
}

TEST_CASE_FIXTURE(partial, "a hostile search_path changes nothing") {
  expand<number>(tools);
  connection own = somebody();
  script(
      own,
      "CREATE SCHEMA evil; CREATE FUNCTION evil.nextval(regclass) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RAISE 'evil'; END$$;"
      "CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
      "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.eq);"
      "CREATE TEMPORARY TABLE online_migration_quarantine (migration text); CREATE DOMAIN evil.int4 AS text;"
      "SET search_path = evil, pg_temp, pg_catalog, bank");
  script(own,
         "UPDATE codes SET code = '7' WHERE id = 1; UPDATE codes SET code = 'bad' WHERE id = 2;"
         "UPDATE codes SET number = 9 WHERE id = 3; INSERT INTO codes (id, number) VALUES (201, 10);"
         "UPDATE codes SET code = '11', number = 12 WHERE id = 4");
  CHECK(codes_where("id IN (1, 2, 3, 4, 201)") == "1|7|7 2|bad| 3|9|9 4|11|11 201|10|10");
  CHECK(quarantine() == "2 22000 trigger");
  script(own, "DROP SCHEMA evil CASCADE");
}
