-- posts-extract-tags
-- fingerprint bbfb4ddbf92c297d

-- create_table
CREATE TABLE "app"."posts" ("id" bigint NOT NULL, "ta""gs" character varying(9)[], "since" date[] NOT NULL, PRIMARY KEY ("id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."posts") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe character varying(9)[] GENERATED ALWAYS AS ("ta""gs") STORED, ADD COLUMN online_migration_probe1 date[] GENERATED ALWAYS AS ("since") STORED;

-- create_alarm_sequence
CREATE SEQUENCE "app"."om_alarm_posts-extract-tags";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"app"."om_alarm_posts-extract-tags"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"app"."om_alarm_posts-extract-tags"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "app"."om_alarm_posts-extract-tags"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"app"."om_alarm_posts-extract-tags"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"app"."om_alarm_posts-extract-tags"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "app"."om_alarm_posts-extract-tags"() TO PUBLIC;

-- add_column
CREATE TABLE "public"."post_tags" ("post" bigint NOT NULL, "number" bigint NOT NULL, "ta""g" character varying(9), "since" date, PRIMARY KEY ("post", "number"), FOREIGN KEY ("post") REFERENCES "app"."posts" ("id") ON DELETE CASCADE ON UPDATE CASCADE);

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_posts-extract-tags"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  too_much boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "public"."post_tags" AS o WHERE o."post" = OLD."id"
      AND NOT EXISTS (SELECT FROM "app"."posts" AS t WHERE t."id" = OLD."id");
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND ROW(NEW."id")::record OPERATOR(pg_catalog.*<>) ROW(OLD."id")::record THEN
    DELETE FROM "public"."post_tags" AS o WHERE o."post" = OLD."id"
      AND NOT EXISTS (SELECT FROM "app"."posts" AS t WHERE t."id" = OLD."id");
  END IF;
  DELETE FROM "public"."post_tags" AS o USING "app"."posts" AS t WHERE t."id" = NEW."id" AND o."post" = t."id"
    AND NOT CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) ELSE false END;
  too_much := FOUND;
  INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM "app"."posts" AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there)
    WHERE t."id" = NEW."id" AND v.om_is_there AND (SELECT (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM (v."ta""g")::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM v."since"
      FROM "public"."post_tags" AS o WHERE o."post" = t."id" AND o."number" = v."number") IS NOT TRUE
    ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since";
  IF FOUND OR too_much THEN
    PERFORM "app"."om_alarm_posts-extract-tags"();
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_posts-extract-tags"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_posts-extract-tags" AFTER INSERT OR UPDATE OR DELETE ON "app"."posts" FOR EACH ROW EXECUTE FUNCTION "app"."om_sync_posts-extract-tags"();

-- enable_sync_trigger
ALTER TABLE "app"."posts" ENABLE ALWAYS TRIGGER "~om_sync_posts-extract-tags";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."posts"'))
 FROM (SELECT (SELECT ARRAY[t."id"::text] FROM "app"."posts" AS t ORDER BY t."id" DESC LIMIT 1) AS upper_bound) AS e
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
   FROM (SELECT (t.ctid::text::point)[0] AS page, t."id"::bigint & 7 AS bits, pg_catalog.hashint8extended(t."id"::bigint, 0) & 7 AS hash FROM "app"."posts" AS t TABLESAMPLE SYSTEM ($1::real)) AS r,
   LATERAL (VALUES (true, r.bits), (false, r.hash)) AS v (by_bits, stripe)
   GROUP BY r.page, v.by_bits, v.stripe) AS g GROUP BY g.page) AS p;

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN ARRAY[$5::text] END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $6::text IS NOT NULL THEN ARRAY[$6::text] END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."posts"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."posts"'));

-- backfill_bound_first
SELECT t."id"::text FROM "app"."posts" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" OFFSET $2::bigint LIMIT 1;

-- backfill_bound
SELECT t."id"::text FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."posts" AS t WHERE t."id" <= $1::bigint;

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- middle_key_first
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."posts" AS t TABLESAMPLE SYSTEM ($2::real)
  WHERE t."id" <= $1::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text
 FROM (SELECT t."id", pg_catalog.row_number() OVER ( ORDER BY t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."posts" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE t."id" > $1::bigint AND t."id" <= $2::bigint) AS s (key_1, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH wrong ("id", "ta""gs", "since") AS MATERIALIZED (SELECT t."id", t."ta""gs", t."since" FROM "app"."posts" AS t WHERE t."id" <= $1::bigint AND ($2::bigint = 1 OR (CASE WHEN $5::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($2::bigint - 1) BETWEEN $3::bigint AND $4::bigint) AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."post_tags" AS o WHERE o."post" = t."id" AND NOT CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) ELSE false END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."post_tags" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 changed AS (INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM wrong AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM wrong;

-- backfill_chunk
WITH wrong ("id", "ta""gs", "since") AS MATERIALIZED (SELECT t."id", t."ta""gs", t."since" FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND ($3::bigint = 1 OR (CASE WHEN $6::boolean THEN t."id"::bigint ELSE pg_catalog.hashint8extended(t."id"::bigint, 0) END) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."post_tags" AS o WHERE o."post" = t."id" AND NOT CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) ELSE false END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."post_tags" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 changed AS (INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM wrong AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM wrong;

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'posts-extract-tags', ARRAY[t."id"::text], $2::text, 'backfill' FROM "app"."posts" AS t WHERE t."id" <= $1::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'posts-extract-tags', ARRAY[t."id"::text], $3::text, 'backfill' FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'posts-extract-tags' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

-- advance
UPDATE "public"."online_migration_backfill_state" SET cursor = CASE WHEN $11::text IS NOT NULL THEN ARRAY[$11::text] END, rows_done = rows_done + $4::bigint, rows_changed = rows_changed
  + COALESCE($5::bigint, NULLIF(pg_catalog.current_setting('online_migration.changed', true), '')::bigint, 0),
  chunks = chunks + 1, finished = $6::boolean, chunk_rows = $7::integer, throttle_sleep_ms = $8::integer,
  throttle_duty_cycle = $9::double precision, updated_at = pg_catalog.clock_timestamp(),
  lease_until = pg_catalog.clock_timestamp() + $10::bigint * interval '1 millisecond',
  span_end = CASE WHEN $13::text IS NOT NULL THEN ARRAY[$13::text] END, stripe = $14::integer, stripes = $15::integer, by_bits = $16::boolean, span_rows = $17::bigint,
  hot_share = $18::double precision, strategy = $19::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint AND NOT finished
   AND cursor IS NOT DISTINCT FROM CASE WHEN $12::text IS NOT NULL THEN ARRAY[$12::text] END
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."posts"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."posts"'));

-- greatest_key
SELECT t."id"::text FROM "app"."posts" AS t ORDER BY t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."posts" AS t WHERE t."id" <= $1::bigint ORDER BY t."id" LIMIT $2::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE),
  (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint ORDER BY t."id" LIMIT $3::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text
 FROM (SELECT t."id" AS k1, pg_catalog.row_number() OVER (ORDER BY t."id") AS number
  FROM "app"."posts" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."posts"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."posts"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."posts"'))
   AND t."id" <= $1::bigint) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE) FROM "app"."posts" AS t WHERE t."id" <= $1::bigint;

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE) FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint;

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $2::bigint, $3::bigint, ARRAY[t."id"::text], (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id"), false FROM "app"."posts" AS t WHERE t."id" <= $1::bigint AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE ORDER BY t."id" LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id"), false FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."id"::text])::text FROM "app"."posts" AS t WHERE t."id" <= $1::bigint AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE AND ($2::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($2::text[]));

-- parity_suspects
SELECT (ARRAY[t."id"::text])::text FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE AND ($3::text[] IS NULL OR (ARRAY[t."id"::text])::text = ANY ($3::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."id"::text], (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id"), false FROM "app"."posts" AS t WHERE t."id" <= $1::bigint AND (ARRAY[t."id"::text])::text = ANY ($2::text[]) AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE ORDER BY t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."id"::text], (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id"), false FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (ARRAY[t."id"::text])::text = ANY ($3::text[]) AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE ORDER BY t."id" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."posts"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."posts"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."id"::text] AS key, (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE AS differs, (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AS expected, (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id") AS actual FROM "app"."posts" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong ("id", "ta""gs", "since", om_key, om_expected, om_actual, om_redacted) AS MATERIALIZED (SELECT t."id", t."ta""gs", t."since", ARRAY[t."id"::text], (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id"), false FROM "app"."posts" AS t WHERE t."id" <= $1::bigint AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."post_tags" AS o WHERE o."post" = t."id" AND NOT CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) ELSE false END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."post_tags" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 repaired AS (INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM wrong AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since"),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM wrong;

-- parity_repair
WITH wrong ("id", "ta""gs", "since", om_key, om_expected, om_actual, om_redacted) AS MATERIALIZED (SELECT t."id", t."ta""gs", t."since", ARRAY[t."id"::text], (SELECT pg_catalog.json_object_agg(v."number"::text, pg_catalog.json_build_object('ta"g', v."ta""g"::text, 'since', v."since"::text) ORDER BY v."number")::text FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."number"::text, pg_catalog.json_build_object('ta"g', o."ta""g"::text, 'since', o."since"::text) ORDER BY o."number")::text FROM "public"."post_tags" AS o WHERE o."post" = t."id"), false FROM "app"."posts" AS t WHERE t."id" > $1::bigint AND t."id" <= $2::bigint AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."post_tags" AS o WHERE o."post" = t."id" AND NOT CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) ELSE false END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."post_tags" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 repaired AS (INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM wrong AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since"),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM wrong;

-- relax_legacy
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."posts"'::pg_catalog.regclass;
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
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname IN ('ta"gs', 'since'));
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
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname IN ('ta"gs', 'since'));
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
  SELECT COALESCE(pg_catalog.jsonb_agg(a.attname ORDER BY a.attnum) FILTER (WHERE (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))), '[]'),
      COALESCE(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.pg_get_expr(e.adbin, e.adrelid))
        FILTER (WHERE e.oid IS NOT NULL), '{}') INTO required, defaults
    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE a.attrelid = place AND a.attname IN ('ta"gs', 'since');
  ALTER TABLE "app"."posts" ALTER COLUMN "ta""gs" DROP NOT NULL, ALTER COLUMN "ta""gs" DROP DEFAULT, ALTER COLUMN "since" DROP NOT NULL, ALTER COLUMN "since" DROP DEFAULT;
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
      pg_catalog.jsonb_build_object('not_null', required, 'defaults', defaults, 'constraints', constraints, 'indexes', indexes))
    WHERE migration = 'posts-extract-tags' AND phase = 'contract-ready';
END
$om$;

-- create_guard_function
CREATE OR REPLACE FUNCTION "app"."om_guard_posts-extract-tags"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF (ROW(NEW."ta""gs")::record OPERATOR(pg_catalog.*=) ROW(OLD."ta""gs")::record) AND (ROW(NEW."since")::record OPERATOR(pg_catalog.*=) ROW(OLD."since")::record) THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM "app"."posts" AS t WHERE t."id" = NEW."id" AND (((NOT (ROW(NEW."ta""gs")::record OPERATOR(pg_catalog.*=) ROW(OLD."ta""gs")::record) OR NOT (ROW(NEW."since")::record OPERATOR(pg_catalog.*=) ROW(OLD."since")::record)) AND (SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there) AND COALESCE(pg_catalog.bool_and(CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) AND (o."ta""g")::text COLLATE "C" IS NOT DISTINCT FROM ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer])::text COLLATE "C" AND o."since" IS NOT DISTINCT FROM (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] ELSE false END), true) FROM "public"."post_tags" AS o WHERE o."post" = t."id") IS NOT TRUE))) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'ta"gs', TABLE = 'posts', SCHEMA = 'app';
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_guard_function
REVOKE ALL ON FUNCTION "app"."om_guard_posts-extract-tags"() FROM PUBLIC;

-- create_guard_trigger
CREATE TRIGGER "~om_guard_posts-extract-tags" AFTER INSERT OR UPDATE ON "app"."posts" FOR EACH ROW EXECUTE FUNCTION "app"."om_guard_posts-extract-tags"();

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_posts-extract-tags" ON "app"."posts";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_posts-extract-tags"();

-- drop_alarm_function
DROP FUNCTION IF EXISTS "app"."om_alarm_posts-extract-tags"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "app"."om_alarm_posts-extract-tags";

-- retire_legacy
DO $om$
BEGIN
  ALTER TABLE "app"."posts" RENAME COLUMN "ta""gs" TO "om_retired_ta""gs";
  ALTER TABLE "app"."posts" RENAME COLUMN "since" TO "om_retired_since";
END
$om$;

-- unretire_legacy
DO $om$
BEGIN
  ALTER TABLE "app"."posts" RENAME COLUMN "om_retired_ta""gs" TO "ta""gs";
  ALTER TABLE "app"."posts" RENAME COLUMN "om_retired_since" TO "since";
END
$om$;

-- drop_guard_trigger
DROP TRIGGER IF EXISTS "~om_guard_posts-extract-tags" ON "app"."posts";

-- drop_guard_function
DROP FUNCTION IF EXISTS "app"."om_guard_posts-extract-tags"();

-- drop_legacy
ALTER TABLE "app"."posts" DROP COLUMN IF EXISTS "om_retired_ta""gs", DROP COLUMN IF EXISTS "om_retired_since";

-- drop_target
DROP TABLE IF EXISTS "public"."post_tags";

-- dual_insert: id, ta"gs, since
WITH written AS (INSERT INTO "app"."posts" AS t ("id", "ta""gs", "since") VALUES ($1::bigint, $2::character varying[], $3::date[])
  RETURNING t."id", t."ta""gs", t."since"),
 moved AS (INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM written AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since")
 SELECT FROM written;

-- dual_update: ta"gs, since
WITH written AS (UPDATE "app"."posts" AS t SET "ta""gs" = $1::character varying[], "since" = $2::date[] WHERE t."id" = $3::bigint
  RETURNING t."id", t."ta""gs", t."since"),
 gone AS (DELETE FROM "public"."post_tags" AS o WHERE o."post" = (SELECT t."id" FROM written AS t) AND EXISTS (SELECT FROM written AS t WHERE NOT CASE WHEN o."number" BETWEEN 1 AND GREATEST(pg_catalog.cardinality(t."ta""gs"), pg_catalog.cardinality(t."since")) THEN ((t."ta""gs")[pg_catalog.array_lower(t."ta""gs", 1) - 1 + o."number"::integer] IS NOT NULL OR (t."since")[pg_catalog.array_lower(t."since", 1) - 1 + o."number"::integer] IS NOT NULL) ELSE false END)),
 moved AS (INSERT INTO "public"."post_tags" AS o ("post", "number", "ta""g", "since") SELECT t."id", v."number", v."ta""g", v."since" FROM written AS t CROSS JOIN LATERAL (SELECT u.om_position::bigint, u."ta""g", u."since", u."ta""g" IS NOT NULL OR u."since" IS NOT NULL FROM ROWS FROM (pg_catalog.unnest(t."ta""gs"), pg_catalog.unnest(t."since")) WITH ORDINALITY AS u("ta""g", "since", om_position)) AS v("number", "ta""g", "since", om_is_there) WHERE v.om_is_there ON CONFLICT ("post", "number") DO UPDATE SET "ta""g" = EXCLUDED."ta""g", "since" = EXCLUDED."since")
 SELECT FROM written;
