// SPDX-License-Identifier: BSL-1.0
// Writes single rows in several forms, each over a connection of its own, and prints how long each write took as JSON.
//   trial make ROWS                    the tables
//   trial time ROWS TURNS FORM...      forms in turns of 20 writes; microseconds: 10th, 50th and 99th percentile
//   trial count ROWS WRITES FORM       these writes only, for a program that counts instructions
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/online_migration.hpp>

#include "by_hand.hpp"
#ifdef WITH_PQXX
#include <pqxx/pqxx>
#endif
#ifdef WITH_SOCI
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#endif

namespace om = online_migration;

namespace {

struct users
    : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"email", om::text, om::not_null>,
                om::column<"display_name", om::text, om::not_null>> {};
struct written
    : om::migration<"written", users,
                    om::add_column<"canonical_name", om::text, om::ascii_lower(om::trim(om::col<"display_name">))>> {};

// The same with the sync trigger.
struct guarded_users
    : om::table<"guarded_users", om::column<"id", om::bigint, om::primary_key>,
                om::column<"email", om::text, om::not_null>, om::column<"display_name", om::text, om::not_null>> {};
struct guarded
    : om::migration<"guarded", guarded_users,
                    om::add_column<"canonical_name", om::text, om::ascii_lower(om::trim(om::col<"display_name">))>> {};

constexpr const char* one_column = "UPDATE users SET display_name = $1 WHERE id = $2";
constexpr const char* new_column = "UPDATE users SET canonical_name = lower(btrim($1) COLLATE \"C\") WHERE id = $2";
constexpr const char* both_columns =
    "UPDATE users SET display_name = $1, canonical_name = lower(btrim($1) COLLATE \"C\") WHERE id = $2";
constexpr const char* guarded_column = "UPDATE guarded_users SET display_name = $1 WHERE id = $2";

using one_write = std::function<void(std::int64_t, std::string_view)>;

void make(std::int64_t rows) {
  om::database source{""};
  om::connection on = source.connect();
  auto run = [&](const std::string& sql) { on.run_script(om::statement{"script", sql.c_str()}); };
  run("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  for (const char* table : {"users", "guarded_users"}) {
    run(
        fmt::format("CREATE TABLE {0} (id bigint PRIMARY KEY, email text NOT NULL, display_name text NOT NULL, about "
                    "text) WITH (fillfactor = 70); INSERT INTO {0} SELECT g, 'user' || g || '@example.com', "
                    "'  Display Name ' || g || ' ', repeat('x', 74) FROM generate_series(1, {1}) AS g; CREATE INDEX ON "
                    "{0} (email)",
                    table, rows));
  }
  om::toolkit tools{source};
  tools.ensure_state_tables();
  om::expand<guarded>(tools);
  on.run_script(om::statements<written>::add_column);
  run("VACUUM (ANALYZE, FREEZE)");
  run("CHECKPOINT");
}

template <class Migration>
one_write with_writer() {
  auto on = std::make_shared<om::connection>(om::database{""}.connect());
  return [on, writer = om::dual_writer<Migration>{*on}](std::int64_t key, std::string_view text) mutable {
    if (writer.update(om::key(key), om::set<"display_name">(text)) != 1) throw std::runtime_error{"no such row"};
  };
}

one_write prepared(const char* sql) {
  auto on = std::make_shared<by_hand>();
  on->prepare("update", sql);
  return [on](std::int64_t key, std::string_view text) { on->write("update", key, text); };
}

#ifdef WITH_PQXX
one_write with_pqxx() {
  auto on = std::make_shared<pqxx::connection>("");
  on->prepare("update", both_columns);
  return [on](std::int64_t key, std::string_view text) {
    pqxx::nontransaction work{*on};
    if (work.exec_prepared("update", std::string{text}, key).affected_rows() != 1) {
      throw std::runtime_error{"no such row"};
    }
  };
}
#endif

#ifdef WITH_SOCI
struct soci_update {
  std::string name;
  long long key = 0;
  soci::session on{soci::postgresql, "host='" + std::string{std::getenv("PGHOST")} + "'"};
  soci::statement update{(on.prepare << "UPDATE users SET display_name = :name, canonical_name = lower(btrim(:name) "
                                        "COLLATE \"C\") WHERE id = :id",
                          soci::use(name, "name"), soci::use(key, "id"))};
};

one_write with_soci() {
  auto on = std::make_shared<soci_update>();
  return [on](std::int64_t key, std::string_view text) {
    on->name = text;
    on->key = key;
    on->update.execute(true);
    if (on->update.get_affected_rows() != 1) throw std::runtime_error{"no such row"};
  };
}
#endif

one_write form(std::string_view name) {
  if (name == "one-column") return prepared(one_column);
  if (name == "both-columns") return prepared(both_columns);
  if (name == "trigger-only") return prepared(guarded_column);
  if (name == "library") return with_writer<written>();
  if (name == "library-and-trigger") return with_writer<guarded>();
  if (name == "one-column-deadline") {
    auto on = std::make_shared<by_hand>();
    on->prepare("update", one_column);
    return [on](std::int64_t key, std::string_view text) {
      on->write_until("update", key, text, std::chrono::milliseconds{60'000});
    };
  }
  if (name == "transaction") {
    auto on = std::make_shared<by_hand>();
    on->prepare("old", one_column);
    on->prepare("new", new_column);
    return [on](std::int64_t key, std::string_view text) {
      on->run("BEGIN");
      on->write("old", key, text);
      on->write("new", key, text);
      on->run("COMMIT");
    };
  }
#ifdef WITH_PQXX
  if (name == "libpqxx") return with_pqxx();
#endif
#ifdef WITH_SOCI
  if (name == "soci") return with_soci();
#endif
  throw std::runtime_error{fmt::format("there is no form {}", name)};
}

/// Keys all over the table, the same ones for all forms.
class keys {
 public:
  explicit keys(std::int64_t rows) : rows_{rows} {}
  std::int64_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>((state_ >> 33U) % static_cast<std::uint64_t>(rows_)) + 1;
  }

 private:
  std::int64_t rows_;
  std::uint64_t state_ = 1;
};

struct contender {
  std::string name;
  one_write run;
  keys which;
  std::vector<double> microseconds{};
};

void turn(contender& one, int writes) {
  using clock = std::chrono::steady_clock;
  for (int i = 0; i < writes; ++i) {
    std::int64_t key = one.which.next();
    std::string text = fmt::format("  Display NAME {} ", key + static_cast<int>(one.microseconds.size()));
    clock::time_point begin = clock::now();
    one.run(key, text);
    one.microseconds.push_back(std::chrono::duration<double, std::micro>(clock::now() - begin).count());
  }
}

void measure(std::int64_t rows, int turns, const std::vector<std::string>& names) {
  constexpr int writes = 20;
  std::vector<contender> all;
  for (const std::string& name : names) all.push_back({name, form(name), keys{rows}});
  for (contender& each : all) turn(each, writes);  // plans are made, and generic after five
  for (contender& each : all) each.microseconds.clear();
  for (int i = 0; i < turns; ++i) {
    for (std::size_t at = 0; at < all.size(); ++at) turn(all[(at + static_cast<std::size_t>(i)) % all.size()], writes);
  }
  fmt::print("{{");
  std::string_view comma;
  for (contender& each : all) {
    std::sort(each.microseconds.begin(), each.microseconds.end());
    auto at = [&](double share) {
      return each.microseconds[static_cast<std::size_t>(share * static_cast<double>(each.microseconds.size()))];
    };
    fmt::print("{}\"{}\": {{\"p10\": {:.2f}, \"p50\": {:.2f}, \"p99\": {:.2f}}}", std::exchange(comma, ", "), each.name,
               at(0.1), at(0.5), at(0.99));
  }
  fmt::print("}}\n");
}

}  // namespace

int main(int count, char** words) {
  try {
    std::vector<std::string> given{words + 1, words + count};
    if (given.size() == 2 && given[0] == "make") {
      make(std::stoll(given[1]));
    } else if (given.size() > 3 && given[0] == "time") {
      measure(std::stoll(given[1]), std::stoi(given[2]), {given.begin() + 3, given.end()});
    } else if (given.size() == 4 && given[0] == "count") {
      one_write run = form(given[3]);
      keys which{std::stoll(given[1])};
      for (int i = std::stoi(given[2]); i > 0; --i) run(which.next(), "  Display NAME 123456 ");
    } else {
      return 2;
    }
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
