// SPDX-License-Identifier: BSL-1.0
// What a column owes to the one that it replaces: it comes along, or contract asks about it. What is there afterwards
// is read by questions that have nothing to do with the library's.
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "integration/contract_support.hpp"
#include "support/thorough.hpp"

using namespace test;

namespace {

/// Loses what two values differ in.
struct tens
    : om::migration<"tens", accounts, replace_column<"balance", "tens", integer, col<"balance"> / lit<100>, lossy>> {};

/// Names that have to be quoted, the new one longer than would fit into a name made from both.
struct odd_table
    : table<R"(od"d'y)", in_schema<"bank">, column<"id", integer, primary_key>, column<R"(Ba"l'a\nce)", integer>> {};
struct odd : om::migration<
                 R"(o"d'd)", odd_table,
                 replace_column<R"(Ba"l'a\nce)", R"(a name of 58 letters, wi"th qu'o\tes and blanks in it 456)", bigint,
                                col<R"(Ba"l'a\nce)">,
                                cast<integer>(col<R"(a name of 58 letters, wi"th qu'o\tes and blanks in it 456)">)>> {};

struct parts_table : table<"parts", in_schema<"bank">, column<"id", integer, primary_key>,
                           column<"region", integer, primary_key>, column<"balance", integer>> {};
struct wide_parts
    : om::migration<"wide-parts", parts_table,
                    replace_column<"balance", "balance_v2", bigint, col<"balance">, cast<integer>(col<"balance_v2">)>> {
};

/// A name that is a function, too.
struct signs_table
    : table<"signs", in_schema<"bank">, column<"id", integer, primary_key>, column<"lower", varchar<8>>> {};
struct long_code : om::migration<"long-code", signs_table, replace_column<"lower", "code", text, col<"lower">, lossy>> {
};

/// Without `om::risk::left_behind`, which other tests acknowledge.
const contract_options bare{{risk::legacy_instances}, 0ms};

struct along : bank {
  along() { run("DO $$BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END$$"); }

  /// An operator class that is not the usual one.
  void sort_backwards(const std::string& type) {
    std::string both = "bank.against(" + type + ", " + type + ")";
    run("CREATE FUNCTION " + both +
        " RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS 'SELECT sign($2 - $1)::integer';"
        "CREATE OPERATOR CLASS bank.falling_" +
        type + " FOR TYPE " + type +
        " USING btree AS OPERATOR 1 >, OPERATOR 2 >=,"
        " OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 " +
        both);
  }

  /// A column with everything that one can have.
  void open_rich_accounts() {
    open_accounts();
    sort_backwards("integer");
    run(R"(CREATE TABLE bank.units (n bigint PRIMARY KEY); INSERT INTO bank.units SELECT g * 10 FROM generate_series(-99, 500) AS g;
      ALTER TABLE bank.accounts ADD CHECK (balance > -99999), ADD CHECK (balance < 99999),
        ADD FOREIGN KEY (balance) REFERENCES bank.units ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
        ADD CONSTRAINT one_balance UNIQUE (balance, note) DEFERRABLE;
      CREATE UNIQUE INDEX accounts_balance_u ON bank.accounts (balance DESC, note COLLATE "C" text_pattern_ops NULLS FIRST)
        INCLUDE (id) WITH (fillfactor = 70);
      CREATE INDEX plain ON bank.accounts (note DESC NULLS LAST, balance);
      CREATE INDEX inside ON bank.accounts (note) INCLUDE (balance);
      CREATE INDEX ranges ON bank.accounts USING brin (balance) WITH (pages_per_range = 4);
      CREATE INDEX multi ON bank.accounts USING brin (note text_minmax_ops, balance);
      CREATE INDEX half ON bank.accounts (balance) WHERE id > 3;
      CREATE INDEX computed ON bank.accounts ((balance + 1)) WHERE balance NOT IN (-7, 8) AND balance BETWEEN -9 AND 9999;
      CREATE UNIQUE INDEX mixed ON bank.accounts ((balance % 7), "note", id) WHERE note <> 'balance' AND balance > 0;
      CREATE INDEX shifted ON bank.accounts ((balance << 2));
      ALTER TABLE bank.accounts ADD CHECK (to_hex(balance) <> 'balance');
      CREATE INDEX chosen ON bank.accounts (balance bank.falling_integer);
      CREATE STATISTICS bank.pair_of ON balance, note FROM bank.accounts;
      COMMENT ON COLUMN bank.accounts.balance IS 'it''s "money" $1 %s \';
      GRANT SELECT (balance), UPDATE (balance) ON bank.accounts TO clerk WITH GRANT OPTION;
      GRANT SELECT (balance) ON bank.accounts TO PUBLIC)");
  }

  /// Indexes and constraints of the schema that touch the new column, as the server's own tools write them.
  std::string of_new_column(const std::string& column = "balance_v2") {
    return ask(R"(SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
SELECT format('%s%s', pg_get_indexdef(indexrelid), CASE WHEN indisvalid THEN '' ELSE ' invalid' END) AS line FROM pg_index
  JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'bank'::regnamespace AND pg_get_indexdef(indexrelid) LIKE '%)" +
               column + R"(%'
UNION ALL SELECT format('%s %s %s%s', conrelid::regclass, conname, pg_get_constraintdef(oid), CASE WHEN convalidated THEN '' ELSE ' !' END)
  FROM pg_constraint WHERE connamespace = 'bank'::regnamespace AND contype <> 'n' AND conname NOT LIKE 'om\_not%' AND pg_get_constraintdef(oid) LIKE '%)" +
               column + "%') AS lines");
  }

  std::string privileges_and_comment() {
    return ask(
        "SELECT a.attacl::text || ' ' || col_description(a.attrelid, a.attnum) FROM pg_attribute a WHERE attname = "
        "'balance_v2' AND attrelid = 'bank.accounts'::regclass");
  }

  /// The phase `validate`, with every row filled.
  void fill_rich_accounts() {
    open_rich_accounts();
    bring_to(phase::validate);
  }

  template <class Work>
  std::string refusal(Work work) {
    return caught<refused>(work).what();
  }
};

const char* rich =
    R"(CREATE INDEX computed_balance_v2 ON bank.accounts USING btree (((balance_v2 + 1))) WHERE ((balance_v2 <> ALL (ARRAY['-7'::integer, 8])) AND ((balance_v2 >= '-9'::integer) AND (balance_v2 <= 9999)))
CREATE INDEX half_balance_v2 ON bank.accounts USING btree (balance_v2) WHERE (id > 3)
CREATE INDEX inside_balance_v2 ON bank.accounts USING btree (note) INCLUDE (balance_v2)
CREATE INDEX multi_balance_v2 ON bank.accounts USING brin (note, balance_v2)
CREATE INDEX plain_balance_v2 ON bank.accounts USING btree (note DESC NULLS LAST, balance_v2)
CREATE INDEX ranges_balance_v2 ON bank.accounts USING brin (balance_v2) WITH (pages_per_range='4')
CREATE UNIQUE INDEX accounts_balance_v2_u ON bank.accounts USING btree (balance_v2 DESC, note COLLATE "C" text_pattern_ops NULLS FIRST) INCLUDE (id) WITH (fillfactor='70')
CREATE UNIQUE INDEX mixed_balance_v2 ON bank.accounts USING btree (((balance_v2 % (7)::bigint)), note, id) WHERE ((note <> 'balance'::text) AND (balance_v2 > 0))
CREATE UNIQUE INDEX one_balance_v2 ON bank.accounts USING btree (balance_v2, note)
bank.accounts accounts_balance_v2_check CHECK ((balance_v2 > '-99999'::integer))
bank.accounts accounts_balance_v2_check1 CHECK ((balance_v2 < 99999))
bank.accounts accounts_balance_v2_fkey FOREIGN KEY (balance_v2) REFERENCES bank.units(n) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
bank.accounts one_balance_v2 UNIQUE (balance_v2, note) DEFERRABLE)";

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE_FIXTURE(along, "everything that a column can have comes along, or contract asks about it") {
    open_rich_accounts();
    preflight_report report = preflight<wide_balance>(on);
    for (
        const char* part :
        {"comment on the column of bank.accounts", "privilege UPDATE on the column, of role clerk",
         "index bank.accounts_balance_u", "constraint one_balance on table bank.accounts",
         "constraint accounts_balance_fkey on table bank.accounts",
         "the index bank.shifted (USING btree (((balance << 2)))) of the old column does not come along",
         "the index bank.chosen (USING btree (balance bank.falling_integer)) of the old column does not",
         "the statistics object bank.pair_of (CREATE STATISTICS",
         "constraint accounts_balance_check2 on table bank.accounts (CHECK ((to_hex(balance) <> 'balance'::text))) of the old "
         "column does not"}) {
      CAPTURE(part);
      CHECK(has(report.text(), part));
    }
    expand<wide_balance>(tools);
    // Who may write the old column alone must be able to write both from the first moment on.
    CHECK(has(privileges_and_comment(), "=r/"));
    CHECK(has(privileges_and_comment(), "clerk=r*w*/"));
    CHECK(has(privileges_and_comment(), R"(it's "money" $1 %s \)"));
    CHECK(of_new_column().find("INDEX") == std::string::npos);

    CHECK(expand_contract<wide_balance>{source}.run().reached == phase::contract_ready);
    CHECK(difference(rich, of_new_column()) == "");

    tools.set_read_flag<wide_balance>(read_flag::new_column);
    std::string missing = refusal([&] { prove<wide_balance>(tools, bare); });
    for (const char* part : {"index bank.shifted", "index bank.chosen", "statistics object bank.pair_of",
                             "constraint accounts_balance_check2 on"}) {
      CAPTURE(part);
      CHECK(has(missing, std::string{"the new column has no counterpart of the "} + part));
    }
    CHECK_FALSE(has(missing, "index bank.plain"));
    CHECK_FALSE(has(missing, "fkey"));
    CHECK(has(missing, "om::risk::left_behind"));

    // What a person makes counts, under whatever name.
    sort_backwards("bigint");
    run("CREATE INDEX y ON bank.accounts ((balance_v2 << 2));"
        "CREATE INDEX z ON bank.accounts (balance_v2 bank.falling_bigint);"
        "CREATE STATISTICS bank.w ON balance_v2, note FROM bank.accounts");
    missing = refusal([&] { prove<wide_balance>(tools, bare); });
    CHECK_FALSE(has(missing, "no counterpart of the index"));
    CHECK_FALSE(has(missing, "statistics"));
    CHECK(has(missing, "no counterpart of the constraint accounts_balance_check2"));
    SUBCASE("made") {
      run("ALTER TABLE bank.accounts ADD CONSTRAINT u CHECK (to_hex(balance_v2) <> 'balance')");
      contract(tools, prove<wide_balance>(tools, bare));
    }
    SUBCASE("acknowledged") {
      contract(tools, prove<wide_balance>(tools, contract_options{{risk::legacy_instances, risk::left_behind}, 0ms}));
    }
    CHECK(tools.phase<wide_balance>() == phase::contracted);
    CHECK_NOTHROW(bring_along<wide_balance>(tools));
    CHECK_NOTHROW(revive<wide_balance>(tools));
    CHECK(has(ask("SELECT string_agg(conname, ' ') FROM pg_constraint WHERE conrelid = 'bank.accounts'::regclass"),
              "one_balance_v2"));
  }

  TEST_CASE_FIXTURE(along, "it is brought once, and not at all where that was said") {
    fill_rich_accounts();
    SUBCASE("twice") {
      bring_along<wide_balance>(tools);
      std::string first = definitions();
      bring_along<wide_balance>(tools);
      CHECK(difference(first, definitions()) == "");
      CHECK(difference(rich, of_new_column()) == "");
    }
    SUBCASE("a counterpart of somebody's is left alone") {
      run("CREATE INDEX mine ON bank.accounts (note DESC NULLS LAST, balance_v2);"
          "CREATE UNIQUE INDEX plain_balance_v2 ON bank.units (n)");
      bring_along<wide_balance>(tools);
      CHECK(has(of_new_column(), "INDEX mine ON"));
      CHECK(count("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%(note DESC NULLS LAST, balance_v2)'") == 1);
    }
    SUBCASE("a name that is taken by something else") {
      run("CREATE TABLE bank.plain_balance_v2 ()");
      bring_along<wide_balance>(tools);
      CHECK(
          count(
              "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%(note DESC NULLS LAST, balance_v2)' AND indexname "
              "= 'om_along_' || md5('plain')") == 1);
    }
    SUBCASE("what an interrupted build left is built anew") {
      bring_along<wide_balance>(tools);
      run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'bank.plain_balance_v2'::regclass");
      std::string old = ask("SELECT 'bank.plain_balance_v2'::regclass::oid");
      bring_along<wide_balance>(tools);
      CHECK(ask("SELECT 'bank.plain_balance_v2'::regclass::oid") != old);
      CHECK(difference(rich, of_new_column()) == "");
    }
    SUBCASE("not wanted") {
      REQUIRE(expand_contract<wide_balance>{source, {.expand = {.bring_along = false}}}.run().reached ==
              phase::contract_ready);
      CHECK(of_new_column() == "");
      tools.set_read_flag<wide_balance>(read_flag::new_column);
      std::string missing = refusal([&] { prove<wide_balance>(tools, bare); });
      CHECK(has(
          missing,
          "no counterpart of the index bank.plain (USING btree (note DESC NULLS LAST, balance)) of the old one: run "
          "om::bring_along"));
      CHECK(has(missing, "DEFERRABLE INITIALLY DEFERRED) of the old one: run"));
    }
  }

  TEST_CASE_FIXTURE(along, "privileges and comment stay away where that was said, and contract asks for them") {
    open_rich_accounts();
    bring_to(phase::contract_ready, {.bring_along = false});
    std::string report = readiness<wide_balance>(tools, bare).text();
    CHECK(
        has(report, "missing: the new column has no counterpart of the privilege UPDATE on the column, of role clerk"));
    CHECK(has(report, "missing: the new column has no counterpart of the comment on the column of bank.accounts"));
  }

  TEST_CASE_FIXTURE(along, "it is too early before the end of the backfill, and rollback takes it back") {
    open_rich_accounts();
    std::string before = definitions();
    bring_to(phase::backfill);
    CHECK(has(refusal([&] { bring_along<wide_balance>(tools); }), "is in the phase backfill"));
    REQUIRE(expand_contract<wide_balance>{source}.run().reached == phase::contract_ready);
    SUBCASE("the column stays") {
      rollback<wide_balance>(tools, {{}, 0ms});
      CHECK(of_new_column() == "");
      CHECK(has(refusal([&] { bring_along<wide_balance>(tools); }), "is in the phase rolled-back"));
      // And it may begin again.
      expand<wide_balance>(tools, {{risk::existing_column}});
      REQUIRE(expand_contract<wide_balance>{source}.run().reached == phase::contract_ready);
      CHECK(difference(rich, of_new_column()) == "");
      rollback<wide_balance>(tools, and_drop);
      CHECK(difference(before, definitions()) == "");
    }
    SUBCASE("the column goes") {
      rollback<wide_balance>(tools, and_drop);
      CHECK(difference(before, definitions()) == "");
    }
    SUBCASE("of somebody's own nothing is dropped") {
      run("CREATE INDEX mine ON bank.accounts (balance_v2)");
      CHECK(has(refusal([&] { rollback<wide_balance>(tools, and_drop); }), "index bank.mine"));
    }
  }

  TEST_CASE_FIXTURE(along, "rows in the way are told, and nothing is left of the try") {
    open_accounts();
    SUBCASE("of a unique index") {
      run("CREATE UNIQUE INDEX u ON bank.accounts (balance)");
      std::string said = refusal([&] { expand_contract<tens>{source}.run(); });
      CHECK(has(
          said,
          "the index bank.u (UNIQUE USING btree (balance)) of the old column cannot come along, because several rows have the same new value"));
      CHECK(of_new_column("tens") == "");
    }
    SUBCASE("of a foreign key") {
      run("CREATE TABLE bank.units (n bigint PRIMARY KEY); INSERT INTO bank.units SELECT balance FROM bank.accounts;"
          "ALTER TABLE bank.accounts ADD FOREIGN KEY (balance) REFERENCES bank.units");
      std::string said = refusal([&] { expand_contract<tens>{source}.run(); });
      CHECK(has(said, "rows have a new value that is not there where it points to"));
      CHECK(of_new_column("tens") == "");
      run("INSERT INTO bank.accounts VALUES (777, -990)");  // nobody is refused a write
    }
    CHECK(tools.phase<tens>() == phase::validate);
    CHECK(expand_contract<tens>{source, {.expand = {.bring_along = false}}}.run().reached == phase::contract_ready);
  }

  TEST_CASE_FIXTURE(along, "a definition is only written over the new column where it means the same") {
    SUBCASE("of another value it is for a person") {
      open_accounts();
      run("ALTER TABLE bank.accounts ADD CHECK (balance < 99999); CREATE INDEX rich ON bank.accounts (id) WHERE balance > 9");
      REQUIRE(expand_contract<tens>{source}.run().reached == phase::contract_ready);
      CHECK(of_new_column("tens") == "");
      std::string report = readiness<tens>(tools, bare).text();
      CHECK(has(report, "(CHECK ((balance < 99999))) of the old one: give the new column its own, with om::add_check"));
      CHECK(has(report, "index bank.rich (USING btree (id) WHERE (balance > 9)) of the old one: give the new column"));
    }
    SUBCASE("what the server does not take over the new type, or prints in other words, is for a person") {
      open_accounts();
      sort_backwards("integer");
      run("CREATE INDEX picky ON bank.accounts (balance bank.falling_integer) WHERE balance > 0;"
          "ALTER TABLE bank.accounts ADD CHECK (balance % (id + 1000) < 9999);"
          "CREATE INDEX rest ON bank.accounts ((balance % (id + 1000)))");
      REQUIRE(expand_contract<wide_balance>{source}.run().reached == phase::contract_ready);
      CHECK(of_new_column() == "");
      std::string report = readiness<wide_balance>(tools, bare).text();
      for (const char* part : {"index bank.rest", "index bank.picky", "constraint accounts_check on"}) {
        CAPTURE(part);
        CHECK(has(report, std::string{"no counterpart of the "} + part));
      }
    }
    SUBCASE("text for varchar, and names that are something else as well") {
      run(R"(CREATE FUNCTION bank.own(varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
      CREATE TABLE bank.signs (id integer PRIMARY KEY, lower varchar(8) CHECK (lower(lower) = lower AND lower <> 'lower''s'),
        CONSTRAINT listed CHECK (lower IN ('a', 'b', 'c') OR id > 3),
        CONSTRAINT owned CHECK (bank.own(lower)));
      CREATE INDEX part ON bank.signs (id) WHERE lower <> 'lower'; CREATE INDEX upper_lower ON bank.signs (upper(lower));
      INSERT INTO bank.signs SELECT g, chr(96 + g) FROM generate_series(1, 20) AS g;
      ALTER TABLE bank.signs ADD CONSTRAINT late CHECK (length(lower) < 3) NOT VALID)");
      REQUIRE(expand_contract<long_code>{source}.run().reached == phase::contract_ready);
      CHECK(difference(R"(CREATE INDEX part_code ON bank.signs USING btree (id) WHERE (code <> 'lower'::text)
CREATE INDEX upper_code ON bank.signs USING btree (upper(code))
bank.signs late_code CHECK ((length(code) < 3)) NOT VALID !
bank.signs listed_code CHECK (((code = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text, ('c'::character varying)::text])) OR (id > 3)))
bank.signs signs_code_check CHECK (((lower(code) = code) AND (code <> 'lower''s'::text))))",
                       of_new_column("code")) == "");
      CHECK(has(readiness<long_code>(tools, bare).text(),
                "constraint owned on table bank.signs (CHECK (bank.own(lower)))"));
      rollback<long_code>(tools, and_drop);
    }
  }

  TEST_CASE_FIXTURE(along, "a sequence goes with its column's values, and back with them") {
    run("CREATE SEQUENCE bank.counter; CREATE TABLE bank.points (id bigint PRIMARY KEY, score integer DEFAULT nextval('bank.counter'));"
        "ALTER SEQUENCE bank.counter OWNED BY bank.points.score; INSERT INTO bank.points SELECT g FROM generate_series(1, 20) AS g");
    auto owner = [&] {
      return ask(
          "SELECT a.attname FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
          " WHERE d.objid = 'bank.counter'::regclass AND d.deptype = 'a'");
    };
    bring_to<wide_score>(phase::contracted);
    retire<wide_score>(tools, all_new);
    CHECK(owner() == "score_v2");
    revive<wide_score>(tools);
    CHECK(owner() == "score");
    prove_parity<wide_score>();
    contract_now<wide_score>();
    retire<wide_score>(tools, all_new);
    drop_retired<wide_score>(tools, at_once);
    CHECK(owner() == "score_v2");
    run("INSERT INTO bank.points (id) VALUES (21)");
    CHECK(ask("SELECT max(score_v2) FROM bank.points") == "21");
  }

  TEST_CASE_FIXTURE(along, "the parts of a partitioned table come first") {
    if (!since(13)) return;
    run(R"(CREATE TABLE bank.units (n bigint PRIMARY KEY); INSERT INTO bank.units SELECT generate_series(1, 100);
    CREATE TABLE bank.parts (id integer, region integer, balance integer REFERENCES bank.units, PRIMARY KEY (id, region),
      UNIQUE (balance, region, id)) PARTITION BY LIST (region);
    CREATE TABLE bank.p1 PARTITION OF bank.parts FOR VALUES IN (1);
    CREATE TABLE bank.p2 PARTITION OF bank.parts FOR VALUES IN (2) PARTITION BY LIST (id);
    CREATE TABLE bank.p21 PARTITION OF bank.p2 DEFAULT;
    CREATE INDEX parts_b ON bank.parts (balance); CREATE INDEX only_p1 ON bank.p1 (balance, id);
    INSERT INTO bank.parts SELECT g, 1 + g % 2, g FROM generate_series(1, 100) AS g)");
    std::string before = definitions();
    REQUIRE(expand_contract<wide_parts>{source}.run().reached == phase::contract_ready);
    // Each index of the whole has its like in every part, and none of them twice.
    CHECK(count("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0);
    for (const auto& [name, columns] : std::vector<std::pair<std::string, std::string>>{
             {"parts", "2 1 1"}, {"p1", "3 1 1"}, {"p2", "2 1 1"}, {"p21", "2 1 1"}}) {
      CAPTURE(name);
      std::string place = "'bank." + name + "'::regclass";
      CHECK(
          ask("SELECT (SELECT count(*) FROM pg_index WHERE indrelid = " + place +
              " AND pg_get_indexdef(indexrelid) LIKE '%balance_v2%') || ' ' || string_agg(n::text, ' ') FROM (SELECT "
              "count(*) AS n FROM pg_constraint WHERE conrelid = " +
              place +
              " AND contype IN ('u', 'f') AND convalidated AND pg_get_constraintdef(oid) LIKE '%balance_v2%' GROUP BY "
              "contype) AS c") == columns);
    }
    tools.set_read_flag<wide_parts>(read_flag::new_column);
    CHECK_NOTHROW(prove<wide_parts>(tools, bare));
    rollback<wide_parts>(tools, and_drop);
    CHECK(difference(before, definitions()) == "");
  }

  TEST_CASE_FIXTURE(along, "names that have to be quoted") {
    run(R"(CREATE TABLE bank."od""d'y" (id integer PRIMARY KEY, "Ba""l'a\nce" integer UNIQUE);
    INSERT INTO bank."od""d'y" SELECT g, g FROM generate_series(1, 20) AS g;
    CREATE INDEX "in""d'e\x" ON bank."od""d'y" ("Ba""l'a\nce" DESC);
    COMMENT ON COLUMN bank."od""d'y"."Ba""l'a\nce" IS $$it's; DROP TABLE x$$;
    CREATE ROLE "cl""e'rk"; GRANT SELECT ("Ba""l'a\nce") ON bank."od""d'y" TO "cl""e'rk")");
    std::string before = definitions();
    REQUIRE(expand_contract<odd>{source}.run().reached == phase::contract_ready);
    CHECK(count("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%blanks in it 456%'") == 2);
    tools.set_read_flag<odd>(read_flag::new_column);
    CHECK_NOTHROW(prove<odd>(tools, bare));
    rollback<odd>(tools, and_drop);
    CHECK(difference(before, definitions()) == "");
    run(R"(DROP SCHEMA bank CASCADE; DROP ROLE "cl""e'rk")");
  }

  TEST_CASE_FIXTURE(along, "the locks of its statements, and writers who go on") {
    fill_rich_accounts();
    connection watch = somebody("watch");  // the hooks run in another thread
    auto strongest = [&] {
      return test::ask(
          watch,
          "SELECT coalesce(string_agg(DISTINCT mode, ' ' ORDER BY mode), 'none') FROM pg_locks l JOIN pg_stat_activity a "
          "USING (pid) WHERE a.application_name = 'library' AND l.granted AND l.relation = 'bank.accounts'::regclass "
          "AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')");
    };
    std::set<std::string> seen;
    around.after = [&](const statement& what) {
      if (what.name != "bring_along") return;
      std::string text{what.view()};
      seen.insert(text.substr(0, text.find(' ')) + (has(text, "FOREIGN KEY") ? " key" : "") +
                  (has(text, "VALIDATE") ? " validate" : "") + (has(text, "USING INDEX") ? " unique" : "") +
                  (has(text, " CHECK ") ? " check" : "") + ": " + strongest());
    };
    connection other = somebody("other");
    script(other, "BEGIN; UPDATE bank.accounts SET note = 'open' WHERE id = 1");
    std::jthread library{[&] { bring_along<wide_balance>(hooked_tools); }};
    until_blocked("library");
    CHECK(strongest() == "ShareUpdateExclusiveLock");
    run("UPDATE bank.accounts SET balance = balance WHERE id = 2");
    script(other, "COMMIT");
    library.join();
    std::string all;
    for (const std::string& each : seen) all += each + "\n";
    CHECK(
        all ==
        "ALTER check: AccessExclusiveLock\nALTER key: ShareRowExclusiveLock\nALTER unique: AccessExclusiveLock ShareRowExclusiveLock\n"
        "ALTER validate: ShareUpdateExclusiveLock\nCREATE: none\nDROP: none\n");
  }

  TEST_CASE_FIXTURE(along, "killed before or after any of its statements, it goes on there") {
    fill_rich_accounts();
    int number = 0;
    int next = 0;
    bool after = false;
    auto kill_once = [&](const statement& what) {
      if ((what.name == "bring_along" || what.name == "state_note_along" || what.name == "look_along") &&
          ++number == next) {
        ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'library'");
      }
    };
    around.before = [&](const statement& what) {
      if (!after) kill_once(what);
    };
    around.after = [&](const statement& what) {
      if (after) kill_once(what);
    };
    // An odd step: before and after by turns.
    for (next = 1; next < 90; next += thorough() ? 1 : 13) {
      number = 0;
      after = next % 2 == 0;
      bring_along<wide_balance>(hooked_tools);
      CAPTURE(next);
      CHECK(difference(rich, of_new_column()) == "");
      if (number < next) break;
      rollback<wide_balance>(tools, {{}, 0ms});
      REQUIRE(of_new_column() == "");
      expand<wide_balance>(tools, {{risk::existing_column}});
      tools.mark_phase<wide_balance>(phase::backfill);
      REQUIRE(backfill_runner<wide_balance>{source}.run().finished());
    }
    CHECK(next > 20);
    CHECK(next < 90);
  }

  TEST_CASE_FIXTURE(along, "rolled back while an index is built") {
    fill_rich_accounts();
    around.once_before(
        "bring_along",
        [&] {
          rollback<wide_balance>(tools, {{}, 0ms});
        },
        2);
    CHECK(has(refusal([&] { bring_along<wide_balance>(hooked_tools); }), "is in the phase rolled-back"));
    CHECK(of_new_column() == "");
  }
}
