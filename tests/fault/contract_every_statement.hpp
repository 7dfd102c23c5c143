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

inline constexpr om::statement make_accounts{"make_accounts", R"(
CREATE SCHEMA bank;
CREATE TABLE bank.accounts (id integer PRIMARY KEY, balance integer NOT NULL DEFAULT 7, note text,
  CONSTRAINT once UNIQUE (balance, id) DEFERRABLE, CONSTRAINT above CHECK (balance > -5000));
COMMENT ON CONSTRAINT above ON bank.accounts IS 'the limit';
CREATE UNIQUE INDEX rich ON bank.accounts (balance) WHERE balance > 90000;
INSERT INTO bank.accounts SELECT g, g * 10 FROM generate_series(-19, 20) AS g)"};

inline constexpr om::statement live{"live", R"(
UPDATE bank.accounts SET balance_v2 = balance_v2 + 1 WHERE id % 3 = 0; INSERT INTO bank.accounts (id, balance_v2) VALUES (900, 1))"};

/// Everything that has to be the same, but for times and numbers of the server's own.
inline constexpr om::statement everything{"everything", R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('row %s', t) AS line FROM bank.accounts AS t
UNION ALL SELECT format('column %s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
  FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = 'bank.accounts'::regclass AND attnum > 0 AND NOT attisdropped
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
struct contract_step {
  static constexpr std::string_view from = "ready";
  template <class Tools>
  static void run(Tools& tools) {
    om::contract(tools, om::prove<wide_balance>(tools, {{om::risk::legacy_instances, om::risk::left_behind},
                                                        std::chrono::milliseconds{0}}));
  }
};
struct retire_step {
  static constexpr std::string_view from = "contracted";
  template <class Tools>
  static void run(Tools& tools) {
    om::retire<wide_balance>(tools, {{om::risk::dual_writers}});
  }
};
struct drop_step {
  static constexpr std::string_view from = "retired";
  template <class Tools>
  static void run(Tools& tools) {
    om::drop_retired<wide_balance>(tools, {{om::risk::dropped_column}, std::chrono::seconds{0}});
  }
};
struct revive_step {
  static constexpr std::string_view from = "retired";
  template <class Tools>
  static void run(Tools& tools) {
    om::revive<wide_balance>(tools);
  }
};
struct rollback_step {
  static constexpr std::string_view from = "ready";
  template <class Tools>
  static void run(Tools& tools) {
    om::rollback<wide_balance>(tools, {{om::risk::dropped_column}, std::chrono::milliseconds{1}});
  }
};

/// Databases that are copied for each try.
class stages {
 public:
  stages() {
    make("ready", "template0", [](om::database& in) {
      in.connect().run_script(make_accounts);
      om::expand_contract<wide_balance>{in}.run();
      om::toolkit tools{in};
      tools.set_read_flag<wide_balance>(om::read_flag::new_column);
    });
    make("contracted", "ready", [](om::database& in) {
      toolkit_of<om::database> tools{in};
      contract_step::run(tools);
      in.connect().run_script(live);
    });
    make("retired", "contracted", [](om::database& in) {
      toolkit_of<om::database> tools{in};
      retire_step::run(tools);
    });
  }

  /// A fresh one like this, called `work`.
  void begin(std::string_view like) { copy("work", like); }

  static std::string conninfo(std::string_view name) { return "dbname=" + std::string{name}; }

  /// Of `work`.
  static std::string state() {
    om::database in{conninfo("work")};
    return std::string{in.connect().execute(everything).text(0, 0)};
  }

 private:
  template <class Fill>
  void make(std::string_view name, std::string_view like, Fill fill) {
    copy(name, like);
    om::database in{conninfo(name)};
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
  faulty_database source{how, stages::conninfo("work")};
  toolkit_of<faulty_database> tools{source};
  Step::run(tools);
}

/// Made once: they take longer than the steps that are tried on their copies.
inline stages& all_stages() {
  static stages all;
  return all;
}

template <class Step>
const std::string& undisturbed() {
  static const std::string state = [] {
    all_stages().begin(Step::from);
    plan quiet;
    call<Step>(quiet);
    return stages::state();
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
  stages& all = all_stages();
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
    CHECK(stages::state() == expected);
  }
}

/// In a process of its own that is really killed at the n-th statement.
template <class Step>
void kill_each(choice which, fault what) {
  stages& all = all_stages();
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
    CHECK(stages::state() == expected);
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

TEST_CASE("every statement of contract") { harm_in_every_way<contract_step>(each); }
TEST_CASE("every statement of retire") { harm_in_every_way<retire_step>(each); }
TEST_CASE("every statement of drop_retired") { harm_in_every_way<drop_step>(each); }
TEST_CASE("every statement of revive") { harm_in_every_way<revive_step>(each); }
TEST_CASE("every statement of rollback") { harm_in_every_way<rollback_step>(each); }

}  // namespace contract_every_statement
