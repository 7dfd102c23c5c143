-- contacts-extract-numbers
-- fingerprint c5ce744a59082582

-- create_table
CREATE TABLE "app"."contacts" ("book" character varying(20) NOT NULL, "id" integer NOT NULL, "name" text NOT NULL, "ho""me" text, "home_since" date, "work" character varying(40), "country" text, PRIMARY KEY ("book", "id"));

-- probe_table
CREATE TEMPORARY TABLE online_migration_probe (LIKE "app"."contacts") ON COMMIT DROP;

-- probe_column
ALTER TABLE pg_temp.online_migration_probe ADD COLUMN online_migration_probe text GENERATED ALWAYS AS (COALESCE("ho""me", ''::text)) STORED, ADD COLUMN online_migration_probe1 date GENERATED ALWAYS AS ("home_since") STORED, ADD COLUMN online_migration_probe2 text GENERATED ALWAYS AS ("country") STORED, ADD COLUMN online_migration_probe3 text GENERATED ALWAYS AS ("work") STORED, ADD COLUMN online_migration_probe4 text GENERATED ALWAYS AS ("country") STORED, ADD COLUMN online_migration_probe5 text GENERATED ALWAYS AS ("country") STORED, ADD COLUMN online_migration_probe6 text GENERATED ALWAYS AS ("name") STORED;

-- create_alarm_sequence
CREATE SEQUENCE "app"."om_alarm_contacts-extract-numbers";

-- revoke_alarm_sequence
DO $om$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE c.oid = '"app"."om_alarm_contacts-extract-numbers"'::pg_catalog.regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s', '"app"."om_alarm_contacts-extract-numbers"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$om$;

-- create_alarm_function
CREATE FUNCTION "app"."om_alarm_contacts-extract-numbers"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF pg_catalog.to_regclass('"app"."om_alarm_contacts-extract-numbers"') IS NOT NULL THEN
    PERFORM pg_catalog.nextval('"app"."om_alarm_contacts-extract-numbers"');
  END IF;
END
$om$;

-- grant_alarm_function
GRANT EXECUTE ON FUNCTION "app"."om_alarm_contacts-extract-numbers"() TO PUBLIC;

-- add_column
CREATE TABLE "public"."n""umbers'" ("in_book" character varying(20) NOT NULL, "contact" integer NOT NULL, "ki""nd" character varying(8) NOT NULL, "number" text NOT NULL, "since" date, "country" text, PRIMARY KEY ("in_book", "contact", "ki""nd"), FOREIGN KEY ("in_book", "contact") REFERENCES "app"."contacts" ("book", "id") ON DELETE CASCADE ON UPDATE CASCADE);

-- create_sync_function
CREATE OR REPLACE FUNCTION "app"."om_sync_contacts-extract-numbers"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
DECLARE
  too_much boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) OLD."book" AND o."contact" = OLD."id"
      AND NOT EXISTS (SELECT FROM "app"."contacts" AS t WHERE t."book" OPERATOR(pg_catalog.=) OLD."book" AND t."id" = OLD."id");
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND ROW(NEW."book", NEW."id")::record OPERATOR(pg_catalog.*<>) ROW(OLD."book", OLD."id")::record THEN
    DELETE FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) OLD."book" AND o."contact" = OLD."id"
      AND NOT EXISTS (SELECT FROM "app"."contacts" AS t WHERE t."book" OPERATOR(pg_catalog.=) OLD."book" AND t."id" = OLD."id");
  END IF;
  DELETE FROM "public"."n""umbers'" AS o USING "app"."contacts" AS t WHERE t."book" OPERATOR(pg_catalog.=) NEW."book" AND t."id" = NEW."id" AND o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"
    AND CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN NOT ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN false ELSE true END;
  too_much := FOUND;
  INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM "app"."contacts" AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there)
    WHERE t."book" OPERATOR(pg_catalog.=) NEW."book" AND t."id" = NEW."id" AND v.om_is_there AND (SELECT o."number" COLLATE "C" IS NOT DISTINCT FROM v."number" COLLATE "C" AND o."since" IS NOT DISTINCT FROM v."since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM v."country" COLLATE "C"
      FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND o."ki""nd" OPERATOR(pg_catalog.=) v."ki""nd") IS NOT TRUE
    ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number", "since" = EXCLUDED."since", "country" = EXCLUDED."country";
  IF FOUND OR too_much THEN
    PERFORM "app"."om_alarm_contacts-extract-numbers"();
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_sync_function
REVOKE ALL ON FUNCTION "app"."om_sync_contacts-extract-numbers"() FROM PUBLIC;

-- create_sync_trigger
CREATE TRIGGER "~om_sync_contacts-extract-numbers" AFTER INSERT OR UPDATE OR DELETE ON "app"."contacts" FOR EACH ROW EXECUTE FUNCTION "app"."om_sync_contacts-extract-numbers"();

-- enable_sync_trigger
ALTER TABLE "app"."contacts" ENABLE ALWAYS TRIGGER "~om_sync_contacts-extract-numbers";

-- begin_backfill
WITH gone AS (DELETE FROM "public"."online_migration_backfill_state" WHERE run_id = $1::bigint AND slice <> 0 RETURNING epoch)
 INSERT INTO "public"."online_migration_backfill_state" AS s (run_id, slice, upper_bound, finished, rows_estimated)
 SELECT $1::bigint, 0, e.upper_bound, e.upper_bound IS NULL,
  (SELECT CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END
   FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."contacts"'))
 FROM (SELECT (SELECT ARRAY[t."book"::text, t."id"::text] FROM "app"."contacts" AS t ORDER BY t."book" DESC, t."id" DESC LIMIT 1) AS upper_bound) AS e
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
  pg_catalog.concat('slice ', $2::integer, ' of this online migration is not where its runner left it')::integer), (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."contacts"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."contacts"'));

-- backfill_bound_first
SELECT t."book"::text, t."id"::text FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) ORDER BY t."book", t."id" OFFSET $3::bigint LIMIT 1;

-- backfill_bound
SELECT t."book"::text, t."id"::text FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) ORDER BY t."book", t."id" OFFSET $5::bigint LIMIT 1;

-- backfill_count_first
SELECT pg_catalog.count(*) FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer);

-- backfill_count
SELECT pg_catalog.count(*) FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer);

-- middle_key_first
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."book", t."id", pg_catalog.row_number() OVER ( ORDER BY t."book", t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."contacts" AS t TABLESAMPLE SYSTEM ($3::real)
  WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- middle_key
SELECT s.key_1::text, s.key_2::text
 FROM (SELECT t."book", t."id", pg_catalog.row_number() OVER ( ORDER BY t."book", t."id"), pg_catalog.count(*) OVER ()
  FROM "app"."contacts" AS t TABLESAMPLE SYSTEM ($5::real)
  WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer)) AS s (key_1, key_2, place, found)
 WHERE s.found >= 16 AND s.place = s.found / 2;

-- backfill_chunk_first
WITH wrong ("book", "id", "name", "ho""me", "home_since", "work", "country") AS MATERIALIZED (SELECT t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country" FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND ($3::bigint = 1 OR (pg_catalog.hashtextextended(t."book"::text COLLATE "C", 0) # pg_catalog.hashint8extended(t."id"::bigint, 1)) & ($3::bigint - 1) BETWEEN $4::bigint AND $5::bigint) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN NOT ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN false ELSE true END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."n""umbers'" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 changed AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM wrong AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number", "since" = EXCLUDED."since", "country" = EXCLUDED."country" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM wrong;

-- backfill_chunk
WITH wrong ("book", "id", "name", "ho""me", "home_since", "work", "country") AS MATERIALIZED (SELECT t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country" FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND ($5::bigint = 1 OR (pg_catalog.hashtextextended(t."book"::text COLLATE "C", 0) # pg_catalog.hashint8extended(t."id"::bigint, 1)) & ($5::bigint - 1) BETWEEN $6::bigint AND $7::bigint) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN NOT ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN false ELSE true END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."n""umbers'" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 changed AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM wrong AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number", "since" = EXCLUDED."since", "country" = EXCLUDED."country" RETURNING 1)
 SELECT pg_catalog.set_config('online_migration.changed', pg_catalog.count(*)::text, true) FROM wrong;

-- note_range_first
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'contacts-extract-numbers', ARRAY[t."book"::text, t."id"::text], $3::text, 'backfill' FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- note_range
INSERT INTO "public"."online_migration_quarantine" AS q (migration, key, sqlstate, noted_by)
 SELECT 'contacts-extract-numbers', ARRAY[t."book"::text, t."id"::text], $5::text, 'backfill' FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer)
 ON CONFLICT (migration, key) DO UPDATE SET sqlstate = EXCLUDED.sqlstate, noted_by = EXCLUDED.noted_by,
  noted_at = pg_catalog.clock_timestamp(), pass_id = NULL RETURNING q.sqlstate;

-- quarantined
SELECT q.key[1], q.key[2], q.sqlstate, q.noted_by, (EXTRACT(EPOCH FROM q.noted_at) * 1000000)::bigint
 FROM "public"."online_migration_quarantine" AS q WHERE q.migration = 'contacts-extract-numbers' ORDER BY q.noted_at, q.key LIMIT $1::bigint;

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
 RETURNING (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, pg_catalog.pg_stat_get_xact_tuples_updated(pg_catalog.to_regclass('"app"."contacts"')), pg_catalog.pg_stat_get_xact_tuples_hot_updated(pg_catalog.to_regclass('"app"."contacts"'));

-- greatest_key
SELECT t."book"::text, t."id"::text FROM "app"."contacts" AS t ORDER BY t."book" DESC, t."id" DESC LIMIT 1;

-- parity_count_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE),
  (pg_catalog.array_agg(t."book"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) ORDER BY t."book", t."id" LIMIT $3::bigint) AS t;

-- parity_count
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE),
  (pg_catalog.array_agg(t."book"))[pg_catalog.count(*)]::text, (pg_catalog.array_agg(t."id"))[pg_catalog.count(*)]::text
 FROM (SELECT t.* FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) ORDER BY t."book", t."id" LIMIT $5::bigint) AS t;

-- parity_key_sample
SELECT s.k1::text, s.k2::text
 FROM (SELECT t."book" AS k1, t."id" AS k2, pg_catalog.row_number() OVER (ORDER BY t."book", t."id") AS number
  FROM "app"."contacts" AS t TABLESAMPLE SYSTEM (CASE WHEN pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."contacts"')) / pg_catalog.current_setting('block_size')::bigint >= 128
    THEN LEAST(100.0 / 32, 100.0 * 16384 / (pg_catalog.pg_relation_size(pg_catalog.to_regclass('"app"."contacts"')) / pg_catalog.current_setting('block_size')::bigint)) ELSE 0 END)
  WHERE pg_catalog.random() < (SELECT CASE WHEN c.reltuples > 0 THEN 2 * c.relpages / c.reltuples ELSE 0.05 END
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."contacts"'))
   AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer)) AS s WHERE s.number % 4 = 0 ORDER BY s.number;

-- parity_range_first
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE) FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer);

-- parity_range
SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE) FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer);

-- parity_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $3::bigint, $4::bigint, ARRAY[t."book"::text, t."id"::text], (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"), false FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE ORDER BY t."book", t."id" LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $5::bigint, $6::bigint, ARRAY[t."book"::text, t."id"::text], (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"), false FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE ORDER BY t."book", t."id" LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_first
SELECT (ARRAY[t."book"::text, t."id"::text])::text FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE AND ($3::text[] IS NULL OR (ARRAY[t."book"::text, t."id"::text])::text = ANY ($3::text[]));

-- parity_suspects
SELECT (ARRAY[t."book"::text, t."id"::text])::text FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE AND ($5::text[] IS NULL OR (ARRAY[t."book"::text, t."id"::text])::text = ANY ($5::text[]));

-- parity_suspects_witness_first
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $4::bigint, $5::bigint, ARRAY[t."book"::text, t."id"::text], (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"), false FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (ARRAY[t."book"::text, t."id"::text])::text = ANY ($3::text[]) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE ORDER BY t."book", t."id" LIMIT $6::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_suspects_witness
INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
 SELECT $6::bigint, $7::bigint, ARRAY[t."book"::text, t."id"::text], (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"), false FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (ARRAY[t."book"::text, t."id"::text])::text = ANY ($5::text[]) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE ORDER BY t."book", t."id" LIMIT $8::bigint ON CONFLICT (pass_id, key) DO NOTHING;

-- parity_sample
WITH part AS MATERIALIZED (SELECT s.oid, s.blocks, pg_catalog.sum(s.blocks) OVER (ORDER BY s.oid)::bigint - s.blocks AS before
  FROM (SELECT c.oid, COALESCE(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint AS blocks
   FROM (SELECT pg_catalog.to_regclass('"app"."contacts"') AS oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass('"app"."contacts"')) AS p) AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.relkind = 'r') AS s),
 draw AS MATERIALIZED (SELECT pg_catalog.floor(pg_catalog.random() * (SELECT pg_catalog.sum(p.blocks) FROM part AS p))::bigint AS block,
   1 + pg_catalog.floor(pg_catalog.random() * ((pg_catalog.current_setting('block_size')::bigint - 24) / 28))::bigint AS item
  FROM pg_catalog.generate_series(1, $1::integer)),
 place AS MATERIALIZED (SELECT p.oid AS part, pg_catalog.format('(%s,%s)', d.block - p.before, d.item)::tid AS tid
  FROM draw AS d JOIN part AS p ON d.block >= p.before AND d.block < p.before + p.blocks),
 drawn AS MATERIALIZED (SELECT ARRAY[t."book"::text, t."id"::text] AS key, (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE AS differs, (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there) AS expected, (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") AS actual FROM "app"."contacts" AS t
  WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM place AS p)) AND (t.tableoid, t.ctid) IN (SELECT p.part, p.tid FROM place AS p)),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $2::bigint, $3::bigint, d.key, d.expected, d.actual, false FROM drawn AS d WHERE d.differs LIMIT $4::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE d.differs) FROM drawn AS d;

-- parity_repair_first
WITH wrong ("book", "id", "name", "ho""me", "home_since", "work", "country", om_key, om_expected, om_actual, om_redacted) AS MATERIALIZED (SELECT t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country", ARRAY[t."book"::text, t."id"::text], (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"), false FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.<=) ($1::character varying, $2::integer) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN NOT ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN false ELSE true END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."n""umbers'" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 repaired AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM wrong AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number", "since" = EXCLUDED."since", "country" = EXCLUDED."country"),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $3::bigint, $4::bigint, w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT $5::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM wrong;

-- parity_repair
WITH wrong ("book", "id", "name", "ho""me", "home_since", "work", "country", om_key, om_expected, om_actual, om_redacted) AS MATERIALIZED (SELECT t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country", ARRAY[t."book"::text, t."id"::text], (SELECT pg_catalog.json_object_agg(v."ki""nd"::text, pg_catalog.json_build_object('number', v."number"::text, 'since', v."since"::text, 'country', v."country"::text) ORDER BY v."ki""nd")::text FROM (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there), (SELECT pg_catalog.json_object_agg(o."ki""nd"::text, pg_catalog.json_build_object('number', o."number"::text, 'since', o."since"::text, 'country', o."country"::text) ORDER BY o."ki""nd")::text FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id"), false FROM "app"."contacts" AS t WHERE (t."book", t."id") OPERATOR(pg_catalog.>) ($1::character varying, $2::integer) AND (t."book", t."id") OPERATOR(pg_catalog.<=) ($3::character varying, $4::integer) AND (SELECT pg_catalog.count(*) = CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ((t."work") IS NOT NULL) THEN 1 ELSE 0 END + 1 AND COALESCE(pg_catalog.bool_and(CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) AND o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN ((t."work") IS NOT NULL) AND (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN true AND o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" AND o."since" IS NULL AND o."country" COLLATE "C" IS NOT DISTINCT FROM t."country" COLLATE "C" ELSE false END), true) FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id") IS NOT TRUE FOR NO KEY UPDATE OF t),
 surplus AS MATERIALIZED (SELECT x.place FROM wrong AS t CROSS JOIN LATERAL (SELECT o.ctid AS place FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN NOT ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C" THEN false ELSE true END OFFSET 0) AS x),
 gone AS (DELETE FROM "public"."n""umbers'" AS g WHERE (SELECT EXISTS (SELECT FROM surplus)) AND g.ctid = ANY (ARRAY(SELECT s.place FROM surplus AS s))),
 repaired AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM wrong AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number", "since" = EXCLUDED."since", "country" = EXCLUDED."country"),
 noted AS (INSERT INTO "public"."online_migration_parity_samples" (run_id, pass_id, key, expected, actual, redacted)
  SELECT $5::bigint, $6::bigint, w.om_key, w.om_expected, w.om_actual, w.om_redacted FROM wrong AS w LIMIT $7::bigint ON CONFLICT (pass_id, key) DO NOTHING)
 SELECT pg_catalog.count(*) FROM wrong;

-- relax_legacy
DO $om$
DECLARE
  found record;
  place CONSTANT pg_catalog.oid := '"app"."contacts"'::pg_catalog.regclass;
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
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname IN ('name', 'ho"me', 'home_since', 'work'));
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
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname IN ('name', 'ho"me', 'home_since', 'work'));
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
  SELECT COALESCE(pg_catalog.jsonb_agg(a.attname ORDER BY a.attnum) FILTER (WHERE (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))), '[]'),
      COALESCE(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.pg_get_expr(e.adbin, e.adrelid))
        FILTER (WHERE e.oid IS NOT NULL), '{}') INTO required, defaults
    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE a.attrelid = place AND a.attname IN ('name', 'ho"me', 'home_since', 'work');
  ALTER TABLE "app"."contacts" ALTER COLUMN "name" DROP NOT NULL, ALTER COLUMN "name" DROP DEFAULT, ALTER COLUMN "ho""me" DROP NOT NULL, ALTER COLUMN "ho""me" DROP DEFAULT, ALTER COLUMN "home_since" DROP NOT NULL, ALTER COLUMN "home_since" DROP DEFAULT, ALTER COLUMN "work" DROP NOT NULL, ALTER COLUMN "work" DROP DEFAULT;
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
      pg_catalog.jsonb_build_object('not_null', required, 'defaults', defaults, 'constraints', constraints, 'indexes', indexes))
    WHERE migration = 'contacts-extract-numbers' AND phase = 'contract-ready';
END
$om$;

-- create_guard_function
CREATE OR REPLACE FUNCTION "app"."om_guard_contacts-extract-numbers"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $om$
BEGIN
  IF NEW."name" COLLATE "C" IS NOT DISTINCT FROM OLD."name" COLLATE "C" AND NEW."ho""me" COLLATE "C" IS NOT DISTINCT FROM OLD."ho""me" COLLATE "C" AND NEW."home_since" IS NOT DISTINCT FROM OLD."home_since" AND (NEW."work")::text COLLATE "C" IS NOT DISTINCT FROM (OLD."work")::text COLLATE "C" THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM "app"."contacts" AS t WHERE t."book" OPERATOR(pg_catalog.=) NEW."book" AND t."id" = NEW."id" AND (((NEW."ho""me" COLLATE "C" IS DISTINCT FROM OLD."ho""me" COLLATE "C" OR NEW."home_since" IS DISTINCT FROM OLD."home_since") AND (SELECT o."number" COLLATE "C" IS NOT DISTINCT FROM COALESCE(t."ho""me", ''::text) COLLATE "C" AND o."since" IS NOT DISTINCT FROM t."home_since" FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C") IS DISTINCT FROM CASE WHEN ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) THEN true END)
      OR (((NEW."work")::text COLLATE "C" IS DISTINCT FROM (OLD."work")::text COLLATE "C") AND (SELECT (o."number")::text COLLATE "C" IS NOT DISTINCT FROM (t."work")::text COLLATE "C" FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C") IS DISTINCT FROM CASE WHEN ((t."work") IS NOT NULL) THEN true END)
      OR ((NEW."name" COLLATE "C" IS DISTINCT FROM OLD."name" COLLATE "C") AND (SELECT o."number" COLLATE "C" IS NOT DISTINCT FROM t."name" COLLATE "C" FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) t."book" AND o."contact" = t."id" AND (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('name'::text)::text COLLATE "C") IS DISTINCT FROM true))) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'this column was replaced by another, and this write knows only the old one', HINT = 'The program that sent it is older than the contract of the migration: replace it.', COLUMN = 'name', TABLE = 'contacts', SCHEMA = 'app';
  END IF;
  RETURN NULL;
END
$om$;

-- revoke_guard_function
REVOKE ALL ON FUNCTION "app"."om_guard_contacts-extract-numbers"() FROM PUBLIC;

-- create_guard_trigger
CREATE TRIGGER "~om_guard_contacts-extract-numbers" AFTER INSERT OR UPDATE ON "app"."contacts" FOR EACH ROW EXECUTE FUNCTION "app"."om_guard_contacts-extract-numbers"();

-- drop_sync_trigger
DROP TRIGGER IF EXISTS "~om_sync_contacts-extract-numbers" ON "app"."contacts";

-- drop_sync_function
DROP FUNCTION IF EXISTS "app"."om_sync_contacts-extract-numbers"();

-- drop_alarm_function
DROP FUNCTION IF EXISTS "app"."om_alarm_contacts-extract-numbers"();

-- drop_alarm_sequence
DROP SEQUENCE IF EXISTS "app"."om_alarm_contacts-extract-numbers";

-- retire_legacy
DO $om$
BEGIN
  ALTER TABLE "app"."contacts" RENAME COLUMN "name" TO "om_retired_name";
  ALTER TABLE "app"."contacts" RENAME COLUMN "ho""me" TO "om_retired_ho""me";
  ALTER TABLE "app"."contacts" RENAME COLUMN "home_since" TO "om_retired_home_since";
  ALTER TABLE "app"."contacts" RENAME COLUMN "work" TO "om_retired_work";
END
$om$;

-- unretire_legacy
DO $om$
BEGIN
  ALTER TABLE "app"."contacts" RENAME COLUMN "om_retired_name" TO "name";
  ALTER TABLE "app"."contacts" RENAME COLUMN "om_retired_ho""me" TO "ho""me";
  ALTER TABLE "app"."contacts" RENAME COLUMN "om_retired_home_since" TO "home_since";
  ALTER TABLE "app"."contacts" RENAME COLUMN "om_retired_work" TO "work";
END
$om$;

-- drop_guard_trigger
DROP TRIGGER IF EXISTS "~om_guard_contacts-extract-numbers" ON "app"."contacts";

-- drop_guard_function
DROP FUNCTION IF EXISTS "app"."om_guard_contacts-extract-numbers"();

-- drop_legacy
ALTER TABLE "app"."contacts" DROP COLUMN IF EXISTS "om_retired_name", DROP COLUMN IF EXISTS "om_retired_ho""me", DROP COLUMN IF EXISTS "om_retired_home_since", DROP COLUMN IF EXISTS "om_retired_work";

-- drop_target
DROP TABLE IF EXISTS "public"."n""umbers'";

-- dual_insert: book, id, name, ho"me
WITH written AS (INSERT INTO "app"."contacts" AS t ("book", "id", "name", "ho""me") VALUES ($1::character varying, $2::integer, $3::text, $4::text)
  RETURNING t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country"),
 moved AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number")
 SELECT FROM written;

-- dual_update: work
WITH written AS (UPDATE "app"."contacts" AS t SET "work" = $1::character varying WHERE t."book" OPERATOR(pg_catalog.=) $2::character varying AND t."id" = $3::integer
  RETURNING t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country"),
 gone AS (DELETE FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) (SELECT t."book" FROM written AS t) AND o."contact" = (SELECT t."id" FROM written AS t) AND EXISTS (SELECT FROM written AS t WHERE CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) ELSE false END)),
 moved AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL))) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number")
 SELECT FROM written;

-- dual_update: country, ho"me, home_since, work
WITH written AS (UPDATE "app"."contacts" AS t SET "ho""me" = $1::text, "home_since" = $2::date, "work" = $3::character varying, "country" = $4::text WHERE t."book" OPERATOR(pg_catalog.=) $5::character varying AND t."id" = $6::integer
  RETURNING t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country"),
 gone AS (DELETE FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) (SELECT t."book" FROM written AS t) AND o."contact" = (SELECT t."id" FROM written AS t) AND EXISTS (SELECT FROM written AS t WHERE CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('ho''me'::text)::text COLLATE "C" THEN NOT ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL) WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) ELSE false END)),
 moved AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number", "since" = EXCLUDED."since", "country" = EXCLUDED."country")
 SELECT FROM written;

-- dual_update: name
WITH written AS (UPDATE "app"."contacts" AS t SET "name" = $1::text WHERE t."book" OPERATOR(pg_catalog.=) $2::character varying AND t."id" = $3::integer
  RETURNING t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country"),
 moved AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number")
 SELECT FROM written;

-- dual_upsert: book, id, name, work
WITH written AS (INSERT INTO "app"."contacts" AS t ("book", "id", "name", "work") VALUES ($1::character varying, $2::integer, $3::text, $4::character varying) ON CONFLICT ("book", "id") DO UPDATE SET "name" = EXCLUDED."name", "work" = EXCLUDED."work"
  RETURNING t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country"),
 gone AS (DELETE FROM "public"."n""umbers'" AS o WHERE o."in_book" OPERATOR(pg_catalog.=) (SELECT t."book" FROM written AS t) AND o."contact" = (SELECT t."id" FROM written AS t) AND EXISTS (SELECT FROM written AS t WHERE CASE WHEN (o."ki""nd")::text COLLATE "C" IS NOT DISTINCT FROM ('work'::text)::text COLLATE "C" THEN NOT ((t."work") IS NOT NULL) ELSE false END)),
 moved AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL)), ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number"),
 added AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL))) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there AND NOT EXISTS (SELECT FROM "app"."contacts" AS b WHERE b."book" OPERATOR(pg_catalog.=) t."book" AND b."id" = t."id") ON CONFLICT ("in_book", "contact", "ki""nd") DO NOTHING)
 SELECT FROM written;

-- dual_upsert: book, id, name
WITH written AS (INSERT INTO "app"."contacts" AS t ("book", "id", "name") VALUES ($1::character varying, $2::integer, $3::text) ON CONFLICT ("book", "id") DO UPDATE SET "name" = EXCLUDED."name"
  RETURNING t."book", t."id", t."name", t."ho""me", t."home_since", t."work", t."country"),
 moved AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('name'::text, t."name", NULL::date, t."country", true)) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there ON CONFLICT ("in_book", "contact", "ki""nd") DO UPDATE SET "number" = EXCLUDED."number"),
 added AS (INSERT INTO "public"."n""umbers'" AS o ("in_book", "contact", "ki""nd", "number", "since", "country") SELECT t."book", t."id", v."ki""nd", v."number", v."since", v."country" FROM written AS t CROSS JOIN LATERAL (VALUES ('ho''me'::text, COALESCE(t."ho""me", ''::text), t."home_since", t."country", ((t."ho""me") IS NOT NULL OR (t."home_since") IS NOT NULL)), ('work'::text, t."work", NULL::date, t."country", ((t."work") IS NOT NULL))) AS v("ki""nd", "number", "since", "country", om_is_there) WHERE v.om_is_there AND NOT EXISTS (SELECT FROM "app"."contacts" AS b WHERE b."book" OPERATOR(pg_catalog.=) t."book" AND b."id" = t."id") ON CONFLICT ("in_book", "contact", "ki""nd") DO NOTHING)
 SELECT FROM written;

-- dual_erase
DELETE FROM "app"."contacts" AS t WHERE t."book" OPERATOR(pg_catalog.=) $1::character varying AND t."id" = $2::integer;
