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
  safety_net text NOT NULL CHECK (safety_net IN ('sync-trigger', 'dirty-key-trigger', 'all-writers-dual-write')),
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
  kind text NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'sample', 'repair')),
  alarm bigint NOT NULL DEFAULT 0,
  rows_failed bigint NOT NULL DEFAULT 0
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
  pg_catalog.bool_or(pause_requested), pg_catalog.max(holder), pg_catalog.sum(errors)::bigint, pg_catalog.max(last_error),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" AS d JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint AND r.safety_net = 'dirty-key-trigger'),
  pg_catalog.sum(dirty_done)::bigint,
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" AS q JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint;

-- state_begin_parity_pass
INSERT INTO "public"."online_migration_parity_passes" (run_id, walk, started_in, kind, alarm)
 SELECT run_id, walk, phase, $2::text,
  COALESCE(pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass($3::text)), 0)
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint RETURNING pass_id;

-- state_finish_parity_pass
UPDATE "public"."online_migration_parity_passes" SET finished_at = pg_catalog.clock_timestamp(),
  rows_checked = $2::bigint, mismatches = GREATEST(COALESCE(mismatches, 0), $3::bigint), rows_failed = $4::bigint
 WHERE pass_id = $1::bigint RETURNING mismatches;

-- state_newest_parity_pass
SELECT p.mismatches, EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
    WHERE q.run_id = p.run_id AND q.walk = p.walk AND q.mismatches > 0
      AND (q.pass_id > p.pass_id OR q.finished_at >= p.started_at))
   OR EXISTS (SELECT FROM "public"."online_migration_parity_samples" AS s
    WHERE s.run_id = p.run_id AND (s.pass_id > p.pass_id OR s.observed_at >= p.started_at)), p.pass_id, p.alarm
 FROM "public"."online_migration_parity_passes" AS p JOIN "public"."online_migration_runs" AS r USING (run_id, walk)
 WHERE p.run_id = $1::bigint AND p.kind = 'full' AND p.finished_at IS NOT NULL
   AND p.started_in IN ('validate', 'contract-ready')
 ORDER BY p.pass_id DESC LIMIT 1;

-- state_raise_version
UPDATE "public"."online_migration_version" SET version = $1::integer;

-- state_status
SELECT run_id, attempt, fingerprint, phase, safety_net, started_at::timestamp(0) with time zone,
  phase_since::timestamp(0) with time zone, read_flag, read_percent, retired_column
 FROM "public"."online_migration_runs" WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1;

-- state_last_pass
SELECT pass_id, kind, started_at::timestamp(0) with time zone, finished_at::timestamp(0) with time zone,
  rows_checked, mismatches
 FROM "public"."online_migration_parity_passes" WHERE run_id = $1::bigint ORDER BY pass_id DESC LIMIT 1;

-- state_waiting_keys
SELECT (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" WHERE migration = $1::text);

-- state_read_flag
SELECT phase, read_flag, read_percent FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1;

-- state_set_read_flag
UPDATE "public"."online_migration_runs" SET read_flag = $2::text, read_percent = $3::integer,
  read_flag_since = pg_catalog.clock_timestamp(),
  metadata = metadata || pg_catalog.jsonb_build_object('read_' || $2::text || '_at', pg_catalog.clock_timestamp())
 WHERE run_id = $1::bigint;

-- state_dirty_keys_waiting
SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text;

-- state_settle_dirty_keys
WITH settled AS (DELETE FROM "public"."online_migration_dirty_keys"
  WHERE migration = $4::text AND entry_id = ANY ($5::bigint[]) RETURNING entry_id)
 UPDATE "public"."online_migration_backfill_state" SET dirty_done = dirty_done + (SELECT pg_catalog.count(*) FROM settled),
  updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $6::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint;

-- state_forget_dirty_keys
DELETE FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text;

-- state_forget_quarantine
DELETE FROM "public"."online_migration_quarantine" WHERE migration = $1::text;

-- state_note_mismatches
UPDATE "public"."online_migration_parity_passes" SET mismatches = GREATEST(COALESCE(mismatches, 0), $2::bigint)
 WHERE pass_id = $1::bigint;

-- state_note_repaired
UPDATE "public"."online_migration_parity_passes" SET mismatches = COALESCE(mismatches, 0) + $2::bigint,
  rows_checked = $3::bigint, finished_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint;

-- state_trim_witnesses
WITH own AS (SELECT run_id FROM "public"."online_migration_runs" WHERE migration = $1::text),
 newest AS (SELECT p.pass_id, p.started_at FROM "public"."online_migration_parity_passes" AS p JOIN own USING (run_id)
  WHERE p.kind = 'full' AND p.finished_at IS NOT NULL ORDER BY p.pass_id DESC LIMIT 1)
 DELETE FROM "public"."online_migration_parity_samples" AS s USING own WHERE s.run_id = own.run_id
  AND (s.observed_at < pg_catalog.clock_timestamp() - $2::bigint * interval '1 second'
   OR s.sample_id <= (SELECT o.sample_id FROM "public"."online_migration_parity_samples" AS o JOIN own USING (run_id)
    ORDER BY o.sample_id DESC OFFSET $3::bigint LIMIT 1))
  AND NOT EXISTS (SELECT FROM newest AS n
   WHERE s.pass_id = n.pass_id OR (s.pass_id < n.pass_id AND s.observed_at >= n.started_at));

-- state_clear_quarantine
DELETE FROM "public"."online_migration_quarantine" AS q USING "public"."online_migration_parity_passes" AS p
 WHERE p.pass_id = $2::bigint AND q.migration = $1::text AND q.pass_id IS DISTINCT FROM p.pass_id
  AND q.noted_at < p.started_at;

-- state_sample_places
SELECT COALESCE(pg_catalog.sum(pg_catalog.pg_relation_size(c.oid) / b.size), 0)::bigint * ((b.size - 24) / 28),
  pg_catalog.count(*) FILTER (WHERE a.amname IS DISTINCT FROM 'heap')
 FROM (SELECT pg_catalog.current_setting('block_size')::bigint AS size) AS b
  CROSS JOIN (SELECT pg_catalog.to_regclass($1::text) AS oid
   UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1::text)) AS p) AS r
  JOIN pg_catalog.pg_class AS c ON c.oid = r.oid LEFT JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
 WHERE c.relkind <> 'p' GROUP BY b.size;
