// SPDX-License-Identifier: BSL-1.0
// The key of a table becomes wider beside an application that never rests, in versions of every age, and never sees an
// error.

#include <atomic>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "integration/replace_key_support.hpp"

using namespace test;

namespace {

constexpr statement old_order{"old_order",
                              "INSERT INTO bank.orders (parent_id, note) VALUES ($1::integer, 'old') RETURNING id"};
constexpr statement old_line{"old_line", "INSERT INTO bank.order_lines (order_id, amount) VALUES ($1::integer, 1)"};
constexpr statement old_end{"old_end", "DELETE FROM bank.orders WHERE id = $1::integer"};
constexpr statement dual_order{
    "dual_order",
    "INSERT INTO bank.orders (parent_id, parent_id_v2, note) VALUES ($1::integer, $1::bigint, 'dual') RETURNING id"};
constexpr statement dual_line{
    "dual_line", "INSERT INTO bank.order_lines (order_id, order_id_v2, amount) VALUES ($1::integer, $1::bigint, 1)"};
constexpr statement dual_read{"dual_read",
                              "SELECT count(*) FROM bank.orders WHERE id = $1::integer AND id_v2 = $1::bigint"};
constexpr statement new_order{
    "new_order", "INSERT INTO bank.orders (parent_id_v2, note) VALUES ($1::bigint, 'new') RETURNING id_v2"};
constexpr statement new_line{"new_line", "INSERT INTO bank.order_lines (order_id_v2, amount) VALUES ($1::bigint, 1)"};
constexpr statement new_end{"new_end", "DELETE FROM bank.orders WHERE id_v2 = $1::bigint"};

/// One version of the application: orders with a line each, of which it deletes every third.
struct version {
  const statement& order;
  const statement& line;
  const statement& end;
  const statement* read = nullptr;
};

constexpr version legacy{old_order, old_line, old_end};
constexpr version dual{dual_order, dual_line, old_end, &dual_read};
constexpr version modern{new_order, new_line, new_end};

class application {
 public:
  explicit application(const version& which)
      : thread_{[this, &which](const std::stop_token& stop) { this->live(which, stop); }} {}

  /// Waits until it has made so many more orders.
  void go_on(int orders) {
    int before = made_;
    eventually([&] { return made_ >= before + orders || failures_ > 0; });
  }

  void end() { thread_ = {}; }

  int failures() const { return failures_; }
  const std::set<std::string>& kept() const { return kept_; }

 private:
  void live(const version& which, const std::stop_token& stop) {
    connection on = somebody("writer");
    auto run = [&](const statement& what, const std::string& number) {
      // Prepared once, as applications do; nothing of it may be lost on the way.
      const parameter value = number.empty() ? null_parameter() : text_form_parameter(number);
      return on.execute_prepared(what, std::span<const parameter>{&value, 1});
    };
    std::string before;
    while (!stop.stop_requested()) {
      try {
        on.execute(statement{"begin", "BEGIN"});
        std::string order{run(which.order, before).text(0, 0)};
        run(which.line, order);
        if (which.read != nullptr && run(*which.read, order).integer(0, 0) != 1) ++failures_;
        bool ends = made_ % 3 == 2;
        if (ends) run(which.end, order);
        on.execute(statement{"commit", "COMMIT"});
        if (!ends) kept_.insert(order);
        before = ends ? std::string{} : order;
        // Who is deleted leaves its children without a parent.
        if (made_ % 7 == 6 && !kept_.empty()) {
          run(which.end, *kept_.begin());
          if (before == *kept_.begin()) before.clear();
          kept_.erase(kept_.begin());
        }
        ++made_;
      } catch (const error& problem) {
        last_ = problem.what();
        MESSAGE(last_);
        ++failures_;
        return;
      }
    }
  }

  std::atomic<int> made_ = 0;
  std::atomic<int> failures_ = 0;
  std::set<std::string> kept_;
  std::string last_;
  std::jthread thread_;
};

}  // namespace

TEST_CASE_FIXTURE(shop, "a key with everything that refers to it, beside all versions of an application") {
  open();
  run("CREATE INDEX ON bank.order_lines (order_id); CREATE INDEX ON bank.orders (parent_id); CREATE INDEX ON bank.remarks (order_id)");
  application first{legacy};
  first.go_on(20);
  for (auto begin :
       {+[](toolkit& in) { expand<wide_id>(in); }, +[](toolkit& in) { expand<wide_line_order>(in); },
        +[](toolkit& in) { expand<wide_remark_order>(in); }, +[](toolkit& in) { expand<wide_parent>(in); }}) {
    begin(tools);
    first.go_on(5);
  }
  application second{dual};
  second.go_on(10);
  make_ready<wide_remark_order>();
  REQUIRE(backfill_runner<wide_id>{source, {.chunk = fixed_chunk(30)}}.run().finished());
  REQUIRE(backfill_runner<wide_line_order>{source, {.chunk = fixed_chunk(30)}}.run().finished());
  first.go_on(10);
  first.end();
  // The passes that contract relies on begin when nobody writes the old way any more.
  make_ready<wide_id>();
  make_ready<wide_line_order>();
  make_ready<wide_parent>();
  prepare_key<wide_id>(tools);
  second.go_on(20);
  contract_it<wide_line_order>({risk::left_behind});
  contract_it<wide_remark_order>({risk::left_behind});
  contract_it<wide_parent>({risk::left_behind});
  second.go_on(20);
  contract_it<wide_id>();
  second.go_on(20);
  application third{modern};
  third.go_on(20);
  revive<wide_id>(tools);
  second.go_on(10);
  third.go_on(10);
  CHECK(parity_checker<wide_id>{source}.check_all().mismatches == 0);
  make_ready<wide_id>();
  contract_it<wide_id>();
  second.go_on(10);
  second.end();
  run("SELECT setval('bank.orders_id_seq', 2147483640)");
  third.go_on(40);
  CHECK(
      count(
          "SELECT count(*) FROM bank.orders WHERE id::bigint IS DISTINCT FROM CASE WHEN id_v2 <= 2147483647 THEN id_v2 END") ==
      0);
  run("DROP INDEX bank.orders_parent_id_idx, bank.order_lines_order_id_idx");
  retire<wide_parent>(tools, all_new);
  retire<wide_id>(tools, all_new);
  retire<wide_line_order>(tools, all_new);
  third.go_on(10);
  drop_retired<wide_parent>(tools, at_once);
  drop_retired<wide_id>(tools, at_once);
  drop_retired<wide_line_order>(tools, at_once);
  third.go_on(10);
  third.end();

  CHECK(
      count(
          "SELECT count(*) FROM bank.order_lines AS l WHERE NOT EXISTS (SELECT FROM bank.orders AS o WHERE o.id_v2 = l.order_id_v2)") ==
      0);
  CHECK(count("SELECT count(*) FROM bank.orders WHERE id_v2 > 2147483647") > 0);
  // What was acknowledged is there, each with its line, and nothing else is.
  std::int64_t kept = 60;
  for (const application* each : {&first, &second, &third}) {
    CHECK(each->failures() == 0);
    kept += static_cast<std::int64_t>(each->kept().size());
    for (const std::string& order : each->kept()) {
      CHECK(count("SELECT count(*) FROM bank.orders JOIN bank.order_lines ON order_id_v2 = id_v2 WHERE id_v2 = " +
                  order) == 1);
    }
  }
  CHECK(count("SELECT count(*) FROM bank.orders") == kept);
}
