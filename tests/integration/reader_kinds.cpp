// SPDX-License-Identifier: BSL-1.0
// Reads along the whole way of a migration: of one that replaces a column, of one whose transform has no value for some
// rows, and of one whose new values only the client can compute.
#include <cstdint>
#include <string>
#include <string_view>

#include "support/lab.hpp"

using namespace test;

namespace {

constexpr reader_options always{.shadow_share = 1};

struct accounts : table<"accounts", column<"id", bigint, primary_key>, column<"balance", integer, not_null>> {};
struct wide_balance
    : om::migration<
          "wide-balance", accounts,
          replace_column<"balance", "balance_v2", bigint, col<"balance">, cast<integer>(col<"balance_v2">), not_null>> {
};

struct codes : table<"codes", column<"id", bigint, primary_key>, column<"code", text, not_null>> {};
struct code_number
    : om::migration<"code-number", codes,
                    add_column<"number", integer, om::sql<"{}::pg_catalog.int4", integer>(col<"code">)>> {};

std::string turned(std::string_view text) { return {text.rbegin(), text.rend()}; }
struct turned_code
    : om::migration<"turned-code", codes, add_column<"turned", text, computed<&turned, "turned/1">(col<"code">)>> {};

/// Asks each time, so that a test sees at once what it has set.
template <class Migration>
struct fresh_flag {
  toolkit& tools;
  read_flag operator()() const { return tools.read_flag<Migration>().value_or(read_flag::legacy); }
};

}  // namespace

TEST_CASE("a replaced column is read in the type of the new one, from before expand until it is dropped") {
  lab here;
  here.run(
      "CREATE TABLE accounts (id bigint PRIMARY KEY, balance integer NOT NULL); "
      "INSERT INTO accounts SELECT g, -g FROM generate_series(1, 50) AS g");
  here.tools.ensure_state_tables();
  fresh_flag<wide_balance> flags{here.tools};
  om::reader<wide_balance> read{here.on, flags, always};
  auto check = [&](representation from) {
    auto found = read.get(om::key(7));
    CHECK(found.value() == std::int64_t{-7});
    CHECK(found.from() == from);
  };
  check(representation::legacy);
  om::expand<wide_balance>(here.tools);
  check(representation::legacy);
  om::expand_contract<wide_balance>{here.source}.run();
  check(representation::legacy);
  here.tools.set_read_flag<wide_balance>(read_flag::shadow);
  check(representation::legacy);
  CHECK(read.shadow() == shadow_counts{1, 0, 0});
  here.tools.set_read_flag<wide_balance>(read_flag::new_column);
  check(representation::new_column);

  contract_options options{.acknowledged = {risk::legacy_instances}, .flag_settle = 0ms};
  om::contract<wide_balance>(here.tools, om::prove<wide_balance>(here.tools, options));
  CHECK(here.tools.phase<wide_balance>() == phase::contracted);
  check(representation::new_column);
  refused problem = caught<refused>([&] { here.tools.set_read_flag<wide_balance>(read_flag::legacy); });
  CHECK(says(problem, "the old columns may not be written any more"));

  // Both are kept again, reads are at new, and may go back.
  om::revive<wide_balance>(here.tools);
  CHECK(here.tools.phase<wide_balance>() == phase::validate);
  check(representation::new_column);
  here.tools.set_read_flag<wide_balance>(read_flag::new_column);
  here.tools.set_read_flag<wide_balance>(read_flag::legacy);
  check(representation::legacy);
}

TEST_CASE("a row for which the transform has no value is read as NULL, and is the same in both columns") {
  lab here;
  here.run(
      "CREATE TABLE codes (id bigint PRIMARY KEY, code text NOT NULL); "
      "INSERT INTO codes VALUES (1, '42'), (2, 'none'), (3, ' 7 ')");
  here.tools.ensure_state_tables();
  om::expand<code_number>(here.tools);
  fresh_flag<code_number> flags{here.tools};
  om::reader<code_number> read{here.on, flags, always};
  auto check = [&] {
    CHECK(read.get(om::key(1)).value() == 42);
    REQUIRE(read.get(om::key(2)).has_row());
    CHECK_FALSE(read.get(om::key(2)).value().has_value());
    CHECK(read.get(om::key(3)).value() == 7);
  };
  check();
  backfill_runner<code_number>{here.source, {.on_data_error = data_error_policy::go_on}}.run();
  here.run("UPDATE online_migration_runs SET phase = 'contract-ready'");
  check();
  here.tools.set_read_flag<code_number>(read_flag::shadow);
  check();
  CHECK(read.shadow() == shadow_counts{4, 0, 0});
  here.tools.set_read_flag<code_number>(read_flag::new_column);
  check();
  here.run("INSERT INTO codes VALUES (4, 'nothing')");
  CHECK_FALSE(read.get(om::key(4)).value().has_value());
}

TEST_CASE("a row whose key waits for the client differs until it was computed") {
  lab here;
  here.run("CREATE TABLE codes (id bigint PRIMARY KEY, code text NOT NULL); INSERT INTO codes VALUES (1, 'abc')");
  here.tools.ensure_state_tables();
  om::expand_contract<turned_code>{here.source}.run();
  here.tools.set_read_flag<turned_code>(read_flag::shadow);
  fresh_flag<turned_code> flags{here.tools};
  om::reader<turned_code> read{here.on, flags, always};
  CHECK(read.get(om::key(1)).value() == "cba");
  here.run("UPDATE codes SET code = 'xyz' WHERE id = 1");
  CHECK(read.get(om::key(1)).value() == "zyx");
  CHECK(read.shadow() == shadow_counts{1, 1, 0});
  backfill_runner<turned_code>{here.source}.run();
  CHECK(read.get(om::key(1)).value() == "zyx");
  CHECK(read.shadow() == shadow_counts{2, 1, 0});
}
