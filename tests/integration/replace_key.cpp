// SPDX-License-Identifier: BSL-1.0
// The key of a table becomes wider, with its sequence and everything that refers to it.
#include <string>

#include "replace_key_support.hpp"

using namespace test;

TEST_CASE("a serial key in all phases to the drop") {
  shop lab;
  lab.open();
  std::string before = lab.dump();
  lab.make_all_ready();
  CHECK(
      lab.constraints("bank.order_lines") ==
      "order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES bank.orders(id) ON UPDATE CASCADE ON DELETE CASCADE; "
      "order_lines_order_id_v2_fkey FOREIGN KEY (order_id_v2) REFERENCES bank.orders(id_v2) ON UPDATE CASCADE ON DELETE CASCADE; "
      "order_lines_pkey PRIMARY KEY (line)");
  CHECK(
      lab.constraints("bank.remarks") ==
      "remarks_order_id_fkey FOREIGN KEY (order_id) REFERENCES bank.orders(id) MATCH FULL DEFERRABLE INITIALLY DEFERRED; "
      "remarks_order_id_v2_fkey FOREIGN KEY (order_id_v2) REFERENCES bank.orders(id_v2) MATCH FULL DEFERRABLE INITIALLY DEFERRED; "
      "remarks_pkey PRIMARY KEY (remark)");
  // Again: nothing is left to do.
  std::string prepared = lab.whole();
  prepare_key<wide_id>(lab.tools);
  CHECK(difference(prepared, lab.whole()).empty());

  // Writers of every age, before contract.
  lab.run(
      "INSERT INTO bank.orders (note) VALUES ('old'); INSERT INTO bank.orders (id, note) VALUES (1000, 'old');"
      "INSERT INTO bank.order_lines (order_id) VALUES (1000); UPDATE bank.orders SET id = 1001 WHERE id = 1000;"
      "DELETE FROM bank.orders WHERE id = 30; INSERT INTO bank.orders (id_v2, note) VALUES (2000, 'new');"
      "INSERT INTO bank.order_lines (order_id_v2) VALUES (2000); UPDATE bank.orders SET id_v2 = 2001 WHERE id_v2 = 2000");
  CHECK(lab.keys_out_of_step() == 0);
  CHECK(
      lab.ask(
          "SELECT string_agg(format('%s %s', order_id, order_id_v2), ', ' ORDER BY line) FROM bank.order_lines WHERE line > 150") ==
      "1001 1001, 2001 2001");
  CHECK(lab.count("SELECT count(*) FROM bank.order_lines WHERE order_id = 30") == 0);
  CHECK(lab.ask("SELECT parent_id IS NULL AND parent_id_v2 IS NULL FROM bank.orders WHERE id = 31") == "t");
  lab.refuses("INSERT INTO bank.orders (id_v2) VALUES (3000000000)", "22003");
  // That they were not dual writers is told; here it is what was meant.
  for (auto again : {+[](shop& in) { parity_checker<wide_id>{in.source}.check_all(); },
                     +[](shop& in) { parity_checker<wide_line_order>{in.source}.check_all(); },
                     +[](shop& in) { parity_checker<wide_parent>{in.source}.check_all(); }}) {
    again(lab);
  }

  std::string missing = lab.refusal([&] { lab.contract_it<wide_id>(); });
  CHECK(has(missing, "\"lines-order\", which refers to the key, is not contracted: om::contract it first"));
  CHECK(has(missing, "relies on the old column"));
  lab.contract_references();
  lab.contract_it<wide_id>();
  CHECK(lab.constraints("bank.orders") ==
        "orders_parent_id_v2_fkey FOREIGN KEY (parent_id_v2) REFERENCES bank.orders(id_v2) ON DELETE SET NULL; "
        "orders_pkey PRIMARY KEY (id_v2)");
  CHECK(lab.ask("SELECT obj_description(oid) FROM pg_constraint WHERE conname = 'orders_pkey'") ==
        "the number on the paper");
  CHECK(lab.numbering("id_v2") == "nextval('bank.orders_id_seq'::regclass) - bank.orders_id_seq");
  CHECK(lab.numbering("id") == "- - -");
  CHECK(lab.ask("SELECT data_type || ' ' || max_value FROM pg_sequences WHERE sequencename = 'orders_id_seq'") ==
        "bigint 9223372036854775807");

  // Nothing is renamed: who leaves the key to its default goes on, and reads it under either name.
  // Three numbers were taken by the writers above.
  CHECK(lab.ask("INSERT INTO bank.orders (note) VALUES ('either') RETURNING format('%s %s', id, id_v2)") == "64 64");
  CHECK(lab.ask("INSERT INTO bank.orders (id, id_v2) VALUES (4000, 4000) RETURNING id") == "4000");
  CHECK(lab.ask("INSERT INTO bank.orders (id_v2) VALUES (4001) RETURNING id") == "4001");
  CHECK(lab.ask("UPDATE bank.orders SET id_v2 = 4002 WHERE id = 4001 RETURNING id") == "4002");
  CHECK(lab.ask("INSERT INTO bank.orders (id_v2) VALUES (3000000000) RETURNING id IS NULL") == "t");
  lab.run(
      "UPDATE bank.orders SET note = 'big' WHERE id_v2 = 3000000000;"
      "INSERT INTO bank.order_lines (order_id_v2) VALUES (3000000000), (4002)");
  lab.refuses("INSERT INTO bank.order_lines (order_id_v2) VALUES (3000000001)", "23503");
  lab.refuses("INSERT INTO bank.orders (id) VALUES (5000)", "55000");
  lab.refuses("UPDATE bank.orders SET id = 5000 WHERE id = 4000", "55000");
  lab.refuses("INSERT INTO bank.order_lines (order_id) VALUES (4000)", "55000");
  lab.run(
      "DELETE FROM bank.orders WHERE id_v2 = 4002; SELECT setval('bank.orders_id_seq', 2147483646);"
      "INSERT INTO bank.orders (note) VALUES ('last'), ('first')");
  CHECK(
      lab.ask(
          "SELECT string_agg(format('%s %s', coalesce(id::text, '-'), id_v2), ', ' ORDER BY id_v2) FROM bank.orders WHERE note IN ('last', 'first')") ==
      "2147483647 2147483647, - 2147483648");
  CHECK(lab.count("SELECT count(*) FROM bank.order_lines WHERE order_id_v2 = 4002") == 0);

  retire<wide_line_order>(lab.tools, all_new);
  retire<wide_remark_order>(lab.tools, all_new);
  CHECK(has(lab.refusal([&] { retire<wide_id>(lab.tools, all_new); }),
            "\"~om_guard_orders-parent\" of another migration"));
  retire<wide_parent>(lab.tools, all_new);
  retire<wide_id>(lab.tools, all_new);
  lab.refuses("SELECT id FROM bank.orders", "42703");
  CHECK(lab.ask("INSERT INTO bank.orders (id_v2) VALUES (4003) RETURNING om_retired_id") == "4003");
  drop_retired<wide_line_order>(lab.tools, at_once);
  drop_retired<wide_remark_order>(lab.tools, at_once);
  drop_retired<wide_parent>(lab.tools, at_once);
  drop_retired<wide_id>(lab.tools, at_once);
  // Nothing of ours is left but the names of the columns and what follows from them.
  CHECK(
      lab.count(
          "SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%') + (SELECT count(*) FROM pg_proc WHERE proname LIKE 'om\\_%')"
          " + (SELECT count(*) FROM pg_class WHERE relname LIKE 'om\\_%') + (SELECT count(*) FROM pg_attribute WHERE attname LIKE 'om\\_%')") ==
      0);
  CHECK(before != lab.dump());
  CHECK(lab.ask("INSERT INTO bank.orders (note) VALUES ('end') RETURNING id_v2") == "2147483649");
}

namespace {

/// Another migration of the same table.
struct number : om::migration<"orders-number", orders, add_column<"note_lower", text, ascii_lower(col<"note">)>> {};

/// From contract, or from after it, the whole way back to where nothing had begun.
void go_back(shop& lab, const std::string& before, const std::string& widened) {
  revive<wide_id>(lab.tools);
  CHECK(lab.tools.phase<wide_id>() == phase::validate);
  lab.refuses("INSERT INTO bank.orders (id_v2) VALUES (3000000000)", "22003");
  revive<wide_line_order>(lab.tools);
  revive<wide_remark_order>(lab.tools);
  revive<wide_parent>(lab.tools);
  CHECK(lab.keys_out_of_step() == 0);
  // Writers of every age again.
  lab.run(
      "INSERT INTO bank.orders (note) VALUES ('old'); INSERT INTO bank.orders (id, note) VALUES (1000, 'old');"
      "INSERT INTO bank.order_lines (order_id) VALUES (1000); UPDATE bank.orders SET id = 1001 WHERE id = 1000;"
      "INSERT INTO bank.orders (id_v2) VALUES (2000); INSERT INTO bank.order_lines (order_id_v2) VALUES (2000)");
  CHECK(lab.keys_out_of_step() == 0);
  lab.run("DELETE FROM bank.orders WHERE id IN (1001, 2000)");
  rollback<wide_id>(lab.tools, and_drop);
  rollback<wide_line_order>(lab.tools, and_drop);
  rollback<wide_remark_order>(lab.tools, and_drop);
  rollback<wide_parent>(lab.tools, and_drop);
  CHECK(difference(before, lab.dump()) == widened);
}

/// Contracts, retires, and comes back.
void there_and_back(const std::string& id, const std::string& widened, bool forward) {
  shop lab;
  bool is_identity = id != "serial";
  lab.open(id);
  if (is_identity) lab.run("GRANT USAGE ON SEQUENCE bank.orders_id_seq TO PUBLIC");
  std::string before = lab.dump();
  lab.make_all_ready();
  lab.contract_references();
  lab.contract_it<wide_id>();
  if (is_identity) {
    CHECK(lab.numbering("id") == "- - -");
    CHECK(lab.numbering("id_v2") == "- d bank.orders_id_seq");
    CHECK(
        lab.ask(
            "SELECT data_type || ' ' || cache_size || ' ' || last_value FROM pg_sequences WHERE sequencename = 'orders_id_seq'") ==
        "bigint 3 60");
  }
  lab.run(
      "INSERT INTO bank.orders (note) VALUES ('new'); INSERT INTO bank.order_lines (order_id_v2) VALUES (60);"
      "UPDATE bank.order_lines SET order_id_v2 = 7 WHERE line % 5 = 0");
  retire<wide_parent>(lab.tools, all_new);
  retire<wide_id>(lab.tools, all_new);
  retire<wide_line_order>(lab.tools, all_new);
  lab.run("INSERT INTO bank.orders (id_v2) VALUES (500), (2147483647)");

  // A key that does not fit is in the way, and everything stays as it is.
  lab.run("INSERT INTO bank.orders (id_v2) VALUES (2147483648)");
  CHECK(has(lab.refusal([&] { revive<wide_id>(lab.tools); }),
            "Some keys of \"orders-id\" cannot be kept in the old column"));
  lab.run("INSERT INTO bank.orders (id_v2) VALUES (2147483649); DELETE FROM bank.orders WHERE id_v2 > 2147483647");
  lab.run("SELECT setval('bank.orders_id_seq', 2147483648)");
  CHECK(
      has(lab.refusal([&] { revive<wide_id>(lab.tools); }), "The sequence of the key of \"orders-id\" has come past"));
  lab.run("SELECT setval('bank.orders_id_seq', 600)");

  if (forward) {
    revive<wide_id>(lab.tools);
    revive<wide_line_order>(lab.tools);
    lab.make_ready<wide_id>();
    lab.make_ready<wide_line_order>();
    prepare_key<wide_id>(lab.tools);
    lab.contract_it<wide_line_order>({risk::left_behind});
    lab.contract_it<wide_id>();
    CHECK(lab.numbering("id") == "- - -");
    lab.run("INSERT INTO bank.orders (id_v2) VALUES (3000000000)");
    lab.refuses("INSERT INTO bank.orders (id) VALUES (5000)", "55000");
    CHECK(lab.keys_out_of_step() == 0);
  } else {
    go_back(lab, before, widened);
  }
}

}  // namespace

TEST_CASE("the way back from contract and from retirement, and forward again") {
  // A sequence is never made narrower.
  there_and_back("serial", "differs:\n-     AS integer\n", false);
  there_and_back("integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1 INCREMENT BY 1 CACHE 3)", "", false);
  there_and_back("serial", "", true);
}

TEST_CASE("rollback before contract leaves nothing behind") {
  shop lab;
  lab.open();
  std::string before = lab.dump();
  lab.make_all_ready();
  SUBCASE("the key first") {
    rollback<wide_id>(lab.tools, and_drop);
    CHECK(
        lab.constraints("bank.remarks") ==
        "remarks_order_id_fkey FOREIGN KEY (order_id) REFERENCES bank.orders(id) MATCH FULL DEFERRABLE INITIALLY DEFERRED; "
        "remarks_pkey PRIMARY KEY (remark)");
  }
  SUBCASE("a reference first, and its column stays") {
    rollback<wide_line_order>(lab.tools, {{}, 0ms});
    // Nobody keeps that column, so its foreign key must not follow the orders.
    lab.run("UPDATE bank.order_lines SET order_id = 1 WHERE order_id = 40; DELETE FROM bank.orders WHERE id = 40");
    CHECK(lab.count("SELECT count(*) FROM bank.order_lines WHERE order_id_v2 = 40") > 0);
    rollback<wide_line_order>(lab.tools, and_drop);
    rollback<wide_id>(lab.tools, {{}, 0ms});
    lab.run(
        "INSERT INTO bank.orders (note) VALUES ('old'); INSERT INTO bank.remarks (remark, order_id) VALUES (900, 61)");
    rollback<wide_id>(lab.tools, and_drop);
  }
  SUBCASE("not while a reference has no way back but its own") {
    lab.contract_references();
    CHECK(has(lab.refusal([&] { rollback<wide_id>(lab.tools, and_drop); }), "om::revive its migration first"));
    revive<wide_line_order>(lab.tools);
    revive<wide_remark_order>(lab.tools);
    revive<wide_parent>(lab.tools);
    rollback<wide_id>(lab.tools, and_drop);
  }
  rollback<wide_id>(lab.tools, and_drop);
  rollback<wide_line_order>(lab.tools, and_drop);
  rollback<wide_remark_order>(lab.tools, and_drop);
  rollback<wide_parent>(lab.tools, and_drop);
  CHECK(difference(before, lab.dump()).empty());
}

TEST_CASE("preflight finds what no declaration covers") {
  struct {
    const char* sql;
    const char* says;
  } cases[]{
      {"CREATE TABLE bank.bills (bill integer PRIMARY KEY, order_id integer CONSTRAINT billed REFERENCES bank.orders)",
       "the foreign key \"billed\" of bank.bills refers to the key, and no declaration covers it"},
      {"ALTER TABLE bank.orders ADD UNIQUE (id, note); CREATE TABLE bank.bills (a integer, b text, CONSTRAINT pair FOREIGN KEY (a, b) "
       "REFERENCES bank.orders (id, note))",
       "the foreign key \"pair\" of bank.bills refers to the key together with other columns"},
      {"ALTER TABLE bank.remarks DROP CONSTRAINT remarks_order_id_fkey, ADD CONSTRAINT r FOREIGN KEY (order_id) REFERENCES bank.orders NOT VALID",
       "the foreign key \"r\" of bank.remarks is not valid"},
      {"ALTER TABLE bank.remarks DROP CONSTRAINT remarks_order_id_fkey, ADD CONSTRAINT r FOREIGN KEY (order_id) REFERENCES bank.orders ON DELETE SET DEFAULT",
       "has the action SET DEFAULT"},
      {"ALTER TABLE bank.remarks DROP CONSTRAINT remarks_order_id_fkey",
       "column \"order_id\" of bank.remarks (\"remarks-order\") has no foreign key to the key"},
      {"CREATE VIEW bank.grouped AS SELECT id, note FROM bank.orders GROUP BY id",
       "these depend on the primary key itself (a GROUP BY that names it alone), and have to be changed first: view bank.grouped"},
      {"CREATE TABLE bank.bills (bill integer DEFAULT nextval('bank.orders_id_seq'))",
       "these take numbers from the sequence of the key, too, which contract makes wider: "},
      {"DROP TABLE bank.order_lines, bank.remarks; ALTER TABLE bank.orders DROP CONSTRAINT orders_parent_id_fkey, "
       "DROP CONSTRAINT orders_pkey, ADD UNIQUE (id)",
       "\"id\" alone is not the primary key of the table"},
      {"DROP TABLE bank.order_lines, bank.remarks, bank.orders; CREATE TABLE bank.orders (id integer PRIMARY KEY, parent_id integer, "
       "note text) PARTITION BY RANGE (id)",
       "the table is partitioned, and the key of such a table cannot be replaced yet"},
  };
  for (auto& each : cases) {
    INFO(each.sql);
    shop lab;
    lab.open();
    lab.run(each.sql);
    preflight_report report;
    detail::inspect_key<wide_id>(lab.on, report);
    CHECK_MESSAGE(has(report.text(), each.says), report.text());
  }
  shop lab;
  lab.open();
  preflight_report quiet;
  detail::inspect_key<wide_id>(lab.on, quiet);
  CHECK(quiet.text().empty());
}

TEST_CASE("contract asks for what the key needs") {
  shop lab;
  lab.open();
  lab.make_ready<wide_id>();
  CHECK(has(lab.refusal([&] { prepare_key<wide_id>(lab.tools); }),
            "\"lines-order\", which refers to the key of \"orders-id\", is not begun"));
  lab.make_ready<wide_line_order>();
  lab.make_ready<wide_remark_order>();
  lab.make_ready<wide_parent>();
  CHECK(has(lab.refusal([&] { lab.contract_it<wide_id>(); }), "om::prepare_key"));
  prepare_key<wide_id>(lab.tools);
  lab.contract_references();
  lab.run(
      "CREATE TABLE bank.bills (bill integer PRIMARY KEY, order_id integer CONSTRAINT billed REFERENCES bank.orders (id))");
  CHECK(has(lab.refusal([&] { lab.contract_it<wide_id>(); }), "billed"));
  lab.run("DROP TABLE bank.bills");
  lab.run("CREATE PUBLICATION all_of_it FOR TABLE bank.orders");
  CHECK(has(lab.refusal([&] { lab.contract_it<wide_id>(); }), "with the primary key its replica identity moves"));
  lab.run("DROP PUBLICATION all_of_it");
  expand<number>(lab.tools);
  CHECK(
      has(lab.refusal([&] { lab.contract_it<wide_id>(); }),
          "these find rows by the old column, which may be NULL from contract on; end them first: \"orders-number\""));
  rollback<number>(lab.tools, and_drop);
  lab.contract_it<wide_id>();
  // The self reference cannot go back alone: a walk by the old key would miss rows.
  lab.run("INSERT INTO bank.orders (id_v2, parent_id_v2) VALUES (3000000000, 1)");
  CHECK(has(lab.refusal([&] { revive<wide_parent>(lab.tools); }), "the key column \"id\" may be NULL"));
}

namespace {

struct swaps : table<"swaps", in_schema<"bank">, column<"swap", bigint, primary_key>, column<"given_id", integer>,
                     column<"taken_id", integer>> {};
struct wide_given
    : om::migration<"swaps-given", swaps, replace_column<"given_id", "given_id_v2", bigint, col<"given_id">>> {};
struct wide_taken
    : om::migration<"swaps-taken", swaps, replace_column<"taken_id", "taken_id_v2", bigint, col<"taken_id">>> {};
struct wide_swapped : om::migration<"orders-swapped", orders,
                                    replace_key<"id", "id_v2", bigint, referenced_by<wide_given, wide_taken>>> {};

}  // namespace

TEST_CASE("of two columns of one table each needs its own foreign key to the new key") {
  shop lab;
  lab.run(
      "CREATE TABLE bank.orders (id serial PRIMARY KEY, parent_id integer, note text);"
      "CREATE TABLE bank.swaps (swap bigint PRIMARY KEY, given_id integer REFERENCES bank.orders, taken_id integer REFERENCES bank.orders);"
      "INSERT INTO bank.orders (note) SELECT 'n' FROM generate_series(1, 9);"
      "INSERT INTO bank.swaps SELECT g, g, 10 - g FROM generate_series(1, 9) AS g");
  lab.make_ready<wide_swapped>();
  lab.make_ready<wide_given>();
  lab.make_ready<wide_taken>();
  prepare_key<wide_swapped>(lab.tools);
  lab.run("ALTER TABLE bank.swaps DROP CONSTRAINT swaps_taken_id_v2_fkey");
  lab.contract_it<wide_given>();
  lab.contract_it<wide_taken>({risk::left_behind});
  std::string missing = lab.refusal([&] { lab.contract_it<wide_swapped>(); });
  CHECK(has(missing, "\"taken_id_v2\" of swaps has no valid foreign key to the new key"));
  CHECK_FALSE(has(missing, "\"given_id_v2\" of swaps has no valid foreign key"));
  lab.run("ALTER TABLE bank.swaps ADD FOREIGN KEY (taken_id_v2) REFERENCES bank.orders (id_v2)");
  lab.contract_it<wide_swapped>();
  CHECK(lab.ask("SELECT count(*) FROM bank.orders o JOIN bank.swaps s ON s.taken_id_v2 = o.id_v2") == "9");
}
