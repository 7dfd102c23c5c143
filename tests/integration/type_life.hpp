// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/lab.hpp"

namespace test {

template <class Type>
struct valued : om::table<"valued", om::column<"id", om::bigint, om::primary_key>, om::column<"value", Type>> {};

template <class Type>
struct copied : om::migration<"copied", valued<Type>, om::add_column<"copy", Type, om::col<"value">>> {};

template <class Value>
Value same(Value value) {
  return value;
}

template <class Type>
struct computed_copy
    : om::migration<"computed", valued<Type>,
                    om::add_column<"copy", Type,
                                   om::computed<&same<typename Type::value_type>, "same/1", Type>(om::col<"value">)>> {
};

/// Partial as far as the library knows, so it runs in a function of the database.
template <class Type>
struct sql_copy
    : om::migration<"sql", valued<Type>, om::add_column<"copy", Type, om::sql<"{}", Type>(om::col<"value">)>> {};

/// With a way back, so that the trigger looks at both columns.
template <class Type>
struct replaced_copy : om::migration<"replaced", valued<Type>,
                                     om::replace_column<"value", "copy", Type, om::col<"value">, om::col<"copy">>> {};

/// A C++ value, and the SQL of the same.
template <class Value>
struct example {
  Value value;
  std::string sql;
};

/// The whole life of a migration that copies a column: rows from before, dual writes of every kind, writes of the old
/// ways, backfill, parity, repair and reads. What the server makes of the SQL is what is expected everywhere.
template <class Migration, class Value>
struct life : lab {
  using type = typename Migration::change::type;
  std::vector<example<Value>> examples;
  om::dual_writer<Migration> write{on};

  explicit life(std::vector<example<Value>> all) : examples{std::move(all)} {}

  void is_same(const std::string& column, std::size_t id, const std::string& sql) {
    CAPTURE(column);
    CAPTURE(id);
    CHECK(ask("SELECT ROW(" + column + ")::record *= ROW((" + sql + ")::" + type_name() +
              ")::record FROM valued WHERE id = " + std::to_string(id)) == "t");
  }

  static std::string type_name() { return om::detail::type_name(type::description); }

  std::string differing() {
    return ask("SELECT count(*) FROM valued WHERE NOT ROW(value)::record *= ROW(copy)::record");
  }

  void live(const std::string& before) {
    run(before + "; CREATE TABLE valued (id bigint PRIMARY KEY, value " + type_name() + ")");
    tools.ensure_state_tables();
    run("INSERT INTO valued VALUES (0, NULL)");
    std::size_t count = examples.size();
    for (std::size_t i = 0; i < count; ++i) {
      run("INSERT INTO valued VALUES (" + std::to_string(i + 1) + ", " + examples[i].sql + ")");
    }
    om::expand<Migration>(tools);
    dual_writes(count);
    run("INSERT INTO valued SELECT id + 500, value FROM valued WHERE id BETWEEN 1 AND " + std::to_string(count));
    REQUIRE(om::backfill_runner<Migration>{source}.run().finished());
    CHECK(differing() == "0");
    parity();
    reads(count);
  }

  void dual_writes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& [value, sql] = examples[i];
      CAPTURE(sql.substr(0, 80));
      CHECK(write.insert(om::key(static_cast<std::int64_t>(100 + i)), om::set<"value">(value)) == 1);
      write.insert(om::key(static_cast<std::int64_t>(200 + i)));
      CHECK(write.update(om::key(static_cast<std::int64_t>(200 + i)), om::set<"value">(std::optional{value})) == 1);
      CHECK(write.upsert(om::key(static_cast<std::int64_t>(300 + i)), om::set<"value">(value)) == 1);
      write.insert(om::key(static_cast<std::int64_t>(400 + i)));
      CHECK(write.upsert(om::key(static_cast<std::int64_t>(400 + i)), om::set<"value">(value)) == 1);
      for (std::size_t id : {100 + i, 200 + i, 300 + i, 400 + i}) {
        is_same("value", id, sql);
        is_same("copy", id, sql);
      }
    }
    CHECK(write.update(om::key(100), om::set<"value">(std::nullopt)) == 1);
    CHECK(ask("SELECT num_nulls(value, copy) FROM valued WHERE id = 100") == "2");
  }

  void parity() {
    om::parity_checker<Migration> check{source};
    CHECK(check.check_all().mismatches == 0);
    // Behind the back of the triggers.
    run("ALTER TABLE valued DISABLE TRIGGER USER; UPDATE valued SET copy = NULL WHERE id = 1");
    run("DO $$ DECLARE name name; BEGIN FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'valued'::regclass LOOP "
        "EXECUTE format('ALTER TABLE valued ENABLE ALWAYS TRIGGER %I', name); END LOOP; END $$");
    CHECK(check.check_all().mismatches == 1);
    CHECK(check.repair().mismatches == 1);
    CHECK(check.check_all().mismatches == 0);
    CHECK(differing() == "0");
  }

  /// What each reader finds goes back to the server, which compares it with what is stored.
  void reads(std::size_t count) {
    for (auto flag : {om::read_flag::legacy, om::read_flag::new_column, om::read_flag::shadow}) {
      auto flags = [flag] { return flag; };
      om::reader<Migration> read{on, flags, {.shadow_share = 1}};
      for (std::size_t i = 0; i < count; ++i) {
        auto found = read.get(om::key(static_cast<std::int64_t>(i + 1)));
        REQUIRE(found.has_row());
        REQUIRE(found.value().has_value());
        write.update(om::key(0), om::set<"value">(*found.value()));
        is_same("value", 0, examples[i].sql);
      }
      CHECK(read.shadow().different == 0);
    }
  }
};

template <template <class> class Migration, class Type, class Value>
void live(std::vector<example<Value>> examples, const std::string& before = "SELECT 1") {
  life<Migration<Type>, Value>{std::move(examples)}.live(before);
}

/// On either way to the new value: the server's, and the client's.
template <class Type, class Value>
void live_both(const std::vector<example<Value>>& examples, const std::string& before = "SELECT 1") {
  live<copied, Type>(examples, before);
  live<computed_copy, Type>(examples, before);
}

}  // namespace test
