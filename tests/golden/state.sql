-- the state tables

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
  safety_net text NOT NULL CHECK (safety_net IN ('sync-trigger', 'all-writers-dual-write')),
  walk integer NOT NULL DEFAULT 0,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  phase_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  metadata jsonb NOT NULL DEFAULT '{}',
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
  mismatches bigint
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
  UNIQUE (pass_id, key)
);

-- state_lock_creation
SELECT pg_catalog.pg_advisory_xact_lock(7236837434231201841);

-- state_find_version
SELECT pg_catalog.to_regclass('"public"."online_migration_version"') IS NOT NULL;

-- state_read_version
SELECT version FROM "public"."online_migration_version";

-- state_insert_version
INSERT INTO "public"."online_migration_version" (version) VALUES ($1::integer);

-- state_foreign_owner
SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relname LIKE 'online\_migration\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND NOT pg_catalog.pg_has_role(c.relowner, 'MEMBER') ORDER BY c.relname LIMIT 1;

-- state_newest_run
SELECT run_id, attempt, fingerprint, phase, safety_net FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1;

-- state_lock_newest_run
SELECT run_id, attempt, fingerprint, phase, safety_net FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1 FOR UPDATE;

-- state_begin_run
INSERT INTO "public"."online_migration_runs"
  (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, safety_net)
 VALUES ($1::text, $2::integer, $3::text, $4::text, $5::text, $6::text, 'expand', $7::text) RETURNING run_id;

-- state_enter_phase
UPDATE "public"."online_migration_runs" SET phase = $3::text, phase_since = pg_catalog.clock_timestamp(),
  walk = walk + CASE WHEN $3::text = 'backfill' THEN 1 ELSE 0 END,
  metadata = metadata || pg_catalog.jsonb_build_object($3::text || '_at', pg_catalog.clock_timestamp())
 WHERE run_id = $1::bigint AND phase = $2::text;

-- state_backfill_finished
SELECT pg_catalog.bool_and(finished) FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint;

-- state_acquire_lease
UPDATE "public"."online_migration_backfill_state" AS s SET epoch = s.epoch + 1, holder = $3::text,
  holder_pid = $4::integer,
  lease_until = pg_catalog.clock_timestamp() + $5::bigint * interval '1 millisecond',
  updated_at = pg_catalog.clock_timestamp()
 WHERE s.run_id = $1::bigint AND s.slice = $2::integer AND (s.holder IS NULL OR s.lease_until < pg_catalog.clock_timestamp()
   OR (s.holder_pid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = s.holder_pid)))
 RETURNING s.epoch, s.chunk_rows;

-- state_lease_holder
SELECT holder, (EXTRACT(EPOCH FROM lease_until - pg_catalog.clock_timestamp()) * 1000)::bigint
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice = $2::integer;

-- state_renew_lease
UPDATE "public"."online_migration_backfill_state" SET holder_pid = $4::integer,
  lease_until = pg_catalog.clock_timestamp() + $5::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint;

-- state_release_lease
UPDATE "public"."online_migration_backfill_state" SET holder = NULL, holder_pid = NULL, lease_until = NULL,
  updated_at = pg_catalog.clock_timestamp()
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint;

-- state_record_error
UPDATE "public"."online_migration_backfill_state" SET errors = errors + 1, last_error = $4::text,
  last_error_at = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp()
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint;

-- state_request_pause
UPDATE "public"."online_migration_backfill_state" SET pause_requested = $2::boolean,
  updated_at = pg_catalog.clock_timestamp() WHERE run_id = $1::bigint;

-- state_read_progress
SELECT pg_catalog.sum(rows_done)::bigint, pg_catalog.sum(rows_changed)::bigint,
  pg_catalog.sum(rows_estimated)::bigint, pg_catalog.sum(chunks)::bigint, pg_catalog.bool_and(finished),
  pg_catalog.bool_or(pause_requested), pg_catalog.max(holder), pg_catalog.sum(errors)::bigint, pg_catalog.max(last_error)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint;

-- state_begin_parity_pass
INSERT INTO "public"."online_migration_parity_passes" (run_id, walk, started_in)
 SELECT run_id, walk, phase FROM "public"."online_migration_runs" WHERE run_id = $1::bigint RETURNING pass_id;

-- state_finish_parity_pass
UPDATE "public"."online_migration_parity_passes" SET finished_at = pg_catalog.clock_timestamp(),
  rows_checked = $2::bigint, mismatches = $3::bigint WHERE pass_id = $1::bigint;

-- state_newest_parity_pass
SELECT p.mismatches, EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
    WHERE q.run_id = p.run_id AND q.walk = p.walk AND q.mismatches > 0 AND q.finished_at >= p.started_at)
   OR EXISTS (SELECT FROM "public"."online_migration_parity_samples" AS s
    WHERE s.run_id = p.run_id AND s.observed_at >= p.started_at)
 FROM "public"."online_migration_parity_passes" AS p JOIN "public"."online_migration_runs" AS r USING (run_id, walk)
 WHERE p.run_id = $1::bigint AND p.finished_at IS NOT NULL AND p.started_in = 'validate'
 ORDER BY p.pass_id DESC LIMIT 1;
