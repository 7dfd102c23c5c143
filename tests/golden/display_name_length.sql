-- users-display-name-length
-- fingerprint bf1a478974be49db

-- create_table
CREATE TABLE "public"."users" ("id" bigint NOT NULL, "display_name" text NOT NULL, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."users") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe bigint GENERATED ALWAYS AS ((pg_catalog.length("display_name"))::bigint) STORED;

-- add_column
ALTER TABLE "public"."users" ADD COLUMN "display_name_length" bigint;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_users-display-name-length"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."display_name_length" := (pg_catalog.length(NEW."display_name"))::bigint;
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_users-display-name-length"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_users-display-name-length" BEFORE INSERT OR UPDATE ON "public"."users" FOR EACH ROW WHEN (NEW."display_name_length" IS DISTINCT FROM (pg_catalog.length(NEW."display_name"))::bigint) EXECUTE FUNCTION "public"."om_sync_users-display-name-length"();

-- enable_sync_trigger
ALTER TABLE "public"."users" ENABLE ALWAYS TRIGGER "~om_sync_users-display-name-length";

-- add_not_null
ALTER TABLE "public"."users" ADD CONSTRAINT "om_not_null_users-display-name-length" CHECK ("display_name_length" IS NOT NULL) NOT VALID;

-- begin_backfill
INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."users"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "public"."users" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = s.epoch + 1, holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp();

-- fence
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.upper_bound[1]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s;

-- backfill_bound_first
SELECT t."id"::text FROM "public"."users" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."users" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- backfill_chunk_first
UPDATE "public"."users" AS t SET "display_name_length" = (pg_catalog.length(t."display_name"))::bigint WHERE t."id" <= $1::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint;

-- backfill_chunk
UPDATE "public"."users" AS t SET "display_name_length" = (pg_catalog.length(t."display_name"))::bigint WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'users-display-name-length' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = ARRAY[$11::text], rows_done = rows_done + $4::bigint, rows_changed = rows_changed + $5::bigint,
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END;

-- greatest_key
SELECT t."id"::text FROM "public"."users" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint) FROM "public"."users" AS t WHERE t."id" <= $1::bigint;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint) FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], ((pg_catalog.length(t."display_name"))::bigint)::text, t."display_name_length"::text, false FROM "public"."users" AS t WHERE t."id" <= $1::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], ((pg_catalog.length(t."display_name"))::bigint)::text, t."display_name_length"::text, false FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

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
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint AS differs, ((pg_catalog.length(t."display_name"))::bigint)::text AS expected, t."display_name_length"::text AS actual FROM "public"."users" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."display_name_length"::text AS actual FROM "public"."users" AS t WHERE t."id" <= $1::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint),
 repaired AS (UPDATE "public"."users" AS t SET "display_name_length" = (pg_catalog.length(t."display_name"))::bigint WHERE t."id" <= $1::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."display_name_length"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."display_name_length"::text AS actual FROM "public"."users" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint),
 repaired AS (UPDATE "public"."users" AS t SET "display_name_length" = (pg_catalog.length(t."display_name"))::bigint WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."display_name_length"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- validate_not_null
ALTER TABLE "public"."users" VALIDATE CONSTRAINT "om_not_null_users-display-name-length";

-- set_not_null
ALTER TABLE "public"."users" ALTER COLUMN "display_name_length" SET NOT NULL;

-- drop_not_null_check
ALTER TABLE "public"."users" DROP CONSTRAINT "om_not_null_users-display-name-length";

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_users-display-name-length" ON "public"."users";

-- drop_sync_function
DROP FUNCTION IF EXISTS "public"."om_sync_users-display-name-length"();

-- relax_target
ALTER TABLE "public"."users" DROP CONSTRAINT IF EXISTS "om_not_null_users-display-name-length", ALTER COLUMN "display_name_length" DROP NOT NULL;

-- drop_target
ALTER TABLE "public"."users" DROP COLUMN IF EXISTS "display_name_length";

-- read_legacy
SELECT (pg_catalog.length(t."display_name"))::bigint FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- read_new
SELECT t."display_name_length" FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- read_both
SELECT (pg_catalog.length(t."display_name"))::bigint, t."display_name_length", (t."display_name_length" IS DISTINCT FROM (pg_catalog.length(t."display_name"))::bigint) FROM "public"."users" AS t WHERE t."id" = $1::bigint;

-- dual_insert: id, display_name
INSERT INTO "public"."users" AS t ("id", "display_name", "display_name_length") VALUES ($1::bigint, $2::text, (pg_catalog.length($2::text))::bigint);

-- dual_update: display_name
UPDATE "public"."users" AS t SET "display_name" = $1::text, "display_name_length" = (pg_catalog.length($1::text))::bigint WHERE t."id" = $2::bigint;
