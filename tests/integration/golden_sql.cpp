// SPDX-License-Identifier: BSL-1.0
// Every statement in tests/golden on a real server: DDL is run and rolled back, everything else is prepared; statements
// over ranges of the key walk its index; and the backfill does what parity then finds.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/postgres/connection.hpp>

#include "golden/cases.hpp"

namespace {

namespace om = online_migration;

constexpr int rows = 2'000;

class server {
 public:
  om::result run(const std::string& sql) { return connection_.execute(om::statement{"test", sql}); }
  std::string ask(const std::string& sql) { return std::string{run(sql).text(0, 0)}; }

 private:
  om::connection connection_{""};
};

std::string text_of(auto write) {
  std::string text(om::detail::size_of(write), '\0');
  om::detail::sink out{text.data()};
  write(out);
  return text;
}

std::string quoted(std::string_view name) {
  return text_of([=](om::detail::sink& out) { out.identifier(name); });
}

std::string literal(std::string_view text) {
  return text_of([=](om::detail::sink& out) { out.literal(text); });
}

std::string name_of(const om::table_description& table) { return quoted(table.schema) + "." + quoted(table.name); }

/// An expression for the value of a column in row number `g`: keys are unique, nullable columns NULL in every fifth row.
std::string value_for(const om::column_description& column) {
  auto is = [&](const om::type_description& type) { return column.type->oid == type.oid; };
  std::string value = "(g * 2)";
  if (is(om::text::description)) value = "('  Key-' || g || ' Ä')";
  if (column.name == "mood") value = R"((ARRAY['sad', 'it''s', E'$om$\\', 'other'])[1 + g % 4])";
  if (is(om::varchar<1>::description)) value = "left('vÄr' || g, " + std::to_string(column.type->length) + ")";
  if (is(om::uuid::description)) value = "md5('u' || g / 10)::uuid";
  if (is(om::timestamptz::description)) value = "(timestamptz '2020-01-01 00:00+00' + (g / 10) * interval '1 hour')";
  if (is(om::float8::description)) value = "(CASE g % 3 WHEN 0 THEN '-0' WHEN 1 THEN 'NaN' ELSE '0.1' END)::float8";
  if (is(om::boolean::description)) value = "(g % 2 = 0)";
  if (is(om::date::description)) value = "(date '2020-01-01' + g)";
  if (column.type->shape == om::type_shape::array) {
    value = column.type->inner->oid == om::date::description.oid ? "ARRAY[date '2020-01-01' + g, NULL]"
                                                                 : "ARRAY['a' || g, NULL, '']";
  }
  return column.is_required ? value : "CASE WHEN g % 5 <> 0 THEN " + value + " END";
}

void fill(server& on, const om::table_description& table) {
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < table.count; ++i) {
    names += (i == 0 ? "" : ", ") + quoted(table.columns[i].name);
    values += (i == 0 ? "" : ", ") + value_for(table.columns[i]);
  }
  on.run("INSERT INTO " + name_of(table) + " (" + names + ") SELECT " + values + " FROM generate_series(1, " +
         std::to_string(rows) + ") AS g ORDER BY md5(g::text)");  // not in the order of the key
  on.run("ANALYZE " + name_of(table));
}

/// The key of the n-th row as literals, as they stand in an EXECUTE.
std::string key_at(server& on, const om::table_description& table, int row) {
  std::string names;
  std::string literals;
  for (std::size_t i = 0; i < table.key_count(); ++i) {
    std::string name = quoted(table.columns[table.key_at(i)].name);
    names += (i == 0 ? "" : ", ") + name;
    literals += (i == 0 ? "" : " || ', ' || ") + ("quote_literal(" + name + "::text)");
  }
  return on.ask("SELECT " + literals + " FROM " + name_of(table) + " ORDER BY " + names + " OFFSET " +
                std::to_string(row) + " LIMIT 1");
}

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What cannot be prepared.
bool is_ddl(const golden::entry& each) {
  for (std::string_view word : {"CREATE ", "ALTER ", "DROP ", "GRANT ", "REVOKE ", "DO "}) {
    if (each.text.starts_with(word)) return true;
  }
  return false;
}

using names = std::vector<std::string_view>;

names operator+(names one, const names& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

// The DDL of the steps in their order. `backfill` stands for one, and a phase for the run being there.
const names probe{"probe_table", "probe_column"};
const names net_functions{"create_total_function", "create_why_function",    "grant_total_functions",
                          "create_alarm_sequence", "revoke_alarm_sequence",  "create_alarm_function",
                          "grant_alarm_function",  "create_report_function", "revoke_report_function",
                          "create_sync_function",  "revoke_sync_function",   "create_dirty_function",
                          "revoke_dirty_function", "create_lookup_function", "revoke_lookup_function"};
const names net_triggers{"create_sync_trigger",      "enable_sync_trigger",         "create_report_trigger",
                         "enable_report_trigger",    "create_dirty_insert_trigger", "create_dirty_update_trigger",
                         "create_dirty_key_trigger", "enable_dirty_triggers",       "create_late_trigger",
                         "enable_late_trigger",      "create_lookup_trigger",       "enable_lookup_trigger"};
const names expand = net_functions + names{"add_column"} + net_triggers + names{"add_not_null"};
const names settle{"backfill", "validate_not_null", "set_not_null", "drop_not_null_check"};
const names drop_net{"drop_sync_trigger",         "drop_report_trigger",    "drop_dirty_insert_trigger",
                     "drop_dirty_update_trigger", "drop_dirty_key_trigger", "drop_late_trigger",
                     "drop_lookup_trigger",       "drop_sync_function",     "drop_report_function",
                     "drop_dirty_function",       "drop_lookup_function"};
const names drop_helpers{"drop_total_functions", "drop_alarm_function", "drop_alarm_sequence"};
const names guard{"create_guard_function", "revoke_guard_function", "create_guard_trigger", "enable_guard_trigger"};
const names drop_guard{"drop_guard_trigger", "drop_guard_function"};
const names contract = names{"contract-ready", "relax_legacy"} + guard + drop_net + names{"contracted"};
const names retire{"drop_guard_trigger", "retire_legacy", "drop_guard_function"};
const names revive = names{"unretire_legacy"} + guard + drop_guard + drop_helpers + net_functions +
                     names{"create_revive_function", "restore_default"} + net_triggers +
                     names{"refill",
                           "drop_legacy_check",
                           "add_legacy_not_null",
                           "validate_legacy_not_null",
                           "set_legacy_not_null",
                           "drop_legacy_check"};

const names lives[]{
    probe + expand + names{"drop_dirty_key_trigger", "create_dirty_part_trigger", "enable_dirty_triggers"} + settle +
        drop_net + names{"relax_target", "drop_target"} + drop_helpers,
    expand + settle + contract + retire + names{"unretire_legacy"} + guard + retire + names{"drop_legacy"} +
        drop_helpers,
    expand + settle + contract + retire + revive,
};

/// Statements over one key.
bool looks_up(std::string_view name) { return name == "read_legacy" || name == "read_new" || name == "read_both"; }

/// Statements over a range of the key, or over its end, which must find their rows and their order in its index.
bool walks(std::string_view name) {
  return name == "backfill_bound" || name == "backfill_bound_first" || name.starts_with("backfill_c") ||
         name == "client_read" || name == "client_read_first" || name.starts_with("parity_count") ||
         name == "parity_witness" || name == "parity_witness_first" || name.starts_with("parity_repair") ||
         name.starts_with("parity_failures") || name == "parity_suspects" || name == "parity_suspects_first" ||
         name == "greatest_key" || looks_up(name);
}

std::string find(const std::vector<golden::entry>& entries, std::string_view name) {
  for (const golden::entry& each : entries) {
    if (each.name == name) return each.text;
  }
  return {};
}

void prepare_state(server& on) {
  for (const auto* each : golden::state_tables) on.run(std::string{each->view()});
  on.run("CREATE SCHEMA app");
  on.run("CREATE SCHEMA \"we\"\"ird\"");
  on.run(R"(CREATE TYPE app."mo""od" AS ENUM ('sad', 'it''s', E'$om$\\'))");
  on.run(
      "INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, "
      "phase, safety_net) VALUES ('m', 1, '', '', '', '', 'backfill', 'sync-trigger')");
}

void prepare(server& on, const golden::entry& each, const om::table_description& table) {
  bool fragment = each.name.starts_with("assignments");
  on.run("PREPARE tried AS " + (fragment ? "UPDATE " + name_of(table) + " SET " + each.text : each.text));
}

/// What a prepared statement takes behind its first `given` parameters, as one that is not cut into stripes.
std::string rest_of_parameters(server& on, const std::string& name, std::size_t given) {
  return on.ask(
      "SELECT coalesce(string_agg(CASE type WHEN 'boolean'::regtype THEN ', false' WHEN 'text[]'::regtype THEN ', NULL' ELSE ', 1' END, '' ORDER BY n), '') FROM "
      "pg_prepared_statements, unnest(parameter_types) WITH ORDINALITY AS p (type, n) WHERE name = '" +
      name + "' AND n > " + std::to_string(given));
}

std::ptrdiff_t times(std::string_view text, std::string_view part) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// A range of a hundredth of the table must be found, and be in order, by the index of the key alone. A plan made
/// without the values has to guess the width of a range: for a range without lower bound it assumes a third of the
/// table.
void check_plan(server& on, const golden::entry& each, const om::table_description& table, const std::string& index) {
  std::string arguments;
  if (each.name != "greatest_key") {
    bool one_key = each.name.ends_with("_first") || looks_up(each.name);
    if (!one_key) arguments = key_at(on, table, rows / 2) + ", ";
    arguments += key_at(on, table, one_key ? rows / 100 : rows / 2 + rows / 100);
    std::size_t given = table.key_count() * (one_key ? 1 : 2);
    arguments += rest_of_parameters(on, "tried", given);
  }
  bool needs_values = each.name.ends_with("_first") || each.name.starts_with("client_read");
  // As `state::in_key_order`, which holds for a transaction.
  if (each.name.starts_with("parity_count")) on.run("SET enable_sort = off");
  for (const char* mode : {"force_custom_plan", "force_generic_plan"}) {
    if (needs_values && mode == std::string_view{"force_generic_plan"}) continue;
    on.run(std::string{"SET plan_cache_mode = "} + mode);
    std::string plan = on.ask("EXPLAIN (FORMAT JSON) EXECUTE tried" + (arguments.empty() ? "" : "(" + arguments + ")"));
    INFO(std::string{mode}, ": ", plan);
    CHECK(plan.find("\"Index Name\": " + index) != std::string::npos);
    if (!each.name.starts_with("client_read")) CHECK(plan.find("Sort\"") == std::string::npos);
    // What is behind a condition that is decided first is read only where there is something to delete.
    CHECK(times(plan, "\"Seq Scan\"") <= times(plan, "\"One-Time Filter\""));
    if (each.name != "greatest_key") CHECK(plan.find("\"Index Cond\"") != std::string::npos);
  }
  on.run("RESET plan_cache_mode");
  on.run("RESET enable_sort");
}

/// The backfill of the whole table as one chunk: it changes what it has to, a second time nothing, and parity agrees.
void check_backfill(server& on, const std::vector<golden::entry>& entries, const om::table_description& table) {
  std::string chunk = find(entries, "backfill_chunk_first");
  if (chunk.empty()) return;
  on.run("PREPARE chunk AS " + chunk);
  on.run("PREPARE parity AS " + find(entries, "parity_count_first"));
  std::string last = key_at(on, table, rows - 1);
  om::result before = on.run("EXECUTE parity(" + last + ", " + std::to_string(rows + 1) + ")");
  CHECK(before.integer(0, 0) == rows);
  CHECK(before.integer(0, 1) > 0);
  CHECK(on.run("EXECUTE parity(" + last + ", 7)").integer(0, 0) == 7);
  std::string whole = last + rest_of_parameters(on, "chunk", table.key_count());
  CHECK(on.run("EXECUTE chunk(" + whole + ")").integer(0, 0) == before.integer(0, 1));
  CHECK(on.run("EXECUTE chunk(" + whole + ")").integer(0, 0) == 0);
  om::result after = on.run("EXECUTE parity(" + last + ", " + std::to_string(rows + 1) + ")");
  CHECK(after.integer(0, 0) == rows);
  CHECK(after.integer(0, 1) == 0);
  on.run("DEALLOCATE chunk");
  on.run("DEALLOCATE parity");
}

/// The way back of the whole table as one range: no value is in its way, and it changes what was written since
/// contract.
void check_refill(server& on, const std::vector<golden::entry>& entries, const om::table_description& table) {
  std::string chunk = find(entries, "refill_chunk_first");
  if (chunk.empty()) return;
  on.run("PREPARE stays AS " + find(entries, "refill_check_first"));
  on.run("PREPARE refill AS " + chunk);
  std::string last = key_at(on, table, rows - 1);
  CHECK(on.run("EXECUTE stays(" + last + ")").integer(0, 0) == 0);
  CHECK(on.run("EXECUTE refill(" + last + ")").affected() == 0);
  on.run("DEALLOCATE stays");
  on.run("DEALLOCATE refill");
}

/// The table that a transform looks up in, with rows for some of what refers to it.
template <class Transform>
void make_looked_up(server& on) {
  if constexpr ((om::detail::lookups_in<Transform> > 0)) {
    using other = typename decltype(om::detail::first_lookup<Transform>())::function::looked_up;
    on.run("DROP TABLE IF EXISTS " + name_of(om::describe_table<other>));
    on.run(std::string{om::create_table<other>.view()});
    fill(on, om::describe_table<other>);
  }
}

void set_phase(server& on, std::string_view migration, std::string_view phase) {
  std::string name = literal(migration);
  on.run(
      "INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, "
      "safety_net) VALUES (" +
      name + ", 1, '', '', '', '', '" + std::string{phase} +
      "', 'sync-trigger') ON CONFLICT (migration, attempt) DO UPDATE SET phase = excluded.phase");
}

}  // namespace

TEST_CASE("every golden statement is SQL that the server takes, and the backfill walks the key") {
  server on;
  prepare_state(on);
  golden::for_each_case(golden::all_cases{}, [&]<class Case>() {
    const om::table_description& table = om::describe_table<typename Case::migration::table>;
    std::vector<golden::entry> entries = Case::entries();
    std::string file{Case::file};
    CAPTURE(file);

    on.run("DROP TABLE IF EXISTS " + name_of(table));
    on.run(find(entries, "create_table"));
    make_looked_up<typename Case::migration::change::transform>(on);
    bool was_required = false;
    if constexpr (om::replaces_column<typename Case::migration::change>) {
      // What create_table makes of a default is an identity, which contract does not take.
      om::detail::each_replaced(
          om::describe_migration<typename Case::migration>, [&](const om::column_description& old, std::size_t) {
            std::string column = "ALTER TABLE " + name_of(table) + " ALTER COLUMN " + quoted(old.name);
            on.run(column + " DROP IDENTITY IF EXISTS");
            if (old.has_server_default) on.run(column + " SET DEFAULT 7");
            was_required = was_required || old.is_required;
          });
    }
    fill(on, table);

    std::set<std::string_view> tried;
    bool goes_back = !find(entries, "refill_chunk_first").empty();
    for (const names& life : lives) {
      if (!goes_back && life.back() == revive.back()) continue;
      on.run("BEGIN");
      for (std::string_view name : life) {
        CAPTURE(name);
        if (name == "backfill") check_backfill(on, entries, table);
        if (name == "refill") check_refill(on, entries, table);
        if (name == "contract-ready" || name == "contracted") set_phase(on, Case::migration::name.view(), name);
        std::string text = find(entries, name);
        if (text.empty()) continue;
        tried.insert(name);
        // They are asked for where a column was NOT NULL; of a key its own contract notes that.
        bool noted = was_required && !om::detail::replaces_its_key(om::describe_migration<typename Case::migration>);
        bool fails = !noted && name.find("legacy_not_null") != std::string_view::npos;
        if (!fails) REQUIRE_NOTHROW(on.run(text));
      }
      on.run("ROLLBACK");
    }
    for (const golden::entry& each : entries) {
      CHECK_MESSAGE(is_ddl(each) == (tried.count(each.name) + (each.name == "create_table" ? 1 : 0) > 0), each.name);
    }

    for (std::string_view name : {"create_total_function", "create_why_function"}) {
      if (std::string text = find(entries, name); !text.empty()) on.run(text);
    }
    on.run(find(entries, "add_column"));
    std::string key = literal(name_of(table)) + "::regclass AND indisprimary";
    std::string index = on.ask(
        "SELECT to_json(relname)::text FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = " + key);
    for (const golden::entry& each : entries) {
      if (is_ddl(each)) continue;
      CAPTURE(each.name);
      if (each.text.starts_with("LOCK ")) {  // cannot be prepared either
        REQUIRE_NOTHROW(on.run("BEGIN"));
        REQUIRE_NOTHROW(on.run(each.text));
        on.run("ROLLBACK");
        continue;
      }
      REQUIRE_NOTHROW(prepare(on, each, table));
      if (walks(each.name)) check_plan(on, each, table, index);
      if (each.name == "begin_backfill") {
        on.run("EXECUTE tried(1)");
        CHECK(
            on.ask(
                "SELECT array_to_string(upper_bound, '|') || ' ' || rows_estimated FROM online_migration_backfill_state") ==
            on.ask("SELECT array_to_string(ARRAY[" + key_at(on, table, rows - 1) + "], '|') || ' ' || " +
                   std::to_string(rows)));
      }
      on.run("DEALLOCATE tried");
    }
    check_backfill(on, entries, table);
  });
}

TEST_CASE("SET NOT NULL scans no table that a valid CHECK vouches for") {
  server on;
  on.run("DROP TABLE IF EXISTS public.users");
  on.run("CREATE TABLE public.users (id bigint PRIMARY KEY, display_name text NOT NULL)");
  using sql = om::statements<golden::display_name_length>;
  for (const om::statement* each : {&sql::add_column, &sql::add_not_null, &sql::validate_not_null})
    on.run(std::string{each->view()});
  server counting;  // a session of its own, because the counters below are those of a session
  counting.run(std::string{sql::set_not_null.view()});
  CHECK(counting.ask("SELECT pg_stat_get_xact_numscans('public.users'::regclass)") == "0");
  counting.run(std::string{sql::drop_not_null_check.view()});
  CHECK(counting.ask("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND attnum = 3") ==
        "t");
}

TEST_CASE("every statement on the state tables is SQL that the server takes") {
  server on;
  for (const auto* each : golden::state_statements) {
    CAPTURE(each->name);
    // What begins and ends parts of a transaction cannot be prepared.
    if (each->view().find("SAVEPOINT") != std::string_view::npos) continue;
    CHECK_NOTHROW(on.run("PREPARE tried AS " + std::string{each->view()}));
    on.run("DEALLOCATE tried");
  }
}

TEST_CASE("type names, OIDs and array OIDs are the server's") {
  server on;
  auto check = [&]<class... Types>(om::detail::list<Types...>) {
    for (const om::type_description& type : {Types::description...}) {
      CAPTURE(type.name);
      std::string oid = std::to_string(type.oid);
      CHECK(on.ask("SELECT format_type(" + oid + ", NULL)") == type.name);
      CHECK(on.ask("SELECT typarray FROM pg_type WHERE oid = " + oid) == std::to_string(type.array_oid));
    }
  };
  check(om::detail::list<om::boolean, om::int2, om::int4, om::int8, om::float8, om::text, om::varchar<1>, om::uuid,
                         om::timestamptz, om::timestamp, om::float4, om::numeric<>, om::character<1>, om::json,
                         om::jsonb, om::bytea, om::inet, om::date, om::time, om::interval>{});
}
