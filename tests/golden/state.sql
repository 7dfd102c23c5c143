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

-- state_lock_creation
SELECT pg_catalog.pg_advisory_xact_lock(7236837434231201841);

-- state_find_version
SELECT pg_catalog.to_regclass('"public"."online_migration_version"') IS NOT NULL;

-- state_may_create
SELECT COALESCE(pg_catalog.bool_or(pg_catalog.has_schema_privilege(oid, 'CREATE')), false)
 FROM pg_catalog.pg_namespace WHERE nspname = 'public';

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

-- state_by_bitmap
SELECT pg_catalog.set_config('enable_indexscan', 'off', true);

-- state_time_limit
SELECT pg_catalog.set_config('statement_timeout', $1, true);

-- state_by_lookup
SELECT pg_catalog.set_config('enable_mergejoin', 'off', true), pg_catalog.set_config('enable_hashjoin', 'off', true);

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
    USING (migration) WHERE r.run_id = $1::bigint AND r.safety_net IN ('dirty-key-trigger', 'sync-trigger')),
  pg_catalog.sum(dirty_done)::bigint,
  (SELECT pg_catalog.count(*) FROM "public"."online_migration_quarantine" AS q JOIN "public"."online_migration_runs" AS r
    USING (migration) WHERE r.run_id = $1::bigint),
  pg_catalog.max(strategy), pg_catalog.avg(hot_share)::double precision,
  pg_catalog.count(*) FILTER (WHERE holder IS NOT NULL AND lease_until >= pg_catalog.clock_timestamp()), pg_catalog.count(*),
  pg_catalog.max(throttle_reason)
 FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint;

-- state_in_key_order
SELECT pg_catalog.set_config('enable_sort', 'off', true);

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
   WHERE q.run_id = p.run_id AND ((q.pass_id > p.pass_id AND (q.kind <> 'watch' OR q.mismatches > 0))
    OR (q.mismatches > 0 AND q.finished_at >= p.started_at)))
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

-- state_resume_watch
UPDATE "public"."online_migration_parity_passes" AS p SET worker_pid = $2::integer, noted_at = pg_catalog.clock_timestamp()
 FROM "public"."online_migration_runs" AS r
 WHERE r.run_id = $1::bigint AND p.run_id = r.run_id AND p.walk = r.walk AND p.kind = 'watch' AND p.started_in = r.phase
  AND p.finished_at IS NULL
  AND NOT EXISTS (SELECT FROM "public"."online_migration_parity_passes" AS q
   WHERE q.run_id = p.run_id AND q.kind = 'watch' AND q.pass_id > p.pass_id)
  AND (p.noted_at < pg_catalog.clock_timestamp() - interval '1 minute' OR (p.worker_pid IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = p.worker_pid)))
 RETURNING p.pass_id, COALESCE(p.rows_checked, 0), COALESCE(p.mismatches, 0);

-- state_watch_cursor
SELECT c.part FROM "public"."online_migration_parity_passes" AS p
  CROSS JOIN pg_catalog.unnest(p.cursor) WITH ORDINALITY AS c (part, number)
 WHERE p.pass_id = $1::bigint ORDER BY c.number;

-- state_note_watch
UPDATE "public"."online_migration_parity_passes" SET worker_pid = $2::integer, cursor = $3::text[],
  rows_checked = $4::bigint, noted_at = pg_catalog.clock_timestamp() WHERE pass_id = $1::bigint;

-- state_forget_clean_rounds
DELETE FROM "public"."online_migration_parity_passes" AS p
 WHERE p.run_id = $1::bigint AND p.pass_id < $2::bigint AND p.kind = 'watch' AND p.finished_at IS NOT NULL
  AND p.mismatches = 0
  AND NOT EXISTS (SELECT FROM "public"."online_migration_parity_samples" AS s WHERE s.pass_id = p.pass_id);

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
 FROM "public"."online_migration_parity_passes"
 WHERE pass_id IN (SELECT pg_catalog.max(pass_id) FROM "public"."online_migration_parity_passes"
  WHERE run_id = $1::bigint GROUP BY kind = 'watch') ORDER BY kind = 'watch';

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

-- state_is_partitioned
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1::text AND c.relname = $2::text AND c.relkind = 'p');

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
  COALESCE(pg_catalog.jsonb_array_length(r.metadata->'legacy'->'not_null') > 0, false)
 FROM "public"."online_migration_runs" AS r WHERE r.run_id = $1::bigint;

-- state_legacy_required
SELECT NOT EXISTS (SELECT FROM "public"."online_migration_runs" AS r,
   pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS k (name)
  WHERE r.run_id = $1::bigint AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
   JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $2::text AND c.relname = $3::text AND a.attname = k.name AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))));

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
WITH place AS (SELECT c.oid, o.attnum AS old, w.attnum AS new,
   EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = w.attrelid AND a.attnum = w.attnum AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) AS required
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
  k.convalidated, m.nspname, a.attname
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

-- catalog_may_owe
WITH place AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1::text AND c.relname = $2::text
), places AS (
  SELECT p.oid FROM place AS p UNION SELECT t.relid::oid FROM place AS p, pg_catalog.pg_partition_tree(p.oid) AS t
)
SELECT FROM places AS p JOIN pg_catalog.pg_attribute AS o ON o.attrelid = p.oid AND o.attname = $3::text AND NOT o.attisdropped
 WHERE o.attacl IS NOT NULL OR COALESCE(o.attstattarget, -1) >= 0 OR pg_catalog.col_description(p.oid, o.attnum) IS NOT NULL
  OR EXISTS (SELECT FROM pg_catalog.pg_depend AS d LEFT JOIN pg_catalog.pg_constraint AS k
     ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objid
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid AND d.refobjsubid = o.attnum
     AND d.classid NOT IN ('pg_catalog.pg_attrdef'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
      'pg_catalog.pg_rewrite'::pg_catalog.regclass) AND k.contype IS DISTINCT FROM 'n')
 LIMIT 1;

-- catalog_owed_parts
WITH place AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1::text AND c.relname = $2::text
), places AS (
  SELECT p.oid FROM place AS p UNION SELECT t.relid::oid FROM place AS p, pg_catalog.pg_partition_tree(p.oid) AS t
), type AS (
  SELECT y.oid, CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END AS base, y.typtype, y.typcategory, y.typcollation,
    y.typcollation <> 0 AS collates, pg_catalog.format_type(y.oid, NULL) AS name
   FROM (SELECT pg_catalog.to_regtype($5::text) AS oid) AS w LEFT JOIN pg_catalog.pg_type AS y ON y.oid = w.oid
), fitting AS (
  SELECT t.base AS oid FROM type AS t
  UNION SELECT k.casttarget FROM type AS t JOIN pg_catalog.pg_cast AS k ON k.castsource = t.base
   WHERE k.castmethod = 'b' AND k.castcontext = 'i'
  UNION SELECT 'pg_catalog.anyarray'::pg_catalog.regtype FROM type AS t WHERE t.typcategory = 'A'
  UNION SELECT 'pg_catalog.anyenum'::pg_catalog.regtype FROM type AS t WHERE t.typtype = 'e'
  UNION SELECT 'pg_catalog.anyrange'::pg_catalog.regtype FROM type AS t WHERE t.typtype = 'r'
), columns AS (
  SELECT p.oid AS place, p.oid::pg_catalog.regclass::text AS name, c.relkind, c.relnamespace, o.attnum AS old, o.attacl AS old_acl,
    o.attcollation AS old_collation, CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END AS old_type,
    COALESCE(a.attnum, 0)::smallint AS new, a.attacl AS new_acl, pg_catalog.to_jsonb(o)->>'attstattarget' AS old_target,
    pg_catalog.to_jsonb(a)->>'attstattarget' AS new_target
   FROM places AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.oid
    JOIN pg_catalog.pg_attribute AS o ON o.attrelid = p.oid AND o.attname = $3::text AND NOT o.attisdropped
    JOIN pg_catalog.pg_type AS y ON y.oid = o.atttypid
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.oid AND a.attname = $4::text AND NOT a.attisdropped
), shapes AS (
  SELECT c.place, c.old, c.new, i.indexrelid AS index, x.relname, x.relkind, x.relispartition, x.relam, i.indisunique, i.indisvalid,
    i.indexprs IS NULL AND i.indpred IS NULL AS plain, i.indisprimary, i.indisexclusion, x.reltablespace AS elsewhere, k.oid AS constraint, k.contype,
    k.condeferrable, k.condeferred, u.keys, u.mapped, u.options, u.usual, u.included, u.also,
    COALESCE((pg_catalog.to_jsonb(i)->>'indnullsnotdistinct')::boolean, false) AS nulls_equal,
    c.old = ANY (i.indkey::smallint[]) OR c.old = ANY (d.columns) AS is_old,
    c.new = ANY (i.indkey::smallint[]) OR c.new = ANY (d.columns) AS is_new
   FROM columns AS c JOIN pg_catalog.pg_index AS i ON i.indrelid = c.place JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    CROSS JOIN LATERAL (SELECT
       pg_catalog.array_agg(e.number ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS keys,
       pg_catalog.array_agg(CASE WHEN e.number = c.old THEN c.new ELSE e.number END ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS mapped,
       pg_catalog.array_agg(i.indoption[(e.at - 1)::integer] ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS options,
       pg_catalog.array_agg((SELECT o.opcdefault FROM pg_catalog.pg_opclass AS o WHERE o.oid = i.indclass[(e.at - 1)::integer]) ORDER BY e.at)
         FILTER (WHERE e.at <= i.indnkeyatts) AS usual,
       COALESCE(pg_catalog.array_agg(e.number ORDER BY e.at) FILTER (WHERE e.at > i.indnkeyatts), '{}') AS included,
       COALESCE(pg_catalog.array_agg(CASE WHEN e.number = c.old THEN c.new ELSE e.number END ORDER BY e.at)
         FILTER (WHERE e.at > i.indnkeyatts), '{}') AS also
      FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS e (number, at)) AS u
    CROSS JOIN LATERAL (SELECT COALESCE(pg_catalog.array_agg(d.refobjsubid), '{}') AS columns FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.place AND d.refobjsubid > 0) AS d
), written AS (
  SELECT d.place, d.oid, d.definition, pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.replace(r.text,
     pg_catalog.format('(%I)::%s', $4::text, t.name), pg_catalog.quote_ident($4::text)),
     '[(]([0-9]+|''-[0-9]+''::integer|''(?:[^'']|'''')*''::character varying)[)]::(?:integer|bigint|text)', '\1', 'g'),
     '[(](ARRAY\[[^][]*\])[)]::text\[\]', '\1', 'g') AS same,
    r.text, $6::boolean AND NOT EXISTS (SELECT FROM pg_catalog.pg_get_keywords() AS w WHERE w.word = $3::text AND w.catcode = 'U')
     AND c.old_collation = t.typcollation AND (c.old_type = t.base OR (c.old_type, t.base) IN ((1043, 25), (25, 1043))
      OR (c.old_type, t.base) IN ((21, 23), (21, 20), (23, 20)) AND NOT r.by_width) AS keeps
   FROM (SELECT k.conrelid AS place, k.oid, pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition
      FROM columns AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.place AND k.contype = 'c'
     UNION ALL SELECT s.place, s.index, CASE WHEN pg_catalog.starts_with(g.text, h.text) THEN pg_catalog.substr(g.text, pg_catalog.length(h.text) + 1) END
      FROM shapes AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.place JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_am AS m ON m.oid = s.relam CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_indexdef(s.index) AS text) AS g
       CROSS JOIN LATERAL (SELECT pg_catalog.format('CREATE %sINDEX %I ON %s%I.%I USING %I ', CASE WHEN s.indisunique THEN 'UNIQUE ' ELSE '' END,
         s.relname, CASE WHEN s.relkind = 'I' THEN 'ONLY ' ELSE '' END, n.nspname, c.relname, m.amname) AS text) AS h) AS d
    JOIN columns AS c ON c.place = d.place CROSS JOIN type AS t
    CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(CASE WHEN e.token = pg_catalog.quote_ident($3::text) AND e.before NOT IN ('.', '::') AND e.after <> '('
         THEN pg_catalog.quote_ident($4::text) ELSE e.token END, '' ORDER BY e.at) AS text,
       pg_catalog.bool_or(e.token IN ('~', '#', '&', '|') OR e.token IN ('<', '>') AND e.before = e.token
         OR e.token = '(' AND e.before ~ '^[[:alnum:]_"]' OR e.before = '::' AND e.token = 'bit') AS by_width
      FROM (SELECT m.found[1] AS token, m.at, COALESCE(pg_catalog.lag(m.found[1]) OVER (ORDER BY m.at), '') AS before,
         COALESCE(pg_catalog.lead(m.found[1]) OVER (ORDER BY m.at), '') AS after
        FROM pg_catalog.regexp_matches(d.definition, $re$('(?:[^']|'')*'|"(?:[^"]|"")*"|::|[[:alnum:]_$]+|.)$re$, 'g') WITH ORDINALITY AS m (found, at)) AS e) AS r
), named AS (
  SELECT s.*, CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class AS x JOIN columns AS c ON c.relnamespace = x.relnamespace
      WHERE c.place = s.place AND x.relname = s.wanted AND x.oid NOT IN (SELECT l.index FROM shapes AS l
        WHERE l.place = s.place AND NOT l.indisvalid AND l.keys = s.mapped AND l.relam = s.relam))
    THEN s.wanted ELSE 'om_along_' || pg_catalog.md5(s.relname) END AS made
   FROM (SELECT s.*, CASE WHEN n.renamed <> s.relname AND pg_catalog.octet_length(n.renamed) < 64 THEN n.renamed
      WHEN pg_catalog.octet_length(s.relname || '_' || $4::text) < 64 THEN s.relname || '_' || $4::text
      ELSE 'om_along_' || pg_catalog.md5(s.relname) END AS wanted
    FROM shapes AS s, LATERAL (SELECT pg_catalog.regexp_replace(s.relname,
      '(^|_)' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '(?=_|$)',
      '\1' || pg_catalog.replace($4::text, '\', '\\'), 'g') AS renamed) AS n WHERE s.is_old AND NOT s.indisprimary) AS s
), indexes AS (
  SELECT s.*, j.index AS other, j.relname AS other_name, p.texts, pg_catalog.array_to_string(p.texts, ', ') AS list,
    p.plain_list, NOT s.indisexclusion AND CASE WHEN s.plain THEN p.fits ELSE w.keeps AND s.elsewhere = 0 END AS mechanical,
    w.text AS renamed, w.definition,
    CASE WHEN s.included = '{}' THEN '' ELSE pg_catalog.format(' INCLUDE (%s)', (SELECT pg_catalog.string_agg(
      pg_catalog.quote_ident(CASE WHEN e.number = s.old THEN $4::text ELSE a.attname::text END), ', ' ORDER BY e.at)
      FROM pg_catalog.unnest(s.included) WITH ORDINALITY AS e (number, at)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.place AND a.attnum = e.number)) END
     || CASE WHEN s.nulls_equal THEN ' NULLS NOT DISTINCT' ELSE '' END
     || COALESCE((SELECT pg_catalog.format(' WITH (%s)', pg_catalog.string_agg(pg_catalog.format('%I = %L',
        pg_catalog.split_part(o.option, '=', 1), pg_catalog.substr(o.option, pg_catalog.strpos(o.option, '=') + 1)), ', '))
       FROM pg_catalog.pg_class AS x, pg_catalog.unnest(x.reloptions) AS o (option) WHERE x.oid = s.index HAVING pg_catalog.count(*) > 0), '')
     || COALESCE((SELECT pg_catalog.format(' TABLESPACE %I', t.spcname) FROM pg_catalog.pg_class AS x
       JOIN pg_catalog.pg_tablespace AS t ON t.oid = x.reltablespace WHERE x.oid = s.index), '') AS tail
   FROM named AS s JOIN written AS w ON w.oid = s.index
    LEFT JOIN LATERAL (SELECT j.index, j.relname FROM shapes AS j WHERE j.place = s.place AND j.is_new AND NOT j.is_old
       AND (j.indisvalid OR s.relkind = 'I') AND j.relam = s.relam AND (j.indisunique OR NOT s.indisunique)
       AND (j.indisexclusion = s.indisexclusion) AND j.plain = s.plain
       AND CASE WHEN s.plain THEN j.keys = s.mapped AND j.options = s.options AND j.usual = s.usual AND s.also <@ (j.included || j.keys)
          AND (j.nulls_equal OR NOT s.nulls_equal OR NOT s.indisunique)
         ELSE w.same = (SELECT v.same FROM written AS v WHERE v.oid = j.index) END
      ORDER BY j.constraint IS NULL, j.relname LIMIT 1) AS j ON true
    CROSS JOIN LATERAL (SELECT pg_catalog.bool_and(e.fits) AS fits, pg_catalog.array_agg(e.text ORDER BY e.at) AS texts,
       pg_catalog.string_agg(e.column, ', ' ORDER BY e.at) AS plain_list FROM (
      SELECT k.at, q.column, pg_catalog.format('%s%s%s%s', q.column,
         CASE WHEN i.indcollation[(k.at - 1)::integer] IN (0, a.attcollation) THEN '' ELSE (SELECT pg_catalog.format(' COLLATE %I.%I',
           n.nspname, l.collname) FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
           WHERE l.oid = i.indcollation[(k.at - 1)::integer]) END,
         CASE WHEN k.number = s.old AND o.opcdefault AND c.old_type <> t.base THEN ''
          ELSE pg_catalog.format(' %I.%I', m.nspname, o.opcname) END,
         CASE s.options[k.at::integer] WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' WHEN 3 THEN ' DESC' ELSE '' END) AS text,
        NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS b WHERE b.attrelid = s.index AND b.attoptions IS NOT NULL)
         AND (k.number <> s.old OR c.old_type = t.base
          OR (t.collates OR i.indcollation[(k.at - 1)::integer] IN (0, a.attcollation))
           AND CASE WHEN o.opcdefault THEN EXISTS (SELECT FROM pg_catalog.pg_opclass AS d
              WHERE d.opcmethod = o.opcmethod AND d.opcdefault AND d.opcintype IN (SELECT f.oid FROM fitting AS f))
            ELSE o.opcintype IN (SELECT f.oid FROM fitting AS f) END) AS fits
       FROM pg_catalog.unnest(s.keys) WITH ORDINALITY AS k (number, at)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.place AND a.attnum = k.number
        JOIN pg_catalog.pg_index AS i ON i.indexrelid = s.index JOIN columns AS c ON c.place = s.place CROSS JOIN type AS t
        JOIN pg_catalog.pg_opclass AS o ON o.oid = i.indclass[(k.at - 1)::integer]
        JOIN pg_catalog.pg_namespace AS m ON m.oid = o.opcnamespace
        CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(CASE WHEN k.number = s.old THEN $4::text ELSE a.attname::text END) AS column) AS q
       ) AS e) AS p
), keys AS (
  SELECT c.place, c.name AS place_name, c.relkind, k.oid, k.conname, k.convalidated, k.conparentid, m.mapped, m.list, f.oid AS other,
    f.conname AS other_name, COALESCE(f.convalidated, false) AS other_valid, d.text AS definition,
    pg_catalog.format('FOREIGN KEY (%s)', m.old_list) AS prefix, k.confrelid::pg_catalog.regclass::text AS referenced, m.looks, m.given,
    m.fits AND pg_catalog.to_jsonb(k)->>'confdelsetcols' IS NULL AS fits,
    CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS x WHERE x.conrelid = c.place AND x.conname = n.wanted)
     THEN 'om_along_' || pg_catalog.md5(k.conname) ELSE n.wanted END AS made
   FROM columns AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.place AND k.contype = 'f' AND c.old = ANY (k.conkey)
    LEFT JOIN pg_catalog.pg_constraint AS r ON r.oid = k.conparentid
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_constraintdef(k.oid) AS text) AS d
    CROSS JOIN LATERAL (SELECT CASE WHEN w.renamed <> k.conname AND pg_catalog.octet_length(w.renamed) < 64 THEN w.renamed
      WHEN pg_catalog.octet_length(k.conname || '_' || $4::text) < 64 THEN k.conname || '_' || $4::text
      ELSE 'om_along_' || pg_catalog.md5(k.conname) END AS wanted
     FROM (SELECT pg_catalog.regexp_replace(k.conname,
      '(^|_)' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '(?=_|$)',
      '\1' || pg_catalog.replace($4::text, '\', '\\'), 'g') AS renamed) AS w) AS n
    CROSS JOIN LATERAL (SELECT pg_catalog.array_agg(CASE WHEN e.number = c.old THEN c.new ELSE e.number END ORDER BY e.at) AS mapped,
       pg_catalog.string_agg(q.column, ', ' ORDER BY e.at) AS list,
       pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY e.at) AS old_list,
       pg_catalog.string_agg(pg_catalog.format('t.%s IS NOT NULL', q.column), ' AND ' ORDER BY e.at) AS given,
       pg_catalog.string_agg(CASE WHEN p.oid IS NOT NULL THEN pg_catalog.format('o.%I OPERATOR(%I.%s) t.%s', b.attname, s.nspname, p.oprname, q.column) END, ' AND '
         ORDER BY e.at) AS looks,
       pg_catalog.bool_and(p.oid IS NOT NULL AND NOT (e.number = c.old AND t.base IN ('pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype)
        AND b.atttypid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype) AND b.atttypid <> t.base)) AS fits
      FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey), pg_catalog.unnest(k.conpfeqop)) WITH ORDINALITY AS e (number, referenced, operator, at)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = e.number
       JOIN pg_catalog.pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = e.referenced
       CROSS JOIN type AS t
       CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(CASE WHEN e.number = c.old THEN $4::text ELSE a.attname::text END) AS column) AS q
       LEFT JOIN pg_catalog.pg_operator AS p ON p.oid = CASE WHEN e.number <> c.old OR c.old_type = t.base THEN e.operator
        ELSE (SELECT o.amopopr FROM pg_catalog.pg_amop AS g JOIN pg_catalog.pg_amop AS o ON o.amopfamily = g.amopfamily
          AND o.amopmethod = g.amopmethod AND o.amopstrategy = g.amopstrategy AND o.amoplefttype = g.amoplefttype
          WHERE g.amopopr = e.operator AND g.amopmethod = (SELECT h.oid FROM pg_catalog.pg_am AS h WHERE h.amname = 'btree')
           AND o.amoprighttype IN (SELECT y.oid FROM fitting AS y) ORDER BY o.amoprighttype <> t.base LIMIT 1) END
       LEFT JOIN pg_catalog.pg_namespace AS s ON s.oid = p.oprnamespace) AS m
    LEFT JOIN LATERAL (SELECT f.oid, f.conname, f.convalidated FROM pg_catalog.pg_constraint AS f WHERE f.conrelid = c.place
       AND f.contype = 'f' AND f.confrelid = k.confrelid AND f.conkey = m.mapped
       AND (f.confkey = k.confkey OR pg_catalog.cardinality(k.conkey) = 1 AND EXISTS (SELECT FROM pg_catalog.pg_class AS x
        WHERE x.oid = f.conindid AND x.relname LIKE 'om\_key\_%'))
       AND (f.confupdtype, f.confdeltype, f.confmatchtype) = (k.confupdtype, k.confdeltype, k.confmatchtype)
      ORDER BY f.convalidated DESC, f.conname LIMIT 1) AS f ON true
   WHERE k.conparentid = 0 OR c.relkind = 'r' AND r.conrelid <> k.conrelid
), checks AS (
  SELECT c.place, c.name AS place_name, k.oid, k.conname, k.convalidated, w.definition, w.text AS renamed, w.keeps, f.conname AS other_name,
    COALESCE(f.convalidated, false) AS other_valid, CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS x
       WHERE x.conrelid = c.place AND x.conname = n.wanted) THEN 'om_along_' || pg_catalog.md5(k.conname) ELSE n.wanted END AS made
   FROM columns AS c JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.place AND k.contype = 'c' AND c.old = ANY (k.conkey)
     AND k.coninhcount = 0 AND k.conname NOT LIKE 'om\_not\_null%'
    JOIN written AS w ON w.oid = k.oid
    CROSS JOIN LATERAL (SELECT CASE WHEN m.renamed <> k.conname AND pg_catalog.octet_length(m.renamed) < 64 THEN m.renamed
      WHEN pg_catalog.octet_length(k.conname || '_' || $4::text) < 64 THEN k.conname || '_' || $4::text
      ELSE 'om_along_' || pg_catalog.md5(k.conname) END AS wanted
     FROM (SELECT pg_catalog.regexp_replace(k.conname,
      '(^|_)' || pg_catalog.regexp_replace($3::text, '([^[:alnum:]_])', '\\\1', 'g') || '(?=_|$)',
      '\1' || pg_catalog.replace($4::text, '\', '\\'), 'g') AS renamed) AS m) AS n
    LEFT JOIN LATERAL (SELECT f.conname, f.convalidated FROM pg_catalog.pg_constraint AS f JOIN written AS v ON v.oid = f.oid
      WHERE f.conrelid = c.place AND f.contype = 'c' AND f.oid <> k.oid AND NOT c.old = ANY (f.conkey) AND v.same = w.same
      ORDER BY f.convalidated DESC, f.conname LIMIT 1) AS f ON true
), parts AS (
  SELECT 1 AS step, 'privilege' AS kind, pg_catalog.format('privilege %s on the column, of %s', g.privilege_type,
     CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.format('role %I', pg_catalog.pg_get_userbyid(g.grantee)) END) AS description,
    EXISTS (SELECT FROM pg_catalog.aclexplode(c.new_acl) AS n WHERE n.grantee = g.grantee AND n.privilege_type = g.privilege_type
     AND (n.is_grantable OR NOT g.is_grantable)) AS there, true AS mechanical,
    pg_catalog.format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type, $4::text, c.name, CASE WHEN g.grantee = 0 THEN 'PUBLIC'
      ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement,
    c.name AS place, NULL::text AS made, NULL::text AS leftover, NULL::text AS look
   FROM columns AS c, pg_catalog.aclexplode(c.old_acl) AS g
  UNION ALL SELECT 2, 'comment', pg_catalog.format('comment on the column of %s', c.name), pg_catalog.col_description(c.place, c.new) IS NOT NULL, true,
    pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', c.name, $4::text, pg_catalog.col_description(c.place, c.old)), c.name, NULL, NULL, NULL
   FROM columns AS c WHERE pg_catalog.col_description(c.place, c.old) IS NOT NULL
  UNION ALL SELECT 2, 'statistics target', pg_catalog.format('statistics target %s of the column of %s', c.old_target, c.name),
    c.new_target IS NOT DISTINCT FROM c.old_target, true,
    pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', c.name, $4::text, c.old_target), c.name, NULL, NULL, NULL
   FROM columns AS c WHERE c.old_target::integer >= 0
  UNION ALL SELECT CASE WHEN i.relkind = 'I' THEN 8 ELSE 3 END, CASE WHEN i.contype = 'u' THEN 'constraint index' WHEN i.plain THEN 'index' ELSE 'written index' END,
    pg_catalog.format('%s (%sUSING %I %s)', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.index, 0),
     CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, m.amname, i.definition), i.other IS NOT NULL, i.mechanical,
    pg_catalog.format('CREATE %sINDEX %s%I ON %s USING %I %s', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
     CASE WHEN i.relkind = 'I' THEN '' ELSE 'CONCURRENTLY ' END, i.made, c.name, m.amname,
     CASE WHEN i.plain THEN pg_catalog.format('(%s)%s', i.list, i.tail) ELSE i.renamed END), c.name, i.made,
    CASE WHEN i.relkind = 'i' THEN pg_catalog.format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, i.made) END, NULL
   FROM indexes AS i JOIN columns AS c ON c.place = i.place JOIN pg_catalog.pg_am AS m ON m.oid = i.relam
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE NOT i.indisexclusion AND (i.relkind = 'i' OR NOT i.relispartition AND i.contype IS NULL)
  UNION ALL SELECT CASE WHEN i.relkind = 'I' THEN 9 ELSE 4 END, 'unique constraint',
    pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, i.constraint, 0),
     pg_catalog.pg_get_constraintdef(i.constraint)), o.index IS NOT NULL, i.mechanical,
    CASE WHEN i.relkind = 'I' THEN pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE%s (%s)%s%s', c.name, i.made,
       CASE WHEN i.nulls_equal THEN ' NULLS NOT DISTINCT' ELSE '' END, i.plain_list, pg_catalog.replace(i.tail, ' NULLS NOT DISTINCT', ''), d.text)
     WHEN i.other IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING INDEX %I%s', c.name, i.other_name, i.other_name, d.text) END,
    c.name, CASE WHEN i.relkind = 'I' THEN i.made ELSE i.other_name::text END, NULL, NULL
   FROM indexes AS i JOIN columns AS c ON c.place = i.place
    CROSS JOIN LATERAL (SELECT CASE WHEN i.condeferrable THEN ' DEFERRABLE' ELSE '' END
      || CASE WHEN i.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END AS text) AS d
    LEFT JOIN LATERAL (SELECT s.index FROM shapes AS s WHERE s.place = i.place AND s.contype IN ('u', 'p') AND s.keys = i.mapped LIMIT 1) AS o ON true
   WHERE i.contype = 'u' AND (i.relkind = 'i' OR NOT i.relispartition)
  UNION ALL SELECT CASE WHEN k.relkind = 'p' THEN 10 ELSE 5 END, 'foreign key',
    pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0), pg_catalog.regexp_replace(k.definition, ' NOT VALID$', '')),
    k.other IS NOT NULL,
    k.fits AND pg_catalog.starts_with(k.definition, k.prefix), pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s)%s%s',
     k.place_name, k.made, k.list, pg_catalog.regexp_replace(pg_catalog.substr(k.definition, pg_catalog.length(k.prefix) + 1), ' NOT VALID$', ''),
     CASE WHEN k.relkind = 'p' THEN '' ELSE ' NOT VALID' END), k.place_name, k.made, NULL,
    CASE WHEN k.relkind <> 'p' THEN pg_catalog.format('SELECT pg_catalog.count(*) FROM %s AS t WHERE %s AND NOT EXISTS (SELECT FROM %s AS o WHERE %s)',
     k.place_name, k.given, k.referenced, k.looks) END
   FROM keys AS k
  UNION ALL SELECT 6, 'validation', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0) || ', validated',
    k.other_valid, k.fits AND pg_catalog.starts_with(k.definition, k.prefix),
    CASE WHEN k.other IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.place_name, k.other_name) END, k.place_name, NULL, NULL, NULL
   FROM keys AS k WHERE k.convalidated AND k.relkind <> 'p'
  UNION ALL SELECT 7, 'check', pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0), k.definition),
    k.other_name IS NOT NULL, k.keeps AND k.definition !~ ' ENFORCED$', pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', k.place_name, k.made, k.renamed),
    k.place_name, k.made, NULL, NULL FROM checks AS k
  UNION ALL SELECT 8, 'validation', pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0) || ', validated',
    k.other_valid, k.keeps, CASE WHEN k.other_name IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.place_name, k.other_name) END,
    k.place_name, NULL, NULL, NULL FROM checks AS k WHERE k.convalidated
  UNION ALL SELECT 11, 'exclusion', pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, i.index, 0), i.other IS NOT NULL,
    false, NULL, NULL, NULL, NULL, NULL FROM indexes AS i WHERE i.indisexclusion
  UNION ALL SELECT 11, 'statistics', pg_catalog.format('%s (%s)', pg_catalog.pg_describe_object('pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, 0),
     pg_catalog.pg_get_statisticsobjdef(s.oid)), EXISTS (SELECT FROM pg_catalog.pg_statistic_ext AS t WHERE t.stxrelid = c.place AND c.new = ANY (t.stxkeys::smallint[])),
    false, NULL, NULL, NULL, NULL, NULL
   FROM columns AS c JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = c.place AND c.old = ANY (s.stxkeys::smallint[])
  UNION ALL SELECT 11, 'publication', pg_catalog.format('the column list of publication %I', b.pubname),
    COALESCE(pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(c.new), false), false, NULL, NULL, NULL, NULL, NULL
   FROM columns AS c JOIN pg_catalog.pg_publication_rel AS r ON r.prrelid = c.place
    JOIN pg_catalog.pg_publication AS b ON b.oid = r.prpubid WHERE pg_catalog.to_jsonb(r)->'prattrs' @> pg_catalog.to_jsonb(c.old)
)
SELECT kind, description, there, COALESCE(mechanical, false), statement, place, made, leftover, look FROM parts
 ORDER BY step, place COLLATE "C", description COLLATE "C";

-- catalog_sequence_moves
SELECT pg_catalog.format('ALTER SEQUENCE %s OWNED BY %I.%I.%I', s.oid::pg_catalog.regclass, n.nspname, c.relname, $4::text)
 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $3::text AND NOT a.attisdropped
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
   AND d.refobjsubid = a.attnum AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a'
  JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
 WHERE n.nspname = $1::text AND c.relname = $2::text AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef AS f
   JOIN pg_catalog.pg_depend AS u ON u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid = f.oid
    AND u.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND u.refobjid = s.oid
   WHERE f.adrelid = c.oid AND f.adnum = a.attnum)
 ORDER BY 1;

-- state_note_along
WITH part AS (SELECT pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('kind', $2::text, 'place', $3::text, 'name', $4::text)) AS kept)
UPDATE "public"."online_migration_runs" AS r SET metadata = r.metadata || pg_catalog.jsonb_build_object('along',
  COALESCE(r.metadata->'along', '[]') || part.kept)
 FROM part WHERE r.run_id = $1::bigint AND NOT COALESCE(r.metadata->'along', '[]') @> part.kept;

-- state_along_drops
SELECT CASE WHEN p.kind = 'constraint' THEN pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', p.place, p.name)
   ELSE pg_catalog.format('DROP INDEX IF EXISTS %I.%I', n.nspname, p.name) END
 FROM "public"."online_migration_runs" AS r, pg_catalog.jsonb_to_recordset(r.metadata->'along') AS p (kind text, place text, name text),
  pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE r.run_id = $1::bigint AND c.oid = pg_catalog.to_regclass(p.place)
  AND (EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE p.kind = 'constraint' AND k.conrelid = c.oid AND k.conname = p.name)
   OR EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE p.kind = 'index' AND i.indrelid = c.oid AND x.relname = p.name))
 ORDER BY p.kind, c.relkind <> 'p', p.place, p.name;

-- state_hold_structure
SELECT phase, COALESCE(metadata->>'undoing', ''), retired_column IS NOT NULL, metadata ? 'dropped_at',
  COALESCE(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - (metadata->>'retired_at')::timestamp with time zone), 0)::bigint
 FROM "public"."online_migration_runs" WHERE run_id = $1::bigint FOR UPDATE;

-- state_read_undoing
SELECT COALESCE(metadata->>'undoing', '') FROM "public"."online_migration_runs" WHERE run_id = $1::bigint;

-- state_note_undoing
UPDATE "public"."online_migration_runs" SET
  metadata = metadata || pg_catalog.jsonb_build_object('undoing', $2::text) WHERE run_id = $1::bigint;

-- state_note_undone
UPDATE "public"."online_migration_runs" SET metadata = metadata - 'undoing' WHERE run_id = $1::bigint;

-- state_forget_kept
UPDATE "public"."online_migration_runs" SET metadata = metadata - 'legacy' WHERE run_id = $1::bigint;

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
