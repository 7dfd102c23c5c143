-- events-label
-- fingerprint 7cb6b36bbc17c4fe

-- create_table
CREATE TABLE "app"."events" ("tenant" uuid NOT NULL, "kind" character varying(20) NOT NULL, "happened_at" timestamp with time zone NOT NULL, "title" text, "source" text NOT NULL, "detail" text, "seen" boolean NOT NULL, PRIMARY KEY ("tenant", "happened_at", "source"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."events") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS ((COALESCE("kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE("title", "detail"), ''::text))) STORED;

-- add_column
ALTER TABLE "app"."events" ADD COLUMN "label" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_events-label"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."label" := (COALESCE(NEW."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(NEW."title", NEW."detail"), ''::text));
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_events-label"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_events-label" BEFORE INSERT OR UPDATE ON "app"."events" FOR EACH ROW WHEN (NEW."label" COLLATE "C" IS DISTINCT FROM (COALESCE(NEW."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(NEW."title", NEW."detail"), ''::text)) COLLATE "C") EXECUTE FUNCTION "app"."om_sync_events-label"();

-- enable_sync_trigger
ALTER TABLE "app"."events" ENABLE ALWAYS TRIGGER "~om_sync_events-label";

-- add_not_null
ALTER TABLE "app"."events" ADD CONSTRAINT "om_not_null_events-label" CHECK ("label" IS NOT NULL) NOT VALID;

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."events"'))
 FROM (SELECT (SELECT ARRAY[t."tenant"::text, t."happened_at"::text, t."source"::text] FROM "app"."events" AS t ORDER BY t."tenant" DESC, t."happened_at" DESC, t."source" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = GREATEST(s.epoch, (SELECT pg_catalog.max(g.epoch) FROM gone AS g)) + 1,
  holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp(), walk = 'keys', stripes = 1, stripe = 0, by_bits = false,
  span_end = NULL, span_rows = NULL, file_node = NULL, hot_share = NULL, strategy = NULL;

-- backfill_position
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.cursor[2], s.cursor[3], s.upper_bound[1], s.upper_bound[2], s.upper_bound[3],
  s.walk, s.stripes, s.stripe, s.by_bits, s.span_rows, s.file_node, s.chunks, s.span_end[1], s.span_end[2], s.span_end[3]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer;

-- begin_blocks
UPDATE "public"."online_migration_backfill_state" AS s SET walk = 'blocks', cursor = NULL, stripe = 0, stripes = 1, span_end = NULL, span_rows = NULL,
  rows_done = 0, file_node = f.file_node, finished = s.slice <> $2::integer OR f.last_block < 0,
  upper_bound = CASE WHEN s.slice = $2::integer THEN ARRAY[f.last_block::text] ELSE s.upper_bound END,
  updated_at = pg_catalog.clock_timestamp()
 FROM (SELECT pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"app"."events"'))::bigint AS file_node,
   pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."events"'))
     / pg_catalog.current_setting('block_size')::bigint - 1 AS last_block) AS f
 WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"app"."events"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_events-label')
   AND s.run_id = $1::bigint
   AND EXISTS (SELECT FROM "public"."online_migration_backfill_state" AS o WHERE o.run_id = $1::bigint AND o.slice = $2::integer AND o.epoch = $3::bigint AND NOT o.finished)
   AND ($4::boolean OR (s.cursor IS NULL AND s.chunks = 0 AND s.stripe = 0
     AND NOT EXISTS (SELECT FROM "public"."online_migration_backfill_state" AS o WHERE o.run_id = $1::bigint AND o.slice <> s.slice)));

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$5::text, $6::text, $7::text], NULL) END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $8::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$8::text, $9::text, $10::text], NULL) END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."events"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."events"'));

-- lock_file
LOCK TABLE "app"."events" IN ROW EXCLUSIVE MODE;

-- same_file
SELECT COALESCE(CASE WHEN pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"app"."events"'))::bigint = $1::bigint THEN 0 END,
  pg_catalog.concat('the table was rewritten since file ', $1::bigint, ': its walk begins anew')::integer),
  COALESCE(CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"app"."events"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_events-label') THEN 0 END,
  pg_catalog.concat('the sync trigger is off, or other tables hold rows: the walk begins anew by keys')::integer);

-- backfill_bound_first
SELECT t."tenant"::text, t."happened_at"::text, t."source"::text FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) ORDER BY t."tenant", t."happened_at", t."source" OFFSET $4::bigint LIMIT 1;

-- backfill_bound
SELECT t."tenant"::text, t."happened_at"::text, t."source"::text FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) ORDER BY t."tenant", t."happened_at", t."source" OFFSET $7::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text);

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text);

-- middle_key_first
SELECT s.key_1::text, s.key_2::text, s.key_3::text
 FROM (SELECT t."tenant", t."happened_at", t."source", pg_catalog.row_number() OVER ( ORDER BY t."tenant", t."happened_at", t."source"), pg_catalog.count(*) OVER ()
  FROM "app"."events" AS t TABLESAMPLE SYSTEM ($4::real)
  WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text)) AS s (key_1, key_2, key_3, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text, s.key_2::text, s.key_3::text
 FROM (SELECT t."tenant", t."happened_at", t."source", pg_catalog.row_number() OVER ( ORDER BY t."tenant", t."happened_at", t."source"), pg_catalog.count(*) OVER ()
  FROM "app"."events" AS t TABLESAMPLE SYSTEM ($7::real)
  WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text)) AS s (key_1, key_2, key_3, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND ($4::bigint = 1 OR (pg_catalog.uuid_hash_extended(t."tenant"::uuid, 0) # pg_catalog.hash_array_extended(ARRAY[t."happened_at"], 1) # pg_catalog.hashtextextended(t."source"::text COLLATE "C", 2)) & ($4::bigint - 1) BETWEEN $5::bigint AND $6::bigint) AND (t."label" IS NULL OR t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND ($7::bigint = 1 OR (pg_catalog.uuid_hash_extended(t."tenant"::uuid, 0) # pg_catalog.hash_array_extended(ARRAY[t."happened_at"], 1) # pg_catalog.hashtextextended(t."source"::text COLLATE "C", 2)) & ($7::bigint - 1) BETWEEN $8::bigint AND $9::bigint) AND (t."label" IS NULL OR t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND ($4::bigint = 1 OR (pg_catalog.uuid_hash_extended(t."tenant"::uuid, 0) # pg_catalog.hash_array_extended(ARRAY[t."happened_at"], 1) # pg_catalog.hashtextextended(t."source"::text COLLATE "C", 2)) & ($4::bigint - 1) BETWEEN $5::bigint AND $6::bigint) AND (t."label" IS NULL OR t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C");

-- unnoted_chunk
UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND ($7::bigint = 1 OR (pg_catalog.uuid_hash_extended(t."tenant"::uuid, 0) # pg_catalog.hash_array_extended(ARRAY[t."happened_at"], 1) # pg_catalog.hashtextextended(t."source"::text COLLATE "C", 2)) & ($7::bigint - 1) BETWEEN $8::bigint AND $9::bigint) AND (t."label" IS NULL OR t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C");

-- block_count
SELECT pg_catalog.count(*) FROM "app"."events" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- block_chunk
WITH changed AS (UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (pg_catalog.uuid_hash_extended(t."tenant"::uuid, 0) # pg_catalog.hash_array_extended(ARRAY[t."happened_at"], 1) # pg_catalog.hashtextextended(t."source"::text COLLATE "C", 2)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."label" IS NULL OR t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_block_chunk
UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (pg_catalog.uuid_hash_extended(t."tenant"::uuid, 0) # pg_catalog.hash_array_extended(ARRAY[t."happened_at"], 1) # pg_catalog.hashtextextended(t."source"::text COLLATE "C", 2)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."label" IS NULL OR t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C");

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'events-label', ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], $4::text, 'backfill' FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'events-label', ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], $7::text, 'backfill' FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_block
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'events-label', ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], $3::text, 'backfill' FROM "app"."events" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.key[2], q.key[3], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'events-label' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$11::text, $12::text, $13::text], NULL) END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."events"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $17::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$17::text, $18::text, $19::text], NULL) END, stripe = $20::integer, stripes = $21::integer, by_bits = $22::boolean, span_rows = $23::bigint,
  hot_share = $24::double precision, strategy = $25::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $14::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$14::text, $15::text, $16::text], NULL) END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."events"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."events"'));

-- greatest_key
SELECT t."tenant"::text, t."happened_at"::text, t."source"::text FROM "app"."events" AS t ORDER BY t."tenant" DESC, t."happened_at" DESC, t."source" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C"),
  (pg_catalog.array_agg(t."tenant"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."happened_at"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."source"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) ORDER BY t."tenant", t."happened_at", t."source" LIMIT $4::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C"),
  (pg_catalog.array_agg(t."tenant"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."happened_at"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."source"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) ORDER BY t."tenant", t."happened_at", t."source" LIMIT $7::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text, s.k2::text, s.k3::text
 FROM (SELECT t."tenant" AS k1, t."happened_at" AS k2, t."source" AS k3, pg_catalog.row_number() OVER (ORDER BY t."tenant", t."happened_at", t."source") AS number
  FROM "app"."events" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."events"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."events"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."events"'))
   AND (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text)) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text);

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text);

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], ((COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)))::text, t."label"::text, false FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" ORDER BY t."tenant", t."happened_at", t."source" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $7::bigint, $8::bigint, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], ((COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)))::text, t."label"::text, false FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" ORDER BY t."tenant", t."happened_at", t."source" LIMIT $9::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_blocks
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") FROM "app"."events" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- parity_blocks_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], ((COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)))::text, t."label"::text, false FROM "app"."events" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" ORDER BY t."tenant", t."happened_at", t."source" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text])::text FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" AND ($4::text[] IS NULL OR (ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text])::text = ANY ($4::text[]));

-- parity_suspects
SELECT (ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text])::text FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" AND ($7::text[] IS NULL OR (ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text])::text = ANY ($7::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $5::bigint, $6::bigint, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], ((COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)))::text, t."label"::text, false FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND (ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text])::text = ANY ($4::text[]) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" ORDER BY t."tenant", t."happened_at", t."source" LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $8::bigint, $9::bigint, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text], ((COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)))::text, t."label"::text, false FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND (ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text])::text = ANY ($7::text[]) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" ORDER BY t."tenant", t."happened_at", t."source" LIMIT $10::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."events"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."events"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text] AS key, t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C" AS differs, ((COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)))::text AS expected, t."label"::text AS actual FROM "app"."events" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."tenant"::text, t."happened_at"::text, t."source"::text] AS id, t."label"::text AS actual FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C"),
 repaired AS (UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE (t."tenant", t."happened_at", t."source") <= ($1::uuid, $2::timestamp with time zone, $3::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C"
  RETURNING ARRAY[t."tenant"::text, t."happened_at"::text, t."source"::text] AS id, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text] AS key, t."label"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $4::bigint, $5::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."tenant"::text, t."happened_at"::text, t."source"::text] AS id, t."label"::text AS actual FROM "app"."events" AS t WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C"),
 repaired AS (UPDATE "app"."events" AS t SET "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) WHERE (t."tenant", t."happened_at", t."source") > ($1::uuid, $2::timestamp with time zone, $3::text) AND (t."tenant", t."happened_at", t."source") <= ($4::uuid, $5::timestamp with time zone, $6::text) AND t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C"
  RETURNING ARRAY[t."tenant"::text, t."happened_at"::text, t."source"::text] AS id, ARRAY[t."tenant"::text, pg_catalog.timezone('UTC', t."happened_at")::text || '+00', t."source"::text] AS key, t."label"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $7::bigint, $8::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $9::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- validate_not_null
ALTER TABLE "app"."events" VALIDATE CONSTRAINT "om_not_null_events-label";

-- set_not_null
ALTER TABLE "app"."events" ALTER COLUMN "label" SET NOT NULL;

-- drop_not_null_check
ALTER TABLE "app"."events" DROP CONSTRAINT "om_not_null_events-label";

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_events-label" ON "app"."events";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_events-label"();

-- relax_target
ALTER TABLE "app"."events" DROP CONSTRAINT IF EXISTS "om_not_null_events-label", ALTER COLUMN "label" DROP NOT NULL;

-- drop_target
ALTER TABLE "app"."events" DROP COLUMN IF EXISTS "label";

-- read_legacy
SELECT (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) FROM "app"."events" AS t WHERE t."tenant" = $1::uuid AND t."happened_at" = $2::timestamp with time zone AND t."source" = $3::text;

-- read_new
SELECT t."label" FROM "app"."events" AS t WHERE t."tenant" = $1::uuid AND t."happened_at" = $2::timestamp with time zone AND t."source" = $3::text;

-- read_both
SELECT (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)), t."label", (t."label" COLLATE "C" IS DISTINCT FROM (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", t."detail"), ''::text)) COLLATE "C") FROM "app"."events" AS t WHERE t."tenant" = $1::uuid AND t."happened_at" = $2::timestamp with time zone AND t."source" = $3::text;

-- dual_insert: tenant, happened_at, source, kind, title, detail, seen
INSERT INTO "app"."events" AS t ("tenant", "kind", "happened_at", "title", "source", "detail", "seen", "label") VALUES ($1::uuid, $2::character varying, $3::timestamp with time zone, $4::text, $5::text, $6::text, $7::boolean, (COALESCE($2::character varying(20), ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE($4::text, $6::text), ''::text)));

-- dual_insert: tenant, happened_at, source, kind, seen
INSERT INTO "app"."events" AS t ("tenant", "kind", "happened_at", "source", "seen", "label") VALUES ($1::uuid, $2::character varying, $3::timestamp with time zone, $4::text, $5::boolean, (COALESCE($2::character varying(20), ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(NULL::text, NULL::text), ''::text)));

-- dual_update: title
UPDATE "app"."events" AS t SET "title" = $1::text, "label" = (COALESCE(t."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE($1::text, t."detail"), ''::text)) WHERE t."tenant" = $2::uuid AND t."happened_at" = $3::timestamp with time zone AND t."source" = $4::text;

-- dual_update: kind, detail
UPDATE "app"."events" AS t SET "kind" = $1::character varying, "detail" = $2::text, "label" = (COALESCE($1::character varying(20), ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(t."title", $2::text), ''::text)) WHERE t."tenant" = $3::uuid AND t."happened_at" = $4::timestamp with time zone AND t."source" = $5::text;

-- dual_update: seen
UPDATE "app"."events" AS t SET "seen" = $1::boolean WHERE t."tenant" = $2::uuid AND t."happened_at" = $3::timestamp with time zone AND t."source" = $4::text;

-- dual_upsert: tenant, happened_at, source, kind, title, seen
INSERT INTO "app"."events" AS t ("tenant", "kind", "happened_at", "title", "source", "seen", "label") VALUES ($1::uuid, $2::character varying, $3::timestamp with time zone, $4::text, $5::text, $6::boolean, (COALESCE($2::character varying(20), ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE($4::text, NULL::text), ''::text))) ON CONFLICT ("tenant", "happened_at", "source") DO UPDATE SET "kind" = EXCLUDED."kind", "title" = EXCLUDED."title", "seen" = EXCLUDED."seen", "label" = (COALESCE(EXCLUDED."kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE(EXCLUDED."title", t."detail"), ''::text));

-- dual_erase
DELETE FROM "app"."events" AS t WHERE t."tenant" = $1::uuid AND t."happened_at" = $2::timestamp with time zone AND t."source" = $3::text;

-- assignments: title, seen
"title" = $1::text, "seen" = $2::boolean, "label" = (COALESCE("kind", ''::text) || COALESCE(': '::text, ''::text) || COALESCE(COALESCE($1::text, "detail"), ''::text));
