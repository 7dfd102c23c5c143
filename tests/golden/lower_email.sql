-- accounts-lower-email
-- fingerprint 079a90f5e420636d

-- create_table
CREATE TABLE "public"."accounts" ("id" bigint NOT NULL, "email" text NOT NULL, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."accounts") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS (pg_catalog.lower(pg_catalog.rtrim("email"))) STORED;

-- add_column
ALTER TABLE "public"."accounts" ADD COLUMN "email_lower" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_accounts-lower-email"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."email_lower" := pg_catalog.lower(pg_catalog.rtrim(NEW."email"));
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_accounts-lower-email"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_accounts-lower-email" BEFORE INSERT OR UPDATE ON "public"."accounts" FOR EACH ROW WHEN (NEW."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(NEW."email")) COLLATE "C") EXECUTE FUNCTION "public"."om_sync_accounts-lower-email"();

-- enable_sync_trigger
ALTER TABLE "public"."accounts" ENABLE ALWAYS TRIGGER "~om_accounts-lower-email";

-- add_not_null
ALTER TABLE "public"."accounts" ADD CONSTRAINT "om_not_null_accounts-lower-email" CHECK ("email_lower" IS NOT NULL) NOT VALID;

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
UPDATE "public"."accounts" AS t SET "email_lower" = pg_catalog.lower(pg_catalog.rtrim(t."email")) WHERE t."id" <= $1::bigint AND t."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(t."email")) COLLATE "C";

-- backfill_chunk
UPDATE "public"."accounts" AS t SET "email_lower" = pg_catalog.lower(pg_catalog.rtrim(t."email")) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(t."email")) COLLATE "C";

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
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(t."email")) COLLATE "C") FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(t."email")) COLLATE "C") FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.rtrim(t."email")))::text, t."email_lower"::text FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint AND t."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(t."email")) COLLATE "C" ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (pg_catalog.lower(pg_catalog.rtrim(t."email")))::text, t."email_lower"::text FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."email_lower" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(pg_catalog.rtrim(t."email")) COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- validate_not_null
ALTER TABLE "public"."accounts" VALIDATE CONSTRAINT "om_not_null_accounts-lower-email";

-- set_not_null
ALTER TABLE "public"."accounts" ALTER COLUMN "email_lower" SET NOT NULL;

-- drop_not_null_check
ALTER TABLE "public"."accounts" DROP CONSTRAINT "om_not_null_accounts-lower-email";

-- dual_insert: id, email
INSERT INTO "public"."accounts" AS t ("id", "email", "email_lower") VALUES ($1::bigint, $2::text, pg_catalog.lower(pg_catalog.rtrim(CASE WHEN true THEN $2::text ELSE (NULL::"public"."accounts")."email" END)));

-- dual_update: email
UPDATE "public"."accounts" AS t SET "email" = $1::text, "email_lower" = pg_catalog.lower(pg_catalog.rtrim(CASE WHEN true THEN $1::text ELSE (NULL::"public"."accounts")."email" END)) WHERE t."id" = $2::bigint;

-- dual_upsert: id, email
INSERT INTO "public"."accounts" AS t ("id", "email", "email_lower") VALUES ($1::bigint, $2::text, pg_catalog.lower(pg_catalog.rtrim(CASE WHEN true THEN $2::text ELSE (NULL::"public"."accounts")."email" END))) ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email", "email_lower" = pg_catalog.lower(pg_catalog.rtrim(EXCLUDED."email"));
