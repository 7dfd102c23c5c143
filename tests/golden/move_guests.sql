-- seats-move-guests
-- fingerprint 301900a3f81b5602

-- create_table
CREATE TABLE "app"."seats" ("hall" character varying(20) NOT NULL, "seat" integer NOT NULL, "guest" text, "no""t'e\" text, PRIMARY KEY ("hall", "seat"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."seats") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS ("guest") STORED, ADD COLUMN online_migration_probe1 text GENERATED ALWAYS AS (COALESCE("no""t'e\", ''::text)) STORED;

-- create_alarm_sequence
CREATE SEQUENCE "app"."om_alarm_seats-move-guests";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"app"."om_alarm_seats-move-guests"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"app"."om_alarm_seats-move-guests"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "app"."om_alarm_seats-move-guests"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"app"."om_alarm_seats-move-guests"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"app"."om_alarm_seats-move-guests"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "app"."om_alarm_seats-move-guests"() TO PUBLIC;

-- add_column
CREATE TABLE "public"."g""uests'" ("in""hall" character varying(20) NOT NULL, "on_seat" integer NOT NULL, "guest" text, "note" text NOT NULL, PRIMARY KEY ("in""hall", "on_seat"), FOREIGN KEY ("in""hall", "on_seat") REFERENCES "app"."seats" ("hall", "seat") ON DELETE CASCADE ON UPDATE CASCADE);

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_seats-move-guests"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) OLD."hall" AND o."on_seat" = OLD."seat"
      AND NOT EXISTS (SELECT FROM "app"."seats" AS t WHERE t."hall" OPERATOR(pg_catalog.=) OLD."hall" AND t."seat" = OLD."seat");
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND ROW(NEW."hall", NEW."seat")::record OPERATOR(pg_catalog.*<>) ROW(OLD."hall", OLD."seat")::record THEN
    DELETE FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) OLD."hall" AND o."on_seat" = OLD."seat"
      AND NOT EXISTS (SELECT FROM "app"."seats" AS t WHERE t."hall" OPERATOR(pg_catalog.=) OLD."hall" AND t."seat" = OLD."seat");
  END IF;
  INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM "app"."seats" AS t WHERE t."hall" OPERATOR(pg_catalog.=) NEW."hall" AND t."seat" = NEW."seat"
    AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE
    ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest", "note" = EXCLUDED."note";
  IF FOUND THEN
    PERFORM "app"."om_alarm_seats-move-guests"();
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_seats-move-guests"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_seats-move-guests" AFTER INSERT OR UPDATE OR DELETE ON "app"."seats" FOR EACH ROW EXECUTE FUNCTION "app"."om_sync_seats-move-guests"();

-- enable_sync_trigger
ALTER TABLE "app"."seats" ENABLE ALWAYS TRIGGER "~om_sync_seats-move-guests";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."seats"'))
 FROM (SELECT (SELECT ARRAY[t."hall"::text, t."seat"::text] FROM "app"."seats" AS t ORDER BY t."hall" DESC, t."seat" DESC LIMIT 1) AS upper_bound) AS e
 ON CONFLICT (run_id, slice) DO UPDATE SET cursor = NULL, upper_bound = EXCLUDED.upper_bound,
  finished = EXCLUDED.finished, rows_estimated = EXCLUDED.rows_estimated, rows_done = 0, rows_changed = 0, chunks = 0,
  dirty_done = 0, epoch = GREATEST(s.epoch, (SELECT pg_catalog.max(g.epoch) FROM gone AS g)) + 1,
  holder = NULL, holder_pid = NULL, lease_until = NULL, started_at = pg_catalog.clock_timestamp(),
  updated_at = pg_catalog.clock_timestamp(), walk = 'keys', stripes = 1, stripe = 0, by_bits = false,
  span_end = NULL, span_rows = NULL, file_node = NULL, hot_share = NULL, strategy = NULL;

-- backfill_position
SELECT r.phase, s.epoch, s.holder, s.pause_requested, s.finished, s.cursor IS NOT NULL, s.cursor[1], s.cursor[2], s.upper_bound[1], s.upper_bound[2],
  s.walk, s.stripes, s.stripe, s.by_bits, s.span_rows, s.file_node, s.chunks, s.span_end[1], s.span_end[2]
 FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
 WHERE r.run_id = $1::bigint AND s.slice = $2::integer;

-- fence
SELECT COALESCE((SELECT CASE WHEN r.phase = 'backfill' AND s.epoch = $3::bigint AND NOT s.pause_requested AND NOT s.finished
   AND s.stripe = $4::integer AND s.cursor IS NOT DISTINCT FROM CASE WHEN $5::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$5::text, $6::text], NULL) END
   AND s.upper_bound IS NOT DISTINCT FROM CASE WHEN $7::text IS NOT NULL THEN pg_catalog.array_remove(ARRAY[$7::text, $8::text], NULL) END THEN 0 END
  FROM "public"."online_migration_runs" AS r JOIN "public"."online_migration_backfill_state" AS s USING (run_id)
  WHERE r.run_id = $1::bigint AND s.slice = $2::integer FOR SHARE OF r FOR UPDATE OF s),
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."seats"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."seats"'));

-- backfill_bound_first
SELECT t."hall"::text, t."seat"::text FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) ORDER BY t."hall", t."seat" OFFSET $3::bigint LIMIT 1;

-- backfill_bound
SELECT t."hall"::text, t."seat"::text FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) ORDER BY t."hall", t."seat" OFFSET $5::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer);

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer);

-- middle_key_first
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."hall", t."seat", pg_catalog.row_number() OVER ( ORDER BY t."hall", t."seat"), pg_catalog.count(*) OVER ()
  FROM "app"."seats" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."hall", t."seat", pg_catalog.row_number() OVER ( ORDER BY t."hall", t."seat"), pg_catalog.count(*) OVER ()
  FROM "app"."seats" AS t TABLESAMPLE SYSTEM ($5::real)
  WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH wrong ("in""hall", "on_seat", "guest", "note") AS MATERIALIZED (SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND ($3::bigint = 1 OR (pg_catalog.hashtextextended(t."hall"::text COLLATE "C", 0) # pg_catalog.hashint8extended(t."seat"::bigint, 1)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE FOR NO KEY UPDATE OF t),
 changed AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT w."in""hall", w."on_seat", w."guest", w."note" FROM wrong AS w ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest", "note" = EXCLUDED."note" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- backfill_chunk
WITH wrong ("in""hall", "on_seat", "guest", "note") AS MATERIALIZED (SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND ($5::bigint = 1 OR (pg_catalog.hashtextextended(t."hall"::text COLLATE "C", 0) # pg_catalog.hashint8extended(t."seat"::bigint, 1)) & ($5::bigint - 1) BETWEEN $6::bigint AND $7::bigint) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE FOR NO KEY UPDATE OF t),
 changed AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT w."in""hall", w."on_seat", w."guest", w."note" FROM wrong AS w ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest", "note" = EXCLUDED."note" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM changed;

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'seats-move-guests', ARRAY[t."hall"::text, t."seat"::text], $3::text, 'backfill' FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'seats-move-guests', ARRAY[t."hall"::text, t."seat"::text], $5::text, 'backfill' FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.key[2], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'seats-move-guests' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

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
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."seats"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."seats"'));

-- greatest_key
SELECT t."hall"::text, t."seat"::text FROM "app"."seats" AS t ORDER BY t."hall" DESC, t."seat" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE),
  (pg_catalog.array_agg(t."hall"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."seat"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) ORDER BY t."hall", t."seat" LIMIT $3::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE),
  (pg_catalog.array_agg(t."hall"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."seat"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) ORDER BY t."hall", t."seat" LIMIT $5::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text, s.k2::text
 FROM (SELECT t."hall" AS k1, t."seat" AS k2, pg_catalog.row_number() OVER (ORDER BY t."hall", t."seat") AS number
  FROM "app"."seats" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."seats"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."seats"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."seats"'))
   AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer)) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE) FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer);

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE) FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer);

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."hall"::text, t."seat"::text], pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat"), false FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE ORDER BY t."hall", t."seat" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $5::bigint, $6::bigint, ARRAY[t."hall"::text, t."seat"::text], pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat"), false FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE ORDER BY t."hall", t."seat" LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."hall"::text, t."seat"::text])::text FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE AND ($3::text[] IS NULL OR (ARRAY[t."hall"::text, t."seat"::text])::text = ANY ($3::text[]));

-- parity_suspects
SELECT (ARRAY[t."hall"::text, t."seat"::text])::text FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE AND ($5::text[] IS NULL OR (ARRAY[t."hall"::text, t."seat"::text])::text = ANY ($5::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."hall"::text, t."seat"::text], pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat"), false FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (ARRAY[t."hall"::text, t."seat"::text])::text = ANY ($3::text[]) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE ORDER BY t."hall", t."seat" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $6::bigint, $7::bigint, ARRAY[t."hall"::text, t."seat"::text], pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat"), false FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (ARRAY[t."hall"::text, t."seat"::text])::text = ANY ($5::text[]) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE ORDER BY t."hall", t."seat" LIMIT $8::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."seats"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."seats"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."hall"::text, t."seat"::text] AS key, (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE AS differs, pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text AS expected, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") AS actual FROM "app"."seats" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong ("in""hall", "on_seat", "guest", "note", om_key, om_expected, om_actual, om_redacted) AS MATERIALIZED (SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text), ARRAY[t."hall"::text, t."seat"::text], pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat"), false FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE FOR NO KEY UPDATE OF t),
 repaired AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT w."in""hall", w."on_seat", w."guest", w."note" FROM wrong AS w ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest", "note" = EXCLUDED."note"),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM wrong;

-- parity_repair
WITH wrong ("in""hall", "on_seat", "guest", "note", om_key, om_expected, om_actual, om_redacted) AS MATERIALIZED (SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text), ARRAY[t."hall"::text, t."seat"::text], pg_catalog.json_build_object('guest', (t."guest")::text, 'note', (COALESCE(t."no""t'e\", ''::text))::text)::text, (SELECT pg_catalog.json_build_object('guest', o."guest"::text, 'note', o."note"::text)::text FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat"), false FROM "app"."seats" AS t WHERE (t."hall", t."seat") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."hall", t."seat") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" AND o."note" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."no""t'e\", ''::text) COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE FOR NO KEY UPDATE OF t),
 repaired AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT w."in""hall", w."on_seat", w."guest", w."note" FROM wrong AS w ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest", "note" = EXCLUDED."note"),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $5::bigint, $6::bigint, w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM wrong;

-- relax_legacy
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."seats"'::pg_catalog.regclass;
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
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'guest');
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
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname = 'guest');
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
  SELECT COALESCE(pg_catalog.jsonb_agg(a.attname ORDER BY a.attnum) FILTER (WHERE (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))), '[]'),
      COALESCE(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.pg_get_expr(e.adbin, e.adrelid))
        FILTER (WHERE e.oid IS NOT NULL), '{}') INTO required, defaults
    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE a.attrelid = place AND a.attname = 'guest';
  fallback := defaults->>'guest';
  IF fallback IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = '"public"."g""uests''"'::pg_catalog.regclass AND a.atthasdef AND a.attname = 'guest') THEN
    SELECT pg_catalog.replace($om_f$"online_migration_default"."guest"$om_f$, $om_f$"online_migration_default"."guest"$om_f$, pg_catalog.format('(CAST((%s) AS %s)%s)', fallback, pg_catalog.format_type(a.atttypid, a.atttypmod),
        (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, c.collname) FROM pg_catalog.pg_collation AS c
          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation))) INTO moved
      FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = place AND a.attname = 'guest';
    IF moved IS NOT NULL THEN
      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', '"public"."g""uests''"', 'guest', moved);
    END IF;
  END IF;
  ALTER TABLE "app"."seats" ALTER COLUMN "guest" DROP NOT NULL, ALTER COLUMN "guest" DROP DEFAULT;
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
      pg_catalog.jsonb_build_object('not_null', required, 'defaults', defaults, 'constraints', constraints, 'indexes', indexes))
    WHERE migration = 'seats-move-guests' AND phase = 'contract-ready';
END
$om$;

-- create_guard_function
CREATE OR REPLACE FUNCTION "app"."om_guard_seats-move-guests"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF NEW."guest" COLLATE "C" IS NOT DISTINCT FROM OLD."guest" COLLATE "C" THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM "app"."seats" AS t WHERE t."hall" OPERATOR(pg_catalog.=) NEW."hall" AND t."seat" = NEW."seat" AND (((NEW."guest" COLLATE "C" IS DISTINCT FROM OLD."guest" COLLATE "C") AND (SELECT o."guest" COLLATE "C" IS NOT DISTINCT FROM t."guest" COLLATE "C" FROM "public"."g""uests'" AS o WHERE o."in""hall" OPERATOR(pg_catalog.=) t."hall" AND o."on_seat" = t."seat") IS NOT TRUE))) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'guest', TABLE = 'seats', SCHEMA = 'app';
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_guard_function
REVOKE ALL ON FUNCTION "app"."om_guard_seats-move-guests"() FROM PUBLIC;

-- create_guard_trigger
CREATE TRIGGER "~om_guard_seats-move-guests" AFTER INSERT OR UPDATE ON "app"."seats" FOR EACH ROW EXECUTE FUNCTION "app"."om_guard_seats-move-guests"();

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_seats-move-guests" ON "app"."seats";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_seats-move-guests"();

-- drop_alarm_function
DROP FUNCTION IF EXISTS "app"."om_alarm_seats-move-guests"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "app"."om_alarm_seats-move-guests";

-- retire_legacy
ALTER TABLE "app"."seats" RENAME COLUMN "guest" TO "om_retired_guest";

-- unretire_legacy
ALTER TABLE "app"."seats" RENAME COLUMN "om_retired_guest" TO "guest";

-- drop_guard_trigger
DROP TRIGGER IF EXISTS "~om_guard_seats-move-guests" ON "app"."seats";

-- drop_guard_function
DROP FUNCTION IF EXISTS "app"."om_guard_seats-move-guests"();

-- drop_legacy
ALTER TABLE "app"."seats" DROP COLUMN IF EXISTS "om_retired_guest";

-- drop_target
DROP TABLE IF EXISTS "public"."g""uests'";

-- dual_insert: hall, seat, guest
WITH written AS (INSERT INTO "app"."seats" AS t ("hall", "seat", "guest") VALUES ($1::character varying, $2::integer, $3::text)
  RETURNING t."hall", t."seat", t."guest", t."no""t'e\"),
 moved AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM written AS t WHERE true ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest")
 SELECT FROM written;

-- dual_update: guest
WITH written AS (UPDATE "app"."seats" AS t SET "guest" = $1::text WHERE t."hall" OPERATOR(pg_catalog.=) $2::character varying AND t."seat" = $3::integer
  RETURNING t."hall", t."seat", t."guest", t."no""t'e\"),
 moved AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM written AS t WHERE true ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest")
 SELECT FROM written;

-- dual_upsert: hall, seat, guest
WITH written AS (INSERT INTO "app"."seats" AS t ("hall", "seat", "guest") VALUES ($1::character varying, $2::integer, $3::text) ON CONFLICT ("hall", "seat") DO UPDATE SET "guest" = EXCLUDED."guest"
  RETURNING t."hall", t."seat", t."guest", t."no""t'e\"),
 moved AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM written AS t WHERE true ON CONFLICT ("in""hall", "on_seat") DO UPDATE SET "guest" = EXCLUDED."guest")
 SELECT FROM written;

-- dual_upsert: hall, seat
WITH written AS (INSERT INTO "app"."seats" AS t ("hall", "seat") VALUES ($1::character varying, $2::integer) ON CONFLICT ("hall", "seat") DO NOTHING
  RETURNING t."hall", t."seat", t."guest", t."no""t'e\"),
 moved AS (INSERT INTO "public"."g""uests'" AS o ("in""hall", "on_seat", "guest", "note") SELECT t."hall", t."seat", t."guest", COALESCE(t."no""t'e\", ''::text) FROM written AS t WHERE true ON CONFLICT ("in""hall", "on_seat") DO NOTHING)
 SELECT FROM written;

-- dual_erase
DELETE FROM "app"."seats" AS t WHERE t."hall" OPERATOR(pg_catalog.=) $1::character varying AND t."seat" = $2::integer;
