// SPDX-License-Identifier: BSL-1.0
#include "check.hpp"

#include "copy_in.hpp"

namespace {

// The C collation's lower() changes ASCII letters alone, as ascii_lower does.
constexpr om::statement check_new_column{"check_new_column", R"(
  SELECT count(*),
         count(*) FILTER (WHERE display_name_canonical IS NULL),
         count(*) FILTER (WHERE display_name_canonical COLLATE "C"
                                IS DISTINCT FROM lower(btrim(display_name) COLLATE "C"))
  FROM public.users)"};

constexpr om::statement create_expected{"create_expected", R"(
  CREATE TEMPORARY TABLE expected (id bigint PRIMARY KEY, display_name text NOT NULL))"};

constexpr om::statement analyze_expected{"analyze_expected", "ANALYZE expected"};

constexpr om::statement check_writes{"check_writes", R"(
  SELECT count(*) FILTER (WHERE u.id IS NULL),
         count(*) FILTER (WHERE u.display_name COLLATE "C" <> e.display_name COLLATE "C"),
         count(*) FILTER (WHERE e.id IS NULL)
  FROM public.users AS u FULL JOIN expected AS e USING (id))"};

constexpr om::statement drop_expected{"drop_expected", "DROP TABLE expected"};

constexpr om::statement read_state{"read_state", R"(
  SELECT s.rows_changed, s.chunks, s.epoch
  FROM public.online_migration_runs AS r JOIN public.online_migration_backfill_state AS s USING (run_id)
  WHERE r.migration = 'users-display-name-canonical')"};

}  // namespace

check_result check(om::connection& on, const settings& chosen, const display_names& names,
                   const acknowledged& written) {
  check_result found;
  om::result column = on.execute(check_new_column);
  found.rows = column.integer(0, 0);
  found.nulls = column.integer(0, 1);
  found.mismatches = column.integer(0, 2);

  om::result state = on.execute(read_state);
  found.rows_changed = state.integer(0, 0);
  found.chunks = state.integer(0, 1);
  found.sessions = state.integer(0, 2);
  found.least = chosen.rows;
  found.most = chosen.rows;

  on.execute(create_expected);
  copy_in copy{on, "COPY expected (id, display_name) FROM STDIN"};
  for (std::int64_t id = 1; id <= chosen.rows; ++id) {
    if (!written.contains(id)) copy.row(id, names.at_load(id));
  }
  for (const auto& [id, name] : written) {
    if (name.has_value()) copy.row(id, *name);
    if (id <= chosen.rows) --found.least;
    if (id > chosen.rows) ++found.most;
  }
  copy.end();
  on.execute(analyze_expected);
  om::result writes = on.execute(check_writes);
  found.lost = writes.integer(0, 0);
  found.stale = writes.integer(0, 1);
  found.undead = writes.integer(0, 2);
  on.execute(drop_expected);
  return found;
}
