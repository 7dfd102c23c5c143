-- users-display-name-canonical
-- fingerprint 34a1b55becbba8fd

-- create_table
CREATE TABLE "public"."users" ("id" bigint NOT NULL, "display_name" text NOT NULL, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."users") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS (pg_catalog.lower(pg_catalog.btrim("display_name") COLLATE "C")) STORED;

-- add_column
ALTER TABLE "public"."users" ADD COLUMN "display_name_canonical" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_users-display-name-canonical"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."display_name_canonical" := pg_catalog.lower(pg_catalog.btrim(NEW."display_name") COLLATE "C");
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_users-display-name-canonical"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_users-display-name-canonical" BEFORE INSERT OR UPDATE ON "public"."users" FOR EACH ROW WHEN (NEW."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(NEW."display_name") COLLATE "C") COLLATE "C") EXECUTE FUNCTION "public"."om_sync_users-display-name-canonical"();

-- enable_sync_trigger
ALTER TABLE "public"."users" ENABLE ALWAYS TRIGGER "~om_sync_users-display-name-canonical";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."users"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "public"."users" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = GREATEST(s.epoch, (SELECT pg_catalog.max(g.epoch) FROM gone AS g)) + 1,
  holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp(), walk = 'keys', stripes = 1, stripe = 0, by_bits = false,
  span_end = NULL, span_rows = NULL, file_node = NULL, hot_share = NULL, strategy = NULL;

-- backfill_position
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.upper_bound[1],
  s.walk, s.stripes, s.stripe, s.by_bits, s.span_rows, s.file_node, s.chunks, s.span_end[1]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer;

-- probe_stripes
SELECT COALESCE(pg_catalog.sum(p.bits) / pg_catalog.sum(p.number), 1), COALESCE(pg_catalog.sum(p.hash) / pg_catalog.sum(p.number), 1)
 FROM (SELECT pg_catalog.max(g.number) FILTER (WHERE g.by_bits) AS bits, pg_catalog.max(g.number) FILTER (WHERE NOT g.by_bits) AS hash,
   pg_catalog.sum(g.number) FILTER (WHERE g.by_bits) AS number
  FROM (SELECT r.page, v.by_bits, v.stripe, pg_catalog.count(*) AS number
   FROM (SELECT (t.ctid::text::point)[0] AS page, t."id"::bigint & 7 AS bits, pg_catalog.hashint8extended(t."id"::bigint, 0) & 7 AS hash FROM "public"."users" AS t TABLESAMPLE SYSTEM ($1::real)) AS r,
   LATERAL (VALUES (true, r.bits), (false, r.hash)) AS v (by_bits, stripe)
   GROUP BY r.page, v.by_bits, v.stripe) AS g GROUP BY g.page) AS p;

-- begin_blocks
UPDATE "public"."online_migration_backfill_state" AS s SET walk = 'blocks', cursor = NULL, stripe = 0, stripes = 1, span_end = NULL, span_rows = NULL,
  rows_done = 0, file_node = f.file_node, finished = s.slice <> $2::integer OR f.last_block < 0,
  upper_bound = CASE WHEN s.slice = $2::integer THEN ARRAY[f.last_block::text] ELSE s.upper_bound END,
  updated_at = pg_catalog.clock_timestamp()
 FROM (SELECT pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"public"."users"'))::bigint AS file_node,
   pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."users"'))
     / pg_catalog.current_setting('block_size')::bigint - 1 AS last_block) AS f
 WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"public"."users"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_users-display-name-canonical')
   AND s.run_id = $1::bigint
   AND EXISTS (SELECT FROM "public"."online_migration_backfill_state" AS o WHERE o.run_id = $1::bigint AND o.slice = $2::integer AND o.epoch = $3::bigint AND NOT o.finished)
   AND ($4::boolean OR (s.cursor IS NULL AND s.chunks = 0 AND s.stripe = 0
     AND NOT EXISTS (SELECT FROM "public"."online_migration_backfill_state" AS o WHERE o.run_id = $1::bigint AND o.slice <> s.slice)));

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN ARRAY[$5::text] END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $6::text IS NOT NULL THEN ARRAY[$6::text] END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."users"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."users"'));

-- lock_file
LOCK TABLE "public"."users" IN ROW EXCLUSIVE MODE;

-- same_file
SELECT COALESCE(CASE WHEN pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"public"."users"'))::bigint = $1::bigint THEN 0 END,
  pg_catalog.concat('the table was rewritten since file ', $1::bigint, ': its walk begins anew')::integer),
  COALESCE(CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"public"."users"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_users-display-name-canonical') THEN 0 END,
  pg_catalog.concat('the sync trigger is off, or other tables hold rows: the walk begins anew by keys')::integer);

-- backfill_bound_first
SELECT t."id"::text FROM "public"."users" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."users" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- middle_key_first
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "public"."users" AS t TABLESAMPLE SYSTEM ($2::real)
  WHERE t."id" <= $1::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "public"."users" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE t."id" > $1::bigint AND t."id" <= $2::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (t."display_name_canonical" IS NULL OR t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."display_name_canonical" IS NULL OR t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (t."display_name_canonical" IS NULL OR t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C");

-- unnoted_chunk
UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."display_name_canonical" IS NULL OR t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C");

-- block_count
SELECT pg_catalog.count(*) FROM "public"."users" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- block_chunk
WITH changed AS (UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."display_name_canonical" IS NULL OR t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_block_chunk
UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."display_name_canonical" IS NULL OR t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C");

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'users-display-name-canonical', ARRAY[t."id"::text], $2::text, 'backfill' FROM "public"."users" AS t WHERE t."id" <= $1::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'users-display-name-canonical', ARRAY[t."id"::text], $3::text, 'backfill' FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_block
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'users-display-name-canonical', ARRAY[t."id"::text], $3::text, 'backfill' FROM "public"."users" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'users-display-name-canonical' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN ARRAY[$11::text] END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."users"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text] END, stripe = $14::integer, stripes = $15::integer, by_bits = $16::boolean, span_rows = $17::bigint,
  hot_share = $18::double precision, strategy = $19::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."users"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."users"'));

-- greatest_key
SELECT t."id"::text FROM "public"."users" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C"),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "public"."users" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" LIMIT $2::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C"),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" LIMIT $3::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text
 FROM (SELECT t."id" AS k1, pg_catalog.row_number() OVER (ORDER BY t."id") AS number
  FROM "public"."users" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."users"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."users"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."users"'))
   AND t."id" <= $1::bigint) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") FROM "public"."users" AS t WHERE t."id" <= $1::bigint;

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"))::text, t."display_name_canonical"::text, false FROM "public"."users" AS t WHERE t."id" <= $1::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"))::text, t."display_name_canonical"::text, false FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_blocks
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") FROM "public"."users" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- parity_blocks_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"))::text, t."display_name_canonical"::text, false FROM "public"."users" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."id"::text])::text FROM "public"."users" AS t WHERE t."id" <= $1::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" AND ($2::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($2::text[]));

-- parity_suspects
SELECT (ARRAY[t."id"::text])::text FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" AND ($3::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($3::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"))::text, t."display_name_canonical"::text, false FROM "public"."users" AS t WHERE t."id" <= $1::bigint AND (ARRAY[t."id"::text])::text = ANY ($2::text[]) AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"))::text, t."display_name_canonical"::text, false FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (ARRAY[t."id"::text])::text = ANY ($3::text[]) AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"public"."users"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"public"."users"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C" AS differs, (pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"))::text AS expected, t."display_name_canonical"::text AS actual FROM "public"."users" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."display_name_canonical"::text AS actual FROM "public"."users" AS t WHERE t."id" <= $1::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C"),
 repaired AS (UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t."id" <= $1::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."display_name_canonical"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."display_name_canonical"::text AS actual FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C"),
 repaired AS (UPDATE "public"."users" AS t SET "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."display_name_canonical"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_users-display-name-canonical" ON "public"."users";

-- drop_sync_function
DROP FUNCTION IF EXISTS "public"."om_sync_users-display-name-canonical"();

-- drop_target
ALTER TABLE "public"."users" DROP COLUMN IF EXISTS "display_name_canonical";

-- read_legacy
SELECT pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- read_new
SELECT t."display_name_canonical" FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- read_both
SELECT pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C"), t."display_name_canonical", (t."display_name_canonical" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.btrim(t."display_name") COLLATE "C") COLLATE "C") FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- dual_insert: id, display_name
INSERT INTO "public"."users" AS t ("id", "display_name", "display_name_canonical") VALUES ($1::bigint, $2::text, pg_catalog.lower(pg_catalog.btrim($2::text) COLLATE "C"));

-- dual_insert: id
INSERT INTO "public"."users" AS t ("id", "display_name_canonical") VALUES ($1::bigint, pg_catalog.lower(pg_catalog.btrim(NULL::text) COLLATE "C"));

-- dual_update: display_name
UPDATE "public"."users" AS t SET "display_name" = $1::text, "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim($1::text) COLLATE "C") WHERE t."id" = $2::bigint;

-- dual_upsert: id, display_name
INSERT INTO "public"."users" AS t ("id", "display_name", "display_name_canonical") VALUES ($1::bigint, $2::text, pg_catalog.lower(pg_catalog.btrim($2::text) COLLATE "C")) ON CONFLICT ("id") DO UPDATE SET "display_name" = EXCLUDED."display_name", "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim(EXCLUDED."display_name") COLLATE "C");

-- dual_upsert: id
INSERT INTO "public"."users" AS t ("id", "display_name_canonical") VALUES ($1::bigint, pg_catalog.lower(pg_catalog.btrim(NULL::text) COLLATE "C")) ON CONFLICT ("id") DO NOTHING;

-- dual_erase
DELETE FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- assignments: display_name
"display_name" = $1::text, "display_name_canonical" = pg_catalog.lower(pg_catalog.btrim($1::text) COLLATE "C");
