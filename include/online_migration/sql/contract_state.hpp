// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/not_null.hpp>
#include <online_migration/sql/statement.hpp>

/// Statements on the state tables for what comes after `contract-ready`, and for the ways back.
namespace online_migration::state {

/// What contract looks at. `$1` run, `$2` milliseconds that the read flag has to be old, `$3` the sequence of the alarm as
/// text, or NULL. Columns: read flag, whether it is that old, the names of the retired columns, whether the run is on
/// its way back, whether the old columns were dropped, rows in quarantine, keys that wait for a client, firings of the
/// sync trigger since the newest finished full pass began (NULL where nobody counted them), seconds since the old
/// columns were retired, whether one of them was NOT NULL.
inline constexpr statement contract_facts{"state_contract_facts",
                                          R"(SELECT r.read_flag,
  r.read_flag_since <= pg_catalog.clock_timestamp() - $2::bigint * interval '1 millisecond',
  r.retired_column, r.metadata ? 'reviving', r.metadata ? 'dropped_at',
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" AS q WHERE q.migration = r.migration),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = r.migration),
  (SELECT CASE WHEN pg_catalog.to_regclass($3::text) IS NOT NULL
      THEN COALESCE(pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass($3::text)), 0) - p.alarm END
    FROM "public"."online_migration_parity_passes" AS p
    WHERE p.run_id = r.run_id AND p.kind = 'full' AND p.finished_at IS NOT NULL ORDER BY p.pass_id DESC LIMIT 1),
  EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - (r.metadata->>'retired_at')::timestamp with time zone)::bigint,
  COALESCE(pg_catalog.jsonb_array_length(r.metadata->'legacy'->'not_null') > 0, false)
 FROM "public"."online_migration_runs" AS r WHERE r.run_id = $1::bigint)"};

/// Whether the old columns that were NOT NULL before contract are so again. `$1` run, `$2` schema, `$3` table.
inline constexpr auto legacy_required_text = detail::join(
    R"(SELECT NOT EXISTS (SELECT FROM "public"."online_migration_runs" AS r,
   pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS k (name)
  WHERE r.run_id = $1::bigint AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
   JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $2::text AND c.relname = $3::text AND a.attname = k.name AND )",
    detail::is_not_null, "))");
inline constexpr statement legacy_required{"state_legacy_required", legacy_required_text.view()};

/// From contract on the new representation is read. `$1` run.
inline constexpr statement read_new_only{
    "state_read_new_only",
    R"(UPDATE "public"."online_migration_runs" SET read_flag = 'new', read_percent = 0,
  read_flag_since = CASE WHEN read_flag = 'new' THEN read_flag_since ELSE pg_catalog.clock_timestamp() END WHERE run_id = $1::bigint)"};

/// Legacy again; from `shadow` that changes nothing for those who read. `$1` run.
inline constexpr statement read_legacy_only{
    "state_read_legacy_only",
    R"(UPDATE "public"."online_migration_runs" SET read_flag = 'legacy', read_percent = 0,
  read_flag_since = CASE WHEN read_flag IN ('legacy', 'shadow') THEN read_flag_since ELSE pg_catalog.clock_timestamp() END
 WHERE run_id = $1::bigint)"};

/// `$1` run, `$2` the names that the old columns have now.
inline constexpr statement note_retired{"state_note_retired",
                                        R"(UPDATE "public"."online_migration_runs" SET retired_column = $2::text,
  metadata = metadata || pg_catalog.jsonb_build_object('retired_at', pg_catalog.clock_timestamp()) WHERE run_id = $1::bigint)"};

/// `$1` run.
inline constexpr statement note_unretired{
    "state_note_unretired",
    R"(UPDATE "public"."online_migration_runs" SET retired_column = NULL, metadata = metadata - 'retired_at'
 WHERE run_id = $1::bigint)"};

/// `$1` run.
inline constexpr statement note_dropped{"state_note_dropped",
                                        R"(UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('dropped_at', pg_catalog.clock_timestamp()) WHERE run_id = $1::bigint)"};

/// `$1` run.
inline constexpr statement note_reviving{"state_note_reviving",
                                         R"(UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('reviving', pg_catalog.clock_timestamp()) WHERE run_id = $1::bigint)"};

/// The run is open again. What was proven before contract proves nothing now, so its walks are counted on. `$1` run,
/// `$2` what `catalog::trigger_state` tells.
inline constexpr statement reopen_run{
    "state_reopen_run",
    R"(UPDATE "public"."online_migration_runs" SET phase = 'validate', phase_since = pg_catalog.clock_timestamp(), walk = walk + 1,
  safety_net = 'sync-trigger',
  metadata = (metadata - 'reviving' - 'legacy' - 'contracted_at') ||
   pg_catalog.jsonb_build_object('revived_at', pg_catalog.clock_timestamp(), 'trigger', $2::text)
 WHERE run_id = $1::bigint AND phase = 'contracted')"};

/// Holds a run where it is while something is done for it. `$1` run. Columns: phase, whether it is on its way back, and the
/// walk, by which a way back is told from a later one.
inline constexpr statement hold_run{
    "state_hold_run",
    R"(SELECT phase, metadata ? 'reviving', walk FROM "public"."online_migration_runs" WHERE run_id = $1::bigint FOR SHARE)"};

/// One process at a time builds indexes for a run on its way back. It waits for nobody, because whoever waits in a
/// statement keeps an index from being built. `$1` run.
inline constexpr statement try_to_build{
    "state_try_to_build", "SELECT pg_catalog.pg_try_advisory_lock(1869440359, ($1::bigint % 2147483647)::integer)"};

/// How long until the read flag is old enough; not at all where the new column was never read. `$1` run, `$2` the age in
/// milliseconds. Columns: milliseconds.
inline constexpr statement flag_wait{"state_flag_wait",
                                     R"(SELECT CASE WHEN metadata ? 'read_percent_at' OR metadata ? 'read_new_at'
   THEN GREATEST(0, $2::bigint - (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - read_flag_since) * 1000)::bigint) ELSE 0 END
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint)"};

/// Takes the slices from whoever works on them. `$1` run.
inline constexpr statement fence_off{
    "state_fence_off",
    R"(UPDATE "public"."online_migration_backfill_state" SET epoch = epoch + 1, holder = NULL, holder_pid = NULL,
  lease_until = NULL, updated_at = pg_catalog.clock_timestamp() WHERE run_id = $1::bigint)"};

/// What contract took from the old column, as statements of the server's own making that put it back, in their order.
/// Indexes come back one part of the table after the other, beside its writers; those of a partitioned table as a whole
/// then find them. `$1` run.
/// Columns: the relation, the kind (`index`, `validate`, or one that takes a moment), its name, whether it is there (and
/// valid), the statement, and for an index the one that drops what is left of it.
inline constexpr statement legacy_constraints{
    "state_legacy_constraints",
    R"(WITH kept AS (SELECT metadata->'legacy' AS legacy FROM "public"."online_migration_runs" WHERE run_id = $1::bigint),
constraints AS (SELECT c.* FROM kept, pg_catalog.jsonb_to_recordset(kept.legacy->'constraints') AS c ("table" text, name text,
  definition text, "unique" boolean, "foreign" boolean, "index" text, "deferrable" boolean, deferred boolean, partitioned boolean,
  comment text, index_comment text, clustered boolean)
), indexes AS (SELECT i.* FROM kept, pg_catalog.jsonb_to_recordset(kept.legacy->'indexes') AS i ("table" text, name text,
  definition text, partitioned boolean, comment text, clustered boolean)
), parts AS (
  SELECT 1 AS step, 'index' AS kind, c."table" AS place, c.name, pg_catalog.regexp_replace(c."index", '^CREATE UNIQUE INDEX ',
    'CREATE UNIQUE INDEX CONCURRENTLY ') AS statement, NULL AS comment FROM constraints AS c WHERE c."unique" AND NOT c.partitioned
  UNION ALL SELECT 1, 'index', i."table", i.name, pg_catalog.regexp_replace(i.definition, '^CREATE (UNIQUE )?INDEX ',
    'CREATE \1INDEX CONCURRENTLY '), NULL FROM indexes AS i WHERE NOT i.partitioned
  UNION ALL SELECT 2, 'constraint', c."table", c.name, CASE
    WHEN c."unique" THEN pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING INDEX %I%s', c."table", c.name, c.name,
      CASE WHEN c."deferrable" THEN ' DEFERRABLE' || CASE WHEN c.deferred THEN ' INITIALLY DEFERRED' ELSE '' END ELSE '' END)
    ELSE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', c."table", c.name, c.definition,
      CASE WHEN c.definition LIKE '% NOT VALID' THEN '' ELSE ' NOT VALID' END) END, NULL
   FROM constraints AS c WHERE NOT (c.partitioned AND (c."unique" OR c."foreign"))
  UNION ALL SELECT 3, 'validate', c."table", c.name, pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', c."table", c.name),
    NULL FROM constraints AS c
   WHERE NOT c."unique" AND NOT (c.partitioned AND c."foreign") AND c.definition NOT LIKE '% NOT VALID'
  UNION ALL SELECT 4, 'constraint', c."table", c.name,
    pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s', c."table", c.name, c.definition), NULL
   FROM constraints AS c WHERE c.partitioned AND (c."unique" OR c."foreign")
  UNION ALL SELECT 4, 'partitioned index', i."table", i.name, pg_catalog.format('CREATE UNIQUE INDEX %I ON %s', i.name,
    pg_catalog.substr(i.definition, pg_catalog.length(pg_catalog.format('CREATE UNIQUE INDEX %I ON ONLY ', i.name)) + 1)), NULL
   FROM indexes AS i WHERE i.partitioned
  UNION ALL SELECT 5, 'comment', c."table", c.name,
    pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', c.name, c."table", c.comment), c.comment
   FROM constraints AS c WHERE c.comment IS NOT NULL
  UNION ALL SELECT 5, 'index comment', x."table", x.name, pg_catalog.format('COMMENT ON INDEX %s.%I IS %L',
     (SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
       WHERE t.oid = x."table"::pg_catalog.regclass), x.name, x.comment), x.comment
   FROM (SELECT c."table", c.name, c.index_comment AS comment FROM constraints AS c UNION ALL
     SELECT i."table", i.name, i.comment FROM indexes AS i) AS x WHERE x.comment IS NOT NULL
  UNION ALL SELECT 6, 'cluster', x."table", x.name, pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', x."table", x.name), NULL
   FROM (SELECT c."table", c.name, c.clustered FROM constraints AS c UNION ALL SELECT i."table", i.name, i.clustered FROM indexes AS i)
     AS x WHERE x.clustered
)
SELECT p.place, p.kind, p.name,
  CASE WHEN p.kind IN ('constraint', 'validate', 'comment') THEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k
    WHERE k.conrelid = p.place::pg_catalog.regclass AND k.conname = p.name AND (p.kind <> 'validate' OR k.convalidated)
     AND (p.comment IS NULL OR p.comment = pg_catalog.obj_description(k.oid, 'pg_constraint')))
   ELSE EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indrelid = p.place::pg_catalog.regclass AND x.relname = p.name AND i.indisvalid
     AND (p.kind <> 'cluster' OR i.indisclustered)
     AND (p.comment IS NULL OR p.comment = pg_catalog.obj_description(x.oid, 'pg_class'))) END,
  p.statement,
  pg_catalog.format('DROP INDEX CONCURRENTLY IF EXISTS %s.%I',
    (SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.oid = p.place::pg_catalog.regclass), p.name)
 FROM parts AS p ORDER BY p.step, p.place, p.name, p.kind)"};

}  // namespace online_migration::state
