// SPDX-License-Identifier: BSL-1.0
#pragma once

// Every step after contract-ready, and every way back, with a fault at its n-th statement, for n after n until none is
// left to harm; then the same call again. Everything has to be as after an undisturbed call.

#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "faulty_database.hpp"

namespace contract_every_statement {

using namespace faults;

struct accounts
    : om::table<"accounts", om::in_schema<"bank">, om::column<"id", om::integer, om::primary_key>,
                om::column<"balance", om::integer, om::not_null, om::has_default>, om::column<"note", om::text>> {};

// Two columns that are replaced together: what holds of them holds of one.
struct wide_balance
    : om::migration<"wide-balance", accounts,
                    om::replace_columns<om::from<"balance", om::cast<om::integer>(om::col<"balance_v2">)>,
                                        om::from<"note", om::col<"remark">>,
                                        om::into<"balance_v2", om::bigint, om::col<"balance">, om::not_null>,
                                        om::into<"remark", om::text, om::col<"note">>>> {};

/// Columns that leave for another table.
struct members : om::table<"accounts", om::in_schema<"bank">, om::column<"id", om::integer, om::primary_key>,
                           om::column<"bio", om::text, om::has_default>, om::column<"avatar", om::text>> {};

struct profiles : om::table<"profiles", om::in_schema<"bank">, om::column<"member_id", om::integer, om::primary_key>,
                            om::column<"bio", om::text>, om::column<"picture", om::text, om::not_null>> {};

struct move_profile
    : om::migration<"move-profile", members,
                    om::move_columns<profiles, om::moved<"bio">, om::from<"avatar", om::lossy>,
                                     om::moved<"picture", om::coalesce(om::col<"avatar">, om::lit<"none">)>>> {};

inline constexpr om::statement make_accounts{"make_accounts", R"(
CREATE SCHEMA bank;
CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL DEFAULT 7, note text,
  CONSTRAINT once UNIQUE (balance, id) DEFERRABLE, CONSTRAINT above CHECK (balance > -5000));
COMMENT ON CONSTRAINT above ON bank.accounts IS 'the limit';
CREATE UNIQUE INDEX rich ON bank.accounts (balance) WHERE balance > 90000;
INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-19, 20) AS g)"};

inline constexpr om::statement live{"live", R"(
UPDATE bank.accounts SET balance_v2 = balance_v2 + 1 WHERE id % 3 = 0; INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 1))"};

inline constexpr om::statement make_members{"make_members", R"(
CREATE SCHEMA bank;
CREATE TABLE bank.accounts (id integer PRIMARY KEY, bio text DEFAULT 'none', avatar text, CONSTRAINT short CHECK (avatar <> 'long'));
INSERT INTO bank.accounts SELECT g, 'bio ' || g, 'a' || g FROM generate_series(-19, 20) AS g)"};

inline constexpr om::statement live_members{"live_members", R"(
UPDATE bank.profiles SET bio = 'newer' WHERE member_id % 3 = 0; INSERT INTO bank.accounts (id) VALUES (900);
INSERT INTO bank.profiles (member_id, picture) VALUES (900, 'p'))"};

/// What is migrated: how it is made, and what happens to it after contract.
struct replaced {
  using migration = wide_balance;
  static constexpr std::string_view name = "replaced_";
  static constexpr const om::statement& make = make_accounts;
  static constexpr const om::statement& lives = live;
};
struct moved {
  using migration = move_profile;
  static constexpr std::string_view name = "moved_";
  static constexpr const om::statement& make = make_members;
  static constexpr const om::statement& lives = live_members;
};

/// Everything that has to be the same, but for times and numbers of the server's own.
inline constexpr om::statement everything{"everything", R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('row %s', t) AS line FROM bank.accounts AS t
UNION ALL SELECT format('row of the other %s', x) FROM query_to_xml('SELECT * FROM bank.profiles ORDER BY 1', true, true, '') AS x
  WHERE to_regclass('bank.profiles') IS NOT NULL
UNION ALL SELECT format('column %s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
  FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid IN ('bank.accounts'::regclass, to_regclass('bank.profiles')) AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT format('relation %s %s', relname, relkind) FROM pg_class WHERE relnamespace = 'bank'::regnamespace
UNION ALL SELECT format('trigger %s %s', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger
  WHERE tgrelid = 'bank.accounts'::regclass AND NOT tgisinternal
UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'bank'::regnamespace
UNION ALL SELECT format('constraint %s %s %s %s', conname, pg_get_constraintdef(oid), convalidated, obj_description(oid))
  FROM pg_constraint WHERE conrelid = 'bank.accounts'::regclass
UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index
  WHERE indrelid = 'bank.accounts'::regclass
UNION ALL SELECT format('run %s %s %s %s %s %s %s %s', attempt, phase, walk, safety_net, read_flag, retired_column, metadata->'legacy',
    (SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_object_keys(metadata) AS k)) FROM online_migration_runs
UNION ALL SELECT format('trigger as noted: %s', metadata->>'trigger' = (SELECT oid::text || '.' || xmin::text FROM pg_trigger
    WHERE tgname LIKE '~om\_sync%' AND tgparentid = 0)) FROM online_migration_runs WHERE phase NOT IN ('contracted', 'rolled-back')
UNION ALL SELECT format('slice %s %s %s', finished, rows_done, holder) FROM online_migration_backfill_state
UNION ALL SELECT format('queued %s', count(*)) FROM online_migration_dirty_keys
) AS lines)"};

template <class Database>
using toolkit_of = om::basic_toolkit<Database, hasty_environment>;

/// What is called, and from which state.
template <class Subject>
struct contract_step {
  using subject = Subject;
  static constexpr std::string_view from = "ready";
  template <class Tools>
  static void run(Tools& tools) {
    om::contract(tools, om::prove<typename Subject::migration>(
                            tools, {{om::risk::legacy_instances, om::risk::left_behind, om::risk::no_way_back},
                                    std::chrono::milliseconds{0}}));
  }
};
template <class Subject>
struct retire_step {
  using subject = Subject;
  static constexpr std::string_view from = "contracted";
  template <class Tools>
  static void run(Tools& tools) {
    om::retire<typename Subject::migration>(tools, {{om::risk::dual_writers}});
  }
};
template <class Subject>
struct drop_step {
  using subject = Subject;
  static constexpr std::string_view from = "retired";
  template <class Tools>
  static void run(Tools& tools) {
    om::drop_retired<typename Subject::migration>(tools, {{om::risk::dropped_column}, std::chrono::seconds{0}});
  }
};
template <class Subject>
struct revive_step {
  using subject = Subject;
  static constexpr std::string_view from = "retired";
  template <class Tools>
  static void run(Tools& tools) {
    om::revive<typename Subject::migration>(tools);
  }
};
template <class Subject>
struct rollback_step {
  using subject = Subject;
  static constexpr std::string_view from = "ready";
  template <class Tools>
  static void run(Tools& tools) {
    om::rollback<typename Subject::migration>(tools, {{om::risk::dropped_column}, std::chrono::milliseconds{1}});
  }
};

inline std::string conninfo(std::string_view name) { return "dbname=" + std::string{name}; }

/// Everything of the copy that is worked on.
inline std::string state_of_work() {
  om::database in{conninfo("work")};
  return std::string{in.connect().execute(everything).text(0, 0)};
}

/// Databases that are copied for each try.
template <class Subject>
class stages {
 public:
  stages() {
    using migration = typename Subject::migration;
    make("ready", "template0", [](om::database& in) {
      in.connect().run_script(Subject::make);
      om::expand_contract<migration>{in}.run();
      om::toolkit tools{in};
      tools.set_read_flag<migration>(om::read_flag::new_column);
    });
    make("contracted", name_of("ready"), [](om::database& in) {
      toolkit_of<om::database> tools{in};
      contract_step<Subject>::run(tools);
      in.connect().run_script(Subject::lives);
    });
    make("retired", name_of("contracted"), [](om::database& in) {
      toolkit_of<om::database> tools{in};
      retire_step<Subject>::run(tools);
    });
  }

  /// A fresh one like this, called `work`.
  void begin(std::string_view like) { copy("work", name_of(like)); }

  static std::string name_of(std::string_view stage) { return std::string{Subject::name} + std::string{stage}; }

 private:
  template <class Fill>
  void make(std::string_view name, std::string_view like, Fill fill) {
    copy(name_of(name), like);
    om::database in{conninfo(name_of(name))};
    fill(in);
  }

  void copy(std::string_view name, std::string_view like) {
    std::string drop = "DROP DATABASE IF EXISTS " + std::string{name} + " WITH (FORCE)";
    std::string create = "CREATE DATABASE " + std::string{name} + " TEMPLATE " + std::string{like};
    on_.execute(om::statement{"drop", drop});
    for (int tries = 0;; ++tries) {
      try {
        on_.execute(om::statement{"create", create});
        return;
      } catch (const om::statement_error& problem) {
        // A session that has just ended may still be there.
        if (problem.sqlstate() != "55006" || tries > 100) throw;
        om::system_environment::sleep(std::chrono::milliseconds{5}, {});
      }
    }
  }

  om::database source_{""};
  om::connection on_ = source_.connect();
};

template <class Step>
void call(plan& how) {
  faulty_database source{how, conninfo("work")};
  toolkit_of<faulty_database> tools{source};
  Step::run(tools);
}

/// Made once: they take longer than the steps that are tried on their copies.
template <class Step>
auto& all_stages() {
  static stages<typename Step::subject> all;
  return all;
}

template <class Step>
const std::string& undisturbed() {
  static const std::string state = [] {
    all_stages<Step>().begin(Step::from);
    plan quiet;
    call<Step>(quiet);
    return state_of_work();
  }();
  return state;
}

/// Which statements are harmed: all with `step` 1, otherwise some, beginning at one that differs from run to run.
struct choice {
  std::int64_t step = 1;
  [[nodiscard]] std::int64_t first() const { return 1 + om::system_environment::random(step - 1); }
};

template <class Step>
void harm_each(choice which, fault what, std::string_view sqlstate) {
  auto& all = all_stages<Step>();
  const std::string& expected = undisturbed<Step>();
  for (std::int64_t n = which.first();; n += which.step) {
    all.begin(Step::from);
    plan how;
    how.at = n;
    how.what = what;
    how.sqlstate = sqlstate;
    CAPTURE(n);
    CAPTURE(sqlstate);
    bool failed = false;
    try {
      call<Step>(how);
    } catch (const om::error& problem) {
      // Only where the first connection does not stand yet; it is told at once then.
      failed = true;
      INFO(problem.what());
      CHECK(n <= 3);
    }
    if (!how.fired) return;
    if (failed) {
      plan quiet;
      call<Step>(quiet);
    }
    CHECK(state_of_work() == expected);
  }
}

/// In a process of its own that is really killed at the n-th statement.
template <class Step>
void kill_each(choice which, fault what) {
  auto& all = all_stages<Step>();
  const std::string& expected = undisturbed<Step>();
  for (std::int64_t n = which.first();; n += which.step) {
    all.begin(Step::from);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      plan how;
      how.at = n;
      how.what = what;
      how.real_kill = true;
      try {
        call<Step>(how);
      } catch (...) {
        _exit(3);
      }
      _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CAPTURE(n);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!killed) {
      CHECK(WEXITSTATUS(status) == 0);
      return;
    }
    plan quiet;
    call<Step>(quiet);
    CHECK(state_of_work() == expected);
  }
}

template <class Step>
void harm_in_every_way(choice which) {
  for (fault what : {fault::lost_before, fault::lost_after}) harm_each<Step>(which, what, "");
  for (std::string_view sqlstate : {"40001", "40P01", "55P03"}) harm_each<Step>(which, fault::refused, sqlstate);
  for (fault what : {fault::killed_before, fault::killed_after}) kill_each<Step>(which, what);
}

/// How much of it: each program has its own.
extern const choice each;

TEST_CASE("every statement of contract") { harm_in_every_way<contract_step<replaced>>(each); }
TEST_CASE("every statement of retire") { harm_in_every_way<retire_step<replaced>>(each); }
TEST_CASE("every statement of drop_retired") { harm_in_every_way<drop_step<replaced>>(each); }
TEST_CASE("every statement of revive") { harm_in_every_way<revive_step<replaced>>(each); }
TEST_CASE("every statement of rollback") { harm_in_every_way<rollback_step<replaced>>(each); }
TEST_CASE("every statement of contract, of columns that move") { harm_in_every_way<contract_step<moved>>(each); }
TEST_CASE("every statement of retire, of columns that move") { harm_in_every_way<retire_step<moved>>(each); }
TEST_CASE("every statement of drop_retired, of columns that move") { harm_in_every_way<drop_step<moved>>(each); }

}  // namespace contract_every_statement
