-- parts-merge
-- fingerprint 86588184b38792ed

-- create_table
CREATE TABLE "app"."parts" ("id" bigint NOT NULL, "city" text NOT NULL, "note" text, "zip" text, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."parts") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS ((COALESCE("zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE("city", ''::text))) STORED, ADD COLUMN IF NOT EXISTS "place" text, ADD COLUMN online_migration_inverse text GENERATED ALWAYS AS (pg_catalog.split_part("place" COLLATE "C", ' '::text, (1)::integer)) STORED, ADD COLUMN online_migration_inverse1 text GENERATED ALWAYS AS (COALESCE(pg_catalog.split_part("place" COLLATE "C", ' '::text, (2)::integer), ''::text)) STORED;

-- create_alarm_sequence
CREATE SEQUENCE "app"."om_alarm_parts-merge";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"app"."om_alarm_parts-merge"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"app"."om_alarm_parts-merge"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "app"."om_alarm_parts-merge"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"app"."om_alarm_parts-merge"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"app"."om_alarm_parts-merge"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "app"."om_alarm_parts-merge"() TO PUBLIC;

-- add_column
ALTER TABLE "app"."parts" ADD COLUMN "place" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_parts-merge"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  from_new boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    from_new := NEW."place" COLLATE "C" IS DISTINCT FROM OLD."place" COLLATE "C" AND ((NEW."city" COLLATE "C" IS NOT DISTINCT FROM OLD."city" COLLATE "C" AND NEW."zip" COLLATE "C" IS NOT DISTINCT FROM OLD."zip" COLLATE "C") OR (NEW."zip" COLLATE "C" IS NOT DISTINCT FROM pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (1)::integer) COLLATE "C" AND NEW."city" COLLATE "C" IS NOT DISTINCT FROM COALESCE(pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (2)::integer), ''::text) COLLATE "C"));
  ELSE
    from_new := NEW."place" IS NOT NULL AND ((NEW."city" IS NULL AND NEW."zip" IS NULL) OR (NEW."zip" COLLATE "C" IS NOT DISTINCT FROM pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (1)::integer) COLLATE "C" AND NEW."city" COLLATE "C" IS NOT DISTINCT FROM COALESCE(pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (2)::integer), ''::text) COLLATE "C"));
  END IF;
  IF from_new THEN
    NEW."zip" := pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (1)::integer);
    NEW."city" := COALESCE(pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (2)::integer), ''::text);
    IF NEW."place" COLLATE "C" IS DISTINCT FROM (COALESCE(NEW."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(NEW."city", ''::text)) COLLATE "C" THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'this value cannot be kept in the column that the migration replaces', COLUMN = 'city', TABLE = 'parts', SCHEMA = 'app';
    END IF;
  ELSE
    NEW."place" := (COALESCE(NEW."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(NEW."city", ''::text));
    IF TG_OP = 'INSERT' OR (pg_catalog.pg_trigger_depth() = 1 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = TG_RELID AND k.contype = 'f' AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('n', 'd')) AND a.attname = 'city')) THEN PERFORM "app"."om_alarm_parts-merge"(); END IF;
  END IF;
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_parts-merge"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_parts-merge" BEFORE INSERT OR UPDATE ON "app"."parts" FOR EACH ROW WHEN (NEW."place" COLLATE "C" IS DISTINCT FROM (COALESCE(NEW."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(NEW."city", ''::text)) COLLATE "C") EXECUTE FUNCTION "app"."om_sync_parts-merge"();

-- enable_sync_trigger
ALTER TABLE "app"."parts" ENABLE ALWAYS TRIGGER "~om_sync_parts-merge";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."parts"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "app"."parts" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
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
   FROM (SELECT (t.ctid::text::point)[0] AS page, t."id"::bigint & 7 AS bits, pg_catalog.hashint8extended(t."id"::bigint, 0) & 7 AS hash FROM "app"."parts" AS t TABLESAMPLE SYSTEM ($1::real)) AS r,
   LATERAL (VALUES (true, r.bits), (false, r.hash)) AS v (by_bits, stripe)
   GROUP BY r.page, v.by_bits, v.stripe) AS g GROUP BY g.page) AS p;

-- begin_blocks
UPDATE "public"."online_migration_backfill_state" AS s SET walk = 'blocks', cursor = NULL, stripe = 0, stripes = 1, span_end = NULL, span_rows = NULL,
  rows_done = 0, file_node = f.file_node, finished = s.slice <> $2::integer OR f.last_block < 0,
  upper_bound = CASE WHEN s.slice = $2::integer THEN ARRAY[f.last_block::text] ELSE s.upper_bound END,
  updated_at = pg_catalog.clock_timestamp()
 FROM (SELECT pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"app"."parts"'))::bigint AS file_node,
   pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."parts"'))
     / pg_catalog.current_setting('block_size')::bigint - 1 AS last_block) AS f
 WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"app"."parts"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_parts-merge')
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
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."parts"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."parts"'));

-- lock_file
LOCK TABLE "app"."parts" IN ROW EXCLUSIVE MODE;

-- same_file
SELECT COALESCE(CASE WHEN pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"app"."parts"'))::bigint = $1::bigint THEN 0 END,
  pg_catalog.concat('the table was rewritten since file ', $1::bigint, ': its walk begins anew')::integer),
  COALESCE(CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"app"."parts"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_parts-merge') THEN 0 END,
  pg_catalog.concat('the sync trigger is off, or other tables hold rows: the walk begins anew by keys')::integer);

-- backfill_bound_first
SELECT t."id"::text FROM "app"."parts" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."parts" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- middle_key_first
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."parts" AS t TABLESAMPLE SYSTEM ($2::real)
  WHERE t."id" <= $1::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."parts" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE t."id" > $1::bigint AND t."id" <= $2::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (t."place" IS NULL OR t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."place" IS NULL OR t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (t."place" IS NULL OR t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C");

-- unnoted_chunk
UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."place" IS NULL OR t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C");

-- block_count
SELECT pg_catalog.count(*) FROM "app"."parts" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- block_chunk
WITH changed AS (UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."place" IS NULL OR t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_block_chunk
UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."place" IS NULL OR t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C");

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'parts-merge', ARRAY[t."id"::text], $2::text, 'backfill' FROM "app"."parts" AS t WHERE t."id" <= $1::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'parts-merge', ARRAY[t."id"::text], $3::text, 'backfill' FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_block
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'parts-merge', ARRAY[t."id"::text], $3::text, 'backfill' FROM "app"."parts" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'parts-merge' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN ARRAY[$11::text] END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."parts"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text] END, stripe = $14::integer, stripes = $15::integer, by_bits = $16::boolean, span_rows = $17::bigint,
  hot_share = $18::double precision, strategy = $19::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."parts"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."parts"'));

-- greatest_key
SELECT t."id"::text FROM "app"."parts" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C"),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."parts" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" LIMIT $2::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C"),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" LIMIT $3::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text
 FROM (SELECT t."id" AS k1, pg_catalog.row_number() OVER (ORDER BY t."id") AS number
  FROM "app"."parts" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."parts"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."parts"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."parts"'))
   AND t."id" <= $1::bigint) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") FROM "app"."parts" AS t WHERE t."id" <= $1::bigint;

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], ((COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)))::text, t."place"::text, false FROM "app"."parts" AS t WHERE t."id" <= $1::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], ((COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)))::text, t."place"::text, false FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_blocks
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") FROM "app"."parts" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- parity_blocks_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], ((COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)))::text, t."place"::text, false FROM "app"."parts" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."id"::text])::text FROM "app"."parts" AS t WHERE t."id" <= $1::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" AND ($2::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($2::text[]));

-- parity_suspects
SELECT (ARRAY[t."id"::text])::text FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" AND ($3::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($3::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], ((COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)))::text, t."place"::text, false FROM "app"."parts" AS t WHERE t."id" <= $1::bigint AND (ARRAY[t."id"::text])::text = ANY ($2::text[]) AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."id"::text], ((COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)))::text, t."place"::text, false FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (ARRAY[t."id"::text])::text = ANY ($3::text[]) AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" ORDER BY t."id" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."parts"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."parts"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C" AS differs, ((COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)))::text AS expected, t."place"::text AS actual FROM "app"."parts" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."place"::text AS actual FROM "app"."parts" AS t WHERE t."id" <= $1::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C"),
 repaired AS (UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t."id" <= $1::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."place"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."place"::text AS actual FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C"),
 repaired AS (UPDATE "app"."parts" AS t SET "place" = (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."place"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- relax_legacy
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."parts"'::pg_catalog.regclass;
  constraints jsonb;
  indexes jsonb;
  required jsonb;
  defaults jsonb;
  fallback text;
  moved text;
BEGIN
  SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('table', c.conrelid::pg_catalog.regclass::text,
      'name', c.conname, 'definition', pg_catalog.pg_get_constraintdef(c.oid), 'unique', c.contype = 'u',
      'foreign', c.contype = 'f', 'index', CASE WHEN c.contype = 'u' THEN pg_catalog.pg_get_indexdef(c.conindid) END,
      'deferrable', c.condeferrable, 'deferred', c.condeferred, 'partitioned', t.relkind = 'p', 'root', c.conparentid = 0,
      'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'),
      'index_comment', CASE WHEN c.contype = 'u' THEN pg_catalog.obj_description(c.conindid, 'pg_class') END,
      'clustered', c.contype = 'u' AND COALESCE(x.indisclustered, false)) ORDER BY c.conname), '[]') INTO constraints
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      LEFT JOIN pg_catalog.pg_constraint AS o ON o.oid = c.conparentid
      LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid
    WHERE (c.conrelid = place OR c.conrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(place) AS p))
      AND c.contype IN ('c', 'f', 'u') AND c.coninhcount = CASE WHEN c.conparentid = 0 THEN 0 ELSE c.coninhcount END
      AND (c.conparentid = 0 OR t.relkind = 'r' AND o.conrelid <> c.conrelid)
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname IN ('city', 'zip'));
  FOR found IN SELECT c->>'table' AS place, c->>'name' AS name FROM pg_catalog.jsonb_array_elements(constraints) AS c
    WHERE (c->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', found.place, found.name);
  END LOOP;
  SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('table', i.indrelid::pg_catalog.regclass::text,
      'name', x.relname, 'place', i.indexrelid::pg_catalog.regclass::text,
      'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'partitioned', x.relkind = 'I', 'root', NOT x.relispartition,
      'comment', pg_catalog.obj_description(i.indexrelid, 'pg_class'), 'clustered', i.indisclustered)
      ORDER BY x.relname), '[]') INTO indexes
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE (i.indrelid = place OR i.indrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(place) AS p))
      AND i.indisunique AND (x.relkind = 'i' OR NOT x.relispartition)
      AND EXISTS (SELECT FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname IN ('city', 'zip'));
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
  SELECT COALESCE(pg_catalog.jsonb_agg(a.attname ORDER BY a.attnum) FILTER (WHERE (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))), '[]'),
      COALESCE(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.pg_get_expr(e.adbin, e.adrelid))
        FILTER (WHERE e.oid IS NOT NULL), '{}') INTO required, defaults
    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE a.attrelid = place AND a.attname IN ('city', 'zip');
  ALTER TABLE "app"."parts" ALTER COLUMN "city" DROP NOT NULL, ALTER COLUMN "city" DROP DEFAULT, ALTER COLUMN "zip" DROP NOT NULL, ALTER COLUMN "zip" DROP DEFAULT;
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
      pg_catalog.jsonb_build_object('not_null', required, 'defaults', defaults, 'constraints', constraints, 'indexes', indexes))
    WHERE migration = 'parts-merge' AND phase = 'contract-ready';
END
$om$;

-- create_guard_function
CREATE OR REPLACE FUNCTION "app"."om_guard_parts-merge"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW."city" IS NULL AND NEW."zip" IS NULL AND NEW."place" IS NOT NULL OR pg_catalog.current_setting('online_migration.may_move', true) = pg_catalog.hashtextextended(ROW(NEW."id", NEW."city", NEW."zip", NEW."place")::text, 0)::text THEN
      RETURN NEW;
    END IF;
  ELSIF (NEW."city" COLLATE "C" IS NOT DISTINCT FROM OLD."city" COLLATE "C" AND NEW."zip" COLLATE "C" IS NOT DISTINCT FROM OLD."zip" COLLATE "C") THEN
    IF TG_TABLE_NAME <> 'parts' OR TG_TABLE_SCHEMA <> 'app' THEN
      PERFORM pg_catalog.set_config('online_migration.may_move', pg_catalog.hashtextextended(ROW(NEW."id", NEW."city", NEW."zip", NEW."place")::text, 0)::text, true);
    END IF;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'city', TABLE = 'parts', SCHEMA = 'app';
END
$om$;

-- revoke_guard_function
REVOKE ALL ON FUNCTION "app"."om_guard_parts-merge"() FROM PUBLIC;

-- create_guard_trigger
CREATE TRIGGER "~om_guard_parts-merge" BEFORE INSERT OR UPDATE ON "app"."parts" FOR EACH ROW WHEN (NEW."place" COLLATE "C" IS DISTINCT FROM (COALESCE(NEW."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(NEW."city", ''::text)) COLLATE "C") EXECUTE FUNCTION "app"."om_guard_parts-merge"();

-- enable_guard_trigger
ALTER TABLE "app"."parts" ENABLE ALWAYS TRIGGER "~om_guard_parts-merge";

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_parts-merge" ON "app"."parts";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_parts-merge"();

-- drop_alarm_function
DROP FUNCTION IF EXISTS "app"."om_alarm_parts-merge"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "app"."om_alarm_parts-merge";

-- retire_legacy
DO $om$
BEGIN
  ALTER TABLE "app"."parts" RENAME COLUMN "city" TO "om_retired_city";
  ALTER TABLE "app"."parts" RENAME COLUMN "zip" TO "om_retired_zip";
END
$om$;

-- unretire_legacy
DO $om$
BEGIN
  ALTER TABLE "app"."parts" RENAME COLUMN "om_retired_city" TO "city";
  ALTER TABLE "app"."parts" RENAME COLUMN "om_retired_zip" TO "zip";
END
$om$;

-- drop_guard_trigger
DROP TRIGGER IF EXISTS "~om_guard_parts-merge" ON "app"."parts";

-- drop_guard_function
DROP FUNCTION IF EXISTS "app"."om_guard_parts-merge"();

-- drop_legacy
ALTER TABLE "app"."parts" DROP COLUMN IF EXISTS "om_retired_city", DROP COLUMN IF EXISTS "om_retired_zip";

-- restore_default
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."parts"'::pg_catalog.regclass;
BEGIN
  FOR found IN SELECT d.key AS name, d.value AS fallback FROM "public"."online_migration_runs" AS r,
    pg_catalog.jsonb_each_text(r.metadata->'legacy'->'defaults') AS d WHERE r.migration = 'parts-merge' AND phase = 'contracted'
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', place::pg_catalog.regclass::text, found.name, found.fallback);
    IF found.name IN ('city', 'zip') THEN
      ALTER TABLE "app"."parts" ALTER COLUMN "place" DROP DEFAULT;
    END IF;
  END LOOP;
END
$om$;

-- create_revive_function
CREATE OR REPLACE FUNCTION "app"."om_sync_parts-merge"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  from_new boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    from_new := (NEW."city" COLLATE "C" IS NOT DISTINCT FROM OLD."city" COLLATE "C" AND NEW."zip" COLLATE "C" IS NOT DISTINCT FROM OLD."zip" COLLATE "C") OR NEW."place" COLLATE "C" IS DISTINCT FROM OLD."place" COLLATE "C" AND (NEW."zip" COLLATE "C" IS NOT DISTINCT FROM pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (1)::integer) COLLATE "C" AND NEW."city" COLLATE "C" IS NOT DISTINCT FROM COALESCE(pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (2)::integer), ''::text) COLLATE "C");
    IF NOT from_new AND NEW."place" COLLATE "C" IS NOT DISTINCT FROM OLD."place" COLLATE "C" AND OLD."place" COLLATE "C" IS DISTINCT FROM (COALESCE(OLD."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(OLD."city", ''::text)) COLLATE "C" THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'city', TABLE = 'parts', SCHEMA = 'app';
    END IF;
  ELSE
    from_new := NEW."place" IS NOT NULL AND ((NEW."city" IS NULL AND NEW."zip" IS NULL) OR (NEW."zip" COLLATE "C" IS NOT DISTINCT FROM pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (1)::integer) COLLATE "C" AND NEW."city" COLLATE "C" IS NOT DISTINCT FROM COALESCE(pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (2)::integer), ''::text) COLLATE "C"));
  END IF;
  IF from_new THEN
    NEW."zip" := pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (1)::integer);
    NEW."city" := COALESCE(pg_catalog.split_part(NEW."place" COLLATE "C", ' '::text, (2)::integer), ''::text);
    IF NEW."place" COLLATE "C" IS DISTINCT FROM (COALESCE(NEW."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(NEW."city", ''::text)) COLLATE "C" THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'this value cannot be kept in the column that the migration replaces', COLUMN = 'city', TABLE = 'parts', SCHEMA = 'app';
    END IF;
  ELSE
    NEW."place" := (COALESCE(NEW."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(NEW."city", ''::text));
    IF TG_OP = 'INSERT' OR (pg_catalog.pg_trigger_depth() = 1 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = TG_RELID AND k.contype = 'f' AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('n', 'd')) AND a.attname = 'city')) THEN PERFORM "app"."om_alarm_parts-merge"(); END IF;
  END IF;
  RETURN NEW;
END
$om$;

-- refill_check_first
SELECT pg_catalog.count(*) FROM (SELECT t."place", pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (1)::integer) AS "zip", COALESCE(pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (2)::integer), ''::text) AS "city" FROM "app"."parts" AS t WHERE t."id" <= $1::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") AS t WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C";

-- refill_check
SELECT pg_catalog.count(*) FROM (SELECT t."place", pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (1)::integer) AS "zip", COALESCE(pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (2)::integer), ''::text) AS "city" FROM "app"."parts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") AS t WHERE t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C";

-- refill_chunk_first
UPDATE "app"."parts" AS t SET "zip" = pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (1)::integer), "city" = COALESCE(pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (2)::integer), ''::text) WHERE t."id" <= $1::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C";

-- refill_chunk
UPDATE "app"."parts" AS t SET "zip" = pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (1)::integer), "city" = COALESCE(pg_catalog.split_part(t."place" COLLATE "C", ' '::text, (2)::integer), ''::text) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C";

-- add_legacy_not_null
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."parts"'::pg_catalog.regclass;
BEGIN
  SELECT pg_catalog.string_agg(pg_catalog.format('%I IS NOT NULL', c.name), ' AND ' ORDER BY c.name) AS text INTO STRICT found
    FROM "public"."online_migration_runs" AS r,
      pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS c (name) WHERE r.migration = 'parts-merge' AND phase = 'contracted';
  EXECUTE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s) NOT VALID', place::pg_catalog.regclass::text, '"om_legacy_not_null_parts-merge"', found.text);
END
$om$;

-- validate_legacy_not_null
ALTER TABLE "app"."parts" VALIDATE CONSTRAINT "om_legacy_not_null_parts-merge";

-- set_legacy_not_null
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."parts"'::pg_catalog.regclass;
BEGIN
  SELECT pg_catalog.string_agg(pg_catalog.format('ALTER COLUMN %I SET NOT NULL', c.name), ', ' ORDER BY c.name) AS text INTO STRICT found
    FROM "public"."online_migration_runs" AS r,
      pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS c (name) WHERE r.migration = 'parts-merge' AND phase = 'contracted';
  EXECUTE pg_catalog.format('ALTER TABLE %s %s', place::pg_catalog.regclass::text, found.text);
END
$om$;

-- drop_legacy_check
ALTER TABLE "app"."parts" DROP CONSTRAINT IF EXISTS "om_legacy_not_null_parts-merge";

-- drop_target
ALTER TABLE "app"."parts" DROP COLUMN IF EXISTS "place";

-- read_legacy
SELECT (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) FROM "app"."parts" AS t WHERE t."id" = $1::bigint;

-- read_new
SELECT t."place" FROM "app"."parts" AS t WHERE t."id" = $1::bigint;

-- read_both
SELECT (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)), t."place", (t."place" COLLATE "C" IS DISTINCT FROM (COALESCE(t."zip", ''::text) || COALESCE(' '::text, ''::text) || COALESCE(t."city", ''::text)) COLLATE "C") FROM "app"."parts" AS t WHERE t."id" = $1::bigint;

-- dual_insert: id, city, zip
INSERT INTO "app"."parts" AS t ("id", "city", "zip", "place") VALUES ($1::bigint, $2::text, $3::text, (COALESCE($3::text, ''::text) || COALESCE(' '::text, ''::text) || COALESCE($2::text, ''::text)));

-- dual_update: city, zip
UPDATE "app"."parts" AS t SET "city" = $1::text, "zip" = $2::text, "place" = (COALESCE($2::text, ''::text) || COALESCE(' '::text, ''::text) || COALESCE($1::text, ''::text)) WHERE t."id" = $3::bigint;

-- dual_insert: id, place
INSERT INTO "app"."parts" AS t ("id", "place", "zip", "city") VALUES ($1::bigint, $2::text, pg_catalog.split_part($2::text COLLATE "C", ' '::text, (1)::integer), COALESCE(pg_catalog.split_part($2::text COLLATE "C", ' '::text, (2)::integer), ''::text));

-- dual_upsert: id, place
INSERT INTO "app"."parts" AS t ("id", "place", "zip", "city") VALUES ($1::bigint, $2::text, pg_catalog.split_part($2::text COLLATE "C", ' '::text, (1)::integer), COALESCE(pg_catalog.split_part($2::text COLLATE "C", ' '::text, (2)::integer), ''::text)) ON CONFLICT ("id") DO UPDATE SET "place" = EXCLUDED."place", "zip" = pg_catalog.split_part(EXCLUDED."place" COLLATE "C", ' '::text, (1)::integer), "city" = COALESCE(pg_catalog.split_part(EXCLUDED."place" COLLATE "C", ' '::text, (2)::integer), ''::text);
