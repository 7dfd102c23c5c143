// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structural changes with a fault at their n-th statement, for n after n until none is left to harm: called again, they
// end as an undisturbed run does, and every way back ends where it began.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "faulty_database.hpp"
#include "integration/postgres_support.hpp"

namespace structure_every_statement {

using namespace faults;

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"email", om::text>> {};
struct orders : om::table<"orders", om::column<"id", om::bigint, om::primary_key>, om::column<"user_id", om::bigint>,
                          om::column<"total", om::integer>, om::column<"kind", om::text, om::not_null>,
                          om::column<"note", om::text>> {};

/// One of each kind.
struct all_kinds
    : om::migration<"all-kinds", orders, om::set_not_null<"user_id">,
                    om::add_check<"total_is_positive", om::sql<"{} >= 0", om::boolean>(om::col<"total">)>,
                    om::add_unique<"orders_user_key", "user_id", "id">,
                    om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "id">>,
                    om::create_index<"orders_by_user", om::columns<"user_id">>, om::set_default<"user_id", om::lit<1>>,
                    om::add_constant_column<"state", om::text, om::lit<"new">>, om::drop_default<"total">,
                    om::drop_not_null<"kind">, om::rename_constraint<"orders_kind_check", "kind_is_known">,
                    om::drop_column<"note">, om::drop_index<"orders_by_total">, om::drop_constraint<"orders_total_key">,
                    om::comment_column<"total", "in cents">, om::set_replica_identity<om::replica_identity_full>> {};

/// New columns, and behind them everything that may stand there.
struct behind_columns
    : om::migration<"behind-columns", orders,
                    om::add_column<"kind_low", om::text, om::ascii_lower(om::col<"kind">), om::not_null>,
                    om::add_column<"buyer", om::bigint, om::col<"user_id">>,
                    om::create_index<"orders_by_buyer", om::columns<"buyer", "kind_low">>,
                    om::comment_column<"kind_low", "for the search">, om::add_unique<"orders_buyer_key", "buyer", "id">,
                    om::add_check<"kind_is_low", om::sql<"{} <> 'K'", om::boolean>(om::col<"kind_low">)>,
                    om::add_foreign_key<"orders_buyer_fkey", om::columns<"buyer">, om::references<users, "id">>,
                    om::set_default<"user_id", om::lit<1>>, om::set_not_null<"note">, om::drop_default<"total">,
                    om::rename_constraint<"orders_kind_check", "kind_is_known">, om::drop_index<"orders_by_total">,
                    om::drop_constraint<"orders_total_key">> {};

/// A replacement, and behind it everything that may stand there.
struct behind_replacement
    : om::migration<"behind-replacement", orders, om::rename_column<"note", "remark", om::text>,
                    om::create_index<"orders_by_remark", om::columns<"remark", "kind">>,
                    om::comment_column<"remark", "by the buyer">, om::add_unique<"orders_remark_key", "remark", "id">,
                    om::add_check<"remark_is_short", om::sql<"{} <> 'long'", om::boolean>(om::col<"remark">)>,
                    om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "id">>> {};

inline constexpr const char* start_over = R"(
SET client_min_messages = warning;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint DEFAULT 7, total integer DEFAULT 3 CONSTRAINT orders_total_key UNIQUE,
  kind text NOT NULL DEFAULT 'k' CHECK (kind <> ''), note text);
CREATE INDEX orders_by_total ON orders (total);
COMMENT ON COLUMN orders.total IS 'in euros';
INSERT INTO users SELECT g FROM generate_series(1, 9) AS g;
INSERT INTO orders SELECT g, g % 9 + 1, g, 'k', 'n' FROM generate_series(1, 30) AS g)";

inline constexpr const char* schema = R"(SELECT string_agg(line, E'\n' ORDER BY line) FROM (
SELECT format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relname IN ('users', 'orders') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT format('said of %s %s: %s', oid::regclass, relreplident, col_description(oid, 3)) FROM pg_class
  WHERE relname IN ('users', 'orders')
UNION ALL SELECT format('trigger %s', tgname) FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal
UNION ALL SELECT format('function %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT format('index %s %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname IN ('users', 'orders')
UNION ALL SELECT format('constraint %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid), convalidated)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relname IN ('users', 'orders')) AS lines)";

using tools_type = om::basic_toolkit<faulty_database, hasty_environment>;
inline const om::contract_options agreed{{om::risk::legacy_instances}};

/// From wherever it is to the end: everything enforced, the column retired.
inline void forward(faulty_database& source, tools_type& tools) {
  om::expand_contract<all_kinds, faulty_database, hasty_environment>{source}.run();
  om::contract(tools, om::prove<all_kinds>(tools, agreed));
  om::retire<all_kinds>(tools, {{om::risk::dual_writers}});
}

/// Contract undone because a row breaks a constraint, then everything rolled back.
inline void refused_and_back(faulty_database& source, tools_type& tools, const char* break_it) {
  tools.ensure_state_tables();
  if (tools.phase<all_kinds>() == om::phase::rolled_back) return;
  om::expand_contract<all_kinds, faulty_database, hasty_environment>{source}.run();
  om::connection writer = om::database{""}.connect();
  try {
    writer.run_script(om::statement{"break", break_it});
  } catch (const om::statement_error& problem) {
    REQUIRE(problem.sqlstate() == "23514");  // it is there already, and a contract that was interrupted holds
  }
  bool is_refused = false;
  try {
    om::contract(tools, om::prove<all_kinds>(tools, agreed));
  } catch (const om::refused&) {
    is_refused = true;
  }
  CHECK(is_refused);
  om::rollback<all_kinds>(tools);
}

inline om::expand_contract_options in_chunks() {
  om::expand_contract_options options;
  options.backfill.chunk = om::fixed_chunk(11);
  options.backfill.takeover_wait = std::chrono::seconds{20};
  return options;
}

/// The columns filled and proven, and what stands behind them enforced.
inline void forward_behind(faulty_database& source, tools_type& tools) {
  om::expand_contract<behind_columns, faulty_database, hasty_environment>{source, in_chunks()}.run();
  if (tools.phase<behind_columns>() == om::phase::contracted) return;
  om::contract(tools, om::prove<behind_columns>(tools, agreed));
}

/// Contract undone because a row refers to nothing, then everything rolled back, and the columns gone.
inline void refused_and_back_behind(faulty_database& source, tools_type& tools) {
  tools.ensure_state_tables();
  if (tools.phase<behind_columns>() != om::phase::rolled_back) {
    om::connection writer = om::database{""}.connect();
    bool is_refused = test::ask(writer, "SELECT count(*) FROM orders WHERE user_id = 10") == "1";
    if (!is_refused) {
      om::expand_contract<behind_columns, faulty_database, hasty_environment>{source, in_chunks()}.run();
      writer.run_script(om::statement{"break", "INSERT INTO orders VALUES (99, 10, 99, 'k', 'x')"});
    }
    try {
      om::contract(tools, om::prove<behind_columns>(tools, agreed));
      FAIL("a row refers to nothing");
    } catch (const om::refused&) {
    }
  }
  om::rollback<behind_columns>(tools, {{om::risk::dropped_column}});
}

/// A contract that comes as far as its transaction, then everything rolled back, and the columns gone.
inline void enforced_and_back_behind(faulty_database& source, tools_type& tools) {
  tools.ensure_state_tables();
  if (tools.phase<behind_columns>() != om::phase::rolled_back) {
    om::connection look = om::database{""}.connect();
    if (test::ask(look, "SELECT count(*) FROM online_migration_runs WHERE metadata->>'undoing' = 'way back'") == "0") {
      om::expand_contract<behind_columns, faulty_database, hasty_environment>{source, in_chunks()}.run();
      std::string id = std::to_string(tools.run<behind_columns>()->id);
      om::detail::bring_into_force<om::structure_of<behind_columns>>(tools, id, {});
    }
  }
  om::rollback<behind_columns>(tools, {{om::risk::dropped_column}});
}

inline void forward_replacement(faulty_database& source, tools_type& tools) {
  om::expand_contract<behind_replacement, faulty_database, hasty_environment>{source, in_chunks()}.run();
  if (tools.phase<behind_replacement>() == om::phase::contracted) return;
  tools.set_read_flag<behind_replacement>(om::read_flag::new_column);
  om::contract_options all_agreed{{om::risk::legacy_instances, om::risk::dual_writers}, std::chrono::milliseconds{0}};
  om::contract(tools, om::prove<behind_replacement>(tools, all_agreed));
}

/// Contracted, revived, then everything rolled back, and the new column gone.
inline void revived_and_back_replacement(faulty_database& source, tools_type& tools) {
  tools.ensure_state_tables();
  if (tools.phase<behind_replacement>() == om::phase::rolled_back) return;
  om::connection note = om::database{""}.connect();
  if (test::ask(note, "SELECT count(*) FROM users WHERE email = 'contracted'") == "0") {
    forward_replacement(source, tools);
    test::script(note, "UPDATE users SET email = 'contracted' WHERE id = 1");
  }
  om::revive<behind_replacement>(tools);
  om::rollback<behind_replacement>(tools, {{om::risk::dropped_column}, std::chrono::milliseconds{0}});
}

/// Which statements are harmed: all with `step` 1, otherwise some, beginning at one that differs from run to run.
extern const std::int64_t step;

/// `work` with its n-th statement harmed, and again until it comes to its end; then `expected` has to be there.
template <class Work>
void harm_each(fault what, std::string_view sqlstate, std::int64_t least, Work work) {
  om::connection look = om::database{""}.connect();
  auto run = [&](plan& how) {
    faulty_database source{how};
    tools_type tools{source};
    work(source, tools);
  };
  test::script(look, start_over);
  plan undisturbed;
  run(undisturbed);
  std::string expected = test::ask(look, schema);
  std::int64_t first = 1 + om::system_environment::random(step - 1);
  MESSAGE("first statement harmed: ", first, ", then every ", step);
  std::int64_t n = first;
  for (bool fired = true; fired; n += step) {
    test::script(look, start_over);
    plan how;
    how.at = n;
    how.what = what;
    how.sqlstate = sqlstate;
    CAPTURE(n);
    for (bool ended = false; !ended;) {
      try {
        run(how);
        ended = true;
      } catch (const process_killed&) {
      } catch (const om::connection_error&) {
        CHECK(n <= 3);  // the first connection is not tried twice
      }
    }
    fired = how.fired;
    CHECK(test::ask(look, schema) == expected);
    CHECK(test::ask(look, "SELECT count(*) FROM online_migration_runs") == "1");
  }
  CHECK(n > least);
}

/// The short run leaves the ways out that are like others.
extern const bool in_every_way;

template <class Work>
void harm(std::int64_t least, Work work) {
  SUBCASE("its answer is lost") { harm_each(fault::lost_after, "", least, work); }
  SUBCASE("the process is gone before it") { harm_each(fault::killed_before, "", least, work); }
  if (!in_every_way) return;
  SUBCASE("the connection is lost before it") { harm_each(fault::lost_before, "", least, work); }
  SUBCASE("deadlock") { harm_each(fault::refused, "40P01", least, work); }
  SUBCASE("the process is gone after it") { harm_each(fault::killed_after, "", least, work); }
}

TEST_CASE("structural changes, every statement: to the end") {
  harm(150, [](auto& source, auto& tools) { forward(source, tools); });
}

TEST_CASE("structural changes, every statement: to the end and back") {
  harm(200, [](auto& source, auto& tools) {
    tools.ensure_state_tables();
    if (tools.template phase<all_kinds>() == om::phase::rolled_back) return;
    auto before = tools.template run<all_kinds>();
    if (!before.has_value() || before->phase != om::phase::contracted) forward(source, tools);
    om::revive<all_kinds>(tools);
  });
}

TEST_CASE("structural changes, every statement: a contract that cannot be, and back") {
  harm(150, [](auto& source, auto& tools) {
    refused_and_back(source, tools, "INSERT INTO orders VALUES (99, NULL, 99, 'k', 'x') ON CONFLICT DO NOTHING");
  });
}

TEST_CASE("structural changes behind new columns, every statement: to the end") {
  harm(300, [](auto& source, auto& tools) { forward_behind(source, tools); });
}

TEST_CASE("structural changes behind new columns, every statement: all that contract does before its end, and back") {
  harm(300, [](auto& source, auto& tools) { enforced_and_back_behind(source, tools); });
}

TEST_CASE("structural changes behind new columns, every statement: a contract that cannot be, and back") {
  harm(300, [](auto& source, auto& tools) { refused_and_back_behind(source, tools); });
}

TEST_CASE("structural changes behind a replacement, every statement: to the end") {
  harm(300, [](auto& source, auto& tools) { forward_replacement(source, tools); });
}

TEST_CASE("structural changes behind a replacement, every statement: to the end and back") {
  harm(300, [](auto& source, auto& tools) { revived_and_back_replacement(source, tools); });
}

}  // namespace structure_every_statement
