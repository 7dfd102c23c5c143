-- documents-digest
-- fingerprint d06a50928f47f555

-- create_table
CREATE TABLE "public"."documents" ("tenant" uuid NOT NULL, "no" bigint NOT NULL, "weight" double precision, "title" text NOT NULL, "lang" character varying(8), PRIMARY KEY ("tenant", "no"));

-- add_column
ALTER TABLE "public"."documents" ADD COLUMN "digest" character varying(40);

-- begin_backfill
INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."documents"'))
 FROM (SELECT (SELECT ARRAY[t."tenant"::text, t."no"::text] FROM "public"."documents" AS t ORDER BY t."tenant" DESC, t."no" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  epoch = s.epoch + 1, holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp();

-- fence
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.cursor[2], s.upper_bound[1], s.upper_bound[2]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s;

-- backfill_bound_first
SELECT t."tenant"::text, t."no"::text FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint) ORDER BY t."tenant", t."no" OFFSET $3::bigint LIMIT 1;

-- backfill_bound
SELECT t."tenant"::text, t."no"::text FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint) ORDER BY t."tenant", t."no" OFFSET $5::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint);

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint);

-- client_read_first
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint) ORDER BY t."tenant", t."no";

-- client_read
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint) ORDER BY t."tenant", t."no";

-- client_write_back
UPDATE "public"."documents" AS t SET "digest" = s.computed FROM unnest($1::uuid[], $2::bigint[], $3::double precision[], $4::text[], $5::text[]) AS s (key_1, key_2, source_1, source_2, computed) WHERE t."tenant" = s.key_1 AND t."no" = s.key_2 AND (ROW(t."weight")::record OPERATOR(pg_catalog.*=) ROW(s.source_1)::record) AND t."title" COLLATE "C" IS NOT DISTINCT FROM s.source_2 COLLATE "C";

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = ARRAY[$11::text, $12::text], rows_done = rows_done + $4::bigint, rows_changed = rows_changed + $5::bigint,
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond'
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text, $14::text] END;

-- greatest_key
SELECT t."tenant"::text, t."no"::text FROM "public"."documents" AS t ORDER BY t."tenant" DESC, t."no" DESC LIMIT 1;

-- parity_witness_value
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual) VALUES ($1::bigint, $2::bigint, ARRAY[$3::uuid::text, $4::bigint::text], $5::character varying::text, $6::character varying::text) ON CONFLICT (pass_id, key) DO NOTHING;

-- dual_insert: tenant, no, weight, title
INSERT INTO "public"."documents" AS t ("tenant", "no", "weight", "title", "digest") VALUES ($1::uuid, $2::bigint, $3::double precision, $4::text, $5::character varying);

-- dual_update: weight, title
UPDATE "public"."documents" AS t SET "weight" = $1::double precision, "title" = $2::text, "digest" = $5::character varying WHERE t."tenant" = $3::uuid AND t."no" = $4::bigint;

-- dual_update: lang
UPDATE "public"."documents" AS t SET "lang" = $1::character varying WHERE t."tenant" = $2::uuid AND t."no" = $3::bigint;

-- dual_upsert: tenant, no, weight, title
INSERT INTO "public"."documents" AS t ("tenant", "no", "weight", "title", "digest") VALUES ($1::uuid, $2::bigint, $3::double precision, $4::text, $5::character varying) ON CONFLICT ("tenant", "no") DO UPDATE SET "weight" = EXCLUDED."weight", "title" = EXCLUDED."title", "digest" = EXCLUDED."digest";

-- assignments: weight, title
"weight" = $1::double precision, "title" = $2::text, "digest" = $3::character varying;
