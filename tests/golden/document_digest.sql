-- documents-digest
-- fingerprint d06a50928f47f555

-- create_table
CREATE TABLE "public"."documents" ("tenant" uuid NOT NULL, "no" bigint NOT NULL, "weight" double precision, "title" text NOT NULL, "lang" character varying(8), PRIMARY KEY ("tenant", "no"));

-- add_column
ALTER TABLE "public"."documents" ADD COLUMN "digest" character varying(40);

-- drop_dirty_function
DROP FUNCTION IF EXISTS "public"."om_dirty_documents-digest"();

-- create_dirty_function
CREATE FUNCTION "public"."om_dirty_documents-digest"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"public"."online_migration_dirty_keys"') IS NOT NULL THEN
    INSERT INTO "public"."online_migration_dirty_keys" (migration, key) VALUES ('documents-digest', ARRAY[NEW."tenant"::text, NEW."no"::text]);
  END IF;
  RETURN NEW;
END
$om$;

-- revoke_dirty_function
REVOKE ALL ON FUNCTION "public"."om_dirty_documents-digest"() FROM PUBLIC;

-- create_dirty_insert_trigger
CREATE TRIGGER "~om_dirty_insert_documents-digest" AFTER INSERT ON "public"."documents" FOR EACH ROW WHEN (NEW."digest" IS NULL) EXECUTE FUNCTION "public"."om_dirty_documents-digest"();

-- create_dirty_update_trigger
CREATE TRIGGER "~om_dirty_update_documents-digest" AFTER UPDATE ON "public"."documents" FOR EACH ROW WHEN (((NOT (ROW(NEW."weight")::record OPERATOR(pg_catalog.*=) ROW(OLD."weight")::record)) OR (NEW."title" COLLATE "C" IS DISTINCT FROM OLD."title" COLLATE "C")) AND ((NEW."digest")::text COLLATE "C" IS NOT DISTINCT FROM (OLD."digest")::text COLLATE "C")) EXECUTE FUNCTION "public"."om_dirty_documents-digest"();

-- create_dirty_key_trigger
CREATE TRIGGER "~om_dirty_key_documents-digest" AFTER UPDATE ON "public"."documents" FOR EACH ROW WHEN ((NEW."tenant" IS DISTINCT FROM OLD."tenant") OR (NEW."no" IS DISTINCT FROM OLD."no")) EXECUTE FUNCTION "public"."om_dirty_documents-digest"();

-- create_dirty_part_trigger
CREATE TRIGGER "~om_dirty_key_documents-digest" BEFORE UPDATE ON "public"."documents" FOR EACH ROW WHEN ((NEW."tenant" IS DISTINCT FROM OLD."tenant") OR (NEW."no" IS DISTINCT FROM OLD."no")) EXECUTE FUNCTION "public"."om_dirty_documents-digest"();

-- enable_dirty_triggers
ALTER TABLE "public"."documents" ENABLE ALWAYS TRIGGER "~om_dirty_insert_documents-digest", ENABLE ALWAYS TRIGGER "~om_dirty_update_documents-digest", ENABLE ALWAYS TRIGGER "~om_dirty_key_documents-digest";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"public"."documents"'))
 FROM (SELECT (SELECT ARRAY[t."tenant"::text, t."no"::text] FROM "public"."documents" AS t ORDER BY t."tenant" DESC, t."no" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = GREATEST(s.epoch, (SELECT pg_catalog.max(g.epoch) FROM gone AS g)) + 1,
  holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp(), walk = 'keys', stripes = 1, stripe = 0, by_bits = false,
  span_end = NULL, span_rows = NULL, file_node = NULL, hot_share = NULL, strategy = NULL;

-- fence
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.cursor[2], s.upper_bound[1], s.upper_bound[2]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s;

-- client_position
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.cursor[2], s.upper_bound[1], s.upper_bound[2],
  EXISTS (SELECT FROM "public"."online_migration_quarantine" AS q WHERE q.migration = r.migration),
  s.stripe, s.span_end[1], s.span_end[2]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer;

-- backfill_bound_first
SELECT t."tenant"::text, t."no"::text FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint) ORDER BY t."tenant", t."no" OFFSET $3::bigint LIMIT 1;

-- backfill_bound
SELECT t."tenant"::text, t."no"::text FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint) ORDER BY t."tenant", t."no" OFFSET $5::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint);

-- backfill_count
SELECT pg_catalog.count(*) FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint);

-- middle_key_first
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."tenant", t."no", pg_catalog.row_number() OVER ( ORDER BY t."tenant", t."no"), pg_catalog.count(*) OVER ()
  FROM "public"."documents" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."tenant", t."no", pg_catalog.row_number() OVER ( ORDER BY t."tenant", t."no"), pg_catalog.count(*) OVER ()
  FROM "public"."documents" AS t TABLESAMPLE SYSTEM ($5::real)
  WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- client_read_first
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint) ORDER BY t."tenant", t."no";

-- client_read
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint) ORDER BY t."tenant", t."no";

-- client_read_again
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS s (key_1, key_2, position) JOIN "public"."documents" AS t ON t."tenant" = s.key_1 AND t."no" = s.key_2;

-- client_write_back
UPDATE "public"."documents" AS t SET "digest" = s.computed FROM unnest($1::uuid[], $2::bigint[], $3::double precision[], $4::text[], $5::text[]) WITH ORDINALITY AS s (key_1, key_2, source_1, source_2, computed, position) WHERE t."tenant" = s.key_1 AND t."no" = s.key_2 AND (ROW(t."weight")::record OPERATOR(pg_catalog.*=) ROW(s.source_1)::record) AND t."title" COLLATE "C" IS NOT DISTINCT FROM s.source_2 COLLATE "C" RETURNING s.position;

-- client_fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$5::text, $6::text], NULL) END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $7::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$7::text, $8::text], NULL) END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."documents"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."documents"'));

-- client_chunk
WITH changed AS (UPDATE "public"."documents" AS t SET "digest" = s.computed FROM unnest($1::uuid[], $2::bigint[], $3::double precision[], $4::text[], $5::text[]) WITH ORDINALITY AS s (key_1, key_2, source_1, source_2, computed, position) WHERE t."tenant" = s.key_1 AND t."no" = s.key_2 AND (ROW(t."weight")::record OPERATOR(pg_catalog.*=) ROW(s.source_1)::record) AND t."title" COLLATE "C" IS NOT DISTINCT FROM s.source_2 COLLATE "C" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- client_whole
SELECT COALESCE(CASE WHEN NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint = $1::bigint THEN 0 END,
  pg_catalog.concat('of ', $1::bigint, ' rows some have changed since they were read')::integer);

-- quarantine_keys
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'documents-digest', ARRAY[s.key_1::text, s.key_2::text], s.sqlstate, 'backfill' FROM unnest($1::uuid[], $2::bigint[], $3::text[]) WITH ORDINALITY AS s (key_1, key_2, sqlstate, position)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- release_keys
DELETE FROM "public"."online_migration_quarantine" AS q USING unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS s (key_1, key_2, position) WHERE q.migration = 'documents-digest' AND q.key = ARRAY[s.key_1::text, s.key_2::text];

-- dirty_read
SELECT t."tenant", t."no", t."weight", t."title", t."digest", d.entry_id
 FROM (SELECT entry_id, key FROM "public"."online_migration_dirty_keys" WHERE migration = 'documents-digest' ORDER BY entry_id LIMIT $1::bigint) AS d
 LEFT JOIN LATERAL (SELECT * FROM "public"."documents" AS r WHERE r."tenant" = d.key[1]::uuid AND r."no" = d.key[2]::bigint LIMIT 1) AS t ON true ORDER BY d.entry_id;

-- quarantined
SELECT q.key[1], q.key[2], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'documents-digest' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$11::text, $12::text], NULL) END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $15::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$15::text, $16::text], NULL) END, stripe = $17::integer, stripes = $18::integer, by_bits = $19::boolean, span_rows = $20::bigint,
  hot_share = $21::double precision, strategy = $22::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $13::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$13::text, $14::text], NULL) END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"public"."documents"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"public"."documents"'));

-- greatest_key
SELECT t."tenant"::text, t."no"::text FROM "public"."documents" AS t ORDER BY t."tenant" DESC, t."no" DESC LIMIT 1;

-- parity_read_first
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE (t."tenant", t."no") <= ($1::uuid, $2::bigint) ORDER BY t."tenant", t."no" LIMIT $3::bigint;

-- parity_read
SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE (t."tenant", t."no") > ($1::uuid, $2::bigint) AND (t."tenant", t."no") <= ($3::uuid, $4::bigint) ORDER BY t."tenant", t."no" LIMIT $5::bigint;

-- parity_look_again
SELECT t."tenant", t."no", t."weight", t."title", t."digest", (t."tenant", t."no") IN (SELECT d.key[1]::uuid, d.key[2]::bigint FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'documents-digest') FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS s (key_1, key_2, position) JOIN "public"."documents" AS t ON t."tenant" = s.key_1 AND t."no" = s.key_2;

-- parity_witness_value
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted) VALUES ($1::bigint, $2::bigint, ARRAY[$3::uuid::text, $4::bigint::text], $5::character varying::text, $6::character varying::text, false) ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_failed_keys
INSERT INTO "public"."online_migration_quarantine" (migration, key, sqlstate, noted_by, pass_id)
 SELECT 'documents-digest', ARRAY[s.key_1::text, s.key_2::text], s.sqlstate, 'parity', $4::bigint FROM unnest($1::uuid[], $2::bigint[], $3::text[]) WITH ORDINALITY AS s (key_1, key_2, sqlstate, position)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = EXCLUDED.pass_id;

-- client_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"public"."documents"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"public"."documents"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks)
 SELECT t."tenant", t."no", t."weight", t."title", t."digest" FROM "public"."documents" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p);

-- drop_dirty_insert_trigger
DROP TRIGGER IF EXISTS "~om_dirty_insert_documents-digest" ON "public"."documents";

-- drop_dirty_update_trigger
DROP TRIGGER IF EXISTS "~om_dirty_update_documents-digest" ON "public"."documents";

-- drop_dirty_key_trigger
DROP TRIGGER IF EXISTS "~om_dirty_key_documents-digest" ON "public"."documents";

-- drop_target
ALTER TABLE "public"."documents" DROP COLUMN IF EXISTS "digest";

-- read_legacy
SELECT t."weight", t."title" FROM "public"."documents" AS t WHERE t."tenant" = $1::uuid AND t."no" = $2::bigint;

-- read_new
SELECT t."digest" FROM "public"."documents" AS t WHERE t."tenant" = $1::uuid AND t."no" = $2::bigint;

-- read_both
SELECT t."weight", t."title", t."digest" FROM "public"."documents" AS t WHERE t."tenant" = $1::uuid AND t."no" = $2::bigint;

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
