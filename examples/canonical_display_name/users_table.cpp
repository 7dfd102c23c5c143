// SPDX-License-Identifier: BSL-1.0
#include "users_table.hpp"

#include <chrono>
#include <string_view>
#include <thread>

#include "copy_in.hpp"

namespace {

// A comment on what this example makes tells it from what somebody else made.
constexpr std::string_view mark = "made by the example canonical_display_name of online_migration";

constexpr om::statement claim{"claim", "SELECT pg_try_advisory_lock(1869440359, 1701667182)"};

constexpr om::statement look{"look", R"(
  SELECT to_regclass('public.users') IS NOT NULL,
         coalesce(obj_description(to_regclass('public.users'), 'pg_class'), ''),
         to_regclass('public.online_migration_runs') IS NOT NULL,
         coalesce(obj_description(to_regclass('public.online_migration_version'), 'pg_class'), ''))"};

constexpr om::statement find_run{"find_run", R"(
  SELECT count(*) FROM public.online_migration_runs WHERE migration = 'users-display-name-canonical')"};

constexpr om::statement any_run{"any_run", "SELECT count(*) FROM public.online_migration_runs"};

constexpr om::statement drop_users{"drop_users", R"(
  DROP TABLE public.users;
  DROP FUNCTION IF EXISTS public."om_sync_users-display-name-canonical"())"};

constexpr om::statement forget_run{"forget_run", R"(
  CREATE TEMPORARY TABLE ours ON COMMIT DROP AS
    SELECT run_id FROM public.online_migration_runs WHERE migration = 'users-display-name-canonical';
  DELETE FROM public.online_migration_parity_samples WHERE run_id IN (SELECT run_id FROM ours);
  DELETE FROM public.online_migration_parity_passes WHERE run_id IN (SELECT run_id FROM ours);
  DELETE FROM public.online_migration_backfill_state WHERE run_id IN (SELECT run_id FROM ours);
  DELETE FROM public.online_migration_dirty_keys WHERE migration = 'users-display-name-canonical';
  DELETE FROM public.online_migration_quarantine WHERE migration = 'users-display-name-canonical';
  DELETE FROM public.online_migration_runs WHERE run_id IN (SELECT run_id FROM ours))"};

constexpr om::statement drop_state_tables{"drop_state_tables", R"(
  DROP TABLE public.online_migration_dirty_keys, public.online_migration_quarantine,
    public.online_migration_parity_samples, public.online_migration_parity_passes,
    public.online_migration_backfill_state, public.online_migration_runs, public.online_migration_version)"};

constexpr om::statement create_users{"create_users", R"(
  CREATE TABLE public.users (id bigint PRIMARY KEY, display_name text NOT NULL);
  COMMENT ON TABLE public.users IS 'made by the example canonical_display_name of online_migration')"};

constexpr om::statement mark_state_tables{"mark_state_tables", R"(
  COMMENT ON TABLE public.online_migration_version IS 'made by the example canonical_display_name of online_migration')"};

constexpr om::statement vacuum{"vacuum", "VACUUM (ANALYZE) public.users"};
constexpr om::statement short_waits{"short_waits", "SET LOCAL lock_timeout = '5s'"};

}  // namespace

void claim_database(om::connection& on) {
  // The server notices a moment later that a program before this one has ended.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (!on.execute(claim).boolean(0, 0)) {
    if (std::chrono::steady_clock::now() >= until) {
      throw om::refused{
          "Another run of this example is at work in this database: wait for its end, or name another database."};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

void clean(om::connection& on) {
  om::result found = on.execute(look);
  bool users_there = found.boolean(0, 0);
  bool users_ours = found.text(0, 1) == mark;
  bool state_there = found.boolean(0, 2);
  bool state_ours = found.text(0, 3) == mark;
  if (users_there && !users_ours) {
    throw om::refused{
        "This database has a table public.users that this example did not make, and would have to replace. "
        "Nothing was changed. Name another database: createdb example && examples/run --dsn dbname=example"};
  }
  bool run_there = state_there && on.execute(find_run).integer(0, 0) > 0;
  if (run_there && !users_there) {
    throw om::refused{
        "This database knows a migration \"users-display-name-canonical\" that is not this example's. "
        "Nothing was changed. Name another database: createdb example && examples/run --dsn dbname=example"};
  }
  om::transaction scope{on};
  on.execute(short_waits);
  if (users_there) on.run_script(drop_users);
  if (run_there) on.run_script(forget_run);
  if (state_ours && on.execute(any_run).integer(0, 0) == 0) on.execute(drop_state_tables);
  scope.commit();
}

void load(om::connection& on, const settings& chosen, const display_names& names) {
  on.run_script(create_users);
  copy_in copy{on, "COPY public.users (id, display_name) FROM STDIN"};
  for (std::int64_t id = 1; id <= chosen.rows; ++id) copy.row(id, names.at_load(id));
  copy.end();
  // As a table that has been there for a while: with statistics, and free of work left over from the load.
  on.execute(vacuum);
}

void make_state_tables(om::connection& on, om::toolkit& toolkit) {
  bool there = on.execute(look).boolean(0, 2);
  toolkit.ensure_state_tables();
  if (!there) on.execute(mark_state_tables);
}
