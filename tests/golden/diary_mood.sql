-- diary-mood
-- fingerprint 6b4d6d442f29c178

-- create_table
CREATE TABLE "app"."diary" ("id" bigint NOT NULL, "mood" text, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."diary") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe "app"."mo""od" GENERATED ALWAYS AS ((CASE "mood" COLLATE "C" WHEN 'sad'::text THEN 'sad'::"app"."mo""od" WHEN 'it''s'::text THEN 'it''s'::"app"."mo""od" WHEN E'\044om\044\\'::text THEN E'\044om\044\\'::"app"."mo""od" ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left("mood", 0))::boolean THEN NULL::"app"."mo""od" END END)) STORED, ADD COLUMN IF NOT EXISTS "feeling" "app"."mo""od", ADD COLUMN online_migration_inverse text GENERATED ALWAYS AS ((CASE "feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left(("feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END)) STORED;

-- create_total_function
CREATE FUNCTION "app"."om_total_diary-mood"(text) RETURNS "app"."mo""od" LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  RETURN (CASE $1::text COLLATE "C" WHEN 'sad'::text THEN 'sad'::"app"."mo""od" WHEN 'it''s'::text THEN 'it''s'::"app"."mo""od" WHEN E'\044om\044\\'::text THEN E'\044om\044\\'::"app"."mo""od" ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left($1::text, 0))::boolean THEN NULL::"app"."mo""od" END END);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END
$om$;

-- create_why_function
CREATE FUNCTION "app"."om_why_diary-mood"(text) RETURNS text LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  given "app"."mo""od";
BEGIN
  given := (CASE $1::text COLLATE "C" WHEN 'sad'::text THEN 'sad'::"app"."mo""od" WHEN 'it''s'::text THEN 'it''s'::"app"."mo""od" WHEN E'\044om\044\\'::text THEN E'\044om\044\\'::"app"."mo""od" ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left($1::text, 0))::boolean THEN NULL::"app"."mo""od" END END);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$om$;

-- grant_total_functions
GRANT EXECUTE ON FUNCTION "app"."om_total_diary-mood"(text), "app"."om_why_diary-mood"(text) TO PUBLIC;

-- create_alarm_sequence
CREATE SEQUENCE "app"."om_alarm_diary-mood";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"app"."om_alarm_diary-mood"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"app"."om_alarm_diary-mood"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "app"."om_alarm_diary-mood"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"app"."om_alarm_diary-mood"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"app"."om_alarm_diary-mood"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "app"."om_alarm_diary-mood"() TO PUBLIC;

-- create_report_function
CREATE OR REPLACE FUNCTION "app"."om_failed_diary-mood"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"public"."online_migration_quarantine"') IS NOT NULL THEN
    INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by) VALUES ('diary-mood', ARRAY[NEW."id"::text], '22000', 'trigger')
      ON CONFLICT (migration, key) DO UPDATE SET noted_at = pg_catalog.clock_timestamp();
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_report_function
REVOKE ALL ON FUNCTION "app"."om_failed_diary-mood"() FROM PUBLIC;

-- add_column
ALTER TABLE "app"."diary" ADD COLUMN "feeling" "app"."mo""od";

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_diary-mood"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  from_new boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    from_new := NEW."feeling" IS DISTINCT FROM OLD."feeling" AND (NEW."mood" COLLATE "C" IS NOT DISTINCT FROM OLD."mood" COLLATE "C" OR NEW."mood" COLLATE "C" IS NOT DISTINCT FROM (CASE NEW."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((NEW."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) COLLATE "C");
  ELSE
    from_new := NEW."feeling" IS NOT NULL AND (NEW."mood" IS NULL OR NEW."mood" COLLATE "C" IS NOT DISTINCT FROM (CASE NEW."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((NEW."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) COLLATE "C");
  END IF;
  IF from_new THEN
    NEW."mood" := (CASE NEW."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((NEW."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END);
    IF NEW."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(NEW."mood") THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'this value cannot be kept in the column that the migration replaces', COLUMN = 'mood', TABLE = 'diary', SCHEMA = 'app';
    END IF;
  ELSE
    NEW."feeling" := "app"."om_total_diary-mood"(NEW."mood");
    IF TG_OP = 'INSERT' OR (pg_catalog.pg_trigger_depth() = 1 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = TG_RELID AND k.contype = 'f' AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('n', 'd')) AND a.attname = 'mood')) THEN PERFORM "app"."om_alarm_diary-mood"(); END IF;
  END IF;
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_diary-mood"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_diary-mood" BEFORE INSERT OR UPDATE ON "app"."diary" FOR EACH ROW WHEN (NEW."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(NEW."mood")) EXECUTE FUNCTION "app"."om_sync_diary-mood"();

-- enable_sync_trigger
ALTER TABLE "app"."diary" ENABLE ALWAYS TRIGGER "~om_sync_diary-mood";

-- create_report_trigger
CREATE TRIGGER "~om_failed_diary-mood" AFTER INSERT OR UPDATE ON "app"."diary" FOR EACH ROW WHEN (NEW."feeling" IS NULL AND "app"."om_why_diary-mood"(NEW."mood") IS NOT NULL) EXECUTE FUNCTION "app"."om_failed_diary-mood"();

-- enable_report_trigger
ALTER TABLE "app"."diary" ENABLE ALWAYS TRIGGER "~om_failed_diary-mood";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."diary"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "app"."diary" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
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
   FROM (SELECT (t.ctid::text::point)[0] AS page, t."id"::bigint & 7 AS bits, pg_catalog.hashint8extended(t."id"::bigint, 0) & 7 AS hash FROM "app"."diary" AS t TABLESAMPLE SYSTEM ($1::real)) AS r,
   LATERAL (VALUES (true, r.bits), (false, r.hash)) AS v (by_bits, stripe)
   GROUP BY r.page, v.by_bits, v.stripe) AS g GROUP BY g.page) AS p;

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN ARRAY[$5::text] END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $6::text IS NOT NULL THEN ARRAY[$6::text] END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."diary"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."diary"'));

-- backfill_bound_first
SELECT t."id"::text FROM "app"."diary" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."diary" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- middle_key_first
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."diary" AS t TABLESAMPLE SYSTEM ($2::real)
  WHERE t."id" <= $1::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."diary" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE t."id" > $1::bigint AND t."id" <= $2::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "app"."diary" AS t SET "feeling" = "app"."om_total_diary-mood"(t."mood") WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "app"."diary" AS t SET "feeling" = "app"."om_total_diary-mood"(t."mood") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "app"."diary" AS t SET "feeling" = "app"."om_total_diary-mood"(t."mood") WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood");

-- unnoted_chunk
UPDATE "app"."diary" AS t SET "feeling" = "app"."om_total_diary-mood"(t."mood") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood");

-- quarantine_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'diary-mood', f.key, f.sqlstate, 'backfill' FROM (SELECT ARRAY[t."id"::text] AS key, "app"."om_why_diary-mood"(t."mood") AS sqlstate FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND t."feeling" IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantine_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'diary-mood', f.key, f.sqlstate, 'backfill' FROM (SELECT ARRAY[t."id"::text] AS key, "app"."om_why_diary-mood"(t."mood") AS sqlstate FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND t."feeling" IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'diary-mood', ARRAY[t."id"::text], $2::text, 'backfill' FROM "app"."diary" AS t WHERE t."id" <= $1::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'diary-mood', ARRAY[t."id"::text], $3::text, 'backfill' FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'diary-mood' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN ARRAY[$11::text] END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."diary"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text] END, stripe = $14::integer, stripes = $15::integer, by_bits = $16::boolean, span_rows = $17::bigint,
  hot_share = $18::double precision, strategy = $19::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."diary"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."diary"'));

-- greatest_key
SELECT t."id"::text FROM "app"."diary" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")), pg_catalog.count(*) FILTER (WHERE "app"."om_total_diary-mood"(t."mood") IS NULL AND "app"."om_why_diary-mood"(t."mood") IS NOT NULL),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."diary" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" LIMIT $2::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")), pg_catalog.count(*) FILTER (WHERE "app"."om_total_diary-mood"(t."mood") IS NULL AND "app"."om_why_diary-mood"(t."mood") IS NOT NULL),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" LIMIT $3::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text
 FROM (SELECT t."id" AS k1, pg_catalog.row_number() OVER (ORDER BY t."id") AS number
  FROM "app"."diary" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."diary"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."diary"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."diary"'))
   AND t."id" <= $1::bigint) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")), pg_catalog.count(*) FILTER (WHERE "app"."om_total_diary-mood"(t."mood") IS NULL AND "app"."om_why_diary-mood"(t."mood") IS NOT NULL) FROM "app"."diary" AS t WHERE t."id" <= $1::bigint;

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")), pg_catalog.count(*) FILTER (WHERE "app"."om_total_diary-mood"(t."mood") IS NULL AND "app"."om_why_diary-mood"(t."mood") IS NOT NULL) FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], ("app"."om_total_diary-mood"(t."mood"))::text, t."feeling"::text, false FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], ("app"."om_total_diary-mood"(t."mood"))::text, t."feeling"::text, false FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."id"::text])::text FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") AND ($2::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($2::text[]));

-- parity_suspects
SELECT (ARRAY[t."id"::text])::text FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") AND ($3::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($3::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], ("app"."om_total_diary-mood"(t."mood"))::text, t."feeling"::text, false FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND (ARRAY[t."id"::text])::text = ANY ($2::text[]) AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."id"::text], ("app"."om_total_diary-mood"(t."mood"))::text, t."feeling"::text, false FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (ARRAY[t."id"::text])::text = ANY ($3::text[]) AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") ORDER BY t."id" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_failures_first
INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by, pass_id)
 SELECT 'diary-mood', f.key, f.sqlstate, 'parity', $2::bigint FROM (SELECT ARRAY[t."id"::text] AS key, "app"."om_why_diary-mood"(t."mood") AS sqlstate FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND "app"."om_total_diary-mood"(t."mood") IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = EXCLUDED.pass_id;

-- parity_failures
INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by, pass_id)
 SELECT 'diary-mood', f.key, f.sqlstate, 'parity', $3::bigint FROM (SELECT ARRAY[t."id"::text] AS key, "app"."om_why_diary-mood"(t."mood") AS sqlstate FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND "app"."om_total_diary-mood"(t."mood") IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = EXCLUDED.pass_id;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."diary"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."diary"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood") AS differs, "app"."om_total_diary-mood"(t."mood") IS NULL AND "app"."om_why_diary-mood"(t."mood") IS NOT NULL AS fails, ("app"."om_total_diary-mood"(t."mood"))::text AS expected, t."feeling"::text AS actual FROM "app"."diary" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs), pg_catalog.count(*) FILTER (WHERE d.fails) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."feeling"::text AS actual FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")),
 repaired AS (UPDATE "app"."diary" AS t SET "feeling" = "app"."om_total_diary-mood"(t."mood") WHERE t."id" <= $1::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."feeling"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."feeling"::text AS actual FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")),
 repaired AS (UPDATE "app"."diary" AS t SET "feeling" = "app"."om_total_diary-mood"(t."mood") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."feeling"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- relax_legacy
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."diary"'::pg_catalog.regclass;
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
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'mood');
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
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname = 'mood');
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
  SELECT COALESCE(pg_catalog.jsonb_agg(a.attname ORDER BY a.attnum) FILTER (WHERE (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))), '[]'),
      COALESCE(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.pg_get_expr(e.adbin, e.adrelid))
        FILTER (WHERE e.oid IS NOT NULL), '{}') INTO required, defaults
    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE a.attrelid = place AND a.attname = 'mood';
  fallback := defaults->>'mood';
  IF fallback IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = place AND a.atthasdef AND a.attname = 'feeling') THEN
    SELECT pg_catalog.replace($om_f$(CASE "online_migration_default"."mood" COLLATE "C" WHEN 'sad'::text THEN 'sad'::"app"."mo""od" WHEN 'it''s'::text THEN 'it''s'::"app"."mo""od" WHEN E'\044om\044\\'::text THEN E'\044om\044\\'::"app"."mo""od" ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left("online_migration_default"."mood", 0))::boolean THEN NULL::"app"."mo""od" END END)$om_f$, $om_f$"online_migration_default"."mood"$om_f$, pg_catalog.format('(CAST((%s) AS %s)%s)', fallback, pg_catalog.format_type(a.atttypid, a.atttypmod),
        (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, c.collname) FROM pg_catalog.pg_collation AS c
          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation))) INTO moved
      FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = place AND a.attname = 'mood';
    BEGIN
      EXECUTE 'SELECT ' || moved;
    EXCEPTION WHEN OTHERS THEN
      moved := NULL;
    END;
    IF moved IS NOT NULL THEN
      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', place::pg_catalog.regclass::text, 'feeling', moved);
    END IF;
  END IF;
  ALTER TABLE "app"."diary" ALTER COLUMN "mood" DROP NOT NULL, ALTER COLUMN "mood" DROP DEFAULT;
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
      pg_catalog.jsonb_build_object('not_null', required, 'defaults', defaults, 'constraints', constraints, 'indexes', indexes))
    WHERE migration = 'diary-mood' AND phase = 'contract-ready';
END
$om$;

-- create_guard_function
CREATE OR REPLACE FUNCTION "app"."om_guard_diary-mood"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW."mood" IS NULL AND NEW."feeling" IS NOT NULL OR pg_catalog.current_setting('online_migration.may_move', true) = pg_catalog.hashtextextended(ROW(NEW."id", NEW."mood", NEW."feeling")::text, 0)::text THEN
      RETURN NEW;
    END IF;
  ELSIF NEW."mood" COLLATE "C" IS NOT DISTINCT FROM OLD."mood" COLLATE "C" THEN
    IF TG_TABLE_NAME <> 'diary' OR TG_TABLE_SCHEMA <> 'app' THEN
      PERFORM pg_catalog.set_config('online_migration.may_move', pg_catalog.hashtextextended(ROW(NEW."id", NEW."mood", NEW."feeling")::text, 0)::text, true);
    END IF;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'mood', TABLE = 'diary', SCHEMA = 'app';
END
$om$;

-- revoke_guard_function
REVOKE ALL ON FUNCTION "app"."om_guard_diary-mood"() FROM PUBLIC;

-- create_guard_trigger
CREATE TRIGGER "~om_guard_diary-mood" BEFORE INSERT OR UPDATE ON "app"."diary" FOR EACH ROW WHEN (NEW."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(NEW."mood")) EXECUTE FUNCTION "app"."om_guard_diary-mood"();

-- enable_guard_trigger
ALTER TABLE "app"."diary" ENABLE ALWAYS TRIGGER "~om_guard_diary-mood";

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_diary-mood" ON "app"."diary";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_diary-mood"();

-- drop_report_trigger
DROP TRIGGER IF EXISTS "~om_failed_diary-mood" ON "app"."diary";

-- drop_report_function
DROP FUNCTION IF EXISTS "app"."om_failed_diary-mood"();

-- drop_total_functions
DROP FUNCTION IF EXISTS "app"."om_total_diary-mood"(text), "app"."om_why_diary-mood"(text);

-- drop_alarm_function
DROP FUNCTION IF EXISTS "app"."om_alarm_diary-mood"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "app"."om_alarm_diary-mood";

-- retire_legacy
ALTER TABLE "app"."diary" RENAME COLUMN "mood" TO "om_retired_mood";

-- unretire_legacy
ALTER TABLE "app"."diary" RENAME COLUMN "om_retired_mood" TO "mood";

-- drop_guard_trigger
DROP TRIGGER IF EXISTS "~om_guard_diary-mood" ON "app"."diary";

-- drop_guard_function
DROP FUNCTION IF EXISTS "app"."om_guard_diary-mood"();

-- drop_legacy
ALTER TABLE "app"."diary" DROP COLUMN IF EXISTS "om_retired_mood";

-- restore_default
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."diary"'::pg_catalog.regclass;
BEGIN
  FOR found IN SELECT d.key AS name, d.value AS fallback FROM "public"."online_migration_runs" AS r,
    pg_catalog.jsonb_each_text(r.metadata->'legacy'->'defaults') AS d WHERE r.migration = 'diary-mood' AND phase = 'contracted'
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', place::pg_catalog.regclass::text, found.name, found.fallback);
    IF found.name IN ('mood') THEN
      ALTER TABLE "app"."diary" ALTER COLUMN "feeling" DROP DEFAULT;
    END IF;
  END LOOP;
END
$om$;

-- create_revive_function
CREATE OR REPLACE FUNCTION "app"."om_sync_diary-mood"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  from_new boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    from_new := NEW."mood" COLLATE "C" IS NOT DISTINCT FROM OLD."mood" COLLATE "C" OR NEW."feeling" IS DISTINCT FROM OLD."feeling" AND NEW."mood" COLLATE "C" IS NOT DISTINCT FROM (CASE NEW."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((NEW."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) COLLATE "C";
    IF NOT from_new AND NEW."feeling" IS NOT DISTINCT FROM OLD."feeling" AND OLD."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(OLD."mood") THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'mood', TABLE = 'diary', SCHEMA = 'app';
    END IF;
  ELSE
    from_new := NEW."feeling" IS NOT NULL AND (NEW."mood" IS NULL OR NEW."mood" COLLATE "C" IS NOT DISTINCT FROM (CASE NEW."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((NEW."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) COLLATE "C");
  END IF;
  IF from_new THEN
    NEW."mood" := (CASE NEW."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((NEW."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END);
    IF NEW."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(NEW."mood") THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'this value cannot be kept in the column that the migration replaces', COLUMN = 'mood', TABLE = 'diary', SCHEMA = 'app';
    END IF;
  ELSE
    NEW."feeling" := "app"."om_total_diary-mood"(NEW."mood");
    IF TG_OP = 'INSERT' OR (pg_catalog.pg_trigger_depth() = 1 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = TG_RELID AND k.contype = 'f' AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('n', 'd')) AND a.attname = 'mood')) THEN PERFORM "app"."om_alarm_diary-mood"(); END IF;
  END IF;
  RETURN NEW;
END
$om$;

-- refill_check_first
SELECT pg_catalog.count(*) FROM (SELECT t."feeling", (CASE t."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((t."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) AS "mood" FROM "app"."diary" AS t WHERE t."id" <= $1::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")) AS t WHERE t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood");

-- refill_check
SELECT pg_catalog.count(*) FROM (SELECT t."feeling", (CASE t."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((t."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) AS "mood" FROM "app"."diary" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")) AS t WHERE t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood");

-- refill_chunk_first
UPDATE "app"."diary" AS t SET "mood" = (CASE t."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((t."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) WHERE t."id" <= $1::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood");

-- refill_chunk
UPDATE "app"."diary" AS t SET "mood" = (CASE t."feeling" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left((t."feeling" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood");

-- add_legacy_not_null
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."diary"'::pg_catalog.regclass;
BEGIN
  SELECT pg_catalog.string_agg(pg_catalog.format('%I IS NOT NULL', c.name), ' AND ' ORDER BY c.name) AS text INTO STRICT found
    FROM "public"."online_migration_runs" AS r,
      pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS c (name) WHERE r.migration = 'diary-mood' AND phase = 'contracted';
  EXECUTE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s) NOT VALID', place::pg_catalog.regclass::text, '"om_legacy_not_null_diary-mood"', found.text);
END
$om$;

-- validate_legacy_not_null
ALTER TABLE "app"."diary" VALIDATE CONSTRAINT "om_legacy_not_null_diary-mood";

-- set_legacy_not_null
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."diary"'::pg_catalog.regclass;
BEGIN
  SELECT pg_catalog.string_agg(pg_catalog.format('ALTER COLUMN %I SET NOT NULL', c.name), ', ' ORDER BY c.name) AS text INTO STRICT found
    FROM "public"."online_migration_runs" AS r,
      pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS c (name) WHERE r.migration = 'diary-mood' AND phase = 'contracted';
  EXECUTE pg_catalog.format('ALTER TABLE %s %s', place::pg_catalog.regclass::text, found.text);
END
$om$;

-- drop_legacy_check
ALTER TABLE "app"."diary" DROP CONSTRAINT IF EXISTS "om_legacy_not_null_diary-mood";

-- drop_target
ALTER TABLE "app"."diary" DROP COLUMN IF EXISTS "feeling";

-- read_legacy
SELECT "app"."om_total_diary-mood"(t."mood") FROM "app"."diary" AS t WHERE t."id" = $1::bigint;

-- read_new
SELECT t."feeling" FROM "app"."diary" AS t WHERE t."id" = $1::bigint;

-- read_both
SELECT "app"."om_total_diary-mood"(t."mood"), t."feeling", (t."feeling" IS DISTINCT FROM "app"."om_total_diary-mood"(t."mood")) FROM "app"."diary" AS t WHERE t."id" = $1::bigint;

-- dual_update: mood
UPDATE "app"."diary" AS t SET "mood" = $1::text, "feeling" = "app"."om_total_diary-mood"($1::text) WHERE t."id" = $2::bigint;

-- dual_update: feeling
UPDATE "app"."diary" AS t SET "feeling" = $1::"app"."mo""od", "mood" = (CASE $1::"app"."mo""od" WHEN 'sad'::"app"."mo""od" THEN 'sad'::text WHEN 'it''s'::"app"."mo""od" THEN 'it''s'::text WHEN E'\044om\044\\'::"app"."mo""od" THEN E'\044om\044\\'::text ELSE CASE WHEN ('no label of ' || '"app"."mo""od"' || pg_catalog.left(($1::"app"."mo""od" = 'sad'::"app"."mo""od")::text, 0))::boolean THEN NULL::text END END) WHERE t."id" = $2::bigint;
