// SPDX-License-Identifier: BSL-1.0
// Structural changes on a real server: nothing is refused before contract, contract is all or nothing, and every way
// back leads to the catalog that was there before.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

using namespace test;

namespace {

struct users : table<"users", column<"id", bigint, primary_key>, column<"email", text>> {};
struct orders : table<"orders", column<"id", bigint, primary_key>, column<"user_id", bigint>, column<"total", integer>,
                      column<"note", text>> {};

struct tidy
    : om::migration<
          "orders-tidy", orders, set_not_null<"user_id">,
          add_check<"total_is_positive", sql<"{} >= 0", boolean>(col<"total">)>,
          add_unique<"orders_note_key", "note", "user_id">,
          add_foreign_key<"orders_user_fkey", om::columns<"user_id">, references<users, "id">, on_delete_cascade>,
          create_index<"orders_once", om::columns<"note">, om::unique, include<"total">,
                       where<sql<"{} > 990", boolean>(col<"total">)>>,
          create_index<"orders_by_note", expressions<lower(col<"note">), col<"id">>, using_method<"btree">>,
          set_default<"note", lit<"it's none">>> {};

struct without_total
    : om::migration<"orders-without-total", orders, drop_index<"orders_by_total">, drop_constraint<"orders_note_key">,
                    drop_constraint<"orders_total_check">, drop_constraint<"orders_user_fkey">, drop_column<"total">> {
};

struct loose : om::migration<"orders-loose", orders, add_constant_column<"state", text, lit<"new">, not_null>,
                             add_constant_column<"size", bigint, lit<7>>, drop_default<"note">,
                             rename_constraint<"orders_user_fkey", "orders_of_user">> {};
struct told
    : om::migration<
          "orders-told", orders, comment_column<"total", "it's in cents, not 100 $om$">,
          comment_table<"what was bought">,
          create_index<"orders_by_total", om::columns<"total">, storage<"fillfactor", 70>,
                       storage<"deduplicate_items", false>, where<sql<"{} > 0", boolean>(col<"total">)>>,
          create_index<"orders_by_note", om::columns<"note", "user_id", "total">, descending<"user_id", "total">,
                       nulls_last<"total">, operator_class<"text_pattern_ops", "note">>,
          create_index<"orders_by_id", om::columns<"id">, om::unique>,
          set_replica_identity<replica_identity_index<"orders_by_id">>> {};
struct whole_rows : om::migration<"orders-whole-rows", orders, set_replica_identity<replica_identity_full>> {};
struct no_identity
    : om::migration<"orders-no-identity", orders, set_replica_identity<replica_identity_index<"orders_by_luck">>> {};

struct strict_orders : table<"orders", column<"id", bigint, primary_key>, column<"total", integer, not_null>> {};
struct nullable_total : om::migration<"orders-nullable-total", strict_orders, drop_not_null<"total">> {};
struct same_nulls
    : om::migration<"orders-same-nulls", orders, add_unique_nulls_not_distinct<"orders_user_note", "user_id", "note">,
                    create_index<"orders_one_total", om::columns<"total">, om::unique, nulls_not_distinct,
                                 where<sql<"{} > 5000", boolean>(col<"id">)>>> {};
struct required_user : om::migration<"orders-required-user", orders, set_not_null<"user_id">> {};
struct twice_total : om::migration<"orders-twice-total", strict_orders, add_column<"twice", integer, col<"total">>> {};
struct purchases : om::migration<"orders-purchases", orders, rename_table<"purchases">> {};
struct without_orders : om::migration<"no-orders", orders, drop_table> {};
struct with_users : om::migration<"users", users, make_table> {};

const contract_options agreed{{risk::legacy_instances}};

struct shop : lab {
  shop() { tools.ensure_state_tables(); }

  /// Without anything that a test is about.
  void plain() {
    run("CREATE TABLE users (id bigint PRIMARY KEY, email text);"
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text DEFAULT 'old');"
        "INSERT INTO users SELECT g FROM generate_series(1, 10) AS g;"
        "INSERT INTO orders SELECT g, g % 10 + 1, g, 'Note ' || g FROM generate_series(1, 1000) AS g");
  }

  /// With all that `without_total` takes away.
  void furnished() {
    run("CREATE TABLE users (id bigint PRIMARY KEY, email text);"
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint CONSTRAINT orders_user_fkey REFERENCES users ON DELETE CASCADE,"
        " total integer NOT NULL DEFAULT 3 CHECK (total > 0), note text,"
        " CONSTRAINT orders_note_key UNIQUE (note) DEFERRABLE);"
        "CREATE INDEX orders_by_total ON orders (total DESC) INCLUDE (note) WHERE note IS NOT NULL;"
        "COMMENT ON INDEX orders_by_total IS 'for the report';"
        "COMMENT ON CONSTRAINT orders_total_check ON orders IS 'nothing is free';"
        "INSERT INTO users SELECT g FROM generate_series(1, 10) AS g;"
        "INSERT INTO orders SELECT g, g % 10 + 1, g, 'Note ' || g FROM generate_series(1, 1000) AS g");
  }

  /// Everything but what is of the library's own.
  std::string schema() {
    return ask(R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE 'online%'
UNION ALL SELECT format('index %s %s %s', pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid, 'pg_class'))
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'online%'
UNION ALL SELECT format('constraint %s %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid), convalidated,
    obj_description(k.oid, 'pg_constraint')) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE connamespace = 'public'::regnamespace AND k.contype <> 'n' AND c.relname NOT LIKE 'online%') AS lines)");
  }

  template <class Migration>
  std::string refusal(auto&& work) {
    try {
      work();
    } catch (const refused& problem) {
      return problem.what();
    }
    return "(not refused)";
  }

  template <class Migration>
  void to_contracted() {
    CHECK(expand_contract<Migration>{source}.run().reached == phase::contract_ready);
    contract<Migration>(tools, prove<Migration>(tools, agreed));
    CHECK(tools.phase<Migration>() == phase::contracted);
  }

  std::string state(const std::string& sql) {
    try {
      on.execute(statement{"try", sql});
    } catch (const statement_error& problem) {
      return std::string{problem.sqlstate()};
    }
    return "ok";
  }
};

#define CHECK_CONTAINS(text, part)                 \
  do {                                             \
    INFO(text);                                    \
    CHECK((text).find(part) != std::string::npos); \
  } while (false)

}  // namespace

TEST_CASE_FIXTURE(shop, "what comes: legal writes stay legal until contract, and then everything is in force") {
  plain();
  std::string before = schema();
  expand<tidy>(tools);
  CHECK(tools.phase<tidy>() == phase::validate);
  CHECK(verify<tidy>(tools).clean());
  CHECK(tools.phase<tidy>() == phase::contract_ready);
  CHECK(state("INSERT INTO orders VALUES (5001, NULL, -1, 'Note 1'), (5002, 99, 991, 'Note 991')") == "ok");
  CHECK(state("DELETE FROM orders WHERE id > 5000") == "ok");
  CHECK_CONTAINS(refusal<tidy>([&] { prove<tidy>(tools); }), "acknowledge om::risk::legacy_instances");
  contract<tidy>(tools, prove<tidy>(tools, agreed));
  // As PostgreSQL writes it.
  CHECK(
      schema() ==
      "column orders.id bigint t \n"
      "column orders.note text f 'it''s none'::text\n"
      "column orders.total integer f \n"
      "column orders.user_id bigint t \n"
      "column users.email text f \n"
      "column users.id bigint t \n"
      "constraint orders orders_note_key UNIQUE (note, user_id) t \n"
      "constraint orders orders_pkey PRIMARY KEY (id) t \n"
      "constraint orders orders_user_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE t \n"
      "constraint orders total_is_positive CHECK ((total >= 0)) t \n"
      "constraint users users_pkey PRIMARY KEY (id) t \n"
      "index CREATE INDEX orders_by_note ON public.orders USING btree (lower(note), id) t \n"
      "index CREATE UNIQUE INDEX orders_note_key ON public.orders USING btree (note, user_id) t \n"
      "index CREATE UNIQUE INDEX orders_once ON public.orders USING btree (note) INCLUDE (total) WHERE (total > 990) t \n"
      "index CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id) t \n"
      "index CREATE UNIQUE INDEX users_pkey ON public.users USING btree (id) t ");
  CHECK(state("INSERT INTO orders VALUES (5001, NULL, 1, 'x')") == "23502");
  CHECK(state("INSERT INTO orders VALUES (5001, 1, -1, 'x')") == "23514");
  CHECK(state("INSERT INTO orders VALUES (5001, 99, 1, 'x')") == "23503");
  CHECK(state("INSERT INTO orders VALUES (5001, 2, 1, 'Note 1')") == "23505");
  revive<tidy>(tools);
  CHECK(tools.phase<tidy>() == phase::rolled_back);
  CHECK(schema() == before);
  // A new attempt.
  to_contracted<tidy>();
}

TEST_CASE_FIXTURE(shop, "rows in the way are counted, each change by itself") {
  plain();
  run("INSERT INTO orders VALUES (5001, NULL, -1, 'a'), (5002, NULL, 1, 'b'), (5003, 98, 1, 'c'), (5004, 4, 1, 'Note 3'),"
      " (5005, 4, 1, 'Note 3'), (5006, 5, 993, 'Note 993')");
  std::string before = schema();
  expand<tidy>(tools);
  violation_report found = verify<tidy>(tools);
  std::vector<std::pair<std::size_t, std::int64_t>> rows;
  for (const violation& each : found.found) rows.emplace_back(each.change, each.rows);
  // By hand: two NULLs; one negative; (Note 3, 4) three times; 98 is nobody; Note 993 twice among the totals over 990.
  CHECK(rows == std::vector<std::pair<std::size_t, std::int64_t>>{{0, 2}, {1, 1}, {2, 2}, {3, 1}, {4, 1}});
  CHECK(tools.phase<tidy>() == phase::validate);
  CHECK_CONTAINS(refusal<tidy>([&] { expand_contract<tidy>{source}.run(); }),
                 "2 rows are in the way of NOT NULL of \"user_id\"");
  CHECK_CONTAINS(refusal<tidy>([&] { prove<tidy>(tools, agreed); }), "call om::expand, then om::verify");
  rollback<tidy>(tools);
  CHECK(tools.phase<tidy>() == phase::rolled_back);
  CHECK(schema() == before);
}

TEST_CASE_FIXTURE(shop, "rows that break a constraint after they were counted stop contract, and nothing of it stays") {
  plain();
  expand_contract<tidy>{source}.run();
  std::string ready = schema();
  auto proof = prove<tidy>(tools, agreed);
  std::string row;
  std::string failed;
  SUBCASE("NULL") {
    row = "5001, NULL, 1, 'x'";
    failed = "validate_required_check";
  }
  SUBCASE("the check") {
    row = "5001, 1, -1, 'x'";
    failed = "validate_check";
  }
  SUBCASE("a duplicate") {
    row = "5001, 2, 1, 'Note 1'";
    failed = "build_unique_index";
  }
  SUBCASE("a reference to nothing") {
    row = "5001, 97, 1, 'x'";
    failed = "validate_foreign_key";
  }
  SUBCASE("a duplicate of some rows") {
    row = "5001, 1, 992, 'Note 992'";
    failed = "build_unique_index";
  }
  run("INSERT INTO orders VALUES (" + row + ")");
  std::string problem = refusal<tidy>([&] { contract<tidy>(tools, proof); });
  CHECK_CONTAINS(problem, "(\"" + failed + "\" failed)");
  CHECK_CONTAINS(problem, "1 rows are in the way of");
  CHECK(schema() == ready);
  CHECK(tools.phase<tidy>() == phase::contract_ready);
  CHECK(state("INSERT INTO orders VALUES (5002, NULL, -1, 'Note 1')") == "ok");
  run("DELETE FROM orders WHERE id > 5000");
  contract<tidy>(tools, proof);
  CHECK(tools.phase<tidy>() == phase::contracted);
}

TEST_CASE_FIXTURE(shop, "what somebody else has made under a name of the migration stays on the way back") {
  plain();
  expand_contract<tidy>{source}.run();
  run("ALTER TABLE orders ADD CONSTRAINT total_is_positive CHECK (total > -7), ALTER COLUMN user_id SET NOT NULL;"
      "CREATE UNIQUE INDEX orders_once ON orders (id, total)");
  SUBCASE("from contract-ready") { rollback<tidy>(tools); }
  SUBCASE("from contract, which leaves it as it is") {
    contract<tidy>(tools, prove<tidy>(tools, agreed));
    CHECK(state("INSERT INTO orders VALUES (5001, 99, 1, 'x')") == "23503");
    revive<tidy>(tools);
  }
  SUBCASE("from a contract that fails") {
    run("INSERT INTO orders VALUES (5001, 97, 1, 'x')");
    auto proof = prove<tidy>(tools, agreed);
    CHECK_CONTAINS(refusal<tidy>([&] { contract<tidy>(tools, proof); }), "validate_foreign_key");
    // Made by hand after it was ours and gone again.
    run("ALTER TABLE orders ADD CONSTRAINT orders_note_key UNIQUE (note, id)");
    rollback<tidy>(tools);
    run("ALTER TABLE orders DROP CONSTRAINT orders_note_key");
  }
  CHECK(tools.phase<tidy>() == phase::rolled_back);
  CHECK(
      ask("SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND"
          " contype <> 'n'") == "orders_pkey total_is_positive");
  CHECK(
      ask("SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = 'orders'::regclass") ==
      "orders_once orders_pkey");
  CHECK(state("INSERT INTO orders VALUES (5002, NULL, 1, 'x')") == "23502");
}

TEST_CASE_FIXTURE(shop, "an index that an interrupted build has left is built again") {
  plain();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  run("INSERT INTO orders SELECT 5000 + g, 1, 1, 'same' FROM generate_series(1, 2) AS g");
  around.once_before("build_index", [&] {
    CHECK(state("CREATE UNIQUE INDEX CONCURRENTLY orders_by_note ON orders (note)") == "23505");
    throw cancelled{"test"};
  });
  CHECK_THROWS_AS(expand<tidy>(hooked), cancelled);
  CHECK(ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_by_note'::regclass") == "f");
  expand<tidy>(tools);
  CHECK(ask("SELECT indisvalid::text || pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid = "
            "'orders_by_note'::regclass") ==
        "trueCREATE INDEX orders_by_note ON public.orders USING btree (lower(note), id)");
}

TEST_CASE_FIXTURE(shop, "what goes: kept until the drop, and back as it was") {
  furnished();
  std::string before = schema();
  to_contracted<without_total>();
  CHECK(state("INSERT INTO orders (id) VALUES (5001)") == "ok");
  CHECK(ask("SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass") == "1");
  std::string early = refusal<without_total>([&] { drop_retired<without_total>(tools); });
  CHECK_CONTAINS(early, "call om::retire first");
  CHECK_CONTAINS(refusal<without_total>([&] { retire<without_total>(tools); }), "om::risk::dual_writers");
  run("CREATE VIEW totals AS SELECT total FROM orders");
  std::string used = refusal<without_total>([&] { retire<without_total>(tools, {{risk::dual_writers}}); });
  CHECK_CONTAINS(used, "view public.totals");
  run("DROP VIEW totals");
  retire<without_total>(tools, {{risk::dual_writers}});
  CHECK(state("SELECT total FROM orders") == "42703");
  std::string young = refusal<without_total>([&] { drop_retired<without_total>(tools, {{risk::dropped_column}}); });
  CHECK_CONTAINS(young, "may be dropped after 86400 s");
  SUBCASE("back") {
    run("DELETE FROM orders WHERE id > 5000");
    revive<without_total>(tools);
    CHECK(tools.phase<without_total>() == phase::rolled_back);
    CHECK(ask("SELECT sum(total) FROM orders") == "500500");
    run("ALTER TABLE orders ALTER total SET NOT NULL");  // rows may have come without a value
    CHECK(schema() == before);
  }
  SUBCASE("for good") {
    std::string asked = refusal<without_total>([&] { drop_retired<without_total>(tools, {{}, 0s}); });
    CHECK_CONTAINS(asked, "om::risk::dropped_column");
    drop_retired<without_total>(tools, {{risk::dropped_column}, 0s});
    drop_retired<without_total>(tools, {{risk::dropped_column}, 0s});
    CHECK(ask("SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'orders'::regclass "
              "AND attnum > 0 AND NOT attisdropped") == "id user_id note");
    CHECK_CONTAINS(refusal<without_total>([&] { revive<without_total>(tools); }), "there is no way back");
  }
}

TEST_CASE_FIXTURE(shop, "rollback of what goes leaves everything") {
  furnished();
  std::string before = schema();
  expand_contract<without_total>{source}.run();
  rollback<without_total>(tools);
  CHECK(schema() == before);
  CHECK(tools.phase<without_total>() == phase::rolled_back);
}

TEST_CASE_FIXTURE(shop, "a rollback that comes too late for contract leaves no mark on the run") {
  furnished();
  expand_contract<without_total>{source}.run();
  hooks around;
  hooked_database own{around};
  basic_toolkit<hooked_database> hooked{own, {hasty, 200ms}};
  auto proof = prove<without_total>(tools, agreed);
  around.once_after("state_newest_run", [&] { contract<without_total>(tools, proof); });
  CHECK_THROWS_AS(rollback<without_total>(hooked), refused);
  CHECK(tools.phase<without_total>() == phase::contracted);
  retire<without_total>(tools, {{risk::dual_writers}});
  CHECK(state("SELECT total FROM orders") == "42703");
}

TEST_CASE_FIXTURE(shop, "a table goes by its name first") {
  plain();
  std::string before = schema();
  to_contracted<without_orders>();
  CHECK(schema() == before);
  run("CREATE VIEW readers AS SELECT note FROM orders; CREATE TABLE lines (order_id bigint REFERENCES orders)");
  std::string used = refusal<without_orders>([&] { retire<without_orders>(tools, {{risk::dual_writers}}); });
  CHECK_CONTAINS(used, "view public.readers");
  CHECK_CONTAINS(used, "lines_order_id_fkey on table public.lines");
  run("DROP VIEW readers; DROP TABLE lines");
  retire<without_orders>(tools, {{risk::dual_writers}});
  CHECK(state("SELECT FROM orders") == "42P01");
  SUBCASE("back") {
    revive<without_orders>(tools);
    CHECK(schema() == before);
    CHECK(ask("SELECT count(*) FROM orders") == "1000");
  }
  SUBCASE("for good") {
    drop_retired<without_orders>(tools, {{risk::dropped_table}, 0s});
    CHECK(ask("SELECT count(*) FROM pg_class WHERE relname LIKE '%orders%' AND relkind = 'r'") == "0");
  }
}

TEST_CASE_FIXTURE(shop, "a new table stays on the way back, unless it is said that it may go") {
  expand<with_users>(tools);
  CHECK(ask("SELECT count(*) FROM users") == "0");
  rollback<with_users>(tools);
  CHECK(ask("SELECT count(*) FROM users") == "0");
  CHECK_CONTAINS(refusal<with_users>([&] { expand<with_users>(tools); }), "is there already: leave the change out");
  run("DROP TABLE users");
  expand<with_users>(tools);
  rollback<with_users>(tools, {{risk::dropped_table}});
  CHECK(state("SELECT FROM users") == "42P01");
}

TEST_CASE_FIXTURE(shop, "a constant column comes without a write, and names and defaults go at contract") {
  furnished();
  run("ALTER TABLE orders ALTER note SET DEFAULT 'it''s ' || 'old'");
  std::string before = schema();
  std::string file = ask("SELECT pg_relation_filenode('orders')");
  expand_contract<loose>{source}.run();
  CHECK(ask("SELECT pg_relation_filenode('orders')") == file);
  CHECK(ask("SELECT count(*) FROM orders WHERE state = 'new' AND size = 7") == "1000");
  CHECK(state("INSERT INTO orders (id, user_id, total) VALUES (5001, 1, 1)") == "ok");
  CHECK(ask("SELECT note || state || size FROM orders WHERE id = 5001") == "it's oldnew7");
  SUBCASE("back before contract") {
    rollback<loose>(tools);
    CHECK_CONTAINS(refusal<loose>([&] { expand<loose>(tools); }), "om::risk::existing_column");
    expand<loose>(tools, {{risk::existing_column}});
    rollback<loose>(tools, {{risk::dropped_column}});
    CHECK(schema() == before);
  }
  SUBCASE("contract and back") {
    contract<loose>(tools, prove<loose>(tools, agreed));
    CHECK(state("INSERT INTO orders (id, user_id, total) VALUES (5002, 1, 1)") == "ok");
    CHECK(ask("SELECT note IS NULL FROM orders WHERE id = 5002") == "t");
    CHECK(ask("SELECT count(*) FROM pg_constraint WHERE conname = 'orders_of_user'") == "1");
    revive<loose>(tools);
    run("ALTER TABLE orders DROP state, DROP size");  // they stay on the way back
    CHECK(schema() == before);
  }
}

TEST_CASE_FIXTURE(shop, "comments, storage parameters and the replica identity come, and go as they were") {
  plain();
  run("COMMENT ON COLUMN orders.total IS 'euros'' worth \\ or less'; ALTER TABLE orders REPLICA IDENTITY FULL");
  std::string settings =
      "SELECT concat_ws('|', col_description(c.oid, 3), obj_description(c.oid), c.relreplident, (SELECT indexrelid::regclass "
      "FROM pg_index WHERE indrelid = c.oid AND indisreplident)) FROM pg_class c WHERE c.oid = 'orders'::regclass";
  std::string before = ask(settings);
  std::string shape = schema();
  CHECK_CONTAINS(refusal<no_identity>([&] { expand<no_identity>(tools); }),
                 "the table has no index \"orders_by_luck\"");
  expand_contract<told>{source}.run();
  CHECK(ask(settings) == "it's in cents, not 100 $om$|what was bought|f");
  CHECK(ask("SELECT reloptions FROM pg_class WHERE relname = 'orders_by_total'") ==
        "{fillfactor=70,deduplicate_items=false}");
  CHECK_CONTAINS(ask("SELECT indexdef FROM pg_indexes WHERE indexname = 'orders_by_note'"),
                 "(note text_pattern_ops, user_id DESC, total DESC NULLS LAST)");
  SUBCASE("back before contract") { rollback<told>(tools); }
  SUBCASE("contract and back") {
    contract<told>(tools, prove<told>(tools, agreed));
    CHECK(ask(settings) == "it's in cents, not 100 $om$|what was bought|i|orders_by_id");
    SUBCASE("one after the other") {
      expand_contract<whole_rows>{source}.run();
      contract<whole_rows>(tools, prove<whole_rows>(tools, agreed));
      CHECK(ask(settings) == "it's in cents, not 100 $om$|what was bought|f");
      revive<whole_rows>(tools);
      CHECK(ask(settings) == "it's in cents, not 100 $om$|what was bought|i|orders_by_id");
    }
    revive<told>(tools);
  }
  CHECK(ask(settings) == before);
  CHECK(schema() == shape);
}

TEST_CASE_FIXTURE(shop, "NOT NULL goes at contract, and comes back unless a row has come without a value") {
  furnished();
  std::string before = schema();
  expand_contract<nullable_total>{source}.run();
  CHECK(state("INSERT INTO orders VALUES (5001, 1, NULL, 'x')") == "23502");
  contract<nullable_total>(tools, prove<nullable_total>(tools, agreed));
  CHECK(state("INSERT INTO orders VALUES (5001, 1, NULL, 'x')") == "ok");
  CHECK_THROWS_AS(revive<nullable_total>(tools), statement_error);
  run("DELETE FROM orders WHERE id = 5001");
  revive<nullable_total>(tools);
  CHECK(schema() == before);
}

TEST_CASE_FIXTURE(shop, "a NULL may be the same as another one, where the server knows that") {
  plain();
  if (!since(15)) {
    CHECK_CONTAINS(refusal<same_nulls>([&] { expand<same_nulls>(tools); }), "from PostgreSQL 15 on");
    return;
  }
  run("INSERT INTO orders VALUES (5001, NULL, NULL, 'x'), (5002, NULL, NULL, 'x'), (5003, NULL, 1, NULL), (5004, NULL, 2, NULL)");
  expand<same_nulls>(tools);
  violation_report found = verify<same_nulls>(tools);
  REQUIRE(found.found.size() == 2);
  // By hand: a second (NULL, x) and a second (NULL, NULL); and of the totals behind 5000 a second NULL.
  CHECK(found.found[0].rows == 2);
  CHECK(found.found[1].rows == 1);
  run("DELETE FROM orders WHERE id IN (5002, 5004)");
  to_contracted<same_nulls>();
  CHECK(state("INSERT INTO orders VALUES (5005, NULL, 7, NULL)") == "23505");
  CHECK(state("INSERT INTO orders VALUES (5005, 1, NULL, 'y')") == "23505");
  CHECK(state("INSERT INTO orders VALUES (-1, 1, NULL, 'y'), (-2, 2, NULL, 'y')") == "ok");
  CHECK(count("SELECT count(*) FROM pg_constraint WHERE conname = 'orders_user_note' AND contype = 'u'") == 1);
}

TEST_CASE_FIXTURE(shop, "a NOT NULL that the server has not looked at yet is none") {
  plain();
  run("INSERT INTO orders VALUES (5001, NULL, NULL, 'x')");
  // From 18 on there may be one beside rows with NULL.
  if (since(18)) {
    run("ALTER TABLE orders ADD CONSTRAINT later NOT NULL user_id NOT VALID, ADD CONSTRAINT total_later NOT NULL total NOT VALID");
  }
  CHECK_CONTAINS(refusal<twice_total>([&] { expand<twice_total>(tools); }), "\"total\"");
  expand<required_user>(tools);
  violation_report found = verify<required_user>(tools);
  REQUIRE(found.found.size() == 1);
  CHECK(found.found[0].rows == 1);
  run("DELETE FROM orders WHERE id = 5001");
  to_contracted<required_user>();
  CHECK(state("INSERT INTO orders VALUES (5001, NULL, 1, 'x')") == "23502");
  CHECK(
      count(
          "SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'user_id' AND attnotnull") ==
      1);
  CHECK(
      count(
          "SELECT count(*) FROM pg_constraint AS k JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) "
          "WHERE k.conrelid = 'orders'::regclass AND a.attname = 'user_id' AND NOT k.convalidated") == 0);
}

TEST_CASE_FIXTURE(shop, "a table has both names until contract") {
  furnished();
  run("CREATE ROLE reader; CREATE ROLE nosy; GRANT USAGE ON SCHEMA public TO nosy;"
      "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO nosy; GRANT SELECT, UPDATE (note) ON orders TO reader; GRANT USAGE ON SCHEMA public TO reader");
  std::string before = schema();
  connection old = somebody("old");
  auto prepared = [&](int id) {
    old.execute(statement{"x", "EXECUTE by_old_name(" + std::to_string(id) + ")"});
    return old.execute(statement{"y", "SELECT note FROM orders WHERE id = " + std::to_string(id)}).text(0, 0) == "new";
  };
  script(old, "PREPARE by_old_name (bigint) AS UPDATE orders SET note = 'new' WHERE id = $1");
  CHECK(prepared(1));
  run("UPDATE orders SET note = 'old'|| id WHERE id = 1");
  expand_contract<purchases>{source}.run();
  CHECK(prepared(2));
  CHECK(ask("SELECT count(*) FROM purchases") == "1000");
  CHECK(
      state("INSERT INTO orders AS o (id, user_id, total) VALUES (1, 1, 5) ON CONFLICT (id) DO UPDATE SET total = 6") ==
      "ok");
  CHECK(ask("SELECT total FROM purchases WHERE id = 1") == "6");
  CHECK(state("SET ROLE reader") == "ok");
  CHECK(state("SELECT count(*) FROM orders") == "ok");
  CHECK(state("UPDATE orders SET note = 'r' WHERE id = 3") == "ok");
  CHECK(state("UPDATE orders SET total = 1 WHERE id = 3") == "42501");
  CHECK(state("SET ROLE nosy") == "ok");
  CHECK(state("SELECT FROM orders") == "42501");
  CHECK(state("RESET ROLE") == "ok");
  CHECK(ask("SELECT has_table_privilege('nosy', 'orders', 'SELECT')") == "f");
  SUBCASE("back before contract") { rollback<purchases>(tools); }
  SUBCASE("contract and back") {
    contract<purchases>(tools, prove<purchases>(tools, agreed));
    CHECK(state("SELECT FROM orders") == "42P01");
    revive<purchases>(tools);
  }
  CHECK(schema() == before);
  CHECK(ask("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
  run("DROP OWNED BY reader, nosy; DROP ROLE reader, nosy");
}

namespace {
struct taken : om::migration<"taken", orders, set_not_null<"user_id">,
                             add_check<"is_taken", sql<"{} > 0", boolean>(col<"total">)>,
                             create_index<"users", om::columns<"note">>,
                             add_foreign_key<"fk", om::columns<"note">, references<users, "email">>,
                             drop_index<"orders_pkey">, drop_constraint<"nothing">, drop_index<"users_pkey">> {};
struct drop_key
    : om::migration<"drop-key", orders, drop_constraint<"orders_pkey">, drop_index<"identity">, drop_column<"id">> {};
}  // namespace

TEST_CASE_FIXTURE(shop, "what is in the way is told before anything is changed") {
  plain();
  run("ALTER TABLE orders ALTER user_id SET NOT NULL, ADD CONSTRAINT is_taken CHECK (true)");
  std::string before = everything();
  std::string problem = refusal<taken>([&] { expand<taken>(tools); });
  CHECK_CONTAINS(problem, "column \"user_id\" is NOT NULL already");
  CHECK_CONTAINS(problem, "the name \"is_taken\" of the check \"is_taken\" is taken");
  CHECK_CONTAINS(problem, "the name \"users\" of the index \"users\" is taken");
  CHECK_CONTAINS(problem, "refers to \"public\".\"users\", which has no unique index over those columns");
  CHECK_CONTAINS(problem, "the index \"orders_pkey\" belongs to a constraint");
  CHECK_CONTAINS(problem, "the table has no constraint \"nothing\"");
  CHECK_CONTAINS(problem, "the table has no index \"users_pkey\"");
  CHECK(everything() == before);
  run("CREATE UNIQUE INDEX identity ON orders (user_id, id); ALTER TABLE orders REPLICA IDENTITY USING INDEX identity");
  problem = refusal<drop_key>([&] { expand<drop_key>(tools); });
  CHECK_CONTAINS(problem, "is neither CHECK nor FOREIGN KEY nor UNIQUE");
  CHECK_CONTAINS(problem, "is the table's replica identity");
  CHECK_CONTAINS(problem, "the column \"id\" belongs to the key of the table");
  run("DROP TABLE orders; CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total integer, note text)"
      " PARTITION BY HASH (id)");
  problem = refusal<tidy>([&] { expand<tidy>(tools); });
  CHECK_CONTAINS(problem, "the table is partitioned, and PostgreSQL cannot bring the index \"orders_by_note\" there");
  CHECK_CONTAINS(problem, "cannot bring the foreign key \"orders_user_fkey\" there");
}

TEST_CASE_FIXTURE(shop, "several processes take every step once") {
  plain();
  std::atomic<int> failures = 0;
  auto all = [&](auto work) {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 3; ++i) {
      workers.emplace_back([&] {
        database own{""};
        toolkit others{own, {hasty, 200ms}};
        try {
          work(own, others);
        } catch (const error& problem) {
          MESSAGE(std::string{problem.what()});
          ++failures;
        }
      });
    }
  };
  std::string before = schema();
  all([](auto& own, auto&) { expand_contract<tidy>{own}.run(); });
  auto proof = prove<tidy>(tools, agreed);
  all([&](auto&, auto& others) { contract<tidy>(others, proof); });
  CHECK(tools.phase<tidy>() == phase::contracted);
  CHECK(
      ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND convalidated AND contype <> 'n'") ==
      "4");
  CHECK(ask("SELECT count(*) FROM online_migration_runs") == "1");
  CHECK(failures == 0);
}

namespace {
struct remark : om::migration<"orders-remark", orders, rename_column<"note", "remark", text>> {};
}  // namespace

TEST_CASE_FIXTURE(shop, "a renamed column is written by either name, and keeps its values") {
  plain();
  run("ALTER TABLE orders ALTER note DROP DEFAULT");
  expand_contract<remark>{source}.run();
  run("INSERT INTO orders (id, note) VALUES (5001, 'by the old name')");
  run("INSERT INTO orders (id, remark, note) VALUES (5002, 'by the new name', NULL)");
  run("UPDATE orders SET remark = 'changed' WHERE id = 1");
  run("UPDATE orders SET note = 'changed' WHERE id = 2");
  CHECK(ask("SELECT count(*) FROM orders WHERE remark IS DISTINCT FROM note") == "0");
  CHECK(ask("SELECT count(*) FROM orders WHERE id IN (1, 2) AND note = 'changed'") == "2");
  CHECK(ask("SELECT string_agg(remark, ', ' ORDER BY id) FROM orders WHERE id > 5000") ==
        "by the old name, by the new name");
}

namespace {

struct lock_watch : shop {
  std::string strongest() {
    return ask("SELECT coalesce(max(CASE mode WHEN 'AccessExclusiveLock' THEN '8 ACCESS EXCLUSIVE' WHEN 'ShareRowExclusiveLock'"
               " THEN '6 SHARE ROW EXCLUSIVE' WHEN 'ShareLock' THEN '5 SHARE' WHEN 'ShareUpdateExclusiveLock'"
               " THEN '4 SHARE UPDATE EXCLUSIVE' ELSE '1 less' END), '0 none') FROM pg_locks WHERE pid = pg_backend_pid()"
               " AND relation = (SELECT oid FROM pg_class WHERE relname IN ('orders', 'purchases', 'om_retired_orders')"
               " AND relkind = 'r')")
        .substr(2);
  }

  std::string scans() {
    return ask(
        "SELECT coalesce(sum(pg_stat_get_xact_numscans(oid)), 0) FROM pg_class WHERE relkind = 'r' "
        "AND relname IN ('orders', 'purchases', 'om_retired_orders')");
  }

  template <class Migration>
  void check_stage(step_stage stage) {
    for (const planned_step& planned : om::plan<Migration>) {
      if (planned.step->when != stage) continue;
      CAPTURE(planned.run.name);
      if (ask(std::string{planned.state.view()}) == "done") continue;
      if (planned.step->alone) {
        run(std::string{planned.run.view()});
        continue;
      }
      run("BEGIN");
      std::string before = scans();
      run(std::string{planned.run.view()});
      std::string lock = strongest();
      if (lock == "less") lock = "none";                                                    // rows of the run
      bool gone = planned.run.name == "drop_table" || planned.run.name == "drop_old_name";  // with what was locked
      if (!gone) CHECK(lock == to_string(planned.step->lock));
      if (!gone) CHECK((scans() != before) == planned.step->scans);
      run("COMMIT");
      CHECK(ask(std::string{planned.state.view()}) == "done");
      ++steps;
    }
  }

  template <class Migration>
  void begin() {
    tools.ensure_state_tables();
    run("INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
        "safety_net) VALUES ('" +
        std::string{Migration::name.view()} + "', 1, '', 'public', 'orders', '', 'contract-ready', 'none')");
    check_stage<Migration>(step_stage::prepare);
    check_stage<Migration>(step_stage::enforce);
  }

  int steps = 0;
};

}  // namespace

TEST_CASE_FIXTURE(lock_watch, "each step takes the lock that its plan tells, and only those scan that say so") {
  plain();
  SUBCASE("what comes") {
    begin<tidy>();
    check_stage<tidy>(step_stage::undo);
    CHECK(steps == 15);
  }
  SUBCASE("what goes") {
    run("DROP TABLE orders, users");
    furnished();
    begin<without_total>();
    check_stage<without_total>(step_stage::retire);
    check_stage<without_total>(step_stage::revive);
    check_stage<without_total>(step_stage::retire);
    check_stage<without_total>(step_stage::drop);
    CHECK(steps == 9);
  }
  SUBCASE("names and defaults") {
    run("DROP TABLE orders, users");
    furnished();
    begin<loose>();
    check_stage<loose>(step_stage::undo);
    check_stage<loose>(step_stage::drop);
    CHECK(steps == 8);
  }
  SUBCASE("what is said, and the replica identity") {
    run("DROP TABLE orders, users");
    plain();
    begin<told>();
    check_stage<told>(step_stage::undo);
    CHECK(steps == 6);
  }
  SUBCASE("NOT NULL goes") {
    run("DROP TABLE orders, users");
    furnished();
    begin<nullable_total>();
    check_stage<nullable_total>(step_stage::undo);
    CHECK(steps == 5);
  }
  SUBCASE("the table's name") {
    begin<purchases>();
    CHECK(steps == 2);
  }
  SUBCASE("the table goes") {
    begin<without_orders>();
    check_stage<without_orders>(step_stage::retire);
    check_stage<without_orders>(step_stage::drop);
    CHECK(steps == 2);
  }
}
