// SPDX-License-Identifier: BSL-1.0
#pragma once

// Random rows, random writers between any two statements of the library, random pauses, losses and kills. At the end
// every row's new value is what follows from its last committed legacy value, whatever happened. Each trial prints its
// seed when it fails; ONLINE_MIGRATION_TEST_SEED=n runs that one alone.

#include <array>
#include <cstdlib>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "faulty_database.hpp"

namespace property {

using namespace faults;

struct plain : om::table<"plain", om::column<"id", om::bigint, om::primary_key>, om::column<"a", om::text>,
                         om::column<"b", om::text, om::not_null>> {};

struct merged
    : om::migration<"merged", plain,
                    om::add_column<"made", om::text,
                                   om::concat(om::trim(om::col<"a">), om::lit<"/">, om::ascii_upper(om::col<"b">)),
                                   om::not_null>> {};

struct lowered : om::migration<"lowered", plain, om::add_column<"made", om::text, om::lower(om::col<"a">)>> {};

inline std::string decorated(std::string_view a, std::string_view b) {
  return "<" + std::string{a} + "|" + std::string{b} + ">";
}

struct computed
    : om::migration<
          "computed", plain,
          om::add_column<"made", om::text, om::computed<&decorated, "decorated/1">(om::col<"a">, om::col<"b">)>> {};

struct paired : om::table<"paired", om::column<"tenant", om::text, om::primary_key>,
                          om::column<"id", om::integer, om::primary_key>, om::column<"a", om::text>,
                          om::column<"b", om::text, om::not_null>> {};

struct measured
    : om::migration<
          "measured", paired,
          om::add_column<"made", om::bigint, om::length(om::replace(om::col<"b">, om::lit<"x">, om::lit<"yy">))>> {};

struct shadows : om::table<"shadows", om::column<"of_tenant", om::text, om::primary_key>,
                           om::column<"of_id", om::integer, om::primary_key>,
                           om::column<"made", om::text, om::not_null>, om::column<"b", om::text>> {};

/// Columns of another table.
struct moved
    : om::migration<
          "moved", paired,
          om::move_columns<shadows, om::moved<"made", om::coalesce(om::col<"a">, om::lit<"-">)>, om::moved<"b">>> {};

struct forms : om::table<"forms", om::column<"of", om::bigint, om::primary_key>,
                         om::column<"place", om::text, om::primary_key>, om::column<"made", om::text, om::not_null>> {};

/// Rows of another table, some of which are not there.
struct extracted
    : om::migration<"extracted", plain,
                    om::extract_rows<forms, om::row_at<"a", om::moved<"made", om::trim(om::col<"a">)>>,
                                     om::row_at<"b", om::moved<"made", om::nullif(om::col<"b">, om::lit<"">)>>>> {};

/// The tables as the old application knows them. `$1`, `$2`: tenant and id (tenant unused in `plain`), `$3` a, `$4` b.
struct old_application {
  om::statement make;
  om::statement insert;
  om::statement update;
  om::statement erase;
  om::statement move;  ///< `$3` the id to move to
};

inline constexpr old_application on_plain{
    {"make", "CREATE TABLE plain (id bigint PRIMARY KEY, a text, b text NOT NULL)"},
    {"insert",
     "INSERT INTO plain (id, a, b) SELECT $2::bigint, $3::text, $4::text WHERE $1::text IS NOT NULL ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a"},
    {"update", "UPDATE plain SET a = $3::text, b = $4::text WHERE id = $2::bigint AND $1::text IS NOT NULL"},
    {"erase", "DELETE FROM plain WHERE id = $2::bigint AND $1::text IS NOT NULL"},
    {"move", "UPDATE plain SET id = $3::bigint WHERE id = $2::bigint AND $1::text IS NOT NULL"}};

inline constexpr old_application on_paired{
    {"make", "CREATE TABLE paired (tenant text, id integer, a text, b text NOT NULL, PRIMARY KEY (tenant, id))"},
    {"insert",
     "INSERT INTO paired (tenant, id, a, b) VALUES ($1::text, $2::integer, $3::text, $4::text) ON CONFLICT (tenant, id) DO UPDATE SET b = EXCLUDED.b"},
    {"update", "UPDATE paired SET a = $3::text, b = $4::text WHERE (tenant, id) = ($1::text, $2::integer)"},
    {"erase", "DELETE FROM paired WHERE (tenant, id) = ($1::text, $2::integer)"},
    {"move", "UPDATE paired SET id = $3::integer WHERE (tenant, id) = ($1::text, $2::integer)"}};

template <class Migration>
inline constexpr bool is_paired = std::is_same_v<typename Migration::table, paired>;

/// Rows that are wrong, in SQL written by hand.
template <class Migration>
inline constexpr om::statement wrong{};
template <>
inline constexpr om::statement wrong<merged>{
    "wrong",
    "SELECT count(*) FROM plain WHERE made IS DISTINCT FROM coalesce(btrim(a), '') || '/' || upper(b COLLATE \"C\")"};
template <>
inline constexpr om::statement wrong<lowered>{"wrong",
                                              "SELECT count(*) FROM plain WHERE made IS DISTINCT FROM lower(a)"};
template <>
inline constexpr om::statement wrong<computed>{
    "wrong", "SELECT count(*) FROM plain WHERE made IS DISTINCT FROM '<' || a || '|' || b || '>'"};
template <>
inline constexpr om::statement wrong<measured>{
    "wrong", "SELECT count(*) FROM paired WHERE made IS DISTINCT FROM length(replace(b, 'x', 'yy'))"};

template <>
inline constexpr om::statement wrong<moved>{
    "wrong",
    "SELECT count(*) FROM paired AS p FULL JOIN shadows AS s ON (s.of_tenant, s.of_id) = (p.tenant, p.id) WHERE s.made IS "
    "DISTINCT FROM coalesce(p.a, '-') OR s.b IS DISTINCT FROM p.b OR p.id IS NULL OR s.of_id IS NULL"};
template <>
inline constexpr om::statement wrong<extracted>{"wrong", R"(WITH wanted AS (
  SELECT id, 'a' AS place, btrim(a) AS made FROM plain WHERE a IS NOT NULL UNION ALL SELECT id, 'b', b FROM plain WHERE b <> '')
SELECT (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT "of", place, made FROM forms) AS x)
  + (SELECT count(*) FROM (SELECT "of", place, made FROM forms EXCEPT ALL SELECT * FROM wanted) AS y))"};

inline constexpr om::statement reset{
    "reset", "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public"};

/// Keys that wait for the runner of a client-only transform.
inline constexpr om::statement waiting{"waiting", "SELECT count(*) FROM online_migration_dirty_keys"};

inline constexpr om::statement begin{"begin", "BEGIN"};
inline constexpr om::statement commit{"commit", "COMMIT"};
/// A writer that waited for the library would wait for ever: both are one thread here.
inline constexpr om::statement hurry{"hurry", "SET lock_timeout = '3ms'"};

using chance = std::mt19937_64;

inline std::int64_t pick(chance& random, std::int64_t limit) {
  return std::uniform_int_distribution<std::int64_t>{0, limit - 1}(random);
}

inline std::string random_text(chance& random) {
  static constexpr std::array<std::string_view, 10> parts{"", " ", "x", "Ä", "ß ", "  Ada", "\\", "'", "😀", "A b C "};
  std::string made;
  for (std::int64_t i = pick(random, 4); i > 0; --i) made += parts[static_cast<std::size_t>(pick(random, 10))];
  return made;
}

/// Somebody else's session. It writes by the old ways or by the dual writer, each write alone or in transactions that
/// stay open over several statements of the library.
template <class Migration>
class writer {
 public:
  writer(chance& random, bool old_ways)
      : on_{om::database{""}.connect()}, dual_{on_}, random_{random}, old_ways_{old_ways} {
    on_.execute(hurry);
  }

  /// A write that cannot have its lock is one that never happened.
  void act() {
    try {
      if (pick(random_, 6) == 0) {
        on_.in_transaction() ? end() : (void)on_.execute(begin);
      } else if (old_ways_ && (!deployed_ || pick(random_, 2) == 0)) {
        write_the_old_way();
      } else if (deployed_) {
        write_both();
      }
    } catch (const om::statement_error& problem) {
      bool busy = problem.sqlstate() == "55P03" || problem.sqlstate() == "40P01" || problem.sqlstate() == "23505";
      REQUIRE_MESSAGE(busy, problem.what());
      if (on_.in_transaction()) on_.execute(roll_back);
    }
  }

  void end() {
    if (on_.in_transaction()) on_.execute(pick(random_, 3) == 0 ? roll_back : commit);
  }

  /// From here on the new column is there, so the application's new version may be deployed.
  void may_dual_write() { deployed_ = true; }

  /// A write of the old application, for itself.
  void write_the_old_way() {
    std::string tenant = pick(random_, 2) == 0 ? "a" : "B";
    std::string id = std::to_string(random_id());
    std::string other = std::to_string(random_id());
    std::optional<std::string> a = pick(random_, 4) == 0 ? std::nullopt : std::optional{random_text(random_)};
    std::string b = random_text(random_);
    om::parameter key[]{om::text_parameter(tenant, 25), om::text_form_parameter(id)};
    om::parameter all[]{key[0], key[1], a.has_value() ? om::text_parameter(*a, 25) : om::null_parameter(25),
                        om::text_parameter(b, 25)};
    om::parameter moved[]{key[0], key[1], om::text_form_parameter(other)};
    switch (pick(random_, 6)) {
      case 0:
        on_.execute(old.erase, key);
        break;
      case 1:
        on_.execute(old.move, moved);
        break;
      case 2:
        on_.execute(old.update, all);
        break;
      default:
        on_.execute(old.insert, all);
    }
  }

 private:
  static constexpr const old_application& old = is_paired<Migration> ? on_paired : on_plain;

  std::int64_t random_id() {
    static constexpr std::array<std::int64_t, 4> extremes{INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1};
    if (!is_paired<Migration> && pick(random_, 12) == 0) return extremes[static_cast<std::size_t>(pick(random_, 4))];
    return pick(random_, 60) - 30;
  }

  void write_both() {
    std::string tenant = pick(random_, 2) == 0 ? "a" : "B";
    std::int64_t id = random_id();
    if constexpr (is_paired<Migration>) {
      write_both(om::key(tenant, static_cast<std::int32_t>(id)));
    } else {
      write_both(om::key(id));
    }
  }

  template <class Key>
  void write_both(const Key& key) {
    std::optional<std::string> a = pick(random_, 4) == 0 ? std::nullopt : std::optional{random_text(random_)};
    std::optional<std::string_view> a_view;
    if (a.has_value()) a_view = *a;
    std::string b = random_text(random_);
    switch (pick(random_, 4)) {
      case 0:
        dual_.erase(key);
        break;
      case 1:
        dual_.update(key, om::set<"a">(a_view), om::set<"b">(b));
        break;
      default:
        dual_.upsert(key, om::set<"b">(b), om::set<"a">(a_view));
    }
  }

  om::connection on_;
  om::dual_writer<Migration> dual_;
  chance& random_;
  bool old_ways_;
  bool deployed_ = false;
};

inline fault random_fault(chance& random) {
  static constexpr std::array<fault, 6> kinds{fault::lost_before,   fault::lost_after,   fault::refused,
                                              fault::killed_before, fault::killed_after, fault::none};
  return kinds[static_cast<std::size_t>(pick(random, 6))];
}

inline constexpr om::statement is_expanded{
    "is_expanded", "SELECT count(*) FROM information_schema.columns WHERE column_name = 'made'"};

/// The new version of the application is deployed at some time after expand.
template <class Migration>
void deploy(om::connection& look, std::vector<writer<Migration>>& writers) {
  if (look.execute(is_expanded).integer(0, 0) == 0) return;
  for (auto& each : writers) each.may_dual_write();
}

/// One session of the migration; whether it came to the end.
template <class Migration>
bool drive(chance& random, om::connection& look, std::vector<writer<Migration>>& writers, bool promised, bool quiet) {
  plan how;
  std::stop_source stop;
  how.at = quiet ? -1 : 1 + pick(random, 150);
  how.what = random_fault(random);
  how.between = [&](std::int64_t) {
    if (pick(random, 40) == 0) deploy(look, writers);
    if (pick(random, 5) == 0) writers[static_cast<std::size_t>(pick(random, 2))].act();
    if (!quiet && pick(random, 150) == 0) stop.request_stop();
  };
  faulty_database source{how};
  om::expand_contract_options options;
  options.backfill.chunk = om::fixed_chunk(static_cast<int>(1 + pick(random, 12)));
  options.backfill.takeover_wait = std::chrono::seconds{20};
  options.parity.range_rows = static_cast<int>(1 + pick(random, 30));
  options.toolkit.lock_timeout = std::chrono::milliseconds{5};
  if (promised) options.expand.all_writers = om::all_writers_dual_write;
  try {
    return om::expand_contract<Migration, faulty_database, hasty_environment>{source, options}
               .run(stop.get_token())
               .reached == om::phase::contract_ready;
  } catch (const process_killed&) {
  } catch (const om::cancelled&) {
  } catch (const om::detail::keys_waiting&) {  // they write faster than it could take the last step
  } catch (const om::connection_error&) {
  }
  return false;
}

template <class Migration>
void trial(std::uint64_t seed) {
  INFO("ONLINE_MIGRATION_TEST_SEED=", seed);
  chance random{seed};
  om::connection look = om::database{""}.connect();
  look.run_script(reset);
  look.execute(is_paired<Migration> ? on_paired.make : on_plain.make);

  bool promised = om::is_client_only<Migration> && pick(random, 2) == 0;
  bool old_ways = !promised;
  std::vector<writer<Migration>> sessions;
  sessions.reserve(2);
  {
    // The rows that are there before, written when only the old application exists.
    writer<Migration> before{random, true};
    for (std::int64_t rows = pick(random, 150); rows > 0; --rows) before.act();
    before.end();
  }
  sessions.emplace_back(random, old_ways);
  sessions.emplace_back(random, old_ways);

  bool done = false;
  for (int session = 0; session < 40 && !done; ++session)
    done = drive<Migration>(random, look, sessions, promised, session >= 8);
  CHECK(done);
  for (auto& each : sessions) each.end();
  if constexpr (om::is_client_only<Migration>) {
    om::database calm{""};
    CHECK(om::backfill_runner<Migration>{calm}.run().finished());
    if (!promised) CHECK(look.execute(waiting).integer(0, 0) == 0);
  }
  CHECK(look.execute(wrong<Migration>).integer(0, 0) == 0);
}

template <class Migration>
void trials(int count) {
  if (const char* single = std::getenv("ONLINE_MIGRATION_TEST_SEED")) {
    trial<Migration>(std::strtoull(single, nullptr, 10));
    return;
  }
  std::uint64_t first = std::random_device{}();
  MESSAGE("seeds from ", first, ", ", count, " trials");
  for (int i = 0; i < count; ++i) trial<Migration>(first + static_cast<std::uint64_t>(i));
}

/// How much of it: each program has its own.
extern const int count;

TEST_CASE("property: portable transform of two columns, NOT NULL") { trials<merged>(count); }
TEST_CASE("property: server-only transform") { trials<lowered>(count); }
TEST_CASE("property: composite key") { trials<measured>(count); }
TEST_CASE("property: columns of another table, composite key") { trials<moved>(count); }
TEST_CASE("property: rows of another table") { trials<extracted>(count); }
TEST_CASE("property: client-only transform of two columns") { trials<computed>(count); }

}  // namespace property
