// SPDX-License-Identifier: BSL-1.0
// Columns that become rows of another table: one expand, one walk, one proof over both tables, whoever writes
// meanwhile.

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "contract_support.hpp"
#include "support/hooked_database.hpp"

using namespace test;

namespace {

struct members : table<"members", in_schema<"bank">, column<"id", bigint, primary_key>, column<"name", text, not_null>,
                       column<"home", text>, column<"home_since", date>, column<"work", varchar<40>>> {};

struct phones : table<"phones", in_schema<"bank">, column<"member_id", bigint, primary_key>,
                      column<"kind", text, primary_key>, column<"number", text, not_null>, column<"since", date>> {};

/// A home is there if it has a number or a date; who has none has an empty number.
struct extract_phones : om::migration<"extract-phones", members,
                                      extract_rows<phones,
                                                   row_at<"home", moved<"number", coalesce(col<"home">, lit<"">)>,
                                                          moved<"since", col<"home_since">>>,
                                                   row_at<"work", moved<"number", col<"work">>>, from<"home", lossy>>> {
};

/// Tags side by side with their dates.
struct posts : table<"posts", in_schema<"bank">, column<"id", bigint, primary_key>, column<"title", text>,
                     column<"tags", om::array<text>>, column<"dates", om::array<date>>> {};

struct tags : table<"tags", in_schema<"bank">, column<"post_id", bigint, primary_key>,
                    column<"position", integer, primary_key>, column<"tag", text>, column<"since", date>> {};

struct extract_tags
    : om::migration<"extract-tags", posts,
                    extract_rows<tags, row_each<moved<"tag", col<"tags">>, moved<"since", col<"dates">>>>> {};

struct tagging : bank {
  tagging() {
    run("CREATE TABLE bank.posts (id bigint PRIMARY KEY, title text, tags text[], dates date[]);"
        "INSERT INTO bank.posts SELECT g, 'post', CASE g % 5 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN ARRAY['a' || g, NULL, 'c'] "
        "WHEN 3 THEN '[7:8]={x,y}'::text[] ELSE ARRAY[NULL, NULL, NULL, 'd'] END, "
        "CASE WHEN g % 3 = 0 THEN ARRAY['2020-01-01'::date, '2020-01-02'] END FROM generate_series(1, 100) AS g");
  }

  /// By SQL that has nothing to do with the library's.
  std::int64_t wrong() {
    return count(R"(WITH wanted AS (
  SELECT p.id, u.n, u.tag, u.since FROM bank.posts AS p, unnest(p.tags, p.dates) WITH ORDINALITY AS u(tag, since, n)
   WHERE num_nonnulls(u.tag, u.since) > 0)
SELECT (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT post_id, position, tag, since FROM bank.tags) AS a)
     + (SELECT count(*) FROM (SELECT post_id, position, tag, since FROM bank.tags EXCEPT ALL SELECT * FROM wanted) AS b))");
  }

  std::string tags_of(int id) {
    return ask(
        "SELECT coalesce((SELECT string_agg(concat_ws('|', position, tag, since), ' ' ORDER BY position) FROM bank.tags "
        "WHERE post_id = " +
        std::to_string(id) + "), 'none')");
  }
};

struct extracting : bank {
  hooks around;
  hooked_database hooked{around};

  extracting() {
    run("CREATE TABLE bank.members (id bigint PRIMARY KEY, name text NOT NULL, home text, home_since date, work varchar(40));"
        "INSERT INTO bank.members SELECT g, 'm' || g, nullif('h' || g % 7, 'h0'), "
        "nullif(date '2020-01-01' + g % 5, '2020-01-01'), nullif('w' || g % 3, 'w0') FROM generate_series(-99, 100) AS g");
  }

  /// By SQL that has nothing to do with the library's.
  std::int64_t wrong() {
    return count(R"(WITH wanted AS (
  SELECT id AS member_id, 'home' AS kind, coalesce(home, '') AS number, home_since AS since FROM bank.members
   WHERE home IS NOT NULL OR home_since IS NOT NULL
  UNION ALL SELECT id, 'work', work, NULL FROM bank.members WHERE work IS NOT NULL)
SELECT (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT member_id, kind, number, since FROM bank.phones) AS a)
     + (SELECT count(*) FROM (SELECT member_id, kind, number, since FROM bank.phones EXCEPT ALL SELECT * FROM wanted) AS b))");
  }

  std::string phones_of(int id) {
    return ask(
        "SELECT coalesce((SELECT string_agg(concat_ws('|', kind, number, since), ' ' ORDER BY kind) FROM bank.phones "
        "WHERE member_id = " +
        std::to_string(id) + "), 'none')");
  }

  backfill_result fill() {
    backfill_options some;
    some.chunk = fixed_chunk(30);
    return backfill_runner<extract_phones, hooked_database>{hooked, some}.run();
  }

  parity_report check() { return parity_checker<extract_phones>{source}.check_all(); }

  void begin() {
    expand<extract_phones>(tools);
    tools.mark_phase<extract_phones>(phase::backfill);
  }
};

}  // namespace

TEST_CASE_FIXTURE(extracting, "a whole life, beside writers who know only the first table and writers who know both") {
  expand<extract_phones>(tools);
  CHECK(ask("SELECT string_agg(column_name || ' ' || is_nullable, ', ' ORDER BY ordinal_position) FROM "
            "information_schema.columns WHERE table_name = 'phones'") == "member_id NO, kind NO, number NO, since YES");
  connection application = somebody();
  dual_writer<extract_phones> write{application};
  auto write_in_both_ways = [&](const std::string& word) {
    run("UPDATE bank.members SET home = 'old " + word +
        "', home_since = NULL, work = NULL WHERE id = 1;"
        "UPDATE bank.members SET home = NULL, home_since = '2001-02-03' WHERE id = 2");
    CHECK(phones_of(1) == "home|old " + word);
    CHECK(phones_of(2) == "home||2001-02-03 work|w2");
    run("UPDATE bank.members SET home_since = NULL WHERE id = 2");
    CHECK(phones_of(2) == "work|w2");
    CHECK(write.update(key(3), set<"home">("new " + word), set<"home_since">(std::nullopt), set<"work">(word)) == 1);
    CHECK(phones_of(3) == "home|new " + word + " work|" + word);
    CHECK(write.update(key(3), set<"work">(std::nullopt)) == 1);
    CHECK(phones_of(3) == "home|new " + word);
    CHECK(write.update(key(3), set<"name">("nothing follows from it")) == 1);
    CHECK(write.update(key(4711), set<"work">("nobody")) == 0);
    CHECK(write.upsert(key(4), set<"name">("x"), set<"work">("up " + word)) == 1);
    CHECK(phones_of(4) == "home|h4|2020-01-05 work|up " + word);
  };
  write_in_both_ways("one");
  run("INSERT INTO bank.members (id, name) VALUES (500, 'old'); INSERT INTO bank.members VALUES (510, 'g', 'h', NULL, 'w');"
      "DELETE FROM bank.members WHERE id = 510");
  CHECK(phones_of(500) == "none");
  CHECK(phones_of(510) == "none");
  CHECK(write.insert(key(501), set<"name">("new"), set<"work">("w")) == 1);
  CHECK(phones_of(501) == "work|w");
  run("UPDATE bank.members SET id = 700 WHERE id = 10; UPDATE bank.members SET id = 701 WHERE id = 1");
  CHECK(phones_of(701) == "home|old one");
  CHECK(phones_of(1) == "none");
  run("UPDATE bank.members SET id = 1 WHERE id = 701");
  tools.mark_phase<extract_phones>(phase::backfill);
  backfill_result filled = fill();
  CHECK(filled.finished());
  CHECK(wrong() == 0);
  write_in_both_ways("two");
  CHECK(write.erase(key(501)) == 1);
  CHECK(phones_of(501) == "none");
  CHECK(wrong() == 0);
  CHECK(check().mismatches == 0);
  CHECK(parity_checker<extract_phones>{source}.check_sample(50).mismatches == 0);
  settle<extract_phones>(tools);
  tools.mark_phase<extract_phones>(phase::contract_ready);
  write_in_both_ways("three");
  rollback<extract_phones>(tools, {{risk::dropped_column}, 0ms});
  CHECK(ask("SELECT to_regclass('bank.phones') IS NULL") == "t");
}

TEST_CASE_FIXTURE(extracting, "a dual write writes both tables by itself") {
  expand<extract_phones>(tools);
  run("ALTER TABLE bank.members DISABLE TRIGGER USER");
  connection application = somebody();
  dual_writer<extract_phones> write{application};
  CHECK(write.insert(key(900), set<"name">("n"), set<"home">("h")) == 1);
  CHECK(phones_of(900) == "home|h");
  CHECK(write.update(key(900), set<"work">("w")) == 1);
  CHECK(phones_of(900) == "home|h work|w");
  CHECK(write.update(key(900), set<"home">(std::nullopt), set<"home_since">(std::nullopt)) == 1);
  CHECK(phones_of(900) == "work|w");
  // What is not given stays, of a row that is there; a new one gets what its columns have.
  CHECK(write.upsert(key(900), set<"name">("n"), set<"home">("again"), set<"home_since">(std::nullopt)) == 1);
  CHECK(phones_of(900) == "home|again work|w");
  run("ALTER TABLE bank.members ALTER work SET DEFAULT 'switchboard'");
  CHECK(write.upsert(key(901), set<"name">("n")) == 1);
  CHECK(phones_of(901) == "work|switchboard");
  run("DELETE FROM bank.phones WHERE member_id = 901");
  CHECK(write.upsert(key(901), set<"name">("n again")) == 1);
  CHECK(phones_of(901) == "none");
  std::vector<int> ids{900, 901, 4711};
  CHECK(write.update_many(ids, [](int id) { return row_of(key(id), set<"work">("many")); }) == 2);
  CHECK(phones_of(900) == "home|again work|many");
  CHECK(phones_of(901) == "work|many");
  CHECK(write.erase(key(900)) == 1);
  CHECK(phones_of(900) == "none");
}

TEST_CASE_FIXTURE(extracting, "parity finds what is missing, wrong or too much, and repair puts it right") {
  begin();
  CHECK(fill().finished());
  run("DELETE FROM bank.phones WHERE member_id = 5 AND kind = 'home'; UPDATE bank.phones SET number = 'planted' WHERE member_id = 8;"
      "INSERT INTO bank.phones VALUES (15, 'fax', '1'), (35, 'home', 'nobody has it')");
  CHECK(ask("SELECT concat_ws(' ', home, home_since, work) FROM bank.members WHERE id = 15") == "h1");
  CHECK(check().mismatches == 4);
  CHECK(
      ask("SELECT string_agg(concat_ws(' ', key[1], expected, '/', actual), E'\\n' ORDER BY key[1]::int) FROM "
          "online_migration_parity_samples") ==
      "5 { \"home\" : {\"number\" : \"h5\", \"since\" : null}, \"work\" : {\"number\" : \"w2\", \"since\" : null} } / "
      "{ \"work\" : {\"number\" : \"w2\", \"since\" : null} }\n"
      "8 { \"home\" : {\"number\" : \"h1\", \"since\" : \"2020-01-04\"}, \"work\" : {\"number\" : \"w2\", \"since\" : null} } / "
      "{ \"home\" : {\"number\" : \"planted\", \"since\" : \"2020-01-04\"}, \"work\" : {\"number\" : \"planted\", \"since\" : null} }\n"
      "15 { \"home\" : {\"number\" : \"h1\", \"since\" : null} } / "
      "{ \"fax\" : {\"number\" : \"1\", \"since\" : null}, \"home\" : {\"number\" : \"h1\", \"since\" : null} }\n"
      "35 { \"work\" : {\"number\" : \"w2\", \"since\" : null} } / "
      "{ \"home\" : {\"number\" : \"nobody has it\", \"since\" : null}, "
      "\"work\" : {\"number\" : \"w2\", \"since\" : null} }");
  CHECK(parity_checker<extract_phones>{source}.repair().mismatches == 4);
  CHECK(wrong() == 0);
  CHECK(check().mismatches == 0);
  run("ALTER TABLE bank.phones DROP CONSTRAINT phones_member_id_fkey");
  CHECK(says(caught<refused>([&] { tools.mark_phase<extract_phones>(phase::contract_ready); }), "The foreign key of"));
}

TEST_CASE_FIXTURE(extracting, "replicated writes, and a trigger of the table's own that writes the row once more") {
  expand<extract_phones>(tools);
  run("SET session_replication_role = replica; UPDATE bank.members SET work = 'replica' WHERE id = 1;"
      "INSERT INTO bank.members (id, name, work) VALUES (800, 'x', 'w'); UPDATE bank.members SET id = 801 WHERE id = 800;"
      "UPDATE bank.members SET work = 'y' WHERE id = 2; DELETE FROM bank.members WHERE id = 2; RESET session_replication_role");
  CHECK(phones_of(1) == "home|h1|2020-01-02 work|replica");
  CHECK(phones_of(800) == "none");
  CHECK(phones_of(801) == "work|w");
  CHECK(phones_of(2) == "none");
  run("CREATE FUNCTION bank.again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "UPDATE bank.members SET work = NULL WHERE id = NEW.id; RETURN NULL; END $$;"
      "CREATE TRIGGER a_again AFTER UPDATE ON bank.members FOR EACH ROW WHEN (NEW.work = 'first') "
      "EXECUTE FUNCTION bank.again(); UPDATE bank.members SET work = 'first', home = 'h' WHERE id = 5");
  CHECK(phones_of(5) == "home|h");
}

TEST_CASE_FIXTURE(extracting,
                  "who knows only the first table needs no rights on the other, and a write changes what it must") {
  expand<extract_phones>(tools);
  run("CREATE ROLE clerk; GRANT USAGE ON SCHEMA bank TO clerk; GRANT SELECT, INSERT, UPDATE, DELETE ON bank.members TO clerk;"
      "UPDATE bank.members SET name = name WHERE id = 1; CREATE TABLE bank.before AS SELECT kind, ctid AS place FROM bank.phones;"
      "SET ROLE clerk; UPDATE bank.members SET work = 'by a clerk' WHERE id = 1; RESET ROLE");
  CHECK(phones_of(1) == "home|h1|2020-01-02 work|by a clerk");
  CHECK(
      ask("SELECT string_agg(b.kind || (b.place = p.ctid), ' ' ORDER BY b.kind) FROM bank.before AS b JOIN bank.phones AS p "
          "USING (kind)") == "hometrue workfalse");
  run("DROP OWNED BY clerk; DROP ROLE clerk");
}

TEST_CASE_FIXTURE(extracting, "writes between the statements of a chunk, and while it waits for a row") {
  begin();
  connection writer = somebody();
  database library{"application_name=library"};
  backfill_options patient;
  patient.chunk = fixed_chunk(30);
  auto fill_beside = [&] { return std::jthread{[&] { backfill_runner<extract_phones>{library, patient}.run(); }}; };
  SUBCASE("a row that is written and not committed when the chunk comes, which waits for it") {
    script(writer, "BEGIN; UPDATE bank.members SET home = NULL, home_since = NULL, work = 'newest' WHERE id = -98");
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
      run("DELETE FROM bank.members WHERE id = -99; INSERT INTO bank.members VALUES (-99, 'again', NULL, NULL, 'again')");
    });
  }
  SUBCASE("rows that nobody should have written into the other table") {
    run("INSERT INTO bank.phones VALUES (-98, 'fax', '1'), (-97, 'home', 'x'), (-96, 'work', 'y')");
  }
  fill();
  CHECK(fill().finished());
  CHECK(wrong() == 0);
  CHECK(check().mismatches == 0);
}

TEST_CASE_FIXTURE(extracting, "many writers of all kinds beside several walks") {
  begin();
  std::jthread writers[3];
  std::atomic<int> done{0};
  for (int who = 0; who < 3; ++who) {
    writers[who] = std::jthread{[&, who](const std::stop_token& stop) {
      connection own = somebody();
      dual_writer<extract_phones> write{own};
      for (int i = 0; !stop.stop_requested() || i < 150; ++i) {
        std::string id = std::to_string(i * 7 % 40 - 20);
        std::string word = i % 4 == 0 ? "NULL" : "'" + std::to_string(who) + "-" + std::to_string(i) + "'";
        std::optional<std::string> value;
        if (i % 4 != 0) value = word;
        if (who == 0) write.upsert(key(i * 7 % 40 - 20), set<"name">("n"), set<"work">(value));
        if (who == 1) script(own, "UPDATE bank.members SET home = " + word + ", work = " + word + " WHERE id = " + id);
        if (who == 2 && i % 3 == 0) script(own, "DELETE FROM bank.members WHERE id = " + id);
        if (who == 2) write.update(key(i * 11 % 40 - 20), set<"home">(value), set<"home_since">(std::nullopt));
        ++done;
      }
    }};
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(fill().finished());
    if (i < 2) {
      run("DELETE FROM bank.phones WHERE member_id > 50");
      tools.mark_phase<extract_phones>(phase::backfill);
    }
  }
  for (auto& each : writers) each.request_stop();
  for (auto& each : writers) each.join();
  CHECK(done > 0);
  CHECK(wrong() == 0);
}

TEST_CASE_FIXTURE(extracting,
                  "contract: the other table is the one, and what leaves the first is guarded, retired and dropped") {
  run("ALTER TABLE bank.members ALTER work SET DEFAULT 'switchboard'");
  bring_to<extract_phones>(phase::contract_ready);
  connection application = somebody();
  dual_writer<extract_phones> write{application};
  tools.set_read_flag<extract_phones>(read_flag::new_column);
  auto missing = [&] { return readiness<extract_phones>(tools, {{}, 0ms}).text(); };
  CHECK(has(missing(), "there is no inverse"));
  // No column of a row is the one that a default would go over to.
  CHECK(has(missing(), "The old column has a default"));
  run("ALTER TABLE bank.members ALTER work DROP DEFAULT");
  CHECK(!has(missing(), "has a default"));
  contract_now<extract_phones>();
  CHECK(tools.phase<extract_phones>() == phase::contracted);

  connection old = somebody();
  refuses("UPDATE bank.members SET work = 'stale' WHERE id = 1", "55000", &old);
  refuses("UPDATE bank.members SET work = NULL WHERE id = 1", "55000", &old);
  refuses("INSERT INTO bank.members (id, name, home) VALUES (900, 'n', 'h')", "55000", &old);
  script(old, "UPDATE bank.members SET name = 'anybody may' WHERE id = 1; UPDATE bank.members SET work = work");
  script(old, "INSERT INTO bank.members (id, name) VALUES (901, 'a new one')");
  script(old,
         "BEGIN; DELETE FROM bank.phones WHERE member_id = 1 AND kind = 'work';"
         "UPDATE bank.members SET work = NULL WHERE id = 1; COMMIT");
  CHECK(phones_of(1) == "home|h1|2020-01-02");
  // Programs of the new kind have rows at any position; the dual writer leaves what it does not write.
  run("INSERT INTO bank.phones VALUES (3, 'fax', '33'); UPDATE bank.phones SET number = 'newest' WHERE member_id = 3 AND kind = 'home';"
      "UPDATE bank.phones SET since = '2022-02-02' WHERE member_id = 4 AND kind = 'work'");
  CHECK(write.update(key(3), set<"work">("dual")) == 1);
  CHECK(phones_of(3) == "fax|33 home|newest|2020-01-04 work|dual");
  CHECK(write.upsert(key(3), set<"name">("n"), set<"work">(std::nullopt)) == 1);
  CHECK(phones_of(3) == "fax|33 home|newest|2020-01-04");
  CHECK(write.update(key(4), set<"work">("dual")) == 1);
  CHECK(phones_of(4) == "home|h4|2020-01-05 work|dual|2022-02-02");
  CHECK(write.insert(key(950), set<"name">("n"), set<"home">("h")) == 1);
  CHECK(phones_of(950) == "home|h");
  CHECK(says(caught<refused>([&] { rollback<extract_phones>(tools, {.flag_settle = 0ms}); }), "is contracted"));

  retire<extract_phones>(tools, all_new);
  refuses("SELECT work FROM bank.members", "42703", &old);
  revive<extract_phones>(tools);
  refuses("UPDATE bank.members SET work = 'stale' WHERE id = 1", "55000", &old);
  retire<extract_phones>(tools, all_new);
  dual_writer<extract_phones, connection, stage::new_only> fresh{application};
  CHECK(fresh.insert(key(960), set<"name">("new only")) == 1);
  drop_retired<extract_phones>(tools, at_once);
  CHECK(ask("SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns "
            "WHERE table_name = 'members'") == "id name");
  CHECK(phones_of(3) == "fax|33 home|newest|2020-01-04");
  CHECK(count("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~om%'") == 0);
  CHECK(count("SELECT count(*) FROM pg_proc WHERE proname LIKE 'om\\_%'") == 0);
}

TEST_CASE_FIXTURE(tagging, "elements of arrays become rows, numbered from 1 wherever the arrays begin") {
  expand<extract_tags>(tools);
  CHECK(ask("SELECT string_agg(column_name || ' ' || is_nullable, ', ' ORDER BY ordinal_position) FROM "
            "information_schema.columns WHERE table_name = 'tags'") == "post_id NO, position NO, tag YES, since YES");
  run("UPDATE bank.posts SET title = title WHERE id IN (1, 2, 3, 4, 5)");
  CHECK(tags_of(1) == "none");
  CHECK(tags_of(2) == "1|a2 3|c");
  CHECK(tags_of(3) == "1|x|2020-01-01 2|y|2020-01-02");
  CHECK(tags_of(4) == "4|d");
  CHECK(tags_of(5) == "none");
  run("UPDATE bank.posts SET tags = ARRAY['p', 'q', 'r'], dates = '{}' WHERE id = 3");
  CHECK(tags_of(3) == "1|p 2|q 3|r");
  run("UPDATE bank.posts SET tags = ARRAY['p', 'changed'] WHERE id = 3");
  CHECK(tags_of(3) == "1|p 2|changed");
  connection application = somebody();
  dual_writer<extract_tags> write{application};
  std::vector<std::string> words{"one", "two"};
  std::vector<om::date_value> dates{om::to_date(std::chrono::sys_days{std::chrono::year{2021} / 2 / 3})};
  run("ALTER TABLE bank.posts DISABLE TRIGGER USER");
  CHECK(write.update(key(2), set<"tags">(words), set<"dates">(dates)) == 1);
  CHECK(tags_of(2) == "1|one|2021-02-03 2|two");
  CHECK(write.insert(key(200), set<"tags">(words)) == 1);
  CHECK(tags_of(200) == "1|one 2|two");
  CHECK(write.update(key(200), set<"tags">(std::nullopt), set<"dates">(std::nullopt)) == 1);
  CHECK(tags_of(200) == "none");
  run("ALTER TABLE bank.posts ENABLE ALWAYS TRIGGER \"~om_sync_extract-tags\"");
  tools.mark_phase<extract_tags>(phase::backfill);
  CHECK(backfill_runner<extract_tags>{source, {.chunk = fixed_chunk(7)}}.run().finished());
  CHECK(wrong() == 0);
  run("INSERT INTO bank.tags VALUES (1, 2147483647, 'far'), (2, 3, 'more'), (5, 1, 'x'), (6, -1, 'y'), (7, 2, 'z'); "
      "DELETE FROM bank.tags WHERE post_id = 9 AND position = 4; UPDATE bank.tags SET tag = 'planted' WHERE post_id = 12 AND position = 3");
  CHECK(wrong() == 8);
  CHECK(parity_checker<extract_tags>{source}.check_all().mismatches == 7);
  CHECK(parity_checker<extract_tags>{source}.repair().mismatches == 7);
  CHECK(wrong() == 0);
  CHECK(parity_checker<extract_tags>{source}.check_all().mismatches == 0);
}

TEST_CASE_FIXTURE(
    tagging,
    "after contract a program that knows only the arrays is stopped, and the dual writer gives the whole list") {
  bring_to<extract_tags>(phase::contract_ready);
  tools.set_read_flag<extract_tags>(read_flag::new_column);
  contract_now<extract_tags>();
  connection old = somebody();
  refuses("UPDATE bank.posts SET tags = tags || 'more'::text WHERE id = 2", "55000", &old);
  refuses("UPDATE bank.posts SET tags = NULL, dates = NULL WHERE id = 2", "55000", &old);
  script(
      old,
      "UPDATE bank.posts SET title = 'anybody may', tags = tags WHERE id = 2; INSERT INTO bank.posts (id) VALUES (300)");
  run("INSERT INTO bank.tags VALUES (2, 4, 'by a new program'), (300, 1, 'new')");
  CHECK(tags_of(2) == "1|a2 3|c 4|by a new program");
  dual_writer<extract_tags> write{old};
  std::vector<std::string> words{"all", "of", "them"};
  CHECK(write.update(key(2), set<"tags">(words), set<"dates">(std::nullopt)) == 1);
  CHECK(tags_of(2) == "1|all 2|of 3|them");
  retire<extract_tags>(tools, all_new);
  drop_retired<extract_tags>(tools, at_once);
  CHECK(ask("SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns "
            "WHERE table_name = 'posts'") == "id title");
}
