// SPDX-License-Identifier: BSL-1.0
// One trial: makes the table anew, fills its new column in one way, and prints what that took as a line of JSON.
//   trial FORM ROWS [snapshot] [PORT]
// `snapshot` holds an old snapshot meanwhile. PORT is where the filling connects to, such as a proxy.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "users.hpp"

namespace {

constexpr const char* transform = "pg_catalog.lower(pg_catalog.btrim(display_name) COLLATE \"C\")";

/// Seconds of CPU that all processes of the server have used so far, those that have ended included. The clock tells
/// what else the machine does; this does not.
double server_cpu() {
  const char* first = std::getenv("ONLINE_MIGRATION_TEST_POSTMASTER_PID");
  if (first == nullptr) return 0;
  long ticks = 0;
  for (const auto& process : std::filesystem::directory_iterator{"/proc"}) {
    std::string name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file{process.path() / "stat"};
    std::string line;
    if (!std::getline(file, line)) continue;
    std::istringstream fields{line.substr(line.rfind(')') + 1)};
    std::string state;
    std::string parent;
    fields >> state >> parent;
    if (name != first && parent != first) continue;
    constexpr int before_times = 9;
    long number = 0;
    for (int i = 0; i < before_times; ++i) fields >> number;
    // utime, stime, and of the first process those of its children that have ended.
    for (int i = 0; i < (name == first ? 4 : 2); ++i) {
      fields >> number;
      ticks += number;
    }
  }
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct trial {
  std::string form;
  std::int64_t rows;
  std::string conninfo;
  om::database source{""};
  om::connection on{source.connect()};

  void run(const std::string& sql) { on.run_script(om::statement{"script", sql.c_str()}); }
  std::int64_t ask(const std::string& sql) { return on.execute(om::statement{"ask", sql.c_str()}).integer(0, 0); }

  template <class Migration>
  std::function<void()> ours(om::walk_by walk, int stripes, int workers = 1) {
    om::toolkit tools{source};
    tools.ensure_state_tables();
    om::expand<Migration>(tools);
    return [this, walk, stripes, workers] {
      om::database filled{conninfo};
      om::backfill_options options;
      options.workers = workers;
      options.walk = walk;
      options.stripes = stripes;
      om::backfill_result result = om::backfill_runner<Migration>{filled, options}.run();
      if (!result.finished()) std::abort();
      std::fprintf(stderr, "  %s\n", result.progress.strategy.c_str());
    };
  }

  void add_column() { run("ALTER TABLE users ADD COLUMN canonical_name text"); }

  std::function<void()> whole() {
    add_column();
    return [this] {
      om::connection filling{conninfo, {.deadline = std::chrono::hours{1}}};
      std::string sql = fmt::format("UPDATE users SET canonical_name = {}", transform);
      filling.execute(om::statement{"whole", sql.c_str()});
    };
  }

  /// As pgroll 0.14 does it: a flag column, a trigger on every row, batches joined back under FOR NO KEY UPDATE.
  std::function<void()> pgroll() {
    add_column();
    run("ALTER TABLE users ADD COLUMN _needs_backfill boolean DEFAULT true");
    run(fmt::format(
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE display_name text := NEW.display_name; "
        "BEGIN NEW.canonical_name := {}; NEW._needs_backfill := false; RETURN NEW; END $$",
        transform));
    run("CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fill()");
    return [this] {
      om::connection filling{conninfo};
      std::string last = "0";
      std::string sql =
          "WITH batch AS (SELECT id FROM users WHERE id > $1::bigint AND _needs_backfill = true ORDER BY id LIMIT 1000 "
          "FOR NO KEY UPDATE), done AS (UPDATE users SET id = users.id FROM batch WHERE users.id = batch.id "
          "RETURNING users.id) SELECT max(id) FROM done";
      for (;;) {
        auto row = filling.execute_prepared(om::statement{"batch", sql.c_str()}, {om::text_form_parameter(last)});
        if (row.is_null(0, 0)) return;
        last = row.text(0, 0);
      }
    };
  }

  /// As many a script does it: the keys of a batch are read, then sent back.
  std::function<void()> select_then_update() {
    add_column();
    return [this] {
      om::connection filling{conninfo};
      std::string last = "0";
      std::string update = fmt::format("UPDATE users SET canonical_name = {} WHERE id = ANY ($1::bigint[])", transform);
      for (;;) {
        auto keys = filling.execute_prepared(
            om::statement{"keys", "SELECT id FROM users WHERE id > $1::bigint ORDER BY id LIMIT 1000"},
            {om::text_form_parameter(last)});
        if (keys.rows() == 0) return;
        std::string all = "{";
        for (int row = 0; row < keys.rows(); ++row) {
          if (row > 0) all += ',';
          all += keys.text(row, 0);
        }
        all += '}';
        filling.execute_prepared(om::statement{"update", update.c_str()}, {om::text_form_parameter(all)});
        last = keys.text(keys.rows() - 1, 0);
      }
    };
  }

  std::function<void()> each_row() {
    add_column();
    return [this] {
      om::connection filling{conninfo};
      std::string update = fmt::format("UPDATE users SET canonical_name = {} WHERE id = $1::bigint", transform);
      for (std::int64_t id = 1; id <= rows; ++id) {
        std::string key = std::to_string(id);
        filling.execute_prepared(om::statement{"update", update.c_str()}, {om::text_form_parameter(key)});
      }
    };
  }

  std::function<void()> prepare() {
    if (form == "measured") return ours<by_server>(om::walk_by::measured, 0);
    if (form == "striped-blocks") return ours<by_server>(om::walk_by::blocks, 8);
    if (form == "striped-keys") return ours<by_server>(om::walk_by::keys, 8);
    if (form == "plain-keys") return ours<by_server>(om::walk_by::keys, 1);
    if (form == "client-only") return ours<by_client>(om::walk_by::keys, 0);
    if (form == "two-workers") return ours<by_server>(om::walk_by::blocks, 8, 2);
    if (form == "client-two-workers") return ours<by_client>(om::walk_by::keys, 0, 2);
    if (form == "one-update") return whole();
    if (form == "pgroll") return pgroll();
    if (form == "select-then-update") return select_then_update();
    if (form == "each-row") return each_row();
    std::fprintf(stderr, "there is no form %s\n", form.c_str());
    std::exit(2);
  }

  void measure(bool snapshot) {
    make_users(on, rows);
    std::function<void()> fill = prepare();
    run("VACUUM (ANALYZE, FREEZE) users");
    run("CHECKPOINT");
    std::optional<om::connection> holder;
    if (snapshot) {
      holder.emplace(source.connect());
      holder->run_script(
          om::statement{"hold", "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class LIMIT 1"});
    }
    std::int64_t heap = ask("SELECT pg_relation_size('users')");
    std::int64_t indexes = ask("SELECT pg_indexes_size('users')");
    std::string from{on.execute(om::statement{"lsn", "SELECT pg_current_wal_insert_lsn()"}).text(0, 0)};
    double cpu = server_cpu();
    auto begin = std::chrono::steady_clock::now();
    fill();
    std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    cpu = server_cpu() - cpu;
    std::int64_t wal = ask("SELECT (pg_current_wal_insert_lsn() - '" + from + "'::pg_lsn)::bigint");
    std::int64_t wrong =
        ask(fmt::format("SELECT count(*) FROM users WHERE canonical_name IS DISTINCT FROM {}", transform));
    fmt::print(
        "{{\"form\": \"{}\", \"rows\": {}, \"seconds\": {:.4f}, \"cpu\": {:.2f}, \"wal\": {}, \"heap\": {:.4f}, \"indexes\": {:.4f}, "
        "\"wrong\": {}}}\n",
        form, rows, time.count(), cpu, wal,
        static_cast<double>(ask("SELECT pg_relation_size('users')")) / static_cast<double>(heap),
        static_cast<double>(ask("SELECT pg_indexes_size('users')")) / static_cast<double>(indexes), wrong);
  }
};

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  bool snapshot = false;
  std::string conninfo;
  for (int i = 3; i < count; ++i) {
    if (std::string_view{words[i]} == "snapshot") {
      snapshot = true;
    } else {
      conninfo = "host=127.0.0.1 port=" + std::string{words[i]};
    }
  }
  try {
    trial{words[1], std::stoll(words[2]), conninfo}.measure(snapshot);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", words[1], problem.what());
    return 1;
  }
}
