// SPDX-License-Identifier: BSL-1.0
// What a plan says about locks is what the server takes: each statement of several kinds of migrations, each in a
// transaction of its own, and then the strongest lock that it holds on the table.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <online_migration/cli/plan.hpp>

#include "support/lab.hpp"

using namespace test;

namespace {

int email_length(std::string_view email) { return static_cast<int>(email.size()); }

struct accounts : table<"accounts", column<"id", bigint, primary_key>, column<"email", text, not_null>,
                        column<"balance", integer, not_null>> {};

struct required
    : om::migration<"required", accounts, add_column<"email_lower", text, ascii_lower(col<"email">), not_null>> {};
struct partial : om::migration<"partial", accounts, add_column<"small", int2, om::cast<int2>(col<"balance">)>> {};
struct computed
    : om::migration<"computed", accounts,
                    add_column<"email_length", integer, om::computed<&email_length, "email_length/1">(col<"email">)>> {
};
struct replaced : om::migration<"replaced", accounts,
                                replace_column<"balance", "balance_v2", bigint, col<"balance">,
                                               om::cast<integer>(col<"balance_v2">), not_null>> {};

struct levels : table<"levels", column<"level", integer, primary_key>, column<"name", text>> {};
struct looked_up
    : om::migration<"looked-up", accounts,
                    add_column<"level_name", text, om::lookup<levels, "name">(col<"balance">), kept_by_application>> {};

struct small_accounts : table<"accounts", column<"id", integer, primary_key>> {};
struct wide_id : om::migration<"wide-id", small_accounts, replace_key<"id", "id_v2", bigint>> {};

struct lock_watch : lab {
  /// The strongest lock on the table, or the one that is looked up in, that this session holds, by its name in
  /// PostgreSQL's manual.
  std::string strongest() {
    static const std::vector<std::pair<std::string, std::string>> strength{
        {"AccessExclusiveLock", "ACCESS EXCLUSIVE"},
        {"ExclusiveLock", "EXCLUSIVE"},
        {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"},
        {"ShareLock", "SHARE"},
        {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"},
        {"RowExclusiveLock", "ROW EXCLUSIVE"},
        {"RowShareLock", "ROW SHARE"},
        {"AccessShareLock", "ACCESS SHARE"}};
    std::string held =
        ask("SELECT coalesce(string_agg(' ' || mode || ' ', ''), '') FROM pg_locks WHERE pid = pg_backend_pid() "
            "AND relation IN ('accounts'::regclass, to_regclass('levels'))");
    for (const auto& [mode, name] : strength) {
      if (held.find(" " + mode + " ") != std::string::npos) return name;
    }
    return "none";
  }

  static bool can_be_prepared(std::string_view sql) {
    for (std::string_view begin : {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}) {
      if (sql.starts_with(begin)) return true;
    }
    return false;
  }

  /// Planning takes the locks that running takes, and needs no values.
  void plan(const statement& what) {
    run("PREPARE tried AS " + std::string{what.view()});
    std::string nulls =
        ask("SELECT coalesce(repeat('NULL,', array_length(parameter_types, 1)), '') FROM "
            "pg_prepared_statements WHERE name = 'tried'");
    if (!nulls.empty()) nulls = "(" + nulls.substr(0, nulls.size() - 1) + ")";
    run("EXPLAIN EXECUTE tried" + nulls);
  }

  void check(const statement& what) {
    CAPTURE(what.name);
    run("BEGIN");
    if (can_be_prepared(what.view())) {
      CHECK_NOTHROW(plan(what));
    } else {
      CHECK_NOTHROW(run(std::string{what.view()}));
    }
    CHECK(strongest() == om::find_lock_note(what.name)->lock);
    bool drops_a_column = what.view().find("DROP COLUMN") != std::string_view::npos;
    // What is asked about it comes later.
    run(drops_a_column || what.name == "probe_table" ? "ROLLBACK" : "COMMIT");
    if (can_be_prepared(what.view())) run("DEALLOCATE tried");
    seen.insert(std::string{what.name});
  }

  template <class Migration>
  void check_all() {
    run("DROP TABLE IF EXISTS accounts CASCADE; CREATE TABLE accounts (id bigint PRIMARY KEY, email text NOT NULL, "
        "balance integer NOT NULL DEFAULT 7 CHECK (balance > -5)); INSERT INTO accounts VALUES (1, 'A', 1)");
    run("INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
        "safety_net) VALUES ('" +
        std::string{Migration::name.view()} + "', 1, '', 'public', 'accounts', '" +
        std::string{Migration::change::name.view()} + "', 'contract-ready', 'sync-trigger')");
    for (const om::detail::plan_stage& stage : om::detail::plan_stages) {
      if (stage.name == "settle") run("UPDATE accounts SET id = id");  // the trigger fills it
      if (stage.name == "net") run("UPDATE online_migration_runs SET phase = 'contracted'");
      for (std::size_t i = 0; i < statements<Migration>::count; ++i) {
        statement each = statements<Migration>::at(i);
        const om::lock_note* note = om::find_lock_note(each.name);
        REQUIRE_MESSAGE(note != nullptr, "a statement has no note: ", each.name);
        if (each.size == 0 || note->stage != stage.name) continue;
        if (each.name == "probe_column") run("CREATE TEMP TABLE online_migration_probe (LIKE accounts)");
        // Of these two triggers a table gets one.
        if (each.name == "create_dirty_part_trigger") {
          run(std::string{statements<Migration>::drop_dirty_key_trigger.view()});
        }
        check(each);
      }
    }
    run("DROP TABLE IF EXISTS pg_temp.online_migration_probe");
  }

  std::set<std::string> seen;
};

}  // namespace

TEST_CASE_FIXTURE(lock_watch, "each statement takes the lock that its plan tells") {
  tools.ensure_state_tables();
  check_all<required>();
  check_all<partial>();
  check_all<computed>();
  check_all<replaced>();
  run("CREATE TABLE levels (level integer PRIMARY KEY, name text)");
  check_all<looked_up>();
  for (const om::lock_note& note : om::detail::lock_notes) {
    CAPTURE(note.statement);
    CHECK(seen.contains(std::string{note.statement}));
  }
}

TEST_CASE_FIXTURE(lock_watch, "so does each of a key") {
  run("CREATE TABLE accounts (id integer PRIMARY KEY); INSERT INTO accounts SELECT generate_series(1, 10)");
  expand_contract<wide_id>{source}.run();
  tools.set_read_flag<wide_id>(read_flag::new_column);
  prepare_key<wide_id>(tools);
  using key = key_statements<wide_id>;
  for (const statement& each :
       {key::give_back, key::cut_over, key::retired_guard, key::find_wide_key, key::return_numbers}) {
    CAPTURE(each.name);
    run("BEGIN");
    CHECK_NOTHROW(run(std::string{each.view()}));
    CHECK(strongest() == om::find_lock_note(each.name)->lock);
    // Rolled back first, so that each of the others finds what it is for.
    run(each.name == "give_key_back" ? "ROLLBACK" : "COMMIT");
  }
}
