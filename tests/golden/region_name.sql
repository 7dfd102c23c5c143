-- places-region-name
-- fingerprint 1da7b89f7b8607b2

-- create_table
CREATE TABLE "app"."places" ("id" bigint NOT NULL, "re""gion" character varying(20), "no" integer, "note" text, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."places") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS (COALESCE((NULL::"public"."re""gions")."na'me\", ''::text)) STORED;

-- create_alarm_sequence
CREATE SEQUENCE "app"."om_alarm_places-region-name";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"app"."om_alarm_places-region-name"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"app"."om_alarm_places-region-name"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "app"."om_alarm_places-region-name"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"app"."om_alarm_places-region-name"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"app"."om_alarm_places-region-name"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "app"."om_alarm_places-region-name"() TO PUBLIC;

-- drop_lookup_function
DROP FUNCTION IF EXISTS "app"."om_lookup_places-region-name"();

-- create_lookup_function
CREATE FUNCTION "app"."om_lookup_places-region-name"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"public"."online_migration_dirty_keys"') IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO "public"."online_migration_dirty_keys" (migration, key) VALUES ('places-region-name', ARRAY[NEW."co""de"::text, NEW."no"::text]);
  IF ((NEW."co""de")::text COLLATE "C" IS DISTINCT FROM (OLD."co""de")::text COLLATE "C") OR (NEW."no" IS DISTINCT FROM OLD."no") THEN
    INSERT INTO "public"."online_migration_dirty_keys" (migration, key) VALUES ('places-region-name', ARRAY[OLD."co""de"::text, OLD."no"::text]);
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_lookup_function
REVOKE ALL ON FUNCTION "app"."om_lookup_places-region-name"() FROM PUBLIC;

-- create_lookup_trigger
CREATE TRIGGER "~om_lookup_places-region-name" AFTER UPDATE ON "public"."re""gions" FOR EACH ROW WHEN (((NEW."co""de")::text COLLATE "C" IS DISTINCT FROM (OLD."co""de")::text COLLATE "C") OR (NEW."no" IS DISTINCT FROM OLD."no") OR (NEW."na'me\" COLLATE "C" IS DISTINCT FROM OLD."na'me\" COLLATE "C")) EXECUTE FUNCTION "app"."om_lookup_places-region-name"();

-- enable_lookup_trigger
ALTER TABLE "public"."re""gions" ENABLE ALWAYS TRIGGER "~om_lookup_places-region-name";

-- add_column
ALTER TABLE "app"."places" ADD COLUMN "region_name" text;

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_places-region-name"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  om_found record;
BEGIN
  IF TG_WHEN = 'AFTER' THEN
    PERFORM FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) NEW."re""gion" AND l."no" OPERATOR(pg_catalog.=) NEW."no" FOR SHARE;
    UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" = NEW."id" AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C";
    IF FOUND THEN
      PERFORM "app"."om_alarm_places-region-name"();
    END IF;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW."id" IS NOT DISTINCT FROM OLD."id"
      AND (NEW."re""gion")::text COLLATE "C" IS NOT DISTINCT FROM (OLD."re""gion")::text COLLATE "C"
      AND NEW."no" IS NOT DISTINCT FROM OLD."no"
      AND NEW."region_name" COLLATE "C" IS NOT DISTINCT FROM OLD."region_name" COLLATE "C"
      AND NOT (NEW."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) NEW."re""gion" AND l."no" OPERATOR(pg_catalog.=) NEW."no"), ''::text) COLLATE "C") THEN
      RETURN NEW;
    END IF;
  END IF;
  SELECT l."na'me\" INTO om_found FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) NEW."re""gion" AND l."no" OPERATOR(pg_catalog.=) NEW."no" FOR SHARE;
  IF NEW."region_name" COLLATE "C" IS DISTINCT FROM COALESCE(om_found."na'me\", ''::text) COLLATE "C" THEN
    NEW."region_name" := COALESCE(om_found."na'me\", ''::text);
    PERFORM "app"."om_alarm_places-region-name"();
  END IF;
  RETURN NEW;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_places-region-name"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_places-region-name" BEFORE INSERT OR UPDATE ON "app"."places" FOR EACH ROW EXECUTE FUNCTION "app"."om_sync_places-region-name"();

-- enable_sync_trigger
ALTER TABLE "app"."places" ENABLE ALWAYS TRIGGER "~om_sync_places-region-name";

-- create_late_trigger
CREATE TRIGGER "~om_late_places-region-name" AFTER INSERT OR UPDATE ON "app"."places" FOR EACH ROW WHEN (NEW."re""gion" IS NOT NULL AND NEW."no" IS NOT NULL AND NEW."region_name" COLLATE "C" IS NOT DISTINCT FROM COALESCE((NULL::"public"."re""gions")."na'me\", ''::text) COLLATE "C") EXECUTE FUNCTION "app"."om_sync_places-region-name"();

-- enable_late_trigger
ALTER TABLE "app"."places" ENABLE ALWAYS TRIGGER "~om_late_places-region-name";

-- add_not_null
ALTER TABLE "app"."places" ADD CONSTRAINT "om_not_null_places-region-name" CHECK ("region_name" IS NOT NULL) NOT VALID;

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."places"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "app"."places" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
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
   FROM (SELECT (t.ctid::text::point)[0] AS page, t."id"::bigint & 7 AS bits, pg_catalog.hashint8extended(t."id"::bigint, 0) & 7 AS hash FROM "app"."places" AS t TABLESAMPLE SYSTEM ($1::real)) AS r,
   LATERAL (VALUES (true, r.bits), (false, r.hash)) AS v (by_bits, stripe)
   GROUP BY r.page, v.by_bits, v.stripe) AS g GROUP BY g.page) AS p;

-- begin_blocks
UPDATE "public"."online_migration_backfill_state" AS s SET walk = 'blocks', cursor = NULL, stripe = 0, stripes = 1, span_end = NULL, span_rows = NULL,
  rows_done = 0, file_node = f.file_node, finished = s.slice <> $2::integer OR f.last_block < 0,
  upper_bound = CASE WHEN s.slice = $2::integer THEN ARRAY[f.last_block::text] ELSE s.upper_bound END,
  updated_at = pg_catalog.clock_timestamp()
 FROM (SELECT pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"app"."places"'))::bigint AS file_node,
   pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."places"'))
     / pg_catalog.current_setting('block_size')::bigint - 1 AS last_block) AS f
 WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"app"."places"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_places-region-name')
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
  pg_catalog.set_config('online_migration.counted', pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."places"'))::text, true), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."places"'));

-- lock_file
LOCK TABLE "app"."places" IN ROW EXCLUSIVE MODE;

-- same_file
SELECT COALESCE(CASE WHEN pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('"app"."places"'))::bigint = $1::bigint THEN 0 END,
  pg_catalog.concat('the table was rewritten since file ', $1::bigint, ': its walk begins anew')::integer),
  COALESCE(CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass('"app"."places"') AND c.relkind = 'r' AND NOT c.relhassubclass
     AND g.tgenabled = 'A' AND g.tgname = '~om_sync_places-region-name') THEN 0 END,
  pg_catalog.concat('the sync trigger is off, or other tables hold rows: the walk begins anew by keys')::integer);

-- backfill_bound_first
SELECT t."id"::text FROM "app"."places" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."places" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- middle_key_first
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."places" AS t TABLESAMPLE SYSTEM ($2::real)
  WHERE t."id" <= $1::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."places" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE t."id" > $1::bigint AND t."id" <= $2::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH changed AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (t."region_name" IS NULL OR t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH changed AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."region_name" IS NULL OR t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_chunk_first
UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (t."region_name" IS NULL OR t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C");

-- unnoted_chunk
UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."region_name" IS NULL OR t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C");

-- block_count
SELECT pg_catalog.count(*) FROM "app"."places" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- block_chunk
WITH changed AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."region_name" IS NULL OR t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C") RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- unnoted_block_chunk
UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (t."region_name" IS NULL OR t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C");

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'places-region-name', ARRAY[t."id"::text], $2::text, 'backfill' FROM "app"."places" AS t WHERE t."id" <= $1::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'places-region-name', ARRAY[t."id"::text], $3::text, 'backfill' FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_block
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'places-region-name', ARRAY[t."id"::text], $3::text, 'backfill' FROM "app"."places" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- lookup_fence
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.upper_bound[1]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s;

-- lookup_next
SELECT d.key::text, (SELECT pg_catalog.array_agg(e.entry_id)::text FROM (SELECT entry_id, key FROM "public"."online_migration_dirty_keys" WHERE migration = 'places-region-name' ORDER BY entry_id LIMIT 1000) AS e WHERE e.key = d.key)
 FROM (SELECT key FROM "public"."online_migration_dirty_keys" WHERE migration = 'places-region-name' ORDER BY entry_id LIMIT 1) AS d;

-- lookup_chunk_first
WITH visited AS MATERIALIZED (SELECT t."id" FROM "app"."places" AS t WHERE t."re""gion" OPERATOR(pg_catalog.=) ($1::text[])[1] AND t."no" OPERATOR(pg_catalog.=) ($1::text[])[2]::integer ORDER BY t."id" LIMIT $2::bigint),
 put AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) FROM visited AS v WHERE t."id" = v."id" AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" RETURNING 1)
 SELECT (SELECT pg_catalog.count(*) FROM visited), (SELECT pg_catalog.count(*) FROM put), t."id"::text
 FROM (SELECT 1) AS one LEFT JOIN (SELECT * FROM visited AS t ORDER BY t."id" DESC LIMIT 1) AS t ON true;

-- lookup_chunk
WITH visited AS MATERIALIZED (SELECT t."id" FROM "app"."places" AS t WHERE t."re""gion" OPERATOR(pg_catalog.=) ($1::text[])[1] AND t."no" OPERATOR(pg_catalog.=) ($1::text[])[2]::integer AND t."id" > $2::bigint ORDER BY t."id" LIMIT $3::bigint),
 put AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) FROM visited AS v WHERE t."id" = v."id" AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" RETURNING 1)
 SELECT (SELECT pg_catalog.count(*) FROM visited), (SELECT pg_catalog.count(*) FROM put), t."id"::text
 FROM (SELECT 1) AS one LEFT JOIN (SELECT * FROM visited AS t ORDER BY t."id" DESC LIMIT 1) AS t ON true;

-- lookup_refused_first
WITH visited AS MATERIALIZED (SELECT t."id" FROM "app"."places" AS t WHERE t."re""gion" OPERATOR(pg_catalog.=) ($1::text[])[1] AND t."no" OPERATOR(pg_catalog.=) ($1::text[])[2]::integer ORDER BY t."id" LIMIT 1 FOR NO KEY UPDATE OF t),
 noted AS (INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'places-region-name', ARRAY[t."id"::text], $2::text, 'backfill' FROM visited AS t
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate)
 SELECT t."id"::text FROM visited AS t;

-- lookup_refused
WITH visited AS MATERIALIZED (SELECT t."id" FROM "app"."places" AS t WHERE t."re""gion" OPERATOR(pg_catalog.=) ($1::text[])[1] AND t."no" OPERATOR(pg_catalog.=) ($1::text[])[2]::integer AND t."id" > $2::bigint ORDER BY t."id" LIMIT 1 FOR NO KEY UPDATE OF t),
 noted AS (INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'places-region-name', ARRAY[t."id"::text], $3::text, 'backfill' FROM visited AS t
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate)
 SELECT t."id"::text FROM visited AS t;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'places-region-name' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN ARRAY[$11::text] END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint,
    pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."places"')) - NULLIF(pg_catalog.current_setting('online_migration.counted', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text] END, stripe = $14::integer, stripes = $15::integer, by_bits = $16::boolean, span_rows = $17::bigint,
  hot_share = $18::double precision, strategy = $19::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."places"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."places"'));

-- greatest_key
SELECT t."id"::text FROM "app"."places" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer)),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."places" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" LIMIT $2::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer)),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" LIMIT $3::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text
 FROM (SELECT t."id" AS k1, pg_catalog.row_number() OVER (ORDER BY t."id") AS number
  FROM "app"."places" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."places"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."places"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."places"'))
   AND t."id" <= $1::bigint) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer)) FROM "app"."places" AS t WHERE t."id" <= $1::bigint;

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer)) FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], (COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text))::text, t."region_name"::text, false FROM "app"."places" AS t WHERE t."id" <= $1::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text))::text, t."region_name"::text, false FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_blocks
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer)) FROM "app"."places" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid;

-- parity_blocks_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text))::text, t."region_name"::text, false FROM "app"."places" AS t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."id"::text])::text FROM "app"."places" AS t WHERE t."id" <= $1::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) AND ($2::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($2::text[]));

-- parity_suspects
SELECT (ARRAY[t."id"::text])::text FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) AND ($3::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($3::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text))::text, t."region_name"::text, false FROM "app"."places" AS t WHERE t."id" <= $1::bigint AND (ARRAY[t."id"::text])::text = ANY ($2::text[]) AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."id"::text], (COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text))::text, t."region_name"::text, false FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (ARRAY[t."id"::text])::text = ANY ($3::text[]) AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) ORDER BY t."id" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."places"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."places"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C" AND NOT EXISTS (SELECT FROM "public"."online_migration_dirty_keys" AS d WHERE d.migration = 'places-region-name' AND t."re""gion" OPERATOR(pg_catalog.=) d.key[1] AND t."no" OPERATOR(pg_catalog.=) d.key[2]::integer) AS differs, (COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text))::text AS expected, t."region_name"::text AS actual FROM "app"."places" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."region_name"::text AS actual FROM "app"."places" AS t WHERE t."id" <= $1::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C"),
 repaired AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" <= $1::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."region_name"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- parity_repair
WITH wrong AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS id, t."region_name"::text AS actual FROM "app"."places" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C"),
 repaired AS (UPDATE "app"."places" AS t SET "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C"
  RETURNING ARRAY[t."id"::text] AS id, ARRAY[t."id"::text] AS key, t."region_name"::text AS expected),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, r.key, r.expected, w.actual, false FROM repaired AS r LEFT JOIN wrong AS w USING (id) LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM repaired;

-- validate_not_null
ALTER TABLE "app"."places" VALIDATE CONSTRAINT "om_not_null_places-region-name";

-- set_not_null
ALTER TABLE "app"."places" ALTER COLUMN "region_name" SET NOT NULL;

-- drop_not_null_check
ALTER TABLE "app"."places" DROP CONSTRAINT "om_not_null_places-region-name";

-- drop_late_trigger
DROP TRIGGER IF EXISTS "~om_late_places-region-name" ON "app"."places";

-- drop_lookup_trigger
DROP TRIGGER IF EXISTS "~om_lookup_places-region-name" ON "public"."re""gions";

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_places-region-name" ON "app"."places";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_places-region-name"();

-- drop_alarm_function
DROP FUNCTION IF EXISTS "app"."om_alarm_places-region-name"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "app"."om_alarm_places-region-name";

-- relax_target
ALTER TABLE "app"."places" DROP CONSTRAINT IF EXISTS "om_not_null_places-region-name", ALTER COLUMN "region_name" DROP NOT NULL;

-- drop_target
ALTER TABLE "app"."places" DROP COLUMN IF EXISTS "region_name";

-- read_legacy
SELECT COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) FROM "app"."places" AS t WHERE t."id" = $1::bigint;

-- read_new
SELECT t."region_name" FROM "app"."places" AS t WHERE t."id" = $1::bigint;

-- read_both
SELECT COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text), t."region_name", (t."region_name" COLLATE "C" IS DISTINCT FROM COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) t."no"), ''::text) COLLATE "C") FROM "app"."places" AS t WHERE t."id" = $1::bigint;

-- dual_insert: id, re"gion, no
INSERT INTO "app"."places" AS t ("id", "re""gion", "no", "region_name") VALUES ($1::bigint, $2::character varying, $3::integer, COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) CASE WHEN true THEN $2::character varying(20) ELSE (NULL::"app"."places")."re""gion" END AND l."no" OPERATOR(pg_catalog.=) $3::integer), ''::text));

-- dual_update: no
UPDATE "app"."places" AS t SET "no" = $1::integer, "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) t."re""gion" AND l."no" OPERATOR(pg_catalog.=) $1::integer), ''::text) WHERE t."id" = $2::bigint;

-- dual_update: note
UPDATE "app"."places" AS t SET "note" = $1::text WHERE t."id" = $2::bigint;

-- dual_upsert: id, re"gion, no
INSERT INTO "app"."places" AS t ("id", "re""gion", "no", "region_name") VALUES ($1::bigint, $2::character varying, $3::integer, COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) CASE WHEN true THEN $2::character varying(20) ELSE (NULL::"app"."places")."re""gion" END AND l."no" OPERATOR(pg_catalog.=) $3::integer), ''::text)) ON CONFLICT ("id") DO UPDATE SET "re""gion" = EXCLUDED."re""gion", "no" = EXCLUDED."no", "region_name" = COALESCE((SELECT l."na'me\" FROM "public"."re""gions" AS l WHERE l."co""de" OPERATOR(pg_catalog.=) EXCLUDED."re""gion" AND l."no" OPERATOR(pg_catalog.=) EXCLUDED."no"), ''::text);

-- assignments: no
"no" = $1::integer, "region_name" = COALESCE((SELECT l.om_value FROM (SELECT "na'me\" AS om_value, "co""de" AS om_key0, "no" AS om_key1 FROM "public"."re""gions") AS l WHERE l.om_key0 OPERATOR(pg_catalog.=) "re""gion" AND l.om_key1 OPERATOR(pg_catalog.=) $1::integer), ''::text);
