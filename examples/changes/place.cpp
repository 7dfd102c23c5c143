// SPDX-License-Identifier: BSL-1.0
#include "place.hpp"

#include <exception>

#include <fmt/format.h>

namespace {

constexpr om::statement is_strange{"is_strange", R"(
  SELECT to_regnamespace('changes') IS NOT NULL
    AND obj_description(to_regnamespace('changes'), 'pg_namespace') IS DISTINCT FROM 'made by an example')"};

/// What refers to a run goes before it.
constexpr om::statement clean_up{"clean_up", R"(
  SET client_min_messages = warning;
  DROP SCHEMA IF EXISTS changes CASCADE;
  DO $$ BEGIN IF to_regclass('public.online_migration_runs') IS NOT NULL THEN
    CREATE TEMPORARY TABLE gone AS SELECT run_id FROM public.online_migration_runs WHERE migration LIKE 'changes-%';
    DELETE FROM public.online_migration_parity_samples WHERE run_id IN (SELECT run_id FROM gone);
    DELETE FROM public.online_migration_parity_passes WHERE run_id IN (SELECT run_id FROM gone);
    DELETE FROM public.online_migration_backfill_state WHERE run_id IN (SELECT run_id FROM gone);
    DELETE FROM public.online_migration_quarantine WHERE migration LIKE 'changes-%';
    DELETE FROM public.online_migration_runs WHERE run_id IN (SELECT run_id FROM gone);
    DROP TABLE gone; END IF; END $$)"};

constexpr om::statement make_schema{"make_schema",
                                    "CREATE SCHEMA changes; COMMENT ON SCHEMA changes IS 'made by an example'"};

}  // namespace

void place::run(const std::string& sql) { on.run_script(om::statement{"application", sql}); }

void place::say(std::string_view what, std::string_view found, std::string_view expected) {
  bool same = found == expected;
  right_ = right_ && same;
  fmt::print("  {}: {}\n", what, found);
  if (!same) fmt::print("    THAT IS WRONG: it should be {}\n", expected);
}

void place::finds(std::string_view what, const std::string& sql, std::string_view expected) {
  om::result row = on.execute(om::statement{"look", sql});
  say(what, row.is_null(0, 0) ? "nothing" : row.text(0, 0), expected);
}

void place::refuses(std::string_view what, const std::string& sql, std::string_view sqlstate) {
  std::string found = "it was not";
  try {
    run(sql);
  } catch (const om::statement_error& problem) {
    found = problem.sqlstate();
  }
  say(fmt::format("refused, {}", what), found, sqlstate);
}

int show(std::string_view title, int count, char** words, void (*walk)(place&)) {
  std::string dsn;
  bool only_clean = false;
  for (int i = 1; i < count; ++i) {
    if (std::string_view{words[i]} == "--dsn" && i + 1 < count) {
      dsn = words[++i];
    } else if (std::string_view{words[i]} == "--clean") {
      only_clean = true;
    } else {
      fmt::print("{} [--dsn CONNINFO] [--clean]\n{}\n", words[0], title);
      return 2;
    }
  }
  try {
    place here{dsn};
    if (here.on.execute(is_strange).boolean(0, 0)) {
      fmt::print(stderr, "There is a schema \"changes\" that this example did not make. Nothing was changed.\n");
      return 2;
    }
    here.on.run_script(clean_up);
    if (only_clean) return 0;
    here.on.run_script(make_schema);
    here.toolkit.ensure_state_tables();
    fmt::print("{}\n", title);
    walk(here);
    fmt::print("{}\n", here.right() ? "as it should be" : "THE CHECK FAILED");
    return here.right() ? 0 : 1;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "{}\n", problem.what());
    return 2;
  }
}
