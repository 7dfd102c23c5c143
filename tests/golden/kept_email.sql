-- accounts-kept-email
-- fingerprint 27295c3f3da50d79

-- create_table
CREATE TABLE "public"."accounts" ("id" bigint NOT NULL, "email" text NOT NULL, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "public"."accounts") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS (pg_catalog.lower("email" COLLATE "C")) STORED;

-- create_alarm_sequence
CREATE SEQUENCE "public"."om_alarm_accounts-kept-email";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"public"."om_alarm_accounts-kept-email"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"public"."om_alarm_accounts-kept-email"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "public"."om_alarm_accounts-kept-email"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"public"."om_alarm_accounts-kept-email"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"public"."om_alarm_accounts-kept-email"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "public"."om_alarm_accounts-kept-email"() TO PUBLIC;

-- add_column
ALTER TABLE "public"."accounts" ADD COLUMN "email_kept" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "public"."om_sync_accounts-kept-email"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  NEW."email_kept" := pg_catalog.lower(NEW."email" COLLATE "C");
  PERFORM "public"."om_alarm_accounts-kept-email"();
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "public"."om_sync_accounts-kept-email"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_accounts-kept-email" BEFORE INSERT OR UPDATE ON "public"."accounts" FOR EACH ROW WHEN (NEW."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(NEW."email" COLLATE "C") COLLATE "C") EXECUTE FUNCTION "public"."om_sync_accounts-kept-email"();

-- enable_sync_trigger
ALTER TABLE "public"."accounts" ENABLE ALWAYS TRIGGER "~om_sync_accounts-kept-email";

-- begin_backfill
INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."accounts"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "public"."accounts" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = s.epoch + 1, holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
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
UPDATE "public"."accounts" AS t SET "email_kept" = pg_catalog.lower(t."email" COLLATE "C") WHERE t."id" <= $1::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C";

-- backfill_chunk
UPDATE "public"."accounts" AS t SET "email_kept" = pg_catalog.lower(t."email" COLLATE "C") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C";

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'accounts-kept-email' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

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
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C") FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C") FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], (pg_catalog.lower(t."email" COLLATE "C"))::text, t."email_kept"::text, false FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (pg_catalog.lower(t."email" COLLATE "C"))::text, t."email_kept"::text, false FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C" ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"public"."accounts"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"public"."accounts"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C" AS differs, (pg_catalog.lower(t."email" COLLATE "C"))::text AS expected, t."email_kept"::text AS actual FROM "public"."accounts" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."email_kept"::text AS actual FROM "public"."accounts" AS t WHERE t."id" <= $1::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C"),
 repaired AS (UPDATE "public"."accounts" AS t SET "email_kept" = pg_catalog.lower(t."email" COLLATE "C") WHERE t."id" <= $1::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."email_kept"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."email_kept"::text AS actual FROM "public"."accounts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C"),
 repaired AS (UPDATE "public"."accounts" AS t SET "email_kept" = pg_catalog.lower(t."email" COLLATE "C") WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."email_kept"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_accounts-kept-email" ON "public"."accounts";

-- drop_sync_function
DROP FUNCTION IF EXISTS "public"."om_sync_accounts-kept-email"();

-- drop_alarm_function
DROP FUNCTION IF EXISTS "public"."om_alarm_accounts-kept-email"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "public"."om_alarm_accounts-kept-email";

-- drop_target
ALTER TABLE "public"."accounts" DROP COLUMN IF EXISTS "email_kept";

-- read_legacy
SELECT pg_catalog.lower(t."email" COLLATE "C") FROM "public"."accounts" AS t WHERE t."id" = $1::bigint;

-- read_new
SELECT t."email_kept" FROM "public"."accounts" AS t WHERE t."id" = $1::bigint;

-- read_both
SELECT pg_catalog.lower(t."email" COLLATE "C"), t."email_kept", (t."email_kept" COLLATE "C" IS DISTINCT FROM pg_catalog.lower(t."email" COLLATE "C") COLLATE "C") FROM "public"."accounts" AS t WHERE t."id" = $1::bigint;

-- dual_update: email
UPDATE "public"."accounts" AS t SET "email" = $1::text, "email_kept" = pg_catalog.lower($1::text COLLATE "C") WHERE t."id" = $2::bigint;
