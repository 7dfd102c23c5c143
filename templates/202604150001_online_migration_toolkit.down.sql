-- SPDX-License-Identifier: BSL-1.0
-- Takes the state tables of online_migration away, with all history, for tools that run files of SQL in order. It refuses,
-- and changes nothing, while a migration is under way, or has replaced a column that is not dropped yet: what is needed to
-- bring that one back is in these tables. Columns and triggers of finished migrations stay as they are.

BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '5s';

-- Nobody makes the tables, and no migration begins, from here on.
SELECT pg_catalog.pg_advisory_xact_lock(7236837434231201841);
LOCK TABLE "public"."online_migration_runs" IN ACCESS EXCLUSIVE MODE;

DO $do$
DECLARE
  under_way text;
BEGIN
  SELECT pg_catalog.string_agg(migration || ' (' || phase || ')', ', ' ORDER BY migration) INTO under_way
    FROM "public"."online_migration_runs" WHERE phase NOT IN ('contracted', 'rolled-back')
      OR (phase = 'contracted' AND metadata ? 'legacy' AND NOT metadata ? 'dropped_at');
  IF under_way IS NOT NULL THEN
    RAISE EXCEPTION 'online_migration: migrations are under way: %', under_way
      USING ERRCODE = 'object_in_use', HINT = 'Bring them to contract, and to the drop where they replace a column, or roll them back, first. Nothing was changed.';
  END IF;
END
$do$;

DROP TABLE "public"."online_migration_quarantine", "public"."online_migration_dirty_keys",
  "public"."online_migration_parity_samples", "public"."online_migration_parity_passes",
  "public"."online_migration_backfill_state", "public"."online_migration_runs", "public"."online_migration_version";

-- Counters of triggers that migrations had. Functions that still count find none, and go on without.
DO $do$
DECLARE
  counter name;
BEGIN
  FOR counter IN SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'S' AND c.relname LIKE 'online\_migration\_alarm\_%'
  LOOP
    EXECUTE pg_catalog.format('DROP SEQUENCE "public".%I', counter);
  END LOOP;
END
$do$;

COMMIT;
