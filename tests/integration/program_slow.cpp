// SPDX-License-Identifier: BSL-1.0
// The command line of a migration that replaces a column, to the drop and back. That of a migration that adds one, with
// pause and resume, is run by tests/consumer/starter.
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <online_migration/cli/program.hpp>

#include "support/lab.hpp"

using namespace test;

namespace {

struct accounts : table<"accounts", column<"id", bigint, primary_key>, column<"balance", integer, not_null>> {};
struct wide_balance
    : om::migration<
          "wide-balance", accounts,
          replace_column<"balance", "balance_v2", bigint, col<"balance">, cast<integer>(col<"balance_v2">), not_null>> {
};

struct wide_balance_lossy
    : om::migration<"wide-balance", accounts,
                    replace_column<"balance", "balance_v2", bigint, col<"balance">, lossy, not_null>> {};

struct orders : table<"orders", column<"id", integer, primary_key>> {};
struct wide_id : om::migration<"orders-id", orders, replace_key<"id", "id_v2", bigint>> {};

struct not_immutable
    : om::migration<
          "not-immutable", people,
          add_column<"name_lower", text, om::sql<"{} || (timestamptz '2026-01-01')::text", text>(col<"name">)>> {};

struct program : lab {
  program_options options;
  std::string said;

  program() {
    run("CREATE TABLE accounts (id bigint PRIMARY KEY, balance integer NOT NULL CHECK (balance > -1000)"
        " CONSTRAINT short CHECK (length(balance::text) < 12)); "
        "INSERT INTO accounts SELECT n, n * 10 FROM generate_series(1, 500) AS n");
    options.contract.flag_settle = 0ms;
    options.drop.least_age = std::chrono::seconds{0};
  }

  /// Runs a command in a process of its own, as a shell does. How it ended; what it told is in `said`.
  template <class Migration = wide_balance>
  int ends(std::initializer_list<const char*> words) {
    std::FILE* output = std::tmpfile();
    REQUIRE(output != nullptr);
    std::fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
      dup2(fileno(output), STDOUT_FILENO);
      dup2(fileno(output), STDERR_FILENO);
      std::vector<std::string> texts{"/usr/bin/program"};
      texts.insert(texts.end(), words.begin(), words.end());
      std::vector<char*> pointers;
      for (std::string& text : texts) pointers.push_back(text.data());
      int status = migration_program<Migration>(static_cast<int>(pointers.size()), pointers.data(), options);
      std::fflush(stdout);
      _exit(status);
    }
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    REQUIRE(WIFEXITED(status));
    said.clear();
    std::rewind(output);
    for (int letter = 0; (letter = std::fgetc(output)) != EOF;) said += static_cast<char>(letter);
    std::fclose(output);
    return WEXITSTATUS(status);
  }

  bool told(std::string_view part) {
    if (said.find(part) != std::string::npos) return true;
    MESSAGE(said);
    return false;
  }

  std::string columns() {
    return ask(
        "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'accounts'::regclass AND "
        "attnum > 0 AND NOT attisdropped");
  }

  void to_contract() {
    REQUIRE(ends({"run"}) == 0);
    REQUIRE(ends({"reads", "new"}) == 0);
    REQUIRE(ends({"contract", "--yes-contract", "--yes-legacy-instances", "--yes-left-behind"}) == 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(program, "each step of the way to the drop asks for its flag") {
  CHECK(ends({"plan"}) == 0);
  CHECK(told("-- RETIRE"));
  CHECK(columns() == "id balance");
  CHECK(ends({"run", "--chunk-rows=100"}) == 0);
  CHECK(told("phase     contract-ready"));

  CHECK(ends({"verify", "--workers=0"}) == 2);
  CHECK(ends({"verify", "--workers=2"}) == 0);

  CHECK(ends({"verify", "--brake=lag=1,2"}) == 2);
  CHECK(ends({"verify", "--brake", "all=off", "--brake=replica_lag=1,2", "--duty-cycle=0.9"}) == 0);
  CHECK(ends({"watch", "--rounds=0"}) == 2);
  CHECK(ends({"watch", "--rounds=2", "--every=0", "--brake=all=off"}) == 0);
  // Behind the trigger, which is not touched.
  run("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.balance_v2 := 0; RETURN NEW; END$$;"
      "CREATE TRIGGER \"~~spoil\" BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION spoil();"
      "UPDATE accounts SET balance = balance WHERE id = 7; DROP TRIGGER \"~~spoil\" ON accounts; DROP FUNCTION spoil()");
  options.watch.look_again_after = 0ms;
  CHECK(ends({"watch", "--rounds=1"}) == 5);
  CHECK(told("500 rows compared, 1 differ"));
  CHECK(told("rows that differ are in online_migration_parity_samples, pass "));
  run("UPDATE accounts SET balance = balance WHERE id = 7");
  CHECK(ends({"verify"}) == 0);
  CHECK(ends({"status"}) == 0);
  CHECK(told("plain keys: "));
  CHECK(told("(full), ended "));
  CHECK(told("(watch), ended "));

  CHECK(ends({"ready"}) == 3);
  CHECK(told("if that is so, say --yes-legacy-instances to `contract`"));
  CHECK(told("the read flag has to be `new`"));
  CHECK(told("and is `legacy`: `reads new`"));
  CHECK(ends({"reads"}) == 0);
  CHECK(told("reads legacy"));
  CHECK(ends({"reads", "101"}) == 2);
  CHECK(ends({"reads", "10"}) == 0);
  CHECK(ask("SELECT read_flag || read_percent FROM online_migration_runs") == "percent10");
  CHECK(ends({"reads", "new"}) == 0);
  CHECK(ends({"ready", "--yes-legacy-instances"}) == 3);
  CHECK(told("constraint short on table"));  // it may depend on how wide an integer is
  CHECK_FALSE(told("accounts_balance_check on table"));
  CHECK(told("if that is so, say --yes-left-behind to `contract`"));
  CHECK(ends({"ready", "--yes-legacy-instances", "--yes-left-behind"}) == 0);

  CHECK(ends({"contract", "--yes-contract"}) == 3);
  CHECK(ends({"contract", "--yes-legacy-instances", "--yes-left-behind"}) == 3);
  CHECK(told("say --yes-contract"));
  CHECK(ask("SELECT phase FROM online_migration_runs") == "contract-ready");
  CHECK(ends({"contract", "--yes-contract", "--yes-legacy-instances", "--yes-left-behind"}) == 0);
  CHECK(ask("SELECT phase FROM online_migration_runs") == "contracted");
  run("INSERT INTO accounts (id, balance_v2) VALUES (1000, 5000000000)");
  CHECK(ends({"rollback", "--yes-rollback"}) == 3);

  CHECK(ends({"drop", "--yes-drop"}) == 3);
  CHECK(told("is not retired: `retire` it first"));
  CHECK(ends({"retire"}) == 3);
  CHECK(told("say --yes-retire"));
  CHECK(columns() == "id balance balance_v2");
  CHECK(ends({"retire", "--yes-retire"}) == 0);
  CHECK(columns() == "id om_retired_balance balance_v2");
  CHECK(ends({"status"}) == 0);
  CHECK(told("the old column is called \"om_retired_balance\" now"));
  CHECK(ends({"drop"}) == 3);
  CHECK(told("say --yes-drop"));
  options.drop.least_age = std::chrono::hours{24};
  CHECK(ends({"drop", "--yes-drop"}) == 3);
  CHECK(told("may be dropped after"));
  options.drop.least_age = std::chrono::seconds{0};
  CHECK(ends({"drop", "--yes-drop"}) == 0);
  CHECK(columns() == "id balance_v2");
  CHECK(ask("SELECT sum(balance_v2) FROM accounts") == "5001252500");
  CHECK(ends({"revive", "--yes-revive"}) == 3);
}

TEST_CASE_FIXTURE(program, "until the drop there is a way back, all the way") {
  to_contract();
  run("INSERT INTO accounts (id, balance_v2) VALUES (1000, 7)");
  REQUIRE(ends({"retire", "--yes-retire"}) == 0);
  CHECK(ends({"revive"}) == 3);
  CHECK(told("say --yes-revive"));
  CHECK(ends({"revive", "--yes-revive"}) == 0);
  CHECK(told("in the phase validate"));
  CHECK(columns() == "id balance balance_v2");
  CHECK(ask("SELECT balance FROM accounts WHERE id = 1000") == "7");
  CHECK(ends({"run"}) == 0);
  options.rollback.flag_settle = 0ms;
  CHECK(ends({"rollback"}) == 3);
  CHECK(ends({"rollback", "--yes-rollback", "--yes-dropped-column"}) == 0);
  CHECK(columns() == "id balance");
  CHECK(ask("SELECT phase FROM online_migration_runs") == "rolled-back");
}

TEST_CASE_FIXTURE(program, "a snapshot is printed, or written where it says something else") {
  CHECK(ends({"snapshot"}) == 0);
  CHECK(told("struct accounts : om::table<\"accounts\""));
  std::string path = "/tmp/om_snapshot_" + std::to_string(getpid()) + ".hpp";
  CHECK(ends({"snapshot", "--file", path.c_str(), "--namespace", "there", "--schemas", "public,app"}) == 0);
  CHECK(told(path + " is written"));
  CHECK(ends({"snapshot", "--file", path.c_str(), "--namespace", "there"}) == 0);
  CHECK(told(path + " says the same already"));
  std::remove(path.c_str());
  CHECK(ends({"snapshot", "--schemas", "elsewhere"}) == 3);
  CHECK(told("There is no table in the schemas elsewhere"));
}

TEST_CASE_FIXTURE(lab, "a plan asks the server whether the transform is immutable, and changes nothing") {
  run(make_people);
  std::string before = everything();
  CHECK(detail::commands<not_immutable>{{}, detail::arguments{{}}}.plan() == exit_code::refused);
  CHECK(detail::commands<lower_name>{{}, detail::arguments{{}}}.plan() == exit_code::done);
  CHECK(everything() == before);
}

TEST_CASE_FIXTURE(program, "a plan tells what `run` would refuse: rights on the schema, another declaration") {
  run("CREATE ROLE planner LOGIN; GRANT USAGE ON SCHEMA public TO planner");
  CHECK(ends({"plan", "--dsn", "user=planner"}) == 3);
  CHECK(
      told("refused: this database has no state tables yet, and this role may not make them: GRANT CREATE ON SCHEMA"));
  CHECK(ends({"plan"}) == 0);
  CHECK(told("this database has no state tables yet: `run` makes them"));
  REQUIRE(ends({"run"}) == 0);
  CHECK(ends({"plan"}) == 0);
  CHECK(told("has begun, and is in the phase contract-ready"));
  CHECK(ends<wide_balance_lossy>({"plan"}) == 3);
  CHECK(told("refused: it was declared differently when it began"));
  run("DROP OWNED BY planner; DROP ROLE planner");
}

TEST_CASE_FIXTURE(program, "a comparison before the end of the backfill says why rows differ") {
  tools.ensure_state_tables();
  expand<wide_balance>(tools);
  std::stop_source stop;
  stop.request_stop();
  REQUIRE(!backfill_runner<wide_balance>{source}.run(stop.get_token()).finished());
  CHECK(ends({"verify"}) == 5);
  CHECK(told("the backfill has not ended: rows that it has not filled yet differ, too"));
}

TEST_CASE_FIXTURE(program, "help stands behind each command, and a rollback says what comes") {
  CHECK(ends({"run", "--help"}) == 0);
  CHECK(told("plan      print the SQL"));
  CHECK(columns() == "id balance");
  CHECK(ends({"stauts"}) == 2);
  CHECK(told("there is no command \"stauts\"; is it `status`? (see `program help`)"));
  REQUIRE(ends({"run"}) == 0);
  REQUIRE(ends({"rollback", "--yes-rollback"}) == 0);
  CHECK(told(
      "rolled back; the column \"balance_v2\" stays, kept by nobody. `rollback --yes-rollback --yes-dropped-column`"));
  CHECK(ends({"run"}) == 3);
  CHECK(told("om::risk::existing_column"));
  REQUIRE(ends({"rollback", "--yes-rollback", "--yes-dropped-column"}) == 0);
  CHECK(ends({"run"}) == 0);
}

TEST_CASE_FIXTURE(program, "a key is prepared between the end of the walk and contract") {
  run("CREATE TABLE orders (id integer PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 100)");
  CHECK(ends<wide_id>({"prepare"}) == 3);
  CHECK(ends<wide_id>({"run"}) == 0);
  CHECK(ends<wide_id>({"reads", "new"}) == 0);
  CHECK(ends<wide_id>({"contract", "--yes-contract", "--yes-legacy-instances", "--yes-left-behind"}) == 3);
  CHECK(told("prepare"));
  CHECK(ends<wide_id>({"prepare"}) == 0);
  CHECK(told("the indexes of the new key are there"));
  CHECK(ends<wide_id>({"prepare"}) == 0);
  CHECK(ends<wide_id>({"contract", "--yes-contract", "--yes-legacy-instances", "--yes-left-behind"}) == 0);
  CHECK(
      ask("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'p'") ==
      "PRIMARY KEY (id_v2)");
  CHECK(ends({"prepare"}) == 3);
  CHECK(told("Only om::replace_key has a key to prepare"));
}
