// SPDX-License-Identifier: BSL-1.0
// Columns that are split and merged: old and new ones stay in step, whoever writes which of them, and the old ones come
// back.

#include <optional>
#include <string>

#include "contract_support.hpp"

using namespace test;

namespace {

struct people : table<"people", in_schema<"bank">, column<"id", integer, primary_key>,
                      column<"full_name", text, not_null>, column<"note", text>> {};

struct split_name
    : om::migration<"split-name", people,
                    replace_columns<from<"full_name", concat(col<"first_name">, lit<" ">, col<"last_name">)>,
                                    into<"first_name", text, split_part(col<"full_name">, lit<" ">, lit<1>), not_null>,
                                    into<"last_name", text, split_part(col<"full_name">, lit<" ">, lit<2>), not_null>,
                                    samples<"Ada Lovelace", "Ada ", " ">>> {};

/// One of two sources may be NULL, and is told from an empty one.
struct couples : table<"people", in_schema<"bank">, column<"id", integer, primary_key>, column<"first_name", text>,
                       column<"last_name", text, not_null, has_default>, column<"note", text>> {};

struct merge_name
    : om::migration<
          "merge-name", couples,
          replace_columns<from<"first_name", nullif(split_part(col<"full_name">, lit<"/">, lit<1>), lit<"-">)>,
                          from<"last_name", split_part(coalesce(col<"full_name">, lit<"/">), lit<"/">, lit<2>)>,
                          into<"full_name", text,
                               concat(coalesce(col<"first_name">, lit<"-">), lit<"/">, col<"last_name">), not_null>,
                          samples<"Ada", "Lovelace", "", "x">>> {};

/// Two into two, crosswise.
struct swap_name
    : om::migration<
          "swap-name", couples,
          replace_columns<from<"first_name", col<"given">>, from<"last_name", col<"family">>,
                          into<"family", text, col<"last_name">, not_null>, into<"given", text, col<"first_name">>>> {};

struct lost_name
    : om::migration<
          "lost-name", couples,
          replace_columns<from<"first_name", lossy>, from<"last_name", lossy>,
                          into<"shown", text, concat(col<"first_name">, lit<" ">, ascii_upper(col<"last_name">))>>> {};

struct naming : bank {
  void people_to_split() {
    run("CREATE TABLE bank.people (id integer PRIMARY KEY, full_name text NOT NULL, note text,"
        " CONSTRAINT named CHECK (full_name <> 'Nobody At All'));"
        "CREATE UNIQUE INDEX one_each ON bank.people (full_name, id);"
        "INSERT INTO bank.people SELECT g, 'Ada' || g || ' King' || g FROM generate_series(-99, 100) AS g");
  }

  void people_to_merge() {
    run("CREATE TABLE bank.people (id integer PRIMARY KEY, first_name text, last_name text NOT NULL DEFAULT 'Doe', note text,"
        " CONSTRAINT two UNIQUE (last_name, first_name, id), CONSTRAINT other CHECK (first_name <> last_name));"
        "INSERT INTO bank.people SELECT g, CASE WHEN g % 5 <> 0 THEN 'Ada' || g END, 'L' || g FROM generate_series(-99, 100) AS g");
  }

  std::string row(int id, const std::string& columns = "full_name, first_name, last_name") {
    return ask("SELECT array_to_string(ARRAY[" + columns +
               "], '|', 'NULL') FROM bank.people WHERE id = " + std::to_string(id));
  }

  std::string columns() {
    return ask(
        "SELECT string_agg(attname || CASE WHEN attnotnull THEN '!' ELSE '' END || coalesce('=' || pg_get_expr(adbin, adrelid), ''),"
        " ' ' ORDER BY attname) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
        "WHERE attrelid = 'bank.people'::regclass AND attnum > 0 AND NOT attisdropped");
  }

  /// By SQL that has nothing to do with the library's.
  std::int64_t out_of_step() {
    return count("SELECT count(*) FROM bank.people WHERE (first_name || ' ' || last_name) IS DISTINCT FROM full_name");
  }
  std::int64_t out_of_merge() {
    return count(
        "SELECT count(*) FROM bank.people WHERE full_name IS DISTINCT FROM coalesce(first_name, '-') || '/' || last_name");
  }
};

}  // namespace

TEST_CASE_FIXTURE(naming, "split: each kind of writer, at every phase before contract") {
  people_to_split();
  dual_writer<split_name> write{on};
  auto everybody_writes = [&] {
    run("UPDATE bank.people SET full_name = 'Old Way' WHERE id = 1; INSERT INTO bank.people VALUES (501, 'Old Row')");
    // One of the new columns alone: the other is not lost, whether the row was filled yet or not.
    run("UPDATE bank.people SET first_name = 'Grace' WHERE id = 2; UPDATE bank.people SET last_name = 'Hopper' WHERE id = 3");
    run("INSERT INTO bank.people (id, first_name, last_name) VALUES (502, 'New', 'Row')");
    CHECK(write.update(key(4), set<"full_name">("Both Ways")) == 1);
    CHECK(write.update(key(5), set<"first_name">("Both"), set<"last_name">("New")) == 1);
    CHECK(write.insert(key(503), set<"full_name">("Dual Row")) == 1);
    CHECK(write.insert(key(504), set<"first_name">("Dual"), set<"last_name">("New")) == 1);
    CHECK(write.upsert(key(4), set<"first_name">("Up"), set<"last_name">("Sert")) == 1);
    CHECK(write.upsert(key(5), set<"full_name">("Up Two")) == 1);
    CHECK(write.update(key(6), set<"note">("nothing follows")) == 1);
    CHECK(row(1) == "Old Way|Old|Way");
    CHECK(row(2) == "Grace King2|Grace|King2");
    CHECK(row(3) == "Ada3 Hopper|Ada3|Hopper");
    CHECK(row(4) == "Up Sert|Up|Sert");
    CHECK(row(5) == "Up Two|Up|Two");
    CHECK(row(501) == "Old Row|Old|Row");
    CHECK(row(502) == "New Row|New|Row");
    CHECK(row(503) == "Dual Row|Dual|Row");
    CHECK(row(504) == "Dual New|Dual|New");
    // A first name with a space would come back as another one.
    refuses("UPDATE bank.people SET first_name = 'Anna Maria' WHERE id = 6", "23514");
    run("DELETE FROM bank.people WHERE id > 500; "
        "UPDATE bank.people SET full_name = 'Ada' || id || ' King' || id WHERE id BETWEEN 1 AND 6");
  };
  bring_to<split_name>(phase::expand);
  everybody_writes();
  // Rows that nobody has touched are empty, until one of their columns is written.
  run("UPDATE bank.people SET first_name = 'Grace' WHERE id = 20; UPDATE bank.people SET last_name = '' WHERE id = 21");
  CHECK(row(20) == "Grace King20|Grace|King20");
  CHECK(row(21) == "Ada21 |Ada21|");
  tools.mark_phase<split_name>(phase::backfill);
  everybody_writes();
  REQUIRE(backfill_runner<split_name>{source, {.chunk = fixed_chunk(70)}}.run().finished());
  everybody_writes();
  prove_parity<split_name>();
  CHECK(columns() == "first_name! full_name! id! last_name! note");
  everybody_writes();
  CHECK(out_of_step() == 0);
}

TEST_CASE_FIXTURE(naming, "split: contract, retire, revive, rollback") {
  people_to_split();
  std::string before = columns();
  std::string data = ask("SELECT md5(string_agg(full_name, ',' ORDER BY id)) FROM bank.people");
  bring_to<split_name>(phase::contracted);
  CHECK(columns() == "first_name! full_name id! last_name! note");
  CHECK(count("SELECT count(*) FROM pg_constraint WHERE conname = 'named'") == 0);
  CHECK(count("SELECT count(*) FROM pg_class WHERE relname = 'one_each'") == 0);
  // New writers, and those who write both; old ones are stopped.
  dual_writer<split_name> write{on};
  run("UPDATE bank.people SET first_name = 'Anna Maria' WHERE id = 1; INSERT INTO bank.people (id, first_name, last_name) VALUES (600, 'A', 'B')");
  CHECK(write.update(key(2), set<"full_name">("Still Both")) == 1);
  CHECK(write.update(key(3), set<"first_name">("From"), set<"last_name">("New")) == 1);
  CHECK(row(1) == "Ada1 King1|Anna Maria|King1");
  CHECK(row(2) == "Still Both|Still|Both");
  CHECK(row(3) == "From New|From|New");
  refuses("UPDATE bank.people SET full_name = 'Too Late' WHERE id = 4", "55000");
  refuses("INSERT INTO bank.people (id, full_name) VALUES (601, 'Too Late')", "55000");
  retire<split_name>(tools, all_new);
  CHECK(columns() == "first_name! id! last_name! note om_retired_full_name");
  CHECK(ask("SELECT retired_column FROM online_migration_runs") == "om_retired_full_name");
  run("UPDATE bank.people SET last_name = 'Later' WHERE id = 5");
  // A value without a way back stops it before anything is changed.
  CHECK_THROWS_AS(revive<split_name>(tools), const refused&);
  run("UPDATE bank.people SET first_name = 'Anna' WHERE id = 1");
  revive<split_name>(tools);
  CHECK(tools.phase<split_name>() == phase::validate);
  CHECK(row(1) == "Anna King1|Anna|King1");
  CHECK(row(5) == "Ada5 Later|Ada5|Later");
  CHECK(row(600) == "A B|A|B");
  CHECK(out_of_step() == 0);
  CHECK(columns() == "first_name! full_name! id! last_name! note");
  CHECK(count("SELECT count(*) FROM pg_constraint WHERE conname = 'named'") == 1);
  CHECK(count("SELECT count(*) FROM pg_class WHERE relname = 'one_each'") == 1);
  run("DELETE FROM bank.people WHERE id = 600; UPDATE bank.people SET full_name = 'Ada' || id || ' King' || id WHERE id BETWEEN 1 AND 5");
  tools.set_read_flag<split_name>(read_flag::legacy);
  rollback<split_name>(tools, and_drop);
  CHECK(columns() == before);
  CHECK(ask("SELECT md5(string_agg(full_name, ',' ORDER BY id)) FROM bank.people") == data);
  CHECK(count("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'bank.people'::regclass") == 0);
}

TEST_CASE_FIXTURE(naming, "split: each of the new columns is read by the flag of all") {
  people_to_split();
  bring_to<split_name>(phase::contract_ready);
  read_flag now = read_flag::legacy;
  auto flags = [&] { return now; };
  reader<one_column<split_name, "first_name">> first{on, flags, {.shadow_share = 1}};
  reader<one_column<split_name, "last_name">> last{on, flags, {.shadow_share = 1}};
  // The new representation says something else, to be told from the old one.
  run("ALTER TABLE bank.people DISABLE TRIGGER USER; UPDATE bank.people SET last_name = 'New' WHERE id = 1");
  CHECK(last.get(key(1)).value() == "King1");
  now = read_flag::shadow;
  CHECK(first.get(key(1)).value() == "Ada1");
  CHECK(last.get(key(1)).value() == "King1");
  CHECK(first.shadow().different == 0);
  CHECK(last.shadow().different == 1);
  now = read_flag::new_column;
  CHECK(first.get(key(1)).value() == "Ada1");
  CHECK(last.get(key(1)).value() == "New");
}

TEST_CASE_FIXTURE(naming, "split: retired and dropped") {
  people_to_split();
  bring_to<split_name>(phase::contracted);
  retire<split_name>(tools, all_new);
  drop_retired<split_name>(tools, at_once);
  CHECK(columns() == "first_name! id! last_name! note");
  CHECK(count("SELECT count(*) FROM pg_proc WHERE pronamespace = 'bank'::regnamespace") == 0);
  CHECK_THROWS_AS(revive<split_name>(tools), const refused&);
}

TEST_CASE_FIXTURE(naming, "merge: each kind of writer, at every phase before contract") {
  people_to_merge();
  dual_writer<merge_name> write{on};
  auto everybody_writes = [&] {
    run("UPDATE bank.people SET first_name = 'Old' WHERE id = 1; UPDATE bank.people SET last_name = 'Way' WHERE id = 2;"
        "UPDATE bank.people SET first_name = NULL WHERE id = 3; INSERT INTO bank.people (id, first_name) VALUES (501, 'Jane')");
    run("UPDATE bank.people SET full_name = 'New/Way' WHERE id = 4; UPDATE bank.people SET full_name = '-/Only' WHERE id = 6;"
        "INSERT INTO bank.people (id, full_name) VALUES (502, 'New/Row')");
    CHECK(write.update(key(7), set<"first_name">("Both"), set<"last_name">("Ways")) == 1);
    CHECK(write.update(key(8), set<"full_name">("Dual/New")) == 1);
    CHECK(write.insert(key(503), set<"first_name">(std::nullopt), set<"last_name">("Dual")) == 1);
    CHECK(write.insert(key(504), set<"full_name">("Dual/Row")) == 1);
    CHECK(write.upsert(key(7), set<"full_name">("Up/Sert")) == 1);
    CHECK(row(1) == "Old/L1|Old|L1");
    CHECK(row(2) == "Ada2/Way|Ada2|Way");
    CHECK(row(3) == "-/L3|NULL|L3");
    CHECK(row(4) == "New/Way|New|Way");
    CHECK(row(6) == "-/Only|NULL|Only");
    CHECK(row(7) == "Up/Sert|Up|Sert");
    CHECK(row(8) == "Dual/New|Dual|New");
    CHECK(row(501) == "Jane/Doe|Jane|Doe");
    CHECK(row(502) == "New/Row|New|Row");
    CHECK(row(503) == "-/Dual|NULL|Dual");
    CHECK(row(504) == "Dual/Row|Dual|Row");
    refuses("UPDATE bank.people SET full_name = 'a/b/c' WHERE id = 9", "23514");
    run("DELETE FROM bank.people WHERE id > 500; UPDATE bank.people SET first_name = 'Ada' || id, last_name = 'L' || id WHERE id BETWEEN 1 AND 8");
  };
  bring_to<merge_name>(phase::expand);
  everybody_writes();
  tools.mark_phase<merge_name>(phase::backfill);
  everybody_writes();
  REQUIRE(backfill_runner<merge_name>{source, {.chunk = fixed_chunk(70)}}.run().finished());
  everybody_writes();
  prove_parity<merge_name>();
  everybody_writes();
  CHECK(out_of_merge() == 0);
}

TEST_CASE_FIXTURE(naming, "merge: contract, retire, revive") {
  people_to_merge();
  std::string before = columns();
  bring_to<merge_name>(phase::contract_ready);
  tools.set_read_flag<merge_name>(read_flag::new_column);
  // A default of one of two sources gives no default of the new column.
  CHECK_THROWS_AS(prove<merge_name>(tools, contract_at_once()), const refused&);
  run("ALTER TABLE bank.people ALTER COLUMN last_name DROP DEFAULT");
  contract_now<merge_name>();
  CHECK(columns() == "first_name full_name! id! last_name note");
  CHECK(count("SELECT count(*) FROM pg_constraint WHERE conname IN ('two', 'other')") == 0);
  dual_writer<merge_name> write{on};
  run("UPDATE bank.people SET full_name = 'Much/Later/On' WHERE id = 1; INSERT INTO bank.people (id, full_name) VALUES (600, '-/B')");
  CHECK(write.update(key(2), set<"first_name">("Still"), set<"last_name">("Both")) == 1);
  CHECK(row(2) == "Still/Both|Still|Both");
  for (std::string late : {"first_name = 'Late'", "last_name = 'Late'", "first_name = 'Too', last_name = 'Late'"}) {
    refuses("UPDATE bank.people SET " + late + " WHERE id = 4", "55000");
  }
  refuses("INSERT INTO bank.people (id, last_name) VALUES (601, 'Late')", "55000");
  retire<merge_name>(tools, all_new);
  CHECK(columns() == "full_name! id! note om_retired_first_name om_retired_last_name");
  CHECK(ask("SELECT retired_column FROM online_migration_runs") ==
        R"("om_retired_first_name", "om_retired_last_name")");
  CHECK_THROWS_AS(revive<merge_name>(tools), const refused&);
  run("UPDATE bank.people SET full_name = 'Not/Later' WHERE id = 1");
  revive<merge_name>(tools);
  CHECK(row(1) == "Not/Later|Not|Later");
  CHECK(row(600) == "-/B|NULL|B");
  CHECK(out_of_merge() == 0);
  CHECK(columns() == "first_name full_name! id! last_name! note");
  CHECK(count("SELECT count(*) FROM pg_constraint WHERE conname IN ('two', 'other')") == 2);
  run("ALTER TABLE bank.people ALTER COLUMN last_name SET DEFAULT 'Doe'");
  tools.set_read_flag<merge_name>(read_flag::legacy);
  rollback<merge_name>(tools, and_drop);
  CHECK(columns() == before);
}

TEST_CASE_FIXTURE(naming, "two into two: a default goes to the column that follows from it, and comes back") {
  people_to_merge();
  bring_to<swap_name>(phase::contracted);
  CHECK(columns() == "family!=('Doe'::text COLLATE \"default\") first_name given id! last_name note");
  run("INSERT INTO bank.people (id, given) VALUES (600, 'Jane')");
  CHECK(row(600, "family, given, last_name, first_name") == "Doe|Jane|NULL|NULL");
  refuses("UPDATE bank.people SET first_name = 'Late' WHERE id = 4", "55000");
  run("UPDATE bank.people SET given = NULL WHERE id = 4");
  retire<swap_name>(tools, all_new);
  revive<swap_name>(tools);
  CHECK(columns() == "family! first_name given id! last_name!='Doe'::text note");
  CHECK(row(600, "family, given, last_name, first_name") == "Doe|Jane|Doe|Jane");
  CHECK(row(4, "family, given, last_name, first_name") == "L4|NULL|L4|NULL");
  // A writer of one of the new columns alone does not lose the other.
  run("UPDATE bank.people SET given = 'Eve' WHERE id = 4; INSERT INTO bank.people (id, first_name) VALUES (601, 'Joe')");
  CHECK(row(4, "family, given, last_name, first_name") == "L4|Eve|L4|Eve");
  CHECK(row(601, "family, given, last_name, first_name") == "Doe|Joe|Doe|Joe");
}

TEST_CASE_FIXTURE(naming, "without a way back: both are retired together, and no further") {
  people_to_merge();
  bring_to<lost_name>(phase::contract_ready);
  run("ALTER TABLE bank.people ALTER COLUMN last_name DROP DEFAULT");
  tools.set_read_flag<lost_name>(read_flag::new_column);
  contract_now<lost_name>();
  CHECK(row(1, "shown, first_name, last_name") == "Ada1 L1|Ada1|L1");
  run("UPDATE bank.people SET shown = 'x' WHERE id = 1");
  refuses("UPDATE bank.people SET first_name = 'Late' WHERE id = 4", "55000");
  retire<lost_name>(tools, all_new);
  CHECK(columns() == "id! note om_retired_first_name om_retired_last_name shown");
  revive<lost_name>(tools);
  CHECK(columns() == "first_name id! last_name note shown");
  CHECK_THROWS_AS(revive<lost_name>(tools), const refused&);
}

TEST_CASE_FIXTURE(naming, "rolled back at every phase, with new values in the old columns") {
  for (phase reached : {phase::expand, phase::backfill, phase::validate, phase::contract_ready}) {
    run("DROP TABLE IF EXISTS bank.people");
    people_to_split();
    std::string before = columns();
    bring_to<split_name>(reached);
    run("UPDATE bank.people SET last_name = 'Kept' WHERE id = 1");
    rollback<split_name>(tools, and_drop);
    CHECK(columns() == before);
    CHECK(row(1, "full_name") == "Ada1 Kept");
  }
}
