// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "contract_support.hpp"

namespace test {

/// A shop whose orders run out of numbers, with everything that refers to them.
struct orders : table<"orders", in_schema<"bank">, column<"id", integer, primary_key, has_default>,
                      column<"parent_id", integer>, column<"note", text>> {};
struct order_lines : table<"order_lines", in_schema<"bank">, column<"line", bigint, primary_key, has_default>,
                           column<"order_id", integer, not_null>, column<"amount", integer>> {};
struct remarks
    : table<"remarks", in_schema<"bank">, column<"remark", bigint, primary_key>, column<"order_id", integer>> {};

struct wide_line_order
    : om::migration<"lines-order", order_lines,
                    replace_column<"order_id", "order_id_v2", bigint, col<"order_id">, derived_inverse, not_null>> {};
struct wide_remark_order
    : om::migration<"remarks-order", remarks, replace_column<"order_id", "order_id_v2", bigint, col<"order_id">>> {};
struct wide_parent
    : om::migration<"orders-parent", orders, replace_column<"parent_id", "parent_id_v2", bigint, col<"parent_id">>> {};

struct wide_id
    : om::migration<
          "orders-id", orders,
          replace_key<"id", "id_v2", bigint, referenced_by<wide_line_order, wide_remark_order, wide_parent>>> {};

struct shop : bank {
  /// Sixty orders; `id` is how they are numbered.
  void open(const std::string& id = "serial") {
    run("CREATE TABLE bank.orders (id " + id +
        " PRIMARY KEY, parent_id integer REFERENCES bank.orders ON DELETE SET NULL, note text);"
        "COMMENT ON CONSTRAINT orders_pkey ON bank.orders IS 'the number on the paper';"
        "CREATE TABLE bank.order_lines (line bigserial PRIMARY KEY,"
        " order_id integer NOT NULL REFERENCES bank.orders ON UPDATE CASCADE ON DELETE CASCADE, amount integer);"
        "CREATE TABLE bank.remarks (remark bigint PRIMARY KEY,"
        " order_id integer REFERENCES bank.orders MATCH FULL DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO bank.orders (note) SELECT 'n' FROM generate_series(1, 60);"
        "UPDATE bank.orders SET parent_id = id - 1 WHERE id > 1;"
        "INSERT INTO bank.order_lines (order_id, amount) SELECT 1 + g % 60, g FROM generate_series(1, 150) AS g;"
        "INSERT INTO bank.remarks SELECT g, g FROM generate_series(1, 20) AS g");
  }

  template <class Migration>
  void make_ready() {
    expand_contract<Migration>{source}.run();
    tools.set_read_flag<Migration>(read_flag::new_column);
  }

  /// All four are contract-ready, with indexes and foreign keys.
  void make_all_ready() {
    make_ready<wide_id>();
    make_ready<wide_line_order>();
    make_ready<wide_remark_order>();
    make_ready<wide_parent>();
    prepare_key<wide_id>(tools);
  }

  template <class Migration>
  void contract_it(std::vector<risk> more = {}) {
    more.push_back(risk::legacy_instances);
    contract(tools, prove<Migration>(tools, {std::move(more), 0ms}));
  }

  void contract_references() {
    contract_it<wide_line_order>();
    contract_it<wide_remark_order>();
    contract_it<wide_parent>();
  }

  std::string constraints(const std::string& table) {
    return ask(
        "SELECT coalesce(string_agg(conname || ' ' || pg_get_constraintdef(oid), '; ' ORDER BY conname), '') FROM pg_constraint"
        " WHERE contype IN ('p', 'f') AND conrelid = '" +
        table + "'::regclass");
  }

  /// What `id` and `id_v2` are, by the server's own words.
  std::string numbering(const std::string& column) {
    return ask(
        "SELECT format('%s %s %s', coalesce(pg_get_expr(adbin, adrelid), '-'), CASE attidentity WHEN '' THEN '-' ELSE attidentity END,"
        " coalesce(pg_get_serial_sequence('bank.orders', attname), '-')) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
        " WHERE attrelid = 'bank.orders'::regclass AND attname = '" +
        column + "'");
  }

  /// Rows of all tables whose columns are not in step, where the old one can hold the value.
  std::int64_t keys_out_of_step() {
    return count(
        "SELECT (SELECT count(*) FROM bank.orders WHERE id::bigint IS DISTINCT FROM CASE WHEN id_v2 <= 2147483647 THEN id_v2 END)"
        " + (SELECT count(*) FROM bank.order_lines WHERE order_id::bigint IS DISTINCT FROM order_id_v2)");
  }

  template <class Call>
  std::string refusal(Call call) {
    try {
      call();
    } catch (const refused& problem) {
      return problem.what();
    }
    FAIL_CHECK("it was not refused");
    return {};
  }
};

}  // namespace test
