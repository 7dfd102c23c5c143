// SPDX-License-Identifier: BSL-1.0
// Columns that move to another table: one expand, one walk, one proof over both tables, whoever writes meanwhile.

#include <atomic>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "contract_support.hpp"
#include "support/hooked_database.hpp"

using namespace test;

namespace {

struct members : table<"members", in_schema<"bank">, column<"id", bigint, primary_key>, column<"name", text, not_null>,
                       column<"bio", text>, column<"avatar", text>> {};

struct profiles : table<"profiles", in_schema<"bank">, column<"member_id", bigint, primary_key>, column<"bio", text>,
                        column<"picture", text, not_null>> {};

struct move_profile
    : om::migration<"move-profile", members,
                    move_columns<profiles, moved<"bio">, moved<"picture", coalesce(col<"avatar">, lit<"none">)>>> {};

/// The avatar leaves the first table as well; the name is read, and stays.
struct move_all : om::migration<"move-all", members,
                                move_columns<profiles, moved<"bio">, from<"avatar", lossy>,
                                             moved<"picture", coalesce(col<"avatar">, col<"name">)>>> {};

/// Nothing leaves: the other table follows for ever.
struct only_reads
    : om::migration<"only-reads", members,
                    move_columns<profiles, moved<"bio", concat(col<"name">, lit<"">)>, moved<"picture", col<"name">>>> {
};

struct seats : table<"seats", in_schema<"bank">, column<"hall", text, primary_key>,
                     column<"seat", integer, primary_key>, column<"guest", text, sensitive>> {};

struct guests : table<"guests", in_schema<"bank">, column<"in_hall", text, primary_key>,
                      column<"on_seat", integer, primary_key>, column<"guest", text, sensitive>> {};

struct move_guests : om::migration<"move-guests", seats, move_columns<guests, moved<"guest">>> {};

struct moving : bank {
  hooks around;
  hooked_database hooked{around};

  moving() {
    run("CREATE TABLE bank.members (id bigint PRIMARY KEY, name text NOT NULL, bio text, avatar text);"
        "INSERT INTO bank.members SELECT g, 'm' || g, nullif('bio ' || g % 7, 'bio 0'), nullif('a' || g % 5, 'a0') "
        "FROM generate_series(-99, 100) AS g");
  }

  /// By SQL that has nothing to do with the library's.
  std::int64_t wrong() {
    return count(
        "SELECT count(*) FROM bank.members AS m FULL JOIN bank.profiles AS p ON p.member_id = m.id WHERE m.id IS NULL OR "
        "p.member_id IS NULL OR m.bio IS DISTINCT FROM p.bio OR coalesce(m.avatar, 'none') IS DISTINCT FROM p.picture");
  }

  std::string profile(int id) {
    return ask("SELECT coalesce((SELECT concat_ws('|', bio, picture) FROM bank.profiles WHERE member_id = " +
               std::to_string(id) + "), 'no row')");
  }

  backfill_result fill() {
    backfill_options some;
    some.chunk = fixed_chunk(30);
    return backfill_runner<move_profile, hooked_database>{hooked, some}.run();
  }

  parity_report check() { return parity_checker<move_profile>{source}.check_all(); }

  template <class Migration>
  parity_report check_all_of() {
    return parity_checker<Migration>{source}.check_all();
  }

  void begin() {
    expand<move_profile>(tools);
    tools.mark_phase<move_profile>(phase::backfill);
  }
};

}  // namespace

TEST_CASE_FIXTURE(moving, "a whole life, beside writers who know only the first table and writers who know both") {
  expand<move_profile>(tools);
  CHECK(ask("SELECT string_agg(column_name || ' ' || is_nullable, ', ' ORDER BY ordinal_position) FROM "
            "information_schema.columns WHERE table_name = 'profiles'") == "member_id NO, bio YES, picture NO");
  CHECK(ask("SELECT target_column FROM online_migration_runs") == R"("bank"."profiles")");
  connection application = somebody();
  dual_writer<move_profile> write{application};
  auto write_in_both_ways = [&](const std::string& word) {
    run("UPDATE bank.members SET bio = 'old " + word + "' WHERE id = 1; UPDATE bank.members SET avatar = '" + word +
        "' WHERE id = 2");
    CHECK(profile(1) == "old " + word + "|a1");
    CHECK(write.update(key(3), set<"bio">("new " + word)) == 1);
    CHECK(write.update(key(3), set<"name">("nothing follows from it")) == 1);
    CHECK(write.update(key(4711), set<"bio">("nobody")) == 0);
    CHECK(write.upsert(key(4), set<"name">("x"), set<"avatar">("up " + word)) == 1);
    CHECK(profile(3) == "new " + word + "|a3");
    CHECK(profile(4) == "bio 4|up " + word);
  };
  write_in_both_ways("one");
  run("INSERT INTO bank.members (id, name) VALUES (500, 'old'), (510, 'goes'); DELETE FROM bank.members WHERE id = 510");
  CHECK(profile(500) == "none");
  CHECK(profile(510) == "no row");
  CHECK(write.insert(key(501), set<"name">("new"), set<"bio">("b")) == 1);
  CHECK(profile(501) == "b|none");
  // A key that moves, before its row is filled and after.
  run("UPDATE bank.members SET id = 700 WHERE id = 10; UPDATE bank.members SET id = 701 WHERE id = 1");
  CHECK(profile(701) == "old one|a1");
  CHECK(profile(1) == "no row");
  run("UPDATE bank.members SET id = 1 WHERE id = 701");
  tools.mark_phase<move_profile>(phase::backfill);
  backfill_result filled = fill();
  CHECK(filled.finished());
  CHECK(wrong() == 0);
  write_in_both_ways("two");
  CHECK(write.erase(key(501)) == 1);
  CHECK(profile(501) == "no row");
  CHECK(check().mismatches == 0);
  CHECK(parity_checker<move_profile>{source}.check_sample(50).mismatches == 0);
  settle<move_profile>(tools);
  tools.mark_phase<move_profile>(phase::contract_ready);
  write_in_both_ways("three");
  // Back: the other table goes only if that is acknowledged, and the first one never changed.
  rollback<move_profile>(tools, {.flag_settle = 0ms});
  CHECK(count("SELECT count(*) FROM bank.profiles") > 0);
  CHECK(says(caught<refused>([&] { expand<move_profile>(tools); }), "is there already"));
  rollback<move_profile>(tools, {{risk::dropped_column}, 0ms});
  CHECK(ask("SELECT to_regclass('bank.profiles') IS NULL") == "t");
  run("TRUNCATE bank.members; INSERT INTO bank.members (id, name) VALUES (1, 'again')");
  expand<move_profile>(tools);
  tools.mark_phase<move_profile>(phase::backfill);
  fill();
  CHECK(wrong() == 0);
}

TEST_CASE_FIXTURE(moving, "a dual write writes both tables by itself") {
  expand<move_profile>(tools);
  run("ALTER TABLE bank.members DISABLE TRIGGER USER");
  connection application = somebody();
  dual_writer<move_profile> write{application};
  CHECK(write.insert(key(900), set<"name">("n"), set<"bio">("b")) == 1);
  CHECK(profile(900) == "b|none");
  CHECK(write.update(key(900), set<"avatar">("a")) == 1);
  CHECK(profile(900) == "b|a");
  // The row of the other table may be missing: of what is not given the values are those that the first one has.
  CHECK(write.update(key(1), set<"bio">("filled on the way")) == 1);
  CHECK(profile(1) == "filled on the way|a1");
  CHECK(write.upsert(key(901), set<"name">("n"), set<"avatar">("new")) == 1);
  CHECK(write.upsert(key(900), set<"name">("n"), set<"avatar">("changed")) == 1);
  CHECK(profile(901) == "new");
  CHECK(profile(900) == "b|changed");
  std::vector<int> ids{900, 901, 4711};
  CHECK(write.update_many(ids, [](int id) { return row_of(key(id), set<"bio">("many")); }) == 2);
  CHECK(profile(901) == "many|new");
  CHECK(write.erase(key(900)) == 1);
  CHECK(profile(900) == "no row");
}

TEST_CASE_FIXTURE(moving, "parity finds a missing row and a differing one, and repair puts them right") {
  begin();
  fill();
  run("DELETE FROM bank.profiles WHERE member_id IN (5, 6); UPDATE bank.profiles SET bio = 'planted' WHERE member_id = 7");
  CHECK(wrong() == 3);
  parity_report found = check();
  CHECK(found.mismatches == 3);
  CHECK(ask("SELECT string_agg(concat_ws(' ', key[1], expected, '/', actual), E'\\n' ORDER BY key[1]) FROM "
            "online_migration_parity_samples") ==
        "5 {\"bio\" : \"bio 5\", \"picture\" : \"none\"} /\n6 {\"bio\" : \"bio 6\", \"picture\" : \"a1\"} /\n"
        "7 {\"bio\" : null, \"picture\" : \"a2\"} / {\"bio\" : \"planted\", \"picture\" : \"a2\"}");
  CHECK(caught<statement_error>([&] { run("INSERT INTO bank.profiles VALUES (4711, 'orphan', 'x')"); }).sqlstate() ==
        "23503");
  CHECK(parity_checker<move_profile>{source}.repair().mismatches == 3);
  CHECK(wrong() == 0);
  CHECK(check().mismatches == 0);
  run("ALTER TABLE bank.profiles DROP CONSTRAINT profiles_member_id_fkey");
  CHECK(says(caught<refused>([&] { tools.mark_phase<move_profile>(phase::contract_ready); }), "The foreign key of"));
}

TEST_CASE_FIXTURE(moving, "replicated writes, and a trigger of the table's own that writes the row once more") {
  expand<move_profile>(tools);
  run("SET session_replication_role = replica; UPDATE bank.members SET bio = 'replica' WHERE id = 1;"
      "INSERT INTO bank.members (id, name) VALUES (800, 'x'); UPDATE bank.members SET id = 801 WHERE id = 800;"
      "UPDATE bank.members SET bio = 'y' WHERE id = 2; DELETE FROM bank.members WHERE id = 2; RESET session_replication_role");
  CHECK(profile(1) == "replica|a1");
  CHECK(profile(800) == "no row");
  CHECK(profile(801) == "none");
  CHECK(profile(2) == "no row");
  run("CREATE FUNCTION bank.again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "UPDATE bank.members SET bio = 'last' WHERE id = NEW.id; RETURN NULL; END $$;"
      "CREATE TRIGGER a_again AFTER UPDATE ON bank.members FOR EACH ROW WHEN (NEW.bio = 'first') "
      "EXECUTE FUNCTION bank.again(); UPDATE bank.members SET bio = 'first' WHERE id = 3");
  CHECK(profile(3) == "last|a3");
}

TEST_CASE_FIXTURE(moving, "who knows only the first table needs no rights on the other") {
  expand<move_profile>(tools);
  run("CREATE ROLE clerk; GRANT USAGE ON SCHEMA bank TO clerk; GRANT SELECT, INSERT, UPDATE, DELETE ON bank.members TO clerk;"
      "SET ROLE clerk; UPDATE bank.members SET bio = 'by a clerk' WHERE id = 1; RESET ROLE");
  CHECK(profile(1) == "by a clerk|a1");
  run("DROP OWNED BY clerk; DROP ROLE clerk");
}

TEST_CASE_FIXTURE(moving, "writes between the statements of a chunk, and while it waits for a row") {
  begin();
  connection writer = somebody();
  database library{"application_name=library"};
  backfill_options patient;
  patient.chunk = fixed_chunk(30);
  auto fill_beside = [&] { return std::jthread{[&] { backfill_runner<move_profile>{library, patient}.run(); }}; };
  SUBCASE("a row that is written and not committed when the chunk comes, which waits for it") {
    script(writer, "BEGIN; UPDATE bank.members SET bio = 'newer', avatar = 'newest' WHERE id = -98");
    std::jthread filling = fill_beside();
    until_blocked("library");
    script(writer, "COMMIT");
  }
  SUBCASE("a row that is deleted and not committed") {
    script(writer, "BEGIN; DELETE FROM bank.members WHERE id = -98");
    std::jthread filling = fill_beside();
    until_blocked("library");
    script(writer, "COMMIT");
  }
  SUBCASE("a key that moves behind the cursor") {
    around.once_after(
        "commit", [&] { run("UPDATE bank.members SET id = -1000 WHERE id = 90"); }, 2);
  }
  SUBCASE("a row that is deleted and inserted again") {
    around.once_before("fence", [&] {
      run("DELETE FROM bank.members WHERE id = -99; INSERT INTO bank.members VALUES (-99, 'again', 'again')");
    });
  }
  fill();
  CHECK(fill().finished());
  CHECK(wrong() == 0);
  CHECK(check().mismatches == 0);
}

TEST_CASE_FIXTURE(moving, "many writers of all kinds beside several walks") {
  begin();
  std::jthread writers[3];
  std::atomic<int> done{0};
  for (int who = 0; who < 3; ++who) {
    writers[who] = std::jthread{[&, who](const std::stop_token& stop) {
      connection own = somebody();
      dual_writer<move_profile> write{own};
      for (int i = 0; !stop.stop_requested() || i < 150; ++i) {
        std::string id = std::to_string(i * 7 % 40 - 20);
        std::string word = std::to_string(who) + "-" + std::to_string(i);
        if (who == 0) write.upsert(key(i * 7 % 40 - 20), set<"name">("n"), set<"bio">(word));
        if (who == 1) script(own, "UPDATE bank.members SET bio = '" + word + "' WHERE id = " + id);
        if (who == 2 && i % 3 == 0) script(own, "DELETE FROM bank.members WHERE id = " + id);
        if (who == 2) write.update(key(i * 11 % 40 - 20), set<"avatar">(word));
        ++done;
      }
    }};
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(fill().finished());
    if (i < 2) {
      run("DELETE FROM bank.profiles WHERE member_id > 50");
      tools.mark_phase<move_profile>(phase::backfill);
    }
  }
  for (auto& each : writers) each.request_stop();
  for (auto& each : writers) each.join();
  CHECK(wrong() == 0);
}

TEST_CASE_FIXTURE(moving, "a composite key, and values that no witness shows") {
  run("CREATE TABLE bank.seats (hall text, seat integer, guest text, PRIMARY KEY (hall, seat));"
      "INSERT INTO bank.seats SELECT 'h' || g % 3, g, 'guest ' || g FROM generate_series(1, 50) AS g");
  expand<move_guests>(tools);
  tools.mark_phase<move_guests>(phase::backfill);
  CHECK(backfill_runner<move_guests>{source, {.chunk = fixed_chunk(7)}}.run().finished());
  auto same = [&] {
    return ask(
        "SELECT count(*) FROM bank.seats AS s JOIN bank.guests AS g ON (g.in_hall, g.on_seat) = (s.hall, s.seat) "
        "AND g.guest = s.guest");
  };
  CHECK(same() == "50");
  run("UPDATE bank.guests SET guest = 'planted' WHERE on_seat = 9");
  CHECK(parity_checker<move_guests>{source}.check_all().mismatches == 1);
  CHECK(ask("SELECT concat_ws(' ', key[1], key[2], expected, actual, redacted) FROM online_migration_parity_samples") ==
        "h0 9 t");
}

TEST_CASE_FIXTURE(moving,
                  "contract: the other table is the one, and what leaves the first is guarded, retired and dropped") {
  run("ALTER TABLE bank.members ALTER bio SET DEFAULT 'no bio', ADD CONSTRAINT short CHECK (avatar <> 'long');"
      "CREATE INDEX ON bank.members (bio)");
  bring_to<move_all>(phase::contract_ready);
  connection application = somebody();
  dual_writer<move_all> write{application};
  // Whoever relies on the trigger is not ready.
  run("UPDATE bank.members SET bio = 'by the trigger' WHERE id = 1");
  tools.set_read_flag<move_all>(read_flag::new_column);
  auto missing = [&](std::vector<risk> acknowledged) { return readiness<move_all>(tools, {acknowledged, 0ms}).text(); };
  CHECK(has(missing({}), "the sync trigger had to put 1 writes right"));
  CHECK(has(missing({}), "there is no inverse"));
  CHECK(has(missing({}), "constraint short on table bank.members"));
  CHECK(has(missing({}), "index bank.members_bio_idx"));
  REQUIRE(check_all_of<move_all>().mismatches == 0);
  CHECK_FALSE(has(missing({}), "had to put"));
  contract_now<move_all>();
  CHECK(tools.phase<move_all>() == phase::contracted);
  contract_now<move_all>();

  // Programs that know only the first table are stopped, whatever else they write.
  connection old = somebody();
  refuses("UPDATE bank.members SET bio = 'stale' WHERE id = 1", "55000", &old);
  refuses("INSERT INTO bank.members (id, name, avatar) VALUES (900, 'n', 'a')", "55000", &old);
  refuses("UPDATE bank.members SET avatar = NULL WHERE id = 1", "55000", &old);
  refuses(
      "BEGIN; UPDATE bank.members SET avatar = 'x' WHERE id = 1; UPDATE bank.profiles SET bio = 'y' WHERE member_id = 1; COMMIT",
      "55000", &old);
  script(old, "ROLLBACK; UPDATE bank.members SET name = 'anybody may' WHERE id = 1; UPDATE bank.members SET bio = bio");
  CHECK(profile(1) == "by the trigger|a1");

  // Programs that write both pass, in one statement or the other table first.
  script(old,
         "BEGIN; UPDATE bank.profiles SET picture = 'p', bio = 'both' WHERE member_id = 2;"
         "UPDATE bank.members SET avatar = 'p', bio = 'both' WHERE id = 2; COMMIT");
  // No way around it by another key, and nothing that is still to come when a transaction goes on.
  refuses(
      "BEGIN; UPDATE bank.members SET bio = 'stale' WHERE id = 1; UPDATE bank.members SET id = 801 WHERE id = 1; COMMIT",
      "55000", &old);
  script(old, "ROLLBACK");
  refuses(
      "BEGIN; INSERT INTO bank.members VALUES (802, 'n', 'lost'); UPDATE bank.members SET id = 803 WHERE id = 802; COMMIT",
      "55000", &old);
  script(old,
         "ROLLBACK; BEGIN; UPDATE bank.members SET name = 'n' WHERE id = 1; ALTER TABLE bank.members ADD extra integer;"
         "ALTER TABLE bank.members DROP extra; COMMIT");
  CHECK(profile(2) == "both|p");
  // Programs of the new kind: the dual writer does not undo what they wrote in other columns.
  run("UPDATE bank.profiles SET picture = 'newest', bio = 'new' WHERE member_id = 3");
  CHECK(write.update(key(3), set<"bio">("dual")) == 1);
  CHECK(profile(3) == "dual|newest");
  CHECK(write.upsert(key(3), set<"name">("n"), set<"bio">("dual too"), set<"avatar">("a too")) == 1);
  CHECK(profile(3) == "dual too|a too");
  CHECK(write.insert(key(950), set<"name">("n"), set<"avatar">("a")) == 1);
  CHECK(profile(950) == "a");
  // A default went over with its column; a row without its other one is nobody's mistake.
  run("INSERT INTO bank.members (id, name) VALUES (901, 'n'); INSERT INTO bank.profiles (member_id, picture) VALUES (901, 'p')");
  CHECK(profile(901) == "no bio|p");
  run("DELETE FROM bank.members WHERE id = 901");
  CHECK(profile(901) == "no row");
  CHECK(says(caught<refused>([&] { rollback<move_all>(tools, {.flag_settle = 0ms}); }), "is contracted"));

  CHECK(says(caught<refused>([&] { retire<move_all>(tools); }), "dual_writers"));
  CHECK(says(caught<refused>([&] { retire<move_all>(tools, all_new); }), "index bank.members_bio_idx"));
  run("DROP INDEX bank.members_bio_idx");
  retire<move_all>(tools, all_new);
  retire<move_all>(tools, all_new);
  refuses("SELECT bio FROM bank.members", "42703", &old);
  // Back as far as the names and the guard.
  revive<move_all>(tools);
  CHECK(says(caught<refused>([&] { revive<move_all>(tools); }), "has no inverse"));
  refuses("UPDATE bank.members SET bio = 'stale' WHERE id = 1", "55000", &old);
  retire<move_all>(tools, all_new);
  refuses("SELECT bio FROM bank.members", "42703", &old);
  refuses("SELECT avatar FROM bank.members", "42703", &old);
  dual_writer<move_all, connection, stage::new_only> fresh{application};
  CHECK(fresh.insert(key(960), set<"name">("new only")) == 1);
  CHECK(
      says(caught<refused>([&] { drop_retired<move_all>(tools, {{risk::dropped_column}}); }), "may be dropped after"));
  drop_retired<move_all>(tools, at_once);
  drop_retired<move_all>(tools, at_once);
  CHECK(ask("SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns "
            "WHERE table_name = 'members'") == "id name");
  CHECK(profile(3) == "dual too|a too");
  CHECK(count("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == 0);
  CHECK(count("SELECT count(*) FROM pg_proc WHERE proname LIKE 'om\\_%'") == 0);
  CHECK(count("SELECT count(*) FROM pg_class WHERE relname LIKE 'om\\_%'") == 0);
}

TEST_CASE_FIXTURE(moving, "reads go to the table that the flag says") {
  bring_to<move_all>(phase::validate);
  run("ALTER TABLE bank.members DISABLE TRIGGER USER; UPDATE bank.profiles SET bio = 'there', picture = 'there' WHERE member_id = 3;"
      "INSERT INTO bank.members VALUES (900, 'n', 'here', 'here')");
  read_flag now;
  auto flags = [&now] { return now; };
  reader<one_column<move_all, "bio">> bio{on, flags};
  reader<one_column<move_all, "picture">> picture{on, flags};
  for (read_flag here : {read_flag::legacy, read_flag::shadow}) {
    now = here;
    CHECK(bio.get(key(3)).value() == "bio 3");
    CHECK(picture.get(key(3)).value() == "a3");
    CHECK(picture.get(key(900)).value() == "here");
    CHECK_FALSE(bio.get(key(901)).has_row());
  }
  now = read_flag::new_column;
  CHECK(bio.get(key(3)).value() == "there");
  CHECK(picture.get(key(3)).value() == "there");
  CHECK_FALSE(bio.get(key(900)).has_row());
  using one = one_column<move_all, "bio">;
  CHECK(ask("SELECT string_agg(" + std::string{read_expression<one, "m">::new_column} +
            ", ' ' ORDER BY id) FROM bank.members AS m WHERE id IN (3, 4, 900)") == "there bio 4");
}

TEST_CASE_FIXTURE(moving, "where no column leaves the first table, contract closes the run and the trigger goes on") {
  bring_to<only_reads>(phase::contracted);
  run("UPDATE bank.members SET name = 'later' WHERE id = 1");
  CHECK(ask("SELECT picture FROM bank.profiles WHERE member_id = 1") == "later");
}
