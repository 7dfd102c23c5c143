-- patients-initial
-- fingerprint 9129e61dbc071d30

-- create_table
CREATE TABLE "public"."patients" ("number" text NOT NULL, "name" text NOT NULL, PRIMARY KEY ("number"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."patients") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS (CAST((pg_catalog.left("name", 1)) AS text)) STORED;

-- create_total_function
CREATE FUNCTION "public"."om_total_patients-initial"(text) RETURNS text LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  RETURN CAST((pg_catalog.left(CASE WHEN true THEN $1::text ELSE (NULL::"public"."patients")."name" END, 1)) AS text);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END
$om$;

-- create_why_function
CREATE FUNCTION "public"."om_why_patients-initial"(text) RETURNS text LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  given text;
BEGIN
  given := CAST((pg_catalog.left(CASE WHEN true THEN $1::text ELSE (NULL::"public"."patients")."name" END, 1)) AS text);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$om$;

-- grant_total_functions
GRANT EXECUTE ON FUNCTION "public"."om_total_patients-initial"(text), "public"."om_why_patients-initial"(text) TO PUBLIC;

-- create_report_function
CREATE OR REPLACE FUNCTION "public"."om_failed_patients-initial"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"public"."online_migration_quarantine"') IS NOT NULL THEN
    INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by) VALUES ('patients-initial', ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(NEW."number"::text, 'UTF8')), 'hex')], '22000', 'trigger')
      ON CONFLICT (migration, key) DO UPDATE SET noted_at = pg_catalog.clock_timestamp();
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_report_function
REVOKE ALL ON FUNCTION "public"."om_failed_patients-initial"() FROM PUBLIC;

-- add_column
ALTER TABLE "public"."patients" ADD COLUMN "initial" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_patients-initial"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."initial" := "public"."om_total_patients-initial"(NEW."name");
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_patients-initial"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_patients-initial" BEFORE INSERT OR UPDATE ON "public"."patients" FOR EACH ROW WHEN (NEW."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(NEW."name") COLLATE "C") EXECUTE FUNCTION "public"."om_sync_patients-initial"();

-- enable_sync_trigger
ALTER TABLE "public"."patients" ENABLE ALWAYS TRIGGER "~om_sync_patients-initial";

-- create_report_trigger
CREATE TRIGGER "~om_failed_patients-initial" AFTER INSERT OR UPDATE ON "public"."patients" FOR EACH ROW WHEN (NEW."initial" IS NULL AND "public"."om_why_patients-initial"(NEW."name") IS NOT NULL) EXECUTE FUNCTION "public"."om_failed_patients-initial"();

-- enable_report_trigger
ALTER TABLE "public"."patients" ENABLE ALWAYS TRIGGER "~om_failed_patients-initial";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."patients"'))
 FROM (SELECT (SELECT ARRAY[t."number"::text] FROM "public"."patients" AS t ORDER BY t."number" DESC LIMIT 1) AS upper_bound) AS e
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

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN ARRAY[$5::text] END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $6::text IS NOT NULL THEN ARRAY[$6::text] END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."patients"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."patients"'));

-- backfill_bound_first
SELECT t."number"::text FROM "public"."patients" AS t WHERE t."number" <= $1::text ORDER BY t."number" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."number"::text FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text ORDER BY t."number" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."patients" AS t WHERE t."number" <= $1::text;

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text;

-- middle_key_first
SELECT s.key_1::text
 FROM (SELECT t."number", pg_catalog.row_number() OVER ( ORDER BY t."number"), pg_catalog.count(*) OVER ()
  FROM "public"."patients" AS t TABLESAMPLE SYSTEM ($2::real)
  WHERE t."number" <= $1::text) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text
 FROM (SELECT t."number", pg_catalog.row_number() OVER ( ORDER BY t."number"), pg_catalog.count(*) OVER ()
  FROM "public"."patients" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE t."number" > $1::text AND t."number" <= $2::text) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "public"."patients" AS t SET "initial" = "public"."om_total_patients-initial"(t."name") WHERE t."number" <= $1::text AND ($2::bigint = 1 OR (pg_catalog.hashtextextended(t."number"::text COLLATE "C", 0)) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "public"."patients" AS t SET "initial" = "public"."om_total_patients-initial"(t."name") WHERE t."number" > $1::text AND t."number" <= $2::text AND ($3::bigint = 1 OR (pg_catalog.hashtextextended(t."number"::text COLLATE "C", 0)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "public"."patients" AS t SET "initial" = "public"."om_total_patients-initial"(t."name") WHERE t."number" <= $1::text AND ($2::bigint = 1 OR (pg_catalog.hashtextextended(t."number"::text COLLATE "C", 0)) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C";

-- unnoted_chunk
UPDATE "public"."patients" AS t SET "initial" = "public"."om_total_patients-initial"(t."name") WHERE t."number" > $1::text AND t."number" <= $2::text AND ($3::bigint = 1 OR (pg_catalog.hashtextextended(t."number"::text COLLATE "C", 0)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C";

-- quarantine_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'patients-initial', f.key, f.sqlstate, 'backfill' FROM (SELECT ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key, "public"."om_why_patients-initial"(t."name") AS sqlstate FROM "public"."patients" AS t WHERE t."number" <= $1::text AND ($2::bigint = 1 OR (pg_catalog.hashtextextended(t."number"::text COLLATE "C", 0)) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND t."initial" IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantine_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'patients-initial', f.key, f.sqlstate, 'backfill' FROM (SELECT ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key, "public"."om_why_patients-initial"(t."name") AS sqlstate FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text AND ($3::bigint = 1 OR (pg_catalog.hashtextextended(t."number"::text COLLATE "C", 0)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND t."initial" IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'patients-initial', ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')], $2::text, 'backfill' FROM "public"."patients" AS t WHERE t."number" <= $1::text
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'patients-initial', ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')], $3::text, 'backfill' FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'patients-initial' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN ARRAY[$11::text] END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."patients"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text] END, stripe = $14::integer, stripes = $15::integer, by_bits = $16::boolean, span_rows = $17::bigint,
  hot_share = $18::double precision, strategy = $19::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."patients"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."patients"'));

-- greatest_key
SELECT t."number"::text FROM "public"."patients" AS t ORDER BY t."number" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C"), pg_catalog.count(*) FILTER (WHERE "public"."om_total_patients-initial"(t."name") IS NULL AND "public"."om_why_patients-initial"(t."name") IS NOT NULL),
  (pg_catalog.array_agg(t."number"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "public"."patients" AS t WHERE t."number" <= $1::text ORDER BY t."number" LIMIT $2::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C"), pg_catalog.count(*) FILTER (WHERE "public"."om_total_patients-initial"(t."name") IS NULL AND "public"."om_why_patients-initial"(t."name") IS NOT NULL),
  (pg_catalog.array_agg(t."number"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text ORDER BY t."number" LIMIT $3::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text
 FROM (SELECT t."number" AS k1, pg_catalog.row_number() OVER (ORDER BY t."number") AS number
  FROM "public"."patients" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."patients"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"public"."patients"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."patients"'))
   AND t."number" <= $1::text) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C"), pg_catalog.count(*) FILTER (WHERE "public"."om_total_patients-initial"(t."name") IS NULL AND "public"."om_why_patients-initial"(t."name") IS NOT NULL) FROM "public"."patients" AS t WHERE t."number" <= $1::text;

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C"), pg_catalog.count(*) FILTER (WHERE "public"."om_total_patients-initial"(t."name") IS NULL AND "public"."om_why_patients-initial"(t."name") IS NOT NULL) FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')], NULL, NULL, true FROM "public"."patients" AS t WHERE t."number" <= $1::text AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" ORDER BY t."number" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')], NULL, NULL, true FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" ORDER BY t."number" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')])::text FROM "public"."patients" AS t WHERE t."number" <= $1::text AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" AND ($2::text[] IS NULL OR (ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')])::text = ANY ($2::text[]));

-- parity_suspects
SELECT (ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')])::text FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" AND ($3::text[] IS NULL OR (ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')])::text = ANY ($3::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')], NULL, NULL, true FROM "public"."patients" AS t WHERE t."number" <= $1::text AND (ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')])::text = ANY ($2::text[]) AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" ORDER BY t."number" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')], NULL, NULL, true FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text AND (ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')])::text = ANY ($3::text[]) AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" ORDER BY t."number" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_failures_first
INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by, pass_id)
 SELECT 'patients-initial', f.key, f.sqlstate, 'parity', $2::bigint FROM (SELECT ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key, "public"."om_why_patients-initial"(t."name") AS sqlstate FROM "public"."patients" AS t WHERE t."number" <= $1::text AND "public"."om_total_patients-initial"(t."name") IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = EXCLUDED.pass_id;

-- parity_failures
INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by, pass_id)
 SELECT 'patients-initial', f.key, f.sqlstate, 'parity', $3::bigint FROM (SELECT ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key, "public"."om_why_patients-initial"(t."name") AS sqlstate FROM "public"."patients" AS t WHERE t."number" > $1::text AND t."number" <= $2::text AND "public"."om_total_patients-initial"(t."name") IS NULL OFFSET 0) AS f WHERE f.sqlstate IS NOT NULL
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = EXCLUDED.pass_id;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"public"."patients"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"public"."patients"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key, t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C" AS differs, "public"."om_total_patients-initial"(t."name") IS NULL AND "public"."om_why_patients-initial"(t."name") IS NOT NULL AS fails FROM "public"."patients" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, NULL, NULL, true FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs), pg_catalog.count(*) FILTER (WHERE d.fails) FROM drawn AS d;

-- parity_repair_first
WITH repaired AS (UPDATE "public"."patients" AS t SET "initial" = "public"."om_total_patients-initial"(t."name") WHERE t."number" <= $1::text AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C"
  RETURNING ARRAY[t."number"::text] AS id, ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, NULL, NULL, true FROM repaired AS r LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH repaired AS (UPDATE "public"."patients" AS t SET "initial" = "public"."om_total_patients-initial"(t."name") WHERE t."number" > $1::text AND t."number" <= $2::text AND t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C"
  RETURNING ARRAY[t."number"::text] AS id, ARRAY['sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(t."number"::text, 'UTF8')), 'hex')] AS key),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, NULL, NULL, true FROM repaired AS r LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_patients-initial" ON "public"."patients";

-- drop_sync_function
DROP FUNCTION IF EXISTS "public"."om_sync_patients-initial"();

-- drop_report_trigger
DROP TRIGGER IF EXISTS "~om_failed_patients-initial" ON "public"."patients";

-- drop_report_function
DROP FUNCTION IF EXISTS "public"."om_failed_patients-initial"();

-- drop_total_functions
DROP FUNCTION IF EXISTS "public"."om_total_patients-initial"(text), "public"."om_why_patients-initial"(text);

-- drop_target
ALTER TABLE "public"."patients" DROP COLUMN IF EXISTS "initial";

-- read_legacy
SELECT "public"."om_total_patients-initial"(t."name") FROM "public"."patients" AS t WHERE t."number" = $1::text;

-- read_new
SELECT t."initial" FROM "public"."patients" AS t WHERE t."number" = $1::text;

-- read_both
SELECT "public"."om_total_patients-initial"(t."name"), t."initial", (t."initial" COLLATE "C" IS DISTINCT FROM "public"."om_total_patients-initial"(t."name") COLLATE "C") FROM "public"."patients" AS t WHERE t."number" = $1::text;

-- dual_update: name
UPDATE "public"."patients" AS t SET "name" = $1::text, "initial" = "public"."om_total_patients-initial"(CASE WHEN true THEN $1::text ELSE (NULL::"public"."patients")."name" END) WHERE t."number" = $2::text;
