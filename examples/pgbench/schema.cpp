// SPDX-License-Identifier: BSL-1.0
#include "pgbench/schema.hpp"

#include <string>

#include <fmt/format.h>

namespace {

constexpr om::statement find_schema{"find_schema", R"(
  SELECT to_regnamespace($1) IS NOT NULL, coalesce(obj_description(to_regnamespace($1), 'pg_namespace'), ''),
         to_regclass('public.online_migration_runs') IS NOT NULL)"};

// What refers to a run goes before it.
constexpr om::statement forget_run[]{
    {"forget_witnesses", R"(DELETE FROM public.online_migration_parity_samples WHERE run_id IN (
       SELECT run_id FROM public.online_migration_runs WHERE migration = $1))"},
    {"forget_passes", R"(DELETE FROM public.online_migration_parity_passes WHERE run_id IN (
       SELECT run_id FROM public.online_migration_runs WHERE migration = $1))"},
    {"forget_slices", R"(DELETE FROM public.online_migration_backfill_state WHERE run_id IN (
       SELECT run_id FROM public.online_migration_runs WHERE migration = $1))"},
    {"forget_run", "DELETE FROM public.online_migration_runs WHERE migration = $1"}};

constexpr std::string_view mark = "made by an example of online_migration";

om::parameter text_of(std::string_view text) { return om::text_parameter(text, om::text::description.oid); }

/// For names that are constants of the examples.
void execute(om::connection& on, const std::string& sql) { on.execute(om::statement{"schema", sql}); }

}  // namespace

void clean(om::connection& on, std::string_view schema, std::string_view migration) {
  om::parameter name[]{text_of(schema)};
  om::result found = on.execute(find_schema, name);
  if (found.boolean(0, 0) && found.text(0, 1) != mark) {
    throw om::refused{fmt::format(
        "This database has a schema {0} that this example did not make, and would have to replace. Nothing was changed. "
        "Name another database: createdb example && examples/run {0} --dsn dbname=example",
        schema)};
  }
  om::transaction scope{on};
  om::parameter run[]{text_of(migration)};
  if (found.boolean(0, 2)) {
    for (const om::statement& each : forget_run) on.execute(each, run);
  }
  if (found.boolean(0, 0)) execute(on, fmt::format("DROP SCHEMA {} CASCADE", schema));
  scope.commit();
}

void make_schema(om::connection& on, std::string_view schema) {
  om::transaction scope{on};
  execute(on, fmt::format("CREATE SCHEMA {}", schema));
  execute(on, fmt::format("COMMENT ON SCHEMA {} IS '{}'", schema, mark));
  scope.commit();
}
