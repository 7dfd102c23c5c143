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
  kind text NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'sample', 'repair')),
  alarm bigint NOT NULL DEFAULT 0,
  rows_failed bigint NOT NULL DEFAULT 0,
  net_mark text,
  blocks_done bigint,
  worker_pid integer,
  noted_at timestamp with time zone
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

-- state_claim_slice
UPDATE "public"."online_migration_backfill_state" AS s SET epoch = s.epoch + 1,
  holder = $2::text, holder_pid = $3::integer,
  lease_until = pg_catalog.clock_timestamp() + $4::bigint * interval '1 millisecond',
  updated_at = pg_catalog.clock_timestamp(), throttle_reason = NULL
 WHERE s.run_id = $1::bigint AND s.slice = (SELECT f.slice FROM "public"."online_migration_backfill_state" AS f
   WHERE f.run_id = $1::bigint AND CASE WHEN $5::boolean THEN f.slice = 0 ELSE NOT f.finished END
     AND (f.holder IS NULL OR f.lease_until < pg_catalog.clock_timestamp() OR (f.holder_pid IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = f.holder_pid)))
   ORDER BY f.slice LIMIT 1 FOR UPDATE SKIP LOCKED)
 RETURNING s.slice, s.epoch, s.chunk_rows;

-- state_slice_holder
SELECT s.holder, (EXTRACT(EPOCH FROM s.lease_until - pg_catalog.clock_timestamp()) * 1000)::bigint
 FROM "public"."online_migration_backfill_state" AS s WHERE s.run_id = $1::bigint AND s.holder IS NOT NULL
   AND s.lease_until >= pg_catalog.clock_timestamp() AND (s.holder_pid IS NULL
     OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = s.holder_pid))
 ORDER BY s.lease_until DESC, s.slice LIMIT 1;

-- state_slices_left
SELECT CASE WHEN pg_catalog.count(*) > 0 THEN pg_catalog.count(*) FILTER (WHERE NOT finished) END,
  COALESCE(pg_catalog.bool_or(pause_requested), false)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint;

-- state_slices_to_split
SELECT s.slice, s.epoch, COALESCE(s.chunk_rows, 1),
  (SELECT pg_catalog.sum(a.rows_estimated) FROM "public"."online_migration_backfill_state" AS a
    WHERE a.run_id = $1::bigint)::bigint
 FROM "public"."online_migration_backfill_state" AS s
 WHERE s.run_id = $1::bigint AND NOT s.finished AND NOT s.pause_requested AND (s.chunks > 0 OR s.walk = 'blocks')
 ORDER BY COALESCE(s.rows_estimated - s.rows_done, 0) DESC, s.slice LIMIT 4;

-- state_split_slice
WITH made AS (INSERT INTO "public"."online_migration_backfill_state" AS n
  (run_id, slice, cursor, upper_bound, rows_estimated, chunk_rows, epoch, holder, holder_pid, lease_until, walk, file_node)
  SELECT s.run_id, (SELECT pg_catalog.max(a.slice) + 1 FROM "public"."online_migration_backfill_state" AS a
      WHERE a.run_id = $1::bigint), $3::text[], s.upper_bound, GREATEST(s.rows_estimated - s.rows_done, 0) / 2,
    s.chunk_rows, (SELECT pg_catalog.max(a.epoch) + 1 FROM "public"."online_migration_backfill_state" AS a
      WHERE a.run_id = $1::bigint), $4::text, $5::integer,
    pg_catalog.clock_timestamp() + $6::bigint * interval '1 millisecond', s.walk, s.file_node
   FROM "public"."online_migration_backfill_state" AS s
   WHERE s.run_id = $1::bigint AND s.slice = $2::integer AND NOT s.finished AND NOT s.pause_requested
  ON CONFLICT DO NOTHING RETURNING n.slice, n.epoch, n.chunk_rows, n.rows_estimated)
 UPDATE "public"."online_migration_backfill_state" AS s SET upper_bound = $3::text[],
  rows_estimated = s.rows_estimated - made.rows_estimated
 FROM made WHERE s.run_id = $1::bigint AND s.slice = $2::integer
 RETURNING made.slice, made.epoch, made.chunk_rows;

-- state_pause_is_whole
SELECT NOT EXISTS (SELECT FROM "public"."online_migration_backfill_state"
 WHERE run_id = $1::bigint AND NOT finished AND pause_requested <> $2::boolean);

-- state_phase_waits
SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'tuple'
   AND l.relation = pg_catalog.to_regclass('"public"."online_migration_runs"')::oid
   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()));

-- state_try_part
SAVEPOINT "om_part";

-- state_keep_part
RELEASE SAVEPOINT "om_part";

-- state_undo_part
ROLLBACK TO SAVEPOINT "om_part";

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
  pg_catalog.bool_or(pause_requested), pg_catalog.max(holder) FILTER (WHERE lease_until >= pg_catalog.clock_timestamp()),
  pg_catalog.sum(errors)::bigint, pg_catalog.max(last_error),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" AS d JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint AND r.safety_net = 'dirty-key-trigger'),
  pg_catalog.sum(dirty_done)::bigint,
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" AS q JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint),
  pg_catalog.max(strategy), pg_catalog.avg(hot_share)::double precision,
  pg_catalog.count(*) FILTER (WHERE holder IS NOT NULL AND lease_until >= pg_catalog.clock_timestamp()), pg_catalog.count(*),
  pg_catalog.max(throttle_reason)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint;

-- state_begin_parity_pass
INSERT INTO "public"."online_migration_parity_passes" (run_id, walk, started_in, kind, alarm)
 SELECT run_id, walk, phase, $2::text,
  COALESCE(pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass($3::text)), 0)
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint RETURNING pass_id;

-- state_begin_parity_blocks
UPDATE "public"."online_migration_parity_passes" SET net_mark = $2::text, worker_pid = $3::integer, blocks_done = 0,
  rows_checked = 0, noted_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint;

-- state_resume_parity_blocks
UPDATE "public"."online_migration_parity_passes" AS p SET worker_pid = $3::integer, noted_at = pg_catalog.clock_timestamp()
 FROM "public"."online_migration_runs" AS r
 WHERE r.run_id = $1::bigint AND p.run_id = r.run_id AND p.walk = r.walk AND p.kind = 'full' AND p.started_in = r.phase
  AND p.finished_at IS NULL AND p.net_mark = $2::text AND COALESCE(p.mismatches, 0) = 0
  AND NOT EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
   WHERE q.run_id = p.run_id AND (q.pass_id > p.pass_id OR (q.mismatches > 0 AND q.finished_at >= p.started_at)))
  AND (p.noted_at < pg_catalog.clock_timestamp() - interval '1 minute' OR (p.worker_pid IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = p.worker_pid)))
 RETURNING p.pass_id, p.blocks_done, p.rows_checked;

-- state_note_parity_blocks
UPDATE "public"."online_migration_parity_passes" SET blocks_done = $2::bigint, rows_checked = $3::bigint,
  noted_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint;

-- state_leave_parity_blocks
UPDATE "public"."online_migration_parity_passes" SET noted_at = '-infinity' WHERE pass_id = $1::bigint;

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
  WHERE entry_id = ANY ($4::bigint[]) RETURNING entry_id)
 UPDATE "public"."online_migration_backfill_state" SET dirty_done = dirty_done + (SELECT pg_catalog.count(*) FROM settled),
  updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $5::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint;

-- state_forget_dirty_keys
DELETE FROM "public"."online_migration_dirty_keys" WHERE migration = $1::text;

-- state_forget_quarantine
DELETE FROM "public"."online_migration_quarantine" WHERE migration = $1::text;

-- state_walk_queue
SELECT pg_catalog.set_config('enable_bitmapscan', 'off', true), pg_catalog.set_config('enable_sort', 'off', true);

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

-- state_contract_facts
SELECT r.read_flag,
  r.read_flag_since <= pg_catalog.clock_timestamp() - $2::bigint * interval '1 millisecond',
  r.retired_column, r.metadata ? 'reviving', r.metadata ? 'dropped_at',
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" AS q WHERE q.migration = r.migration),
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = r.migration),
  (SELECT CASE WHEN pg_catalog.to_regclass($3::text) IS NOT NULL
      THEN COALESCE(pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass($3::text)), 0) - p.alarm END
    FROM "public"."online_migration_parity_passes" AS p
    WHERE p.run_id = r.run_id AND p.kind = 'full' AND p.finished_at IS NOT NULL ORDER BY p.pass_id DESC LIMIT 1),
  EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - (r.metadata->>'retired_at')::timestamp with time zone)::bigint,
  COALESCE((r.metadata->'legacy'->>'not_null')::boolean, false)
 FROM "public"."online_migration_runs" AS r WHERE r.run_id = $1::bigint;

-- state_read_new_only
UPDATE "public"."online_migration_runs" SET read_flag = 'new', read_percent = 0,
  read_flag_since = CASE WHEN read_flag = 'new' THEN read_flag_since ELSE pg_catalog.clock_timestamp() END WHERE run_id = $1::bigint;

-- state_read_legacy_only
UPDATE "public"."online_migration_runs" SET read_flag = 'legacy', read_percent = 0,
  read_flag_since = CASE WHEN read_flag IN ('legacy', 'shadow') THEN read_flag_since ELSE pg_catalog.clock_timestamp() END
 WHERE run_id = $1::bigint;

-- state_note_retired
UPDATE "public"."online_migration_runs" SET retired_column = $2::text,
  metadata = metadata || pg_catalog.jsonb_build_object('retired_at', pg_catalog.clock_timestamp()) WHERE run_id = $1::bigint;

-- state_note_unretired
UPDATE "public"."online_migration_runs" SET retired_column = NULL, metadata = metadata - 'retired_at'
 WHERE run_id = $1::bigint;

-- state_note_dropped
UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('dropped_at', pg_catalog.clock_timestamp()) WHERE run_id = $1::bigint;

-- state_note_reviving
UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('reviving', pg_catalog.clock_timestamp()) WHERE run_id = $1::bigint;

-- state_reopen_run
UPDATE "public"."online_migration_runs" SET phase = 'validate', phase_since = pg_catalog.clock_timestamp(), walk = walk + 1,
  safety_net = 'sync-trigger',
  metadata = (metadata - 'reviving' - 'legacy' - 'contracted_at') ||
   pg_catalog.jsonb_build_object('revived_at', pg_catalog.clock_timestamp(), 'trigger', $2::text)
 WHERE run_id = $1::bigint AND phase = 'contracted';

-- state_hold_run
SELECT phase, metadata ? 'reviving', walk FROM "public"."online_migration_runs" WHERE run_id = $1::bigint FOR SHARE;

-- state_flag_wait
SELECT CASE WHEN metadata ? 'read_percent_at' OR metadata ? 'read_new_at'
   THEN GREATEST(0, $2::bigint - (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - read_flag_since) * 1000)::bigint) ELSE 0 END
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint;

-- state_fence_off
UPDATE "public"."online_migration_backfill_state" SET epoch = epoch + 1, holder = NULL, holder_pid = NULL,
  lease_until = NULL, updated_at = pg_catalog.clock_timestamp() WHERE run_id = $1::bigint;

-- state_legacy_constraints
WITH kept AS (SELECT metadata->'legacy' AS legacy FROM "public"."online_migration_runs" WHERE run_id = $1::bigint),
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
 FROM parts AS p ORDER BY p.step, p.place, p.name, p.kind;

-- state_other_walks
SELECT DISTINCT migration FROM "public"."online_migration_runs"
 WHERE table_schema = $1::text AND table_name = $2::text AND migration <> $3::text
  AND (phase NOT IN ('contracted', 'rolled-back') OR metadata ? 'reviving') ORDER BY 1;

-- state_share_newest_run
SELECT run_id, attempt, fingerprint, phase, safety_net FROM "public"."online_migration_runs"
 WHERE migration = $1::text ORDER BY attempt DESC LIMIT 1 FOR SHARE;

-- catalog_key_references
SELECT m.nspname, r.relname, k.conname,
  CASE WHEN pg_catalog.cardinality(k.conkey) = 1 THEN (SELECT b.attname FROM pg_catalog.pg_attribute AS b
    WHERE b.attrelid = k.conrelid AND b.attnum = k.conkey[1]) END,
  k.convalidated, 'd' IN (k.confupdtype, k.confdeltype), r.relkind = 'p'
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $3::text AND NOT a.attisdropped
  JOIN pg_catalog.pg_constraint AS k ON k.confrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.confkey) AND k.conparentid = 0
  JOIN pg_catalog.pg_class AS r ON r.oid = k.conrelid JOIN pg_catalog.pg_namespace AS m ON m.oid = r.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text ORDER BY 1, 2, 3;

-- catalog_key_facts
WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new, COALESCE(w.attnotnull, false) AS required
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   LEFT JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text
), primary_key AS (SELECT k.oid FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.conrelid = p.oid AND k.contype = 'p'
   AND NOT k.condeferrable AND (k.conkey = ARRAY[p.old] OR k.conkey = ARRAY[p.new])
), indexes AS (SELECT x.relname, i.indisprimary, i.indkey[0] = p.new AS is_new FROM place AS p
   JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
  WHERE i.indisunique AND i.indisvalid AND i.indimmediate AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indexprs IS NULL
), sequences AS (SELECT s.seqrelid AS oid FROM place AS p JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = p.oid AND e.adnum = p.old
   JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = e.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
   JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.refobjid)
SELECT EXISTS (SELECT FROM primary_key), p.required,
  EXISTS (SELECT FROM indexes AS i WHERE i.is_new AND (i.indisprimary OR i.relname = $5::text)),
  EXISTS (SELECT FROM indexes AS i WHERE NOT i.is_new AND i.relname = $6::text),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0), ', ')
   FROM primary_key AS k JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.refobjid = k.oid
    JOIN pg_catalog.pg_rewrite AS w ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, e.adrelid, e.adnum), ', ')
   FROM sequences AS s JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
     AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = s.oid
    JOIN pg_catalog.pg_attrdef AS e ON e.oid = d.objid WHERE (e.adrelid, e.adnum) <> (p.oid, p.old))
 FROM place AS p;

-- catalog_key_parts
WITH place AS (SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, n.nspname,
   o.attnum AS old, w.attnum AS new
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text
), storage AS (SELECT pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^.*? USING btree \((?:"(?:[^"]|"")*"|[^")]*)\)', '')
    || COALESCE(' TABLESPACE ' || pg_catalog.quote_ident(s.spcname), '') AS options
  FROM place AS p JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid AND i.indisprimary
   JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = x.reltablespace
), wanted AS (SELECT 1 AS number, $5::text AS name, p.new AS attnum, $4::text AS attname FROM place AS p
  UNION ALL SELECT 2, $6::text, p.old, $3::text FROM place AS p
), declared AS (SELECT d.number, r.oid, pg_catalog.format('%I.%I', d.schema, d.name) AS place, o.attnum AS old, w.attnum AS new,
   d.new_column, d.name || '_' || d.new_column || '_fkey' AS long_name
  FROM ROWS FROM (pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[]), pg_catalog.unnest($9::text[]), pg_catalog.unnest($10::text[]))
    WITH ORDINALITY AS d (schema, name, old_column, new_column, number)
   JOIN pg_catalog.pg_namespace AS n ON n.nspname = d.schema JOIN pg_catalog.pg_class AS r ON r.relnamespace = n.oid AND r.relname = d.name
   JOIN pg_catalog.pg_attribute AS w ON w.attrelid = r.oid AND w.attname = d.new_column AND NOT w.attisdropped
   LEFT JOIN pg_catalog.pg_attribute AS o ON o.attrelid = r.oid AND o.attname = d.old_column AND NOT o.attisdropped
), keys AS (SELECT d.*, p.name AS target, was.oid AS was, was.confmatchtype, was.confupdtype, was.confdeltype, was.condeferrable, was.condeferred,
   now.conname, now.convalidated,
   pg_catalog.obj_description(was.oid, 'pg_constraint') AS about
  FROM declared AS d CROSS JOIN place AS p
   LEFT JOIN LATERAL (SELECT k.* FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = d.oid AND k.contype = 'f' AND k.confrelid = p.oid
     AND k.conkey = ARRAY[d.old] AND k.confkey = ARRAY[p.old] ORDER BY k.oid LIMIT 1) AS was ON true
   LEFT JOIN LATERAL (SELECT k.* FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = d.oid AND k.contype = 'f' AND k.confrelid = p.oid
     AND k.conkey = ARRAY[d.new] AND k.confkey = ARRAY[p.new] ORDER BY k.oid LIMIT 1) AS now ON true
), actions (code, words) AS (VALUES ('r', 'RESTRICT'), ('c', 'CASCADE'), ('n', 'SET NULL'), ('a', 'NO ACTION')
), parts AS (
  SELECT 1 AS step, w.number::bigint, 'index' AS kind, p.name AS place, w.name,
   EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indrelid = p.oid AND i.indisvalid AND i.indisunique AND i.indimmediate AND i.indnkeyatts = 1 AND i.indkey[0] = w.attnum
     AND (x.relname = w.name OR w.number = 1 AND i.indisprimary)) AS there,
   pg_catalog.format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s USING btree (%I)%s', w.name, p.name, w.attname, s.options) AS statement,
   pg_catalog.format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', p.nspname, w.name) AS remains
  FROM place AS p, wanted AS w, storage AS s
  UNION ALL SELECT 2, k.number, 'constraint', k.place, k.long_name, k.conname IS NOT NULL OR k.was IS NULL,
   pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (%I)%s ON UPDATE %s ON DELETE %s%s%s NOT VALID', k.place,
    CASE WHEN pg_catalog.octet_length(k.long_name) < 64 THEN k.long_name
     ELSE pg_catalog.substring(k.long_name, 1, 15) || pg_catalog.md5(k.long_name) END,
    k.new_column, k.target, $4::text, CASE k.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END,
    (SELECT a.words FROM actions AS a WHERE a.code = k.confupdtype::text), (SELECT a.words FROM actions AS a WHERE a.code = k.confdeltype::text),
    CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END), '' FROM keys AS k
  UNION ALL SELECT 3, k.number, 'validate', k.place, k.conname::text, COALESCE(k.convalidated, k.was IS NULL),
   pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.place, COALESCE(k.conname, '')), '' FROM keys AS k
)
SELECT place, kind, name, there, statement, remains FROM parts ORDER BY step, number;

-- catalog_new_references
WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text)
SELECT r.relname, k.conname, pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', m.nspname, r.relname, k.conname), d.name IS NOT NULL,
  EXISTS (SELECT FROM pg_catalog.pg_constraint AS w JOIN pg_catalog.pg_attribute AS b ON b.attrelid = w.conrelid AND w.conkey = ARRAY[b.attnum]
   WHERE w.conrelid = k.conrelid AND w.contype = 'f' AND w.confrelid = p.oid AND w.confkey = ARRAY[p.old] AND b.attname = d.old_column),
  k.convalidated
 FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.confrelid = p.oid AND k.contype = 'f' AND p.new = ANY (k.confkey) AND k.conparentid = 0
  JOIN pg_catalog.pg_class AS r ON r.oid = k.conrelid JOIN pg_catalog.pg_namespace AS m ON m.oid = r.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  LEFT JOIN ROWS FROM (pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[]), pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[]))
   AS d (schema, name, old_column, new_column)
   ON d.schema = m.nspname AND d.name = r.relname AND d.new_column = a.attname AND pg_catalog.cardinality(k.conkey) = 1
 ORDER BY 1, 2;

-- catalog_foreign_keys_over
SELECT pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $3::text AND NOT a.attisdropped
  JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey) AND k.coninhcount = 0
 WHERE n.nspname = $1::text AND c.relname = $2::text ORDER BY k.conname;

-- catalog_own_readers
SELECT g.tgname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid AND g.tgname LIKE '~om\_%' AND g.tgname::text <> ALL ($4::text[])
  JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
 WHERE n.nspname = $1::text AND c.relname = $2::text
  AND pg_catalog.strpos(p.prosrc, '"' || pg_catalog.replace($3::text, '"', '""') || '"') > 0 ORDER BY 1;

-- catalog_column_dependents
WITH tree AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1::text AND c.relname = $2::text
), places AS (
  SELECT t.oid FROM tree AS t
  UNION SELECT p.relid::oid FROM tree AS t, pg_catalog.pg_partition_tree(t.oid) AS p
), columns AS (
  SELECT a.attrelid, a.attnum, a.attidentity FROM pg_catalog.pg_attribute AS a JOIN places AS p ON p.oid = a.attrelid
   WHERE a.attname = $3::text AND NOT a.attisdropped
), found AS (
  SELECT d.classid, d.objid, d.objsubid, a.attrelid, a.attnum FROM columns AS a
   JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
)
SELECT DISTINCT kind, description FROM (
  SELECT CASE f.classid
      WHEN 'pg_catalog.pg_rewrite'::pg_catalog.regclass THEN 'view'
      WHEN 'pg_catalog.pg_proc'::pg_catalog.regclass THEN 'function'
      WHEN 'pg_catalog.pg_trigger'::pg_catalog.regclass THEN
        (SELECT CASE WHEN g.tgname LIKE '~om\_%' THEN 'migration' ELSE 'trigger' END FROM pg_catalog.pg_trigger AS g WHERE g.oid = f.objid)
      WHEN 'pg_catalog.pg_policy'::pg_catalog.regclass THEN 'policy'
      WHEN 'pg_catalog.pg_attrdef'::pg_catalog.regclass THEN 'generated column'
      WHEN 'pg_catalog.pg_constraint'::pg_catalog.regclass THEN
        (SELECT CASE WHEN k.contype = 'f' AND k.confrelid = f.attrelid AND f.attnum = ANY (k.confkey) THEN 'foreign key'
            WHEN k.contype = 'f' THEN 'own foreign key' WHEN k.contype = 'p' THEN 'primary key' WHEN k.contype = 'u' THEN 'unique'
            WHEN k.contype = 'x' THEN 'exclusion' WHEN k.contype = 'n' THEN 'not null' ELSE 'check' END
         FROM pg_catalog.pg_constraint AS k WHERE k.oid = f.objid)
      WHEN 'pg_catalog.pg_class'::pg_catalog.regclass THEN
        CASE WHEN f.objsubid <> 0 THEN 'generated column' ELSE COALESCE((SELECT CASE WHEN i.indisreplident THEN 'replica identity' WHEN i.indisunique THEN 'unique index' ELSE 'index' END
         FROM pg_catalog.pg_index AS i WHERE i.indexrelid = f.objid),
         (SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'other' END FROM pg_catalog.pg_class AS c WHERE c.oid = f.objid)) END
      ELSE 'other' END AS kind,
    CASE WHEN f.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      THEN (SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0)
        FROM pg_catalog.pg_rewrite AS w WHERE w.oid = f.objid)
      ELSE pg_catalog.pg_describe_object(f.classid, f.objid, f.objsubid) END AS description
   FROM found AS f
   WHERE NOT (f.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
    AND EXISTS (SELECT FROM pg_catalog.pg_attrdef AS e WHERE e.oid = f.objid AND e.adnum = f.attnum))
   AND NOT (f.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND EXISTS (SELECT FROM pg_catalog.pg_class AS x WHERE x.oid = f.objid AND x.relkind = 'i' AND x.relname::text = ANY ($4::text[])))
   AND NOT (f.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
    AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.oid = f.objid AND g.tgname::text = ANY ($4::text[])))
  UNION ALL
  SELECT 'replica identity', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, 0)
   FROM columns AS a JOIN pg_catalog.pg_index AS i ON i.indrelid = a.attrelid AND i.indisreplident AND a.attnum = ANY (i.indkey::smallint[])
  UNION ALL
  SELECT 'partition key', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, p.partrelid, 0)
   FROM columns AS a JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = a.attrelid AND a.attnum = ANY (p.partattrs::smallint[])
  UNION ALL
  SELECT 'identity', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum)
   FROM columns AS a WHERE a.attidentity <> ''
) AS everything ORDER BY 1, 2;

-- catalog_mentioning_functions
WITH words AS (SELECT
  '(^|[^[:alnum:]_])' || pg_catalog.regexp_replace($2::text, '([^[:alnum:]_])', '\\\1', 'g') || '($|[^[:alnum:]_])' AS table_name,
  '(^|[^[:alnum:]_])' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '($|[^[:alnum:]_])' AS column_name)
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0)
 FROM words AS w, pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND l.lanname NOT IN ('internal', 'c')
   AND p.proname NOT LIKE 'om\_%' AND p.prosrc ~* w.column_name
   AND (p.prosrc ~* w.table_name OR p.oid IN (SELECT g.tgfoid FROM pg_catalog.pg_trigger AS g
     JOIN pg_catalog.pg_class AS c ON c.relname = $2::text
     JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace AND s.nspname = $1::text
     WHERE g.tgrelid = c.oid OR g.tgrelid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) AS t)))
 ORDER BY 1;

-- catalog_carried_over
WITH old AS (SELECT c.oid, a.attnum, a.attacl,
   pg_catalog.to_jsonb(a)->>'attstattarget' AS target, pg_catalog.format('%I.%I', n.nspname, c.relname) AS place
  FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = $1::text AND c.relname = $2::text AND a.attname = $3::text)
SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, $4::text, o.place,
   CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END,
   CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS text
 FROM old AS o, pg_catalog.aclexplode(o.attacl) AS g WHERE $5::boolean
UNION SELECT pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', o.place, $4::text, pg_catalog.col_description(o.oid, o.attnum))
 FROM old AS o WHERE pg_catalog.col_description(o.oid, o.attnum) IS NOT NULL
UNION SELECT pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', o.place, $4::text, o.target)
 FROM old AS o WHERE o.target::integer >= 0
ORDER BY text;

-- catalog_left_behind
WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new, o.attacl AS rights,
   w.attacl AS new_rights
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   JOIN pg_catalog.pg_attribute AS o ON o.attrelid = c.oid AND o.attname = $3::text AND NOT o.attisdropped
   LEFT JOIN pg_catalog.pg_attribute AS w ON w.attrelid = c.oid AND w.attname = $4::text AND NOT w.attisdropped
  WHERE n.nspname = $1::text AND c.relname = $2::text
), names AS (SELECT CASE WHEN pg_catalog.quote_ident($3::text) = $3::text
   THEN '\m' || pg_catalog.replace($3::text, '$', '\$') || '\M'
   ELSE pg_catalog.regexp_replace(pg_catalog.quote_ident($3::text), '([^[:alnum:]])', '\\\1', 'g') END AS old,
  pg_catalog.replace(pg_catalog.quote_ident($4::text), '\', '\\') AS new
), indexes AS (SELECT i.indexrelid, i.indisunique, i.indisvalid, i.indisprimary,
   pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^.*? USING ', 'USING ') AS definition,
   p.old = ANY (i.indkey) OR EXISTS (SELECT FROM pg_catalog.pg_depend AS d
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid AND d.refobjsubid = p.old) AS is_old,
   EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'x')) AS is_told
  FROM place AS p JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid
), constraints AS (SELECT k.oid, k.contype, k.convalidated,
   pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition,
   p.old = ANY (k.conkey) AS is_old
  FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.conrelid = p.oid WHERE k.contype IN ('c', 'f') AND k.conparentid = 0
), found AS (
  SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, 0),
    CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || i.definition) AS description
   FROM indexes AS i, names AS a WHERE i.is_old AND i.indisvalid AND NOT i.is_told
    AND NOT EXISTS (SELECT FROM indexes AS j WHERE j.indisvalid AND (j.indisunique OR NOT i.indisunique)
      AND j.indexrelid <> i.indexrelid AND j.definition = pg_catalog.regexp_replace(i.definition, a.old, a.new, 'g'))
  UNION ALL SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0),
    k.definition)
   FROM constraints AS k, names AS a WHERE k.is_old
    AND NOT EXISTS (SELECT FROM constraints AS j WHERE j.contype = k.contype AND (j.convalidated OR NOT k.convalidated)
      AND j.oid <> k.oid AND j.definition = pg_catalog.regexp_replace(k.definition, a.old, a.new, 'g'))
    AND NOT EXISTS (SELECT FROM place AS p JOIN pg_catalog.pg_constraint AS was ON was.oid = k.oid
     JOIN pg_catalog.pg_constraint AS now ON now.conrelid = p.oid AND now.contype = 'f' AND now.convalidated AND now.confrelid = was.confrelid
      AND was.conkey = ARRAY[p.old] AND now.conkey = ARRAY[p.new] AND now.confdeltype = was.confdeltype AND now.confupdtype = was.confupdtype
     JOIN pg_catalog.pg_class AS x ON x.oid = now.conindid AND x.relname LIKE 'om\_key\_%')
  UNION ALL SELECT pg_catalog.format('%s for %s', g.privilege_type,
    CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END)
   FROM place AS p, pg_catalog.aclexplode(p.rights) AS g WHERE p.new IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(p.new_rights) AS h WHERE h.grantee = g.grantee
      AND h.privilege_type = g.privilege_type AND (h.is_grantable OR NOT g.is_grantable))
  UNION ALL SELECT pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, 0),
    pg_catalog.pg_get_statisticsobjdef(s.oid))
   FROM place AS p JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = p.oid AND p.old = ANY (s.stxkeys)
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext AS z WHERE z.stxrelid = p.oid AND p.new = ANY (z.stxkeys))
  UNION ALL SELECT pg_catalog.format('the column list of publication %I', b.pubname)
   FROM place AS p JOIN pg_catalog.pg_publication_rel AS r ON r.prrelid = p.oid
    JOIN pg_catalog.pg_publication AS b ON b.oid = r.prpubid
   WHERE pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(p.old)
    AND NOT COALESCE(pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(p.new), false)
)
SELECT DISTINCT description FROM found ORDER BY 1;

-- state_hold_structure
SELECT phase, COALESCE(metadata->>'undoing', ''), retired_column IS NOT NULL, metadata ? 'dropped_at',
  COALESCE(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - (metadata->>'retired_at')::timestamp with time zone), 0)::bigint
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint FOR UPDATE;

-- state_note_undoing
UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('undoing', $2::text) WHERE run_id = $1::bigint;

-- state_note_undone
UPDATE "public"."online_migration_runs" SET metadata = metadata - 'undoing' WHERE run_id = $1::bigint;

-- state_note_made
UPDATE "public"."online_migration_runs" SET metadata = metadata ||
  pg_catalog.jsonb_build_object('made', COALESCE(metadata->'made', '{}') || pg_catalog.jsonb_build_object($2::text, true))
 WHERE run_id = $1::bigint;

-- state_forget_made
UPDATE "public"."online_migration_runs" SET metadata = metadata #- ARRAY['made', $2::text] WHERE run_id = $1::bigint;

-- state_was_made
SELECT COALESCE(metadata->'made', '{}') ? $2::text FROM "public"."online_migration_runs" WHERE run_id = $1::bigint;

-- catalog_named_object
SELECT (SELECT k.contype FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = t.oid AND k.conname = $3::text),
  o.relkind, COALESCE(i.indrelid = t.oid, false),
  EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = o.oid AND k.contype IN ('p', 'u', 'x')),
  COALESCE(i.indisreplident, false)
 FROM pg_catalog.pg_namespace AS n LEFT JOIN pg_catalog.pg_class AS t ON t.relnamespace = n.oid AND t.relname = $2::text
  LEFT JOIN pg_catalog.pg_class AS o ON o.relnamespace = n.oid AND o.relname = $3::text
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = o.oid
 WHERE n.nspname = $1::text;

-- catalog_can_be_referenced
SELECT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
   AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
   AND (SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C")
     FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.position <= i.indnkeyatts)
    = (SELECT pg_catalog.array_agg(w ORDER BY w COLLATE "C") FROM pg_catalog.unnest($3::text[]) AS w))
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text;

-- catalog_view_can_stand_for
SELECT c.relrowsecurity, EXISTS (SELECT FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = c.oid)
 FROM pg_catalog.pg_class AS c WHERE c.oid = $1::oid;

-- catalog_table_users
WITH place AS (SELECT c.oid, c.reltype FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND c.relname = $2::text)
SELECT DISTINCT description FROM (
  SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0) AS description
   FROM place AS p JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.refobjid = p.oid AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
   JOIN pg_catalog.pg_rewrite AS w ON w.oid = d.objid WHERE w.ev_class <> p.oid
  UNION ALL
  SELECT pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0)
   FROM place AS p JOIN pg_catalog.pg_constraint AS k ON k.confrelid = p.oid AND k.conrelid <> p.oid AND k.conparentid = 0
  UNION ALL
  SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
   FROM place AS p JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'n'
    AND ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid)
     OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid = p.reltype))
  UNION ALL
  SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.inhrelid, 0)
   FROM place AS p JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid WHERE NOT c.relispartition
) AS everything ORDER BY 1;
