// SPDX-License-Identifier: BSL-1.0
// What parity keeps of rows that differ: no sensitive value, not for ever, and not without end.
#include <algorithm>
#include <cstdint>
#include <string>

#include "integration/parity_support.hpp"

using namespace test;

namespace {

text_value lowered(std::string_view name) {
  std::string text{name};
  for (char& letter : text) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  return text_value{std::move(text)};
}

struct secret_names : table<"people", column<"id", bigint, primary_key>, column<"name", text, not_null, sensitive>> {};
struct of_secret_source
    : om::migration<"lower-name", secret_names, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};
struct secret_target
    : om::migration<"lower-name", people, add_column<"name_lower", text, ascii_lower(col<"name">), om::sensitive>> {};
struct secret_by_client : om::migration<"lower-name", secret_names,
                                        add_column<"name_lower", text, computed<&lowered, "lowered/1">(col<"name">)>> {
};

/// A sensitive column that the transform does not read says nothing about it.
struct secret_beside : table<"people", column<"id", bigint, primary_key>, column<"name", text, not_null>,
                             column<"address", text, sensitive>> {};
struct not_secret
    : om::migration<"lower-name", secret_beside, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};

struct secret_key : table<"people", column<"id", bigint, primary_key>, column<"mail", text, primary_key, sensitive>,
                          column<"name", text, not_null>> {};
struct of_secret_key
    : om::migration<"lower-name", secret_key, add_column<"name_lower", text, ascii_lower(col<"name">)>> {};

const char* stored =
    "SELECT string_agg(format('%s %L %L %s', array_to_string(key, ','), expected, actual, redacted), ';' "
    "ORDER BY key) FROM online_migration_parity_samples";
const char* make_wrong = "UPDATE people SET name_lower = 'Wrong Ada' WHERE id IN (1, 3)";

struct keeping : filled {
  template <class Migration>
  void three_people(const std::string& columns = "id bigint PRIMARY KEY, name text NOT NULL, address text") {
    run("CREATE TABLE people (" + columns + ")");
    run("INSERT INTO people (id, name) SELECT g, 'Secret ' || g FROM generate_series(1, 3) AS g");
    expand_options options;
    backfill_options filling;
    if (is_client_only<Migration>) {
      options.all_writers = all_writers_dual_write;
      filling.all_writers = all_writers_dual_write;
    }
    expand<Migration>(tools, options);
    REQUIRE(backfill_runner<Migration>{source, filling}.run().finished());
    corrupt("people", make_wrong);
  }

  /// All of the state tables.
  bool known(const std::string& word) { return everything().find(word) != std::string::npos; }

  template <class Migration>
  void check_redacted() {
    CHECK(check<Migration>().mismatches == 2);
    CHECK(ask(stored) == "1 NULL NULL t;3 NULL NULL t");
    run("TRUNCATE online_migration_parity_samples");
    // So many that all rows are looked at instead: of a sample some may be drawn twice.
    CHECK(parity_checker<Migration>{source}.check_sample(1000).mismatches == 2);
    CHECK(ask(stored) == "1 NULL NULL t;3 NULL NULL t");
    run("TRUNCATE online_migration_parity_samples");
    CHECK(repair<Migration>().mismatches == 2);
    CHECK(ask(stored) == "1 NULL NULL t;3 NULL NULL t");
    CHECK_FALSE(known("secret"));
    CHECK_FALSE(known("Secret"));
    CHECK_FALSE(known("Wrong Ada"));
  }
};

}  // namespace

TEST_CASE_FIXTURE(keeping, "where a source is sensitive, witnesses hold no value") {
  three_people<of_secret_source>();
  check_redacted<of_secret_source>();
}

TEST_CASE_FIXTURE(keeping, "where the new column is sensitive, witnesses hold no value") {
  three_people<secret_target>();
  check_redacted<secret_target>();
}

TEST_CASE_FIXTURE(keeping, "the same where the client computes") {
  three_people<secret_by_client>();
  check_redacted<secret_by_client>();
}

TEST_CASE_FIXTURE(keeping, "a sample of sensitive rows that are drawn holds no value") {
  run("CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL)");
  run("INSERT INTO people SELECT g, 'Secret ' || g FROM generate_series(1, 20000) AS g");
  expand<of_secret_source>(tools);
  backfill_runner<of_secret_source>{source}.run();
  corrupt("people", "UPDATE people SET name_lower = 'Wrong Ada'");
  sample_report report = parity_checker<of_secret_source>{source}.check_sample(100);
  REQUIRE_FALSE(report.all_rows);
  CHECK(report.mismatches == report.rows_checked);
  CHECK(
      ask("SELECT count(*) FILTER (WHERE redacted AND expected IS NULL AND actual IS NULL) = count(*) AND count(*) > 50 "
          "FROM online_migration_parity_samples") == "t");
}

TEST_CASE_FIXTURE(keeping, "a sensitive column that has no part in it hides nothing") {
  three_people<not_secret>();
  CHECK(check<not_secret>().mismatches == 2);
  CHECK(ask(stored) == "1 'secret 1' 'Wrong Ada' f;3 'secret 3' 'Wrong Ada' f");
}

TEST_CASE_FIXTURE(keeping, "a sensitive column of the key is stored as a hash, and values of others as they are") {
  three_people<of_secret_key>(
      "id bigint, mail text DEFAULT 'ada@example.org', name text NOT NULL, PRIMARY KEY (id, mail)");
  std::string hash = "sha256:" + ask("SELECT encode(sha256(convert_to('ada@example.org', 'UTF8')), 'hex')");
  CHECK(check<of_secret_key>().mismatches == 2);
  CHECK(ask(stored) == "1," + hash + " 'secret 1' 'Wrong Ada' f;3," + hash + " 'secret 3' 'Wrong Ada' f");
  run("TRUNCATE online_migration_parity_samples");
  CHECK(repair<of_secret_key>().mismatches == 2);
  CHECK(ask(stored) == "1," + hash + " 'secret 1' 'Wrong Ada' f;3," + hash + " 'secret 3' 'Wrong Ada' f");
  run("TRUNCATE online_migration_backfill_state");  // the cursor has to be the key as it is
  CHECK_FALSE(known("ada@example"));
}

TEST_CASE_FIXTURE(keeping, "a migration keeps no more witnesses than it was told, and the oldest go first") {
  hundred_people();
  corrupt("people", "UPDATE people SET name_lower = 'wrong'");
  parity_options some;
  some.most_witnesses = 10;
  some.most_kept_witnesses = 25;
  some.range_rows = 7;
  std::int64_t last = 0;
  for (int pass = 1; pass <= 4; ++pass) {
    last = check(some).pass;
    CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == std::min(pass * 10, 25));
  }
  std::string newest = std::to_string(last);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id = " + newest) == 10);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id = " + newest + " - 2") == 5);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id < " + newest + " - 2") == 0);
  some.most_kept_witnesses = 4;  // fewer than a pass records
  check(some);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == 4);
}

TEST_CASE_FIXTURE(keeping, "witnesses of other migrations are not counted and not deleted") {
  hundred_people();
  run("INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
      "safety_net) VALUES ('other', 1, '', '', '', '', 'backfill', 'sync-trigger');"
      "INSERT INTO online_migration_parity_passes (run_id, walk, started_in) SELECT max(run_id), 0, 'x' FROM online_migration_runs;"
      "INSERT INTO online_migration_parity_samples (run_id, pass_id, key, observed_at) SELECT (SELECT max(run_id) FROM "
      "online_migration_runs), (SELECT max(pass_id) FROM online_migration_parity_passes), ARRAY[g::text], '2001-01-01' FROM generate_series(1, 50) AS g");
  corrupt("people", "UPDATE people SET name_lower = 'wrong' WHERE id < 10");
  parity_options some;
  some.most_kept_witnesses = 5;
  check(some);
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == 55);
}

TEST_CASE_FIXTURE(keeping, "old witnesses go at the begin of a pass, but not those of the newest full pass") {
  hundred_people();
  corrupt("people", "UPDATE people SET name_lower = 'wrong' WHERE id < 4");
  parity_report first = check();
  parity_report second = check();
  run("UPDATE online_migration_parity_samples SET observed_at = observed_at - interval '31 days'");
  auto of = [&](const parity_report& pass) {
    return count("SELECT count(*) FROM online_migration_parity_samples WHERE pass_id = " + std::to_string(pass.pass));
  };
  parity_report third = repair();  // any pass
  CHECK(of(first) == 0);
  CHECK(of(second) == 3);
  CHECK(of(third) == 3);
  parity_options some;
  some.keep_witnesses = std::chrono::hours{24 * 40};
  REQUIRE(check(some).mismatches == 0);
  CHECK(of(second) == 3);  // not the newest any more, and kept for longer
  REQUIRE(check().mismatches == 0);
  CHECK(of(second) == 0);
  CHECK(of(third) == 3);
}

TEST_CASE_FIXTURE(keeping, "what speaks against the newest full pass stays, or the gate would forget it") {
  hundred_people();
  // A pass that never ends sees a mismatch after a later one has begun, and that one sees the row when it is right
  // again.
  run("INSERT INTO online_migration_parity_passes (run_id, walk, started_in) SELECT run_id, walk, phase FROM "
      "online_migration_runs");
  around.once_after("state_begin_parity_pass", [&] {
    run("INSERT INTO online_migration_parity_samples (run_id, pass_id, key) SELECT run_id, pass_id, ARRAY['95'] FROM "
        "online_migration_parity_passes ORDER BY pass_id LIMIT 1");
  });
  std::string newest = std::to_string(check().pass);
  auto opened = [&] {
    try {
      tools.mark_phase<lower_name>(phase::contract_ready);
    } catch (const refused& problem) {
      CHECK(says(problem, "saw mismatches"));
      return false;
    }
    return true;
  };
  CHECK_FALSE(opened());
  run("UPDATE online_migration_parity_samples SET observed_at = clock_timestamp() - interval '31 days';"
      "UPDATE online_migration_parity_passes SET started_at = clock_timestamp() - interval '32 days' WHERE pass_id = " +
      newest);
  CHECK_FALSE(opened());
  parity_options some;
  some.most_kept_witnesses = 0;
  parity_checker<lower_name>{source, some}.check_sample(1);  // makes room
  CHECK(count("SELECT count(*) FROM online_migration_parity_samples") == 1);
  CHECK_FALSE(opened());
  REQUIRE(check().mismatches == 0);
  CHECK(opened());
}

TEST_CASE_FIXTURE(keeping, "a pass records the alarm as it was when it began") {
  hundred_people();
  auto alarm = [&](const parity_report& pass) {
    return ask("SELECT alarm FROM online_migration_parity_passes WHERE pass_id = " + std::to_string(pass.pass));
  };
  run("DROP SEQUENCE IF EXISTS \"om_alarm_lower-name\"");
  CHECK(alarm(check()) == "0");
  run("CREATE SEQUENCE \"om_alarm_lower-name\"");
  CHECK(alarm(check()) == "0");
  run("SELECT nextval('\"om_alarm_lower-name\"'), nextval('\"om_alarm_lower-name\"')");
  around.once_after("state_begin_parity_pass", [&] { run("SELECT nextval('\"om_alarm_lower-name\"')"); });
  CHECK(alarm(check()) == "2");
  CHECK(alarm(repair()) == "3");
}
