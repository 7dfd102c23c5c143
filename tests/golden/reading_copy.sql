-- readings-value
-- fingerprint 47bbf476664974e2

-- create_table
CREATE TABLE "public"."readings" ("sensor" bigint NOT NULL, "no" smallint NOT NULL, "value" double precision, PRIMARY KEY ("sensor", "no"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."readings") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe double precision GENERATED ALWAYS AS ("value") STORED;

-- add_column
ALTER TABLE "public"."readings" ADD COLUMN "value_v2" double precision;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_readings-value"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."value_v2" := NEW."value";
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_readings-value"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_readings-value" BEFORE INSERT OR UPDATE ON "public"."readings" FOR EACH ROW WHEN (NOT (ROW(NEW."value_v2")::record OPERATOR(pg_catalog.*=) ROW(NEW."value")::record)) EXECUTE FUNCTION "public"."om_sync_readings-value"();

-- enable_sync_trigger
ALTER TABLE "public"."readings" ENABLE ALWAYS TRIGGER "~om_sync_readings-value";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."readings"'))
 FROM (SELECT (SELECT ARRAY[t."sensor"::text, t."no"::text] FROM "public"."readings" AS t ORDER BY t."sensor" DESC, t."no" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = GREATEST(s.epoch, (SELECT pg_catalog.max(g.epoch) FROM gone AS g)) + 1,
  holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp(), walk = 'keys', stripes = 1, stripe = 0, by_bits = false,
  span_end = NULL, span_rows = NULL, file_node = NULL, hot_share = NULL, strategy = NULL;

-- backfill_position
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.cursor[2], s.upper_bound[1], s.upper_bound[2],
  s.walk, s.stripes, s.stripe, s.by_bits, s.span_rows, s.file_node, s.chunks, s.span_end[1], s.span_end[2]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer;

-- begin_blocks
UPDATE "public"."online_migration_backfill_state" AS s SET walk = 'blocks', cursor = NULL, stripe = 0, stripes = 1, span_end = NULL, span_rows = NULL,
  rows_done = 0, file_node = f.file_node, finished = s.slice <> $2::integer OR f.last_block < 0,
  upper_bound = CASE WHEN s.slice = $2::integer THEN ARRAY[f.last_block::text] ELSE s.upper_bound END,
  updated_at = pg_catalog.clock_timestamp()
 FROM (SELECT pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"public"."readings"'))::bigint AS file_node,
   pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."readings"'))
     / pg_catalog.current_setting('block_size')::bigint - 1 AS last_block) AS f
 WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"public"."readings"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_readings-value')
   AND s.run_id = $1::bigint
   AND EXISTS (SELECT FROM "public"."online_migration_backfill_state" AS o WHERE o.run_id = $1::bigint AND o.slice = $2::integer AND o.epoch = $3::bigint AND NOT o.finished)
   AND ($4::boolean OR (s.cursor IS NULL AND s.chunks = 0 AND s.stripe = 0
     AND NOT EXISTS (SELECT FROM "public"."online_migration_backfill_state" AS o WHERE o.run_id = $1::bigint AND o.slice <> s.slice)));

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$5::text, $6::text], NULL) END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $7::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$7::text, $8::text], NULL) END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."readings"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."readings"'));

-- lock_file
LOCK TABLE "public"."readings" IN ROW EXCLUSIVE MODE;

-- same_file
SELECT COALESCE(CASE WHEN pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"public"."readings"'))::bigint = $1::bigint THEN 0 END,
  pg_catalog.concat('the table was rewritten since file ', $1::bigint, ': its walk begins anew')::integer),
  COALESCE(CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"public"."readings"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_readings-value') THEN 0 END,
  pg_catalog.concat('the sync trigger is off, or other tables hold rows: the walk begins anew by keys')::integer);

-- backfill_bound_first
SELECT t."sensor"::text, t."no"::text FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) ORDER BY t."sensor", t."no" OFFSET $3::bigint LIMIT 1;

-- backfill_bound
SELECT t."sensor"::text, t."no"::text FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) ORDER BY t."sensor", t."no" OFFSET $5::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint);

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint);

-- middle_key_first
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."sensor", t."no", pg_catalog.row_number() OVER ( ORDER BY t."sensor", t."no"), pg_catalog.count(*) OVER ()
  FROM "public"."readings" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."sensor", t."no", pg_catalog.row_number() OVER ( ORDER BY t."sensor", t."no"), pg_catalog.count(*) OVER ()
  FROM "public"."readings" AS t TABLESAMPLE SYSTEM ($5::real)
  WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND ($3::bigint = 1 OR (pg_catalog.hashint8extended(t."sensor"::bigint, 0) # pg_catalog.hashint8extended(t."no"::bigint, 1)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND ($5::bigint = 1 OR (pg_catalog.hashint8extended(t."sensor"::bigint, 0) # pg_catalog.hashint8extended(t."no"::bigint, 1)) & ($5::bigint - 1) BETWEEN $6::bigint AND $7::bigint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND ($3::bigint = 1 OR (pg_catalog.hashint8extended(t."sensor"::bigint, 0) # pg_catalog.hashint8extended(t."no"::bigint, 1)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record);

-- unnoted_chunk
UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND ($5::bigint = 1 OR (pg_catalog.hashint8extended(t."sensor"::bigint, 0) # pg_catalog.hashint8extended(t."no"::bigint, 1)) & ($5::bigint - 1) BETWEEN $6::bigint AND $7::bigint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record);

-- block_count
SELECT pg_catalog.count(*) FROM "public"."readings" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- block_chunk
WITH changed AS (UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (pg_catalog.hashint8extended(t."sensor"::bigint, 0) # pg_catalog.hashint8extended(t."no"::bigint, 1)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_block_chunk
UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (pg_catalog.hashint8extended(t."sensor"::bigint, 0) # pg_catalog.hashint8extended(t."no"::bigint, 1)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record);

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'readings-value', ARRAY[t."sensor"::text, t."no"::text], $3::text, 'backfill' FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'readings-value', ARRAY[t."sensor"::text, t."no"::text], $5::text, 'backfill' FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_block
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'readings-value', ARRAY[t."sensor"::text, t."no"::text], $3::text, 'backfill' FROM "public"."readings" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.key[2], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'readings-value' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$11::text, $12::text], NULL) END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."readings"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $15::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$15::text, $16::text], NULL) END, stripe = $17::integer, stripes = $18::integer, by_bits = $19::boolean, span_rows = $20::bigint,
  hot_share = $21::double precision, strategy = $22::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $13::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$13::text, $14::text], NULL) END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."readings"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."readings"'));

-- greatest_key
SELECT t."sensor"::text, t."no"::text FROM "public"."readings" AS t ORDER BY t."sensor" DESC, t."no" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)),
  (pg_catalog.array_agg(t."sensor"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."no"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) ORDER BY t."sensor", t."no" LIMIT $3::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)),
  (pg_catalog.array_agg(t."sensor"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."no"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) ORDER BY t."sensor", t."no" LIMIT $5::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text, s.k2::text
 FROM (SELECT t."sensor" AS k1, t."no" AS k2, pg_catalog.row_number() OVER (ORDER BY t."sensor", t."no") AS number
  FROM "public"."readings" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."readings"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."readings"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."readings"'))
   AND (t."sensor", t."no") <= ($1::bigint, $2::smallint)) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)) FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint);

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)) FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint);

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."sensor"::text, t."no"::text], (t."value")::text, t."value_v2"::text, false FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) ORDER BY t."sensor", t."no" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $5::bigint, $6::bigint, ARRAY[t."sensor"::text, t."no"::text], (t."value")::text, t."value_v2"::text, false FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) ORDER BY t."sensor", t."no" LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_blocks
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)) FROM "public"."readings" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- parity_blocks_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."sensor"::text, t."no"::text], (t."value")::text, t."value_v2"::text, false FROM "public"."readings" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) ORDER BY t."sensor", t."no" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."sensor"::text, t."no"::text])::text FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) AND ($3::text[] IS NULL OR (ARRAY[t."sensor"::text, t."no"::text])::text = ANY ($3::text[]));

-- parity_suspects
SELECT (ARRAY[t."sensor"::text, t."no"::text])::text FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) AND ($5::text[] IS NULL OR (ARRAY[t."sensor"::text, t."no"::text])::text = ANY ($5::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."sensor"::text, t."no"::text], (t."value")::text, t."value_v2"::text, false FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND (ARRAY[t."sensor"::text, t."no"::text])::text = ANY ($3::text[]) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) ORDER BY t."sensor", t."no" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $6::bigint, $7::bigint, ARRAY[t."sensor"::text, t."no"::text], (t."value")::text, t."value_v2"::text, false FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND (ARRAY[t."sensor"::text, t."no"::text])::text = ANY ($5::text[]) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) ORDER BY t."sensor", t."no" LIMIT $8::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"public"."readings"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"public"."readings"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."sensor"::text, t."no"::text] AS key, NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record) AS differs, (t."value")::text AS expected, t."value_v2"::text AS actual FROM "public"."readings" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."sensor"::text, t."no"::text] AS id, t."value_v2"::text AS actual FROM "public"."readings" AS t WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)),
 repaired AS (UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE (t."sensor", t."no") <= ($1::bigint, $2::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)
  RETURNING ARRAY[t."sensor"::text, t."no"::text] AS id, ARRAY[t."sensor"::text, t."no"::text] AS key, t."value_v2"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."sensor"::text, t."no"::text] AS id, t."value_v2"::text AS actual FROM "public"."readings" AS t WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)),
 repaired AS (UPDATE "public"."readings" AS t SET "value_v2" = t."value" WHERE (t."sensor", t."no") > ($1::bigint, $2::smallint) AND (t."sensor", t."no") <= ($3::bigint, $4::smallint) AND NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)
  RETURNING ARRAY[t."sensor"::text, t."no"::text] AS id, ARRAY[t."sensor"::text, t."no"::text] AS key, t."value_v2"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $5::bigint, $6::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_readings-value" ON "public"."readings";

-- drop_sync_function
DROP FUNCTION IF EXISTS "public"."om_sync_readings-value"();

-- drop_target
ALTER TABLE "public"."readings" DROP COLUMN IF EXISTS "value_v2";

-- read_legacy
SELECT t."value" FROM "public"."readings" AS t WHERE t."sensor" = $1::bigint AND t."no" = $2::smallint;

-- read_new
SELECT t."value_v2" FROM "public"."readings" AS t WHERE t."sensor" = $1::bigint AND t."no" = $2::smallint;

-- read_both
SELECT t."value", t."value_v2", (NOT (ROW(t."value_v2")::record OPERATOR(pg_catalog.*=) ROW(t."value")::record)) FROM "public"."readings" AS t WHERE t."sensor" = $1::bigint AND t."no" = $2::smallint;

-- dual_insert: sensor, no, value
INSERT INTO "public"."readings" AS t ("sensor", "no", "value", "value_v2") VALUES ($1::bigint, $2::smallint, $3::double precision, $3::double precision);

-- dual_insert: sensor, no
INSERT INTO "public"."readings" AS t ("sensor", "no", "value_v2") VALUES ($1::bigint, $2::smallint, NULL::double precision);

-- dual_update: value
UPDATE "public"."readings" AS t SET "value" = $1::double precision, "value_v2" = $1::double precision WHERE t."sensor" = $2::bigint AND t."no" = $3::smallint;
