-- accounts-email-weight
-- fingerprint fe71f8992df05acf

-- create_table
CREATE TABLE "public"."accounts" ("id" bigint NOT NULL, "email" text NOT NULL, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."accounts") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe double precision GENERATED ALWAYS AS (CAST((1 / pg_catalog.length("email")::double precision) AS double precision)) STORED;

-- add_column
ALTER TABLE "public"."accounts" ADD COLUMN "email_weight" double precision;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_accounts-email-weight"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  expected double precision;
BEGIN
  BEGIN
    expected := CAST((1 / pg_catalog.length(NEW."email")::double precision) AS double precision);
  EXCEPTION WHEN OTHERS THEN
    expected := CASE WHEN TG_OP = 'UPDATE' AND NEW."email" COLLATE "C" IS NOT DISTINCT FROM OLD."email" COLLATE "C" THEN NEW."email_weight" END;
  END;
  IF NOT (ROW(NEW."email_weight")::record OPERATOR(pg_catalog.*=) ROW(expected)::record) THEN
    NEW."email_weight" := expected;
  END IF;
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_accounts-email-weight"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_accounts-email-weight" BEFORE INSERT OR UPDATE ON "public"."accounts" FOR EACH ROW EXECUTE FUNCTION "public"."om_sync_accounts-email-weight"();

-- enable_sync_trigger
ALTER TABLE "public"."accounts" ENABLE ALWAYS TRIGGER "~om_accounts-email-weight";

-- begin_backfill
INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."accounts"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "public"."accounts" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  epoch = s.epoch + 1, holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp();

-- fence
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.upper_bound[1]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s;

-- backfill_bound_first
SELECT t."id"::text FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- backfill_chunk_first
UPDATE "public"."accounts" AS t SET "email_weight" = CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision) WHERE t."id" <= $1::bigint AND NOT (ROW(t."email_weight")::record OPERATOR(pg_catalog.*=) ROW(CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::record);

-- backfill_chunk
UPDATE "public"."accounts" AS t SET "email_weight" = CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND NOT (ROW(t."email_weight")::record OPERATOR(pg_catalog.*=) ROW(CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::record);

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = ARRAY[$11::text], rows_done = rows_done + $4::bigint, rows_changed = rows_changed + $5::bigint,
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END;

-- greatest_key
SELECT t."id"::text FROM "public"."accounts" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."email_weight")::record OPERATOR(pg_catalog.*=) ROW(CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::record)) FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT (ROW(t."email_weight")::record OPERATOR(pg_catalog.*=) ROW(CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::record)) FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], (CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::text, t."email_weight"::text FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint AND NOT (ROW(t."email_weight")::record OPERATOR(pg_catalog.*=) ROW(CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::record) ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::text, t."email_weight"::text FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND NOT (ROW(t."email_weight")::record OPERATOR(pg_catalog.*=) ROW(CAST((1 / pg_catalog.length(t."email")::double precision) AS double precision))::record) ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- dual_update: email
UPDATE "public"."accounts" AS t SET "email" = $1::text, "email_weight" = CAST((1 / pg_catalog.length(CASE WHEN true THEN $1::text ELSE (NULL::"public"."accounts")."email" END)::double precision) AS double precision) WHERE t."id" = $2::bigint;
