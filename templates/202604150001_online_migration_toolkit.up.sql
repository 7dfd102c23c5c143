-- SPDX-License-Identifier: BSL-1.0
-- The state tables of online_migration, for tools that run files of SQL in order. Run it by such a tool or by psql, as the
-- role that will run migrations or as one that it is a member of: the tables belong to whoever runs this.
-- It makes exactly what toolkit.ensure_state_tables() makes, and that call then finds nothing left to do.
-- The test "the managed migration is the statements of ensure_state_tables" writes this file; do not edit it by hand.

BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;

-- state_lock_creation
SELECT pg_catalog.pg_advisory_xact_lock(7236837434231201841);

-- state_create_version
CREATE TABLE "public"."online_migration_version" (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  version integer NOT NULL,
  installed_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- state_create_runs
CREATE TABLE "public"."online_migration_runs" (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  fingerprint text NOT NULL,
  table_schema text NOT NULL,
  table_name text NOT NULL,
  target_column text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('expand', 'backfill', 'validate', 'contract-ready', 'contracted', 'rolled-back')),
  safety_net text NOT NULL CHECK (safety_net IN ('sync-trigger', 'dirty-key-trigger', 'all-writers-dual-write', 'none')),
  walk integer NOT NULL DEFAULT 0,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  phase_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  metadata jsonb NOT NULL DEFAULT '{}',
  read_flag text NOT NULL DEFAULT 'legacy' CHECK (read_flag IN ('legacy', 'shadow', 'percent', 'new')),
  read_percent integer NOT NULL DEFAULT 0 CHECK (read_percent BETWEEN 0 AND 100),
  read_flag_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  retired_column text,
  UNIQUE (migration, attempt)
);

-- state_create_one_open_run
CREATE UNIQUE INDEX "online_migration_one_open_run" ON "public"."online_migration_runs" (migration)
  WHERE phase NOT IN ('contracted', 'rolled-back');

-- state_create_backfill_state
CREATE TABLE "public"."online_migration_backfill_state" (
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  slice integer NOT NULL,
  cursor text[],
  upper_bound text[],
  finished boolean NOT NULL DEFAULT false,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_changed bigint NOT NULL DEFAULT 0,
  rows_estimated bigint,
  chunks bigint NOT NULL DEFAULT 0,
  chunk_rows integer,
  throttle_sleep_ms integer,
  throttle_duty_cycle double precision,
  pause_requested boolean NOT NULL DEFAULT false,
  epoch bigint NOT NULL DEFAULT 0,
  holder text,
  holder_pid integer,
  lease_until timestamp with time zone,
  errors bigint NOT NULL DEFAULT 0,
  last_error text,
  last_error_at timestamp with time zone,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  updated_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  dirty_done bigint NOT NULL DEFAULT 0,
  walk text NOT NULL DEFAULT 'keys' CHECK (walk IN ('keys', 'blocks')),
  stripes integer NOT NULL DEFAULT 1,
  stripe integer NOT NULL DEFAULT 0,
  by_bits boolean NOT NULL DEFAULT false,
  span_end text[],
  span_rows bigint,
  file_node bigint,
  hot_share double precision,
  strategy text,
  throttle_reason text,
  PRIMARY KEY (run_id, slice)
) WITH (fillfactor = 20);

-- state_create_parity_passes
CREATE TABLE "public"."online_migration_parity_passes" (
  pass_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  walk integer NOT NULL,
  started_in text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at timestamp with time zone,
  rows_checked bigint,
  mismatches bigint,
  kind text NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'sample', 'repair', 'watch')),
  alarm bigint NOT NULL DEFAULT 0,
  rows_failed bigint NOT NULL DEFAULT 0,
  net_mark text,
  blocks_done bigint,
  worker_pid integer,
  noted_at timestamp with time zone,
  cursor text[]
);

-- state_create_parity_samples
CREATE TABLE "public"."online_migration_parity_samples" (
  sample_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  pass_id bigint NOT NULL REFERENCES "public"."online_migration_parity_passes",
  key text[] NOT NULL,
  expected text,
  actual text,
  observed_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  redacted boolean NOT NULL DEFAULT false,
  UNIQUE (pass_id, key)
);

-- state_create_dirty_keys
CREATE TABLE "public"."online_migration_dirty_keys" (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  key text[] NOT NULL,
  noted_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- state_create_dirty_keys_index
CREATE INDEX "online_migration_dirty_keys_of" ON "public"."online_migration_dirty_keys" (migration, entry_id);

-- state_create_quarantine
CREATE TABLE "public"."online_migration_quarantine" (
  migration text NOT NULL,
  key text[] NOT NULL,
  sqlstate text NOT NULL,
  noted_by text NOT NULL CHECK (noted_by IN ('trigger', 'backfill', 'parity')),
  noted_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  pass_id bigint,
  PRIMARY KEY (migration, key)
);

-- state_revoke_defaults
DO $do$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT c.relname, a.grantee FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, pg_catalog.aclexplode(c.relacl) AS a
    WHERE n.nspname = 'public' AND c.relname LIKE 'online\_migration\_%' AND c.relkind IN ('r', 'S') AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON "public".%I FROM %s', granted.relname,
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$do$;

-- state_insert_version
INSERT INTO "public"."online_migration_version" (version) VALUES (2);

COMMIT;
