// SPDX-License-Identifier: BSL-1.0
// What a new column owes the one that it replaces: contract tells what is missing, whatever somebody has made
// meanwhile.
#include <string>
#include <vector>

#include "contract_support.hpp"

using namespace test;

namespace {

/// The constraints and indexes of the old column, for the new one.
struct accounts_2 : schema_after<accounts, wide_balance> {};
struct levels : table<"levels", in_schema<"bank">, column<"level", bigint, primary_key>> {};
struct owed_balance
    : om::migration<"owed-balance", accounts_2, add_check<"positive_v2", sql<"{} > -5000", boolean>(col<"balance_v2">)>,
                    add_unique<"pair_v2", "balance_v2", "id">,
                    add_foreign_key<"level_v2", om::columns<"balance_v2">, references<levels, "level">>,
                    create_index<"plain_v2", om::columns<"balance_v2">>> {};

/// A transform that reads a column beside the one that it replaces.
struct summed_balance : om::migration<"summed-balance", accounts,
                                      replace_column<"balance", "balance_v2", bigint,
                                                     col<"balance"> + length(coalesce(col<"note">, lit<"">)), lossy>> {
};

const contract_options told{{risk::legacy_instances}, 0ms};

struct owing : bank {
  ~owing() { forget_roles(); }

  void forget_roles() {
    run("DROP SCHEMA IF EXISTS bank CASCADE; DROP PUBLICATION IF EXISTS chosen; DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'Odd \"clerk') THEN"
        " DROP OWNED BY \"Odd \"\"clerk\"; DROP ROLE \"Odd \"\"clerk\"; END IF; END $$");
  }

  /// What contract says about the old column's own.
  std::string missing() {
    readiness_report report = readiness<wide_balance>(tools, told);
    std::string all;
    for (const requirement& each : report.requirements) {
      if (each.acknowledgement != risk::left_behind) continue;
      CHECK_FALSE(each.met);
      all += each.text + "\n";
    }
    return all;
  }

  std::vector<std::string> descriptions(const std::string& table, const std::string& old, const std::string& target,
                                        const std::string& type = "bigint") {
    transaction scope{on};
    std::string keeps = "true";
    auto found =
        on.execute(catalog::owed_parts, {detail::text_of("bank"), detail::text_of(table), detail::text_of(old),
                                         detail::text_of(target), detail::text_of(type), text_form_parameter(keeps)});
    std::vector<std::string> all;
    for (int row = 0; row < found.rows(); ++row) {
      if (!found.boolean(row, 2) && found.text(row, 0) != "validation") all.emplace_back(found.text(row, 1));
    }
    return all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(owing, "rights, comment and statistics target come along with the new column") {
  forget_roles();
  run("CREATE SCHEMA bank; CREATE ROLE \"Odd \"\"clerk\"");
  open_accounts();
  run("GRANT USAGE ON SCHEMA bank TO \"Odd \"\"clerk\"; GRANT SELECT (id) ON bank.accounts TO \"Odd \"\"clerk\";"
      "GRANT SELECT (balance), UPDATE (balance) ON bank.accounts TO \"Odd \"\"clerk\" WITH GRANT OPTION;"
      "GRANT REFERENCES (balance) ON bank.accounts TO PUBLIC;"
      "COMMENT ON COLUMN bank.accounts.balance IS 'in cents; it''s \"exact\"';"
      "ALTER TABLE bank.accounts ALTER COLUMN balance SET STATISTICS 77");
  auto of = [&](const std::string& column) {
    return ask(
        "SELECT format('%s %s %s', (SELECT array_agg(r ORDER BY r::text) FROM unnest(attacl) AS r), col_description(attrelid, attnum), attstattarget) FROM pg_attribute"
        " WHERE attrelid = 'bank.accounts'::regclass AND attname = '" +
        column + "'");
  };
  SUBCASE("of a column that it alone follows from") {
    expand<wide_balance>(tools);
    CHECK(has(of("balance_v2"), "exact"));
    CHECK(of("balance_v2") == of("balance"));
    // Both kinds of programs, with no more rights than they had.
    connection clerk = somebody("clerk");
    script(clerk,
           "SET ROLE \"Odd \"\"clerk\"; UPDATE bank.accounts SET balance = 5 WHERE id = 1;"
           "UPDATE bank.accounts SET balance = 6, balance_v2 = 6 WHERE id = 2");
    CHECK(ask("SELECT string_agg(balance_v2::text, ' ' ORDER BY id) FROM bank.accounts WHERE id IN (1, 2)") == "5 6");
    refuses("SELECT note FROM bank.accounts", "42501", &clerk);
    // One that was given later is told.
    run("GRANT INSERT (balance) ON bank.accounts TO PUBLIC");
    CHECK(descriptions("accounts", "balance", "balance_v2") ==
          std::vector<std::string>{"privilege INSERT on the column, of PUBLIC"});
  }
  SUBCASE("but no right to read what follows from other columns too") {
    expand<summed_balance>(tools);
    CHECK(of("balance_v2") == " in cents; it's \"exact\" 77");
    CHECK(descriptions("accounts", "balance", "balance_v2").size() == 3);
  }
}

TEST_CASE_FIXTURE(owing, "each kind of part by itself is reason enough to ask for parts, and nothing else is") {
  auto asked = [&](const std::string& sql) {
    connection other = source.connect();
    script(
        other,
        "BEGIN; DROP SCHEMA IF EXISTS bank CASCADE; CREATE SCHEMA bank;"
        "CREATE TABLE bank.book (id integer PRIMARY KEY, balance integer DEFAULT 3 NOT NULL, note text) PARTITION BY RANGE (id);"
        "CREATE TABLE bank.early PARTITION OF bank.book FOR VALUES FROM (0) TO (9);" +
            sql);
    std::string keeps = "true";
    auto rows = [&](const statement& what, std::initializer_list<parameter> parameters) {
      return other.execute(what, std::span<const parameter>{parameters.begin(), parameters.size()}).rows();
    };
    int parts =
        rows(catalog::owed_parts, {detail::text_of("bank"), detail::text_of("book"), detail::text_of("balance"),
                                   detail::text_of("note"), detail::text_of("bigint"), text_form_parameter(keeps)});
    int reasons =
        rows(catalog::may_owe, {detail::text_of("bank"), detail::text_of("book"), detail::text_of("balance")});
    script(other, "ROLLBACK");
    return std::pair{parts > 0, reasons > 0};
  };
  std::vector<std::string> kinds{
      "GRANT SELECT (balance) ON bank.book TO PUBLIC",
      "GRANT SELECT (balance) ON bank.early TO PUBLIC",
      "COMMENT ON COLUMN bank.early.balance IS 'x'",
      "ALTER TABLE bank.early ALTER COLUMN balance SET STATISTICS 7",
      "CREATE INDEX ON bank.book (balance)",
      "CREATE INDEX ON bank.early (id) INCLUDE (balance)",
      "CREATE INDEX ON bank.early ((balance + 1))",
      "CREATE INDEX ON bank.early (id) WHERE balance > 0",
      "ALTER TABLE bank.book ADD CHECK (balance > 0)",
      "ALTER TABLE bank.early ADD CHECK (balance > id)",
      "ALTER TABLE bank.early ADD UNIQUE (balance)",
      "ALTER TABLE bank.book ADD UNIQUE (id, balance)",
      "ALTER TABLE bank.early ADD EXCLUDE (balance WITH =)",
      "CREATE TABLE bank.levels (level integer PRIMARY KEY); ALTER TABLE bank.book ADD FOREIGN KEY (balance) REFERENCES bank.levels",
      "CREATE STATISTICS bank.together ON id, balance FROM bank.early"};
  if (since(15)) kinds.emplace_back("CREATE PUBLICATION chosen FOR TABLE bank.early (id, balance)");
  for (const std::string& each : kinds) {
    CAPTURE(each);
    CHECK(asked(each) == std::pair{true, true});
  }
  for (std::string each :
       {"SELECT", "CREATE VIEW bank.seen AS SELECT balance FROM bank.book", "GRANT SELECT ON bank.book TO PUBLIC",
        "CREATE INDEX ON bank.book (note); COMMENT ON TABLE bank.book IS 'x'",
        "CREATE FUNCTION bank.f () RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
        "CREATE TRIGGER t BEFORE UPDATE OF balance ON bank.early FOR EACH ROW EXECUTE FUNCTION bank.f ()"}) {
    CAPTURE(each);
    CHECK(asked(each) == std::pair{false, false});
  }
}

TEST_CASE_FIXTURE(owing, "constraints and indexes that nothing takes the place of stop contract until that is said") {
  run("CREATE TABLE bank.levels (level bigint PRIMARY KEY); INSERT INTO bank.levels SELECT generate_series(-1000, 1000);"
      "CREATE TABLE bank.small (level integer PRIMARY KEY); INSERT INTO bank.small SELECT generate_series(-1000, 1000);"
      "CREATE TABLE bank.accounts (id integer PRIMARY KEY,"
      " balance integer NOT NULL CONSTRAINT level REFERENCES bank.levels, note text,"
      " CONSTRAINT positive CHECK (balance > -5000), CONSTRAINT pair UNIQUE (balance, id),"
      " CONSTRAINT others CHECK (note <> ''));"
      "CREATE UNIQUE INDEX one_rich ON bank.accounts ((balance > 999)) WHERE balance > 999;"
      "CREATE UNIQUE INDEX notes ON bank.accounts (note); CREATE INDEX plain ON bank.accounts (balance);"
      "CREATE STATISTICS bank.together ON balance, note FROM bank.accounts;"
      "INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-99, 99) AS g");
  if (since(15)) run("CREATE PUBLICATION chosen FOR TABLE bank.accounts (id, balance)");
  std::string before = tools.session().retrying([](auto& session) { return preflight<wide_balance>(session).text(); });
  CHECK(has(before, "of the old column these come along, unless expand_options.bring_along says no: "));
  for (const char* each : {"index bank.plain (USING btree (balance))", "constraint positive on table bank.accounts"}) {
    CHECK(has(before, each));
  }
  bring_to(phase::contract_ready, {.acknowledged = {risk::publications}});
  tools.set_read_flag<wide_balance>(read_flag::new_column);
  std::string whole_before = whole();
  std::string text = missing();
  for (const char* each :
       {"index bank.plain (USING btree (balance))", "constraint pair on table bank.accounts (UNIQUE (balance, id))",
        "index bank.one_rich (UNIQUE USING btree (((balance > 999))) WHERE (balance > 999))",
        "constraint positive on table bank.accounts (CHECK ((balance > '-5000'::integer)))",
        "constraint level on table bank.accounts (FOREIGN KEY (balance) REFERENCES bank.levels(level))",
        "statistics object bank.together", since(15) ? "the column list of publication chosen" : "statistics"}) {
    CAPTURE(each);
    CAPTURE(text);
    CHECK(has(text, each));
  }
  for (const char* each : {"others", "notes", "accounts_pkey"}) CHECK_FALSE(has(text, each));
  CHECK(says(caught<refused>([&] { (void)prove<wide_balance>(tools, told); }), "(acknowledge om::risk::left_behind)"));
  CHECK(difference(whole_before, whole()) == "");

  // Given by the declaration, and by hand what a declaration does not know.
  expand_contract<owed_balance>{source}.run();
  contract(tools, prove<owed_balance>(tools, told));
  run("CREATE UNIQUE INDEX one_rich_v2 ON bank.accounts ((balance_v2 > 999)) WHERE balance_v2 > 999;"
      "CREATE STATISTICS bank.together_v2 ON balance_v2, note FROM bank.accounts");
  if (since(15)) run("ALTER PUBLICATION chosen SET TABLE bank.accounts (id, balance, balance_v2)");
  CHECK(missing() == "");

  SUBCASE("counterparts that do less are none") {
    struct worse {
      const char* make;
      const char* words;
    };
    for (
        const worse& each :
        {worse{
             "ALTER TABLE bank.accounts DROP CONSTRAINT pair_v2; CREATE INDEX pair_v2 ON bank.accounts (balance_v2, id)",
             "constraint pair "},
         worse{"ALTER TABLE bank.accounts DROP CONSTRAINT positive_v2;"
               "ALTER TABLE bank.accounts ADD CONSTRAINT positive_v2 CHECK (balance_v2 > -5000) NOT VALID",
               "constraint positive "},
         worse{"ALTER TABLE bank.accounts DROP CONSTRAINT level_v2; ALTER TABLE bank.accounts ADD CONSTRAINT level_v2"
               " FOREIGN KEY (balance_v2) REFERENCES bank.levels ON DELETE CASCADE",
               "constraint level "},
         worse{"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'bank.plain_v2'::regclass",
               "index bank.plain "},
         worse{
             "DROP INDEX bank.one_rich_v2; CREATE UNIQUE INDEX one_rich_v2 ON bank.accounts ((balance_v2 > 999)) WHERE balance_v2 > 9999",
             "index bank.one_rich "}}) {
      CAPTURE(each.make);
      CHECK_FALSE(has(missing(), each.words));
      run(each.make);
      CHECK(has(missing(), each.words));
    }
  }
  SUBCASE("with all of them it goes on, and every row is as safe as before") {
    contract(tools, prove<wide_balance>(tools, told));
    CHECK(tools.phase<wide_balance>() == phase::contracted);
    refuses("INSERT INTO bank.accounts (id, balance_v2) VALUES (901, -6000)", "23514");
    refuses("INSERT INTO bank.accounts (id, balance_v2) VALUES (901, 5001)", "23503");
  }
}

TEST_CASE_FIXTURE(owing, "a counterpart is found under names that need quotes, and among names that begin alike") {
  run(R"sql(CREATE TABLE bank.odd (id integer PRIMARY KEY, "a.b$ (""x"")" integer CHECK ("a.b$ (""x"")" > 0),
    "n\1&" bigint, a integer, a_2 integer);
    CREATE INDEX odd_i ON bank.odd ("a.b$ (""x"")", id); CREATE INDEX odd_a ON bank.odd (a, a_2))sql");
  std::string odd = "a.b$ (\"x\")";
  CHECK(descriptions("odd", odd, "n\\1&").size() == 2);
  CHECK(descriptions("odd", "a", "a_3").size() == 1);
  CHECK(descriptions("odd", "a", "a_3", "no_such_type").size() == 1);
  run(R"sql(ALTER TABLE bank.odd ADD CHECK ("n\1&" > 0); CREATE INDEX ON bank.odd ("n\1&", id))sql");
  CHECK(descriptions("odd", odd, "n\\1&").empty());
  run("ALTER TABLE bank.odd ADD COLUMN a_3 bigint; CREATE INDEX ON bank.odd (a_3, a_2)");
  CHECK(descriptions("odd", "a", "a_3").empty());
}
