-- structural changes

-- orders-orderly, fingerprint a765e0f0b72f26b5

-- set_default: prepare, ACCESS EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'defaults', COALESCE(metadata->'defaults', '{}') || pg_catalog.jsonb_build_object('state',
      (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = 'state')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  ALTER TABLE "app"."orders" ALTER COLUMN "state" SET DEFAULT 'it''s new'::text;
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'defaults' ? 'state') THEN 'done' ELSE 'missing' END;

-- reset_default: undo, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'defaults'->>'state' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  IF kept IS NULL THEN
    ALTER TABLE "app"."orders" ALTER COLUMN "state" DROP DEFAULT;
  ELSE
    EXECUTE 'ALTER TABLE "app"."orders" ALTER COLUMN "state" SET DEFAULT ' || kept;
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{defaults}',
    (metadata->'defaults') - 'state') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'defaults' ? 'state') THEN 'done' ELSE 'missing' END;

-- build_index: prepare, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE INDEX CONCURRENTLY "orders_by_total" ON "app"."orders" USING "brin" ("total") WITH ("pages_per_range" = 64, "autosummarize" = true);

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_total"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_total";

-- drop_built_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_total";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_total"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- set_comment: prepare, SHARE UPDATE EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'comments', COALESCE(metadata->'comments', '{}') || pg_catalog.jsonb_build_object(E'no"t''e\\',
      (SELECT pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = E'no"t''e\\')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  COMMENT ON COLUMN "app"."orders"."no""t'e\" IS E'it''s \044om\044 said';
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'comments' ? E'no"t''e\\') THEN 'done' ELSE 'missing' END;

-- restore_comment: undo, SHARE UPDATE EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'comments'->>E'no"t''e\\' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  IF kept IS NULL THEN
    COMMENT ON COLUMN "app"."orders"."no""t'e\" IS NULL;
  ELSE
    EXECUTE E'COMMENT ON COLUMN "app"."orders"."no""t''e\\" IS ' || pg_catalog.quote_literal(kept);
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{comments}',
    (metadata->'comments') - E'no"t''e\\') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'comments' ? E'no"t''e\\') THEN 'done' ELSE 'missing' END;

-- set_comment: prepare, SHARE UPDATE EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'comments', COALESCE(metadata->'comments', '{}') || pg_catalog.jsonb_build_object('',
      (SELECT pg_catalog.obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."orders"'))))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  COMMENT ON TABLE "app"."orders" IS 'orders';
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'comments' ? '') THEN 'done' ELSE 'missing' END;

-- restore_comment: undo, SHARE UPDATE EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'comments'->>'' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  IF kept IS NULL THEN
    COMMENT ON TABLE "app"."orders" IS NULL;
  ELSE
    EXECUTE 'COMMENT ON TABLE "app"."orders" IS ' || pg_catalog.quote_literal(kept);
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{comments}',
    (metadata->'comments') - '') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'comments' ? '') THEN 'done' ELSE 'missing' END;

-- set_replica_identity: enforce, ACCESS EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'identities', COALESCE(metadata->'identities', '{}') || pg_catalog.jsonb_build_object('',
      (SELECT CASE c.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL' WHEN 'i' THEN COALESCE('USING INDEX ' ||
        (SELECT pg_catalog.quote_ident(x.relname) FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x
          ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident), 'NOTHING') ELSE 'NOTHING' END
        FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."orders"'))))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  ALTER TABLE "app"."orders" REPLICA IDENTITY USING INDEX "orders_by_number";
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'identities' ? '') THEN 'done' ELSE 'missing' END;

-- restore_replica_identity: undo, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'identities'->>'' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
  IF kept IS NULL THEN
    ALTER TABLE "app"."orders" REPLICA IDENTITY NOTHING;
  ELSE
    EXECUTE 'ALTER TABLE "app"."orders" REPLICA IDENTITY ' || kept;
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{identities}',
    (metadata->'identities') - '') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-orderly') AND metadata->'identities' ? '') THEN 'done' ELSE 'missing' END;

-- build_index: prepare, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE INDEX CONCURRENTLY "orders_by_note" ON "app"."orders" ((pg_catalog.lower("no""t'e\")), ("id")) INCLUDE ("total") WHERE CAST(("total" > 0) AS boolean);

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_note"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_note";

-- drop_built_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_note";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_note"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- add_required_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "om_required_patient" CHECK ("patient" IS NOT NULL) NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'patient' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_patient') THEN 'done' ELSE 'missing' END;

-- validate_required_check: enforce, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "om_required_patient";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'patient' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_patient' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- set_not_null: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "patient" SET NOT NULL;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'patient' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) THEN 'done' ELSE 'missing' END;

-- drop_required_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "om_required_patient";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_patient') THEN 'done' ELSE 'missing' END;

-- drop_not_null: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "patient" DROP NOT NULL;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'patient' AND a.attnotnull) THEN 'done' ELSE 'missing' END;

-- undo_required_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "om_required_patient";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_patient') THEN 'done' ELSE 'missing' END;

-- add_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "total_is_positive" CHECK (CAST(("total" >= 0) AS boolean)) NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'total_is_positive') THEN 'done' ELSE 'missing' END;

-- validate_check: enforce, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "total_is_positive";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'total_is_positive' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- drop_added_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "total_is_positive";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'total_is_positive') THEN 'done' ELSE 'missing' END;

-- build_unique_index: enforce, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE UNIQUE INDEX CONCURRENTLY "orders_note_key" ON "app"."orders" ("no""t'e\", "patient");

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_note_key"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_note_key";

-- add_unique: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "orders_note_key" UNIQUE USING INDEX "orders_note_key";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_note_key') THEN 'done' ELSE 'missing' END;

-- drop_added_unique: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "orders_note_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_note_key') THEN 'done' ELSE 'missing' END;

-- drop_unique_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_note_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_note_key"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- build_unique_index: enforce, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE UNIQUE INDEX CONCURRENTLY "orders_once" ON "app"."orders" ("state", "total") WHERE CAST(("total" > 0) AS boolean);

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_once"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_once";

-- drop_built_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_once";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_once"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- add_foreign_key: enforce, SHARE ROW EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "orders_patient_fkey" FOREIGN KEY ("patient") REFERENCES "public"."patients" ("number") ON DELETE SET NULL NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_patient_fkey') THEN 'done' ELSE 'missing' END;

-- validate_foreign_key: enforce, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "orders_patient_fkey";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_patient_fkey' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- drop_added_foreign_key: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "orders_patient_fkey";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_patient_fkey') THEN 'done' ELSE 'missing' END;

-- rows in the way
SELECT pg_catalog.count(*) FROM "app"."orders" AS t WHERE t."patient" IS NULL;

-- rows in the way
SELECT pg_catalog.count(*) FROM "app"."orders" AS t WHERE NOT (CAST((t."total" >= 0) AS boolean));

-- rows in the way
SELECT COALESCE(pg_catalog.sum(g.rows - 1), 0)::bigint FROM (SELECT pg_catalog.count(*) AS rows FROM "app"."orders" AS t WHERE t."no""t'e\" IS NOT NULL AND t."patient" IS NOT NULL GROUP BY t."no""t'e\", t."patient" HAVING pg_catalog.count(*) > 1) AS g;

-- rows in the way
SELECT COALESCE(pg_catalog.sum(g.rows - 1), 0)::bigint FROM (SELECT pg_catalog.count(*) AS rows FROM "app"."orders" AS t WHERE t."state" IS NOT NULL AND t."total" IS NOT NULL AND (CAST((t."total" > 0) AS boolean)) GROUP BY t."state", t."total" HAVING pg_catalog.count(*) > 1) AS g;

-- rows in the way
SELECT pg_catalog.count(*) FROM "app"."orders" AS t WHERE t."patient" IS NOT NULL AND NOT EXISTS (SELECT FROM "public"."patients" AS o WHERE o."number" = t."patient");

-- orders-fewer, fingerprint 134123ae0226360d

-- drop_constraint: enforce, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept jsonb;
BEGIN
  SELECT pg_catalog.jsonb_build_object('table', c.conrelid::pg_catalog.regclass::text, 'name', c.conname,
      'definition', pg_catalog.pg_get_constraintdef(c.oid), 'unique', c.contype = 'u', 'foreign', c.contype = 'f',
      'index', CASE WHEN c.contype = 'u' THEN pg_catalog.pg_get_indexdef(c.conindid) END, 'deferrable', c.condeferrable,
      'deferred', c.condeferred, 'partitioned', t.relkind = 'p', 'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'),
      'index_comment', CASE WHEN c.contype = 'u' THEN pg_catalog.obj_description(c.conindid, 'pg_class') END,
      'clustered', c.contype = 'u' AND COALESCE(x.indisclustered, false)) INTO kept
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid WHERE c.conrelid = pg_catalog.to_regclass('"app"."orders"') AND c.conname = 'orders_total_check';
  IF kept IS NOT NULL THEN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
    COALESCE(metadata->'legacy', '{}') || pg_catalog.jsonb_build_object('constraints', COALESCE(metadata->'legacy'->'constraints', '[]') || kept))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-fewer');
  ALTER TABLE "app"."orders" DROP CONSTRAINT "orders_total_check";
  END IF;
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_total_check') THEN 'done' ELSE 'missing' END;

-- keep_index: enforce, none
WITH found AS (SELECT pg_catalog.jsonb_build_object('table', i.indrelid::pg_catalog.regclass::text, 'name', x.relname,
      'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'partitioned', x.relkind = 'I',
      'comment', pg_catalog.obj_description(i.indexrelid, 'pg_class'), 'clustered', i.indisclustered) AS kept
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_state"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"'))
UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
    COALESCE(metadata->'legacy', '{}') || pg_catalog.jsonb_build_object('indexes', COALESCE(metadata->'legacy'->'indexes', '[]') || found.kept))
    FROM found WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-fewer');

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" AS r, pg_catalog.jsonb_array_elements(r.metadata->'legacy'->'indexes') AS i
    WHERE r.run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-fewer') AND i->>'name' = 'orders_by_state') THEN 'done' ELSE 'missing' END;

-- drop_index: enforce, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_state";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_state"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- relax_column: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "no""t'e\" DROP NOT NULL;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = E'no"t''e\\' AND a.attnotnull) THEN 'done' ELSE 'missing' END;

-- retire_column: retire, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME COLUMN "no""t'e\" TO "om_retired_no""t'e\";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = E'om_retired_no"t''e\\') THEN 'done' ELSE 'missing' END;

-- unretire_column: revive, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME COLUMN "om_retired_no""t'e\" TO "no""t'e\";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = E'om_retired_no"t''e\\') THEN 'done' ELSE 'missing' END;

-- drop_column: drop, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP COLUMN IF EXISTS "om_retired_no""t'e\";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = E'om_retired_no"t''e\\') THEN 'done' ELSE 'missing' END;

-- orders-looser, fingerprint f8c34049db1db6f0

-- add_constant_column: prepare, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD COLUMN "kind" text DEFAULT 'it''s a kind'::text NOT NULL;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'kind') THEN 'done' ELSE 'missing' END;

-- drop_added_column: drop, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP COLUMN IF EXISTS "kind";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'kind') THEN 'done' ELSE 'missing' END;

-- drop_default: enforce, ACCESS EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'defaults', COALESCE(metadata->'defaults', '{}') || pg_catalog.jsonb_build_object('state',
      (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = 'state')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-looser');
  ALTER TABLE "app"."orders" ALTER COLUMN "state" DROP DEFAULT;
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-looser') AND metadata->'defaults' ? 'state') THEN 'done' ELSE 'missing' END;

-- restore_default: undo, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'defaults'->>'state' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-looser');
  IF kept IS NULL THEN
    ALTER TABLE "app"."orders" ALTER COLUMN "state" DROP DEFAULT;
  ELSE
    EXECUTE 'ALTER TABLE "app"."orders" ALTER COLUMN "state" SET DEFAULT ' || kept;
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{defaults}',
    (metadata->'defaults') - 'state') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-looser');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-looser') AND metadata->'defaults' ? 'state') THEN 'done' ELSE 'missing' END;

-- rename_constraint: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME CONSTRAINT "orders_a_check" TO "orders""b'check";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_a_check') THEN 'done' ELSE 'missing' END;

-- rename_constraint_back: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME CONSTRAINT "orders""b'check" TO "orders_a_check";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders"b''check') THEN 'done' ELSE 'missing' END;

-- orders-nullable-total, fingerprint 473802efd58f2b1b

-- drop_not_null: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "total" DROP NOT NULL;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND a.attnotnull) THEN 'done' ELSE 'missing' END;

-- restore_required_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "om_required_total" CHECK ("total" IS NOT NULL) NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total') THEN 'done' ELSE 'missing' END;

-- validate_restored_check: undo, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "om_required_total";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- restore_not_null: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "total" SET NOT NULL;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) THEN 'done' ELSE 'missing' END;

-- drop_restored_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "om_required_total";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total') THEN 'done' ELSE 'missing' END;

-- orders-renamed, fingerprint dbaa05b67e354a9b

-- rename_table: prepare, ACCESS EXCLUSIVE
DO $om$
DECLARE
  granted record;
BEGIN
  ALTER TABLE "app"."orders" RENAME TO "pur""chases'";
  CREATE VIEW "app"."orders" AS SELECT * FROM "app"."pur""chases'";
  IF pg_catalog.current_setting('server_version_num')::integer >= 150000 THEN
    EXECUTE 'ALTER VIEW "app"."orders" SET (security_invoker = true)';
  END IF;
  FOR granted IN SELECT DISTINCT a.grantee FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
    WHERE a.grantee <> c.relowner AND c.oid = pg_catalog.to_regclass('"app"."orders"')
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s', '"app"."orders"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
  FOR granted IN
    SELECT a.privilege_type AS right, a.is_grantable, a.grantee, NULL::name AS attname FROM pg_catalog.pg_class AS c,
      pg_catalog.aclexplode(c.relacl) AS a WHERE c.oid = pg_catalog.to_regclass('"app"."pur""chases''"') AND a.grantee <> c.relowner
       AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    UNION ALL SELECT a.privilege_type, a.is_grantable, a.grantee, t.attname FROM pg_catalog.pg_attribute AS t,
      pg_catalog.aclexplode(t.attacl) AS a WHERE t.attrelid = pg_catalog.to_regclass('"app"."pur""chases''"') AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
  LOOP
    EXECUTE pg_catalog.format('GRANT %s %s ON %s TO %s %s', granted.right, CASE WHEN granted.attname IS NOT NULL THEN pg_catalog.format('(%I)', granted.attname) ELSE '' END, '"app"."orders"',
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END,
      CASE WHEN granted.is_grantable THEN 'WITH GRANT OPTION' ELSE '' END);
  END LOOP;
  EXECUTE (SELECT pg_catalog.format('ALTER VIEW %s OWNER TO %I', '"app"."orders"', pg_catalog.pg_get_userbyid(c.relowner))
    FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."pur""chases''"'));
END
$om$;

-- whether it is done
SELECT CASE WHEN COALESCE((SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."orders"')), 'nothing') <> 'table' THEN 'done' ELSE 'missing' END;

-- drop_old_name: enforce, ACCESS EXCLUSIVE
DROP VIEW IF EXISTS "app"."orders";

-- whether it is done
SELECT CASE WHEN COALESCE((SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."orders"')), 'nothing') <> 'view' THEN 'done' ELSE 'missing' END;

-- rename_table_back: undo, ACCESS EXCLUSIVE
DO $om$
BEGIN
  DROP VIEW IF EXISTS "app"."orders";
  ALTER TABLE "app"."pur""chases'" RENAME TO "orders";
END
$om$;

-- whether it is done
SELECT CASE WHEN COALESCE((SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"app"."orders"')), 'nothing') = 'table' THEN 'done' ELSE 'missing' END;

-- orders-new, fingerprint a9821c0dfeef6ee3

-- make_table: prepare, none
CREATE TABLE "app"."orders" ("id" bigint NOT NULL, "patient" text, "total" integer, "no""t'e\" text, "state" text, PRIMARY KEY ("id"));

-- whether it is done
SELECT CASE WHEN pg_catalog.to_regclass('"app"."orders"') IS NOT NULL THEN 'done' ELSE 'missing' END;

-- drop_made_table: drop, ACCESS EXCLUSIVE
DROP TABLE IF EXISTS "app"."orders";

-- whether it is done
SELECT CASE WHEN pg_catalog.to_regclass('"app"."orders"') IS NULL THEN 'done' ELSE 'missing' END;

-- orders-none, fingerprint 35bfbe1290b3f7a3

-- retire_table: retire, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME TO "om_retired_orders";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT WHERE pg_catalog.to_regclass('"app"."om_retired_orders"') IS NOT NULL) THEN 'done' ELSE 'missing' END;

-- unretire_table: revive, ACCESS EXCLUSIVE
ALTER TABLE "app"."om_retired_orders" RENAME TO "orders";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT WHERE pg_catalog.to_regclass('"app"."om_retired_orders"') IS NOT NULL) THEN 'done' ELSE 'missing' END;

-- drop_table: drop, ACCESS EXCLUSIVE
DROP TABLE IF EXISTS "app"."om_retired_orders";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT WHERE pg_catalog.to_regclass('"app"."om_retired_orders"') IS NOT NULL) THEN 'done' ELSE 'missing' END;

-- orders-searched, fingerprint 9f934e6c0191739a

-- build_index: prepare, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE INDEX CONCURRENTLY "orders_by_state_low" ON "app"."orders" ("state_low") INCLUDE ("total");

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_state_low"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_state_low";

-- drop_built_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_state_low";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_state_low"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- set_comment: prepare, SHARE UPDATE EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'comments', COALESCE(metadata->'comments', '{}') || pg_catalog.jsonb_build_object('state_low',
      (SELECT pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = 'state_low')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  COMMENT ON COLUMN "app"."orders"."state_low" IS 'it''s for the search';
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND metadata->'comments' ? 'state_low') THEN 'done' ELSE 'missing' END;

-- restore_comment: undo, SHARE UPDATE EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'comments'->>'state_low' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  IF kept IS NULL THEN
    COMMENT ON COLUMN "app"."orders"."state_low" IS NULL;
  ELSE
    EXECUTE 'COMMENT ON COLUMN "app"."orders"."state_low" IS ' || pg_catalog.quote_literal(kept);
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{comments}',
    (metadata->'comments') - 'state_low') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND metadata->'comments' ? 'state_low') THEN 'done' ELSE 'missing' END;

-- build_unique_index: enforce, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE UNIQUE INDEX CONCURRENTLY "orders_state_key" ON "app"."orders" ("state_low", "id");

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_state_key"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_state_key";

-- add_unique: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "orders_state_key" UNIQUE USING INDEX "orders_state_key";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_state_key') THEN 'done' ELSE 'missing' END;

-- drop_added_unique: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "orders_state_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_state_key') THEN 'done' ELSE 'missing' END;

-- drop_unique_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_state_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_state_key"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- add_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "state_is_low" CHECK (CAST(("state_low" <> '') AS boolean)) NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'state_is_low') THEN 'done' ELSE 'missing' END;

-- validate_check: enforce, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "state_is_low";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'state_is_low' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- drop_added_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "state_is_low";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'state_is_low') THEN 'done' ELSE 'missing' END;

-- set_default: prepare, ACCESS EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'defaults', COALESCE(metadata->'defaults', '{}') || pg_catalog.jsonb_build_object('total',
      (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = 'total')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  ALTER TABLE "app"."orders" ALTER COLUMN "total" SET DEFAULT (0)::integer;
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND metadata->'defaults' ? 'total') THEN 'done' ELSE 'missing' END;

-- reset_default: undo, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'defaults'->>'total' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  IF kept IS NULL THEN
    ALTER TABLE "app"."orders" ALTER COLUMN "total" DROP DEFAULT;
  ELSE
    EXECUTE 'ALTER TABLE "app"."orders" ALTER COLUMN "total" SET DEFAULT ' || kept;
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{defaults}',
    (metadata->'defaults') - 'total') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND metadata->'defaults' ? 'total') THEN 'done' ELSE 'missing' END;

-- add_required_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "om_required_total" CHECK ("total" IS NOT NULL) NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total') THEN 'done' ELSE 'missing' END;

-- validate_required_check: enforce, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "om_required_total";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- set_not_null: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "total" SET NOT NULL;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))) THEN 'done' ELSE 'missing' END;

-- drop_required_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "om_required_total";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total') THEN 'done' ELSE 'missing' END;

-- drop_not_null: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ALTER COLUMN "total" DROP NOT NULL;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND NOT a.attisdropped AND a.attname = 'total' AND a.attnotnull) THEN 'done' ELSE 'missing' END;

-- undo_required_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "om_required_total";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'om_required_total') THEN 'done' ELSE 'missing' END;

-- drop_default: enforce, ACCESS EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'defaults', COALESCE(metadata->'defaults', '{}') || pg_catalog.jsonb_build_object('state',
      (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = 'state')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  ALTER TABLE "app"."orders" ALTER COLUMN "state" DROP DEFAULT;
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND metadata->'defaults' ? 'state') THEN 'done' ELSE 'missing' END;

-- restore_default: undo, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'defaults'->>'state' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  IF kept IS NULL THEN
    ALTER TABLE "app"."orders" ALTER COLUMN "state" DROP DEFAULT;
  ELSE
    EXECUTE 'ALTER TABLE "app"."orders" ALTER COLUMN "state" SET DEFAULT ' || kept;
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{defaults}',
    (metadata->'defaults') - 'state') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND metadata->'defaults' ? 'state') THEN 'done' ELSE 'missing' END;

-- rename_constraint: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME CONSTRAINT "orders_total_key" TO "one_total";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_total_key') THEN 'done' ELSE 'missing' END;

-- rename_constraint_back: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" RENAME CONSTRAINT "one_total" TO "orders_total_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'one_total') THEN 'done' ELSE 'missing' END;

-- drop_constraint: enforce, ACCESS EXCLUSIVE
DO $om$
DECLARE
  kept jsonb;
BEGIN
  SELECT pg_catalog.jsonb_build_object('table', c.conrelid::pg_catalog.regclass::text, 'name', c.conname,
      'definition', pg_catalog.pg_get_constraintdef(c.oid), 'unique', c.contype = 'u', 'foreign', c.contype = 'f',
      'index', CASE WHEN c.contype = 'u' THEN pg_catalog.pg_get_indexdef(c.conindid) END, 'deferrable', c.condeferrable,
      'deferred', c.condeferred, 'partitioned', t.relkind = 'p', 'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'),
      'index_comment', CASE WHEN c.contype = 'u' THEN pg_catalog.obj_description(c.conindid, 'pg_class') END,
      'clustered', c.contype = 'u' AND COALESCE(x.indisclustered, false)) INTO kept
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid WHERE c.conrelid = pg_catalog.to_regclass('"app"."orders"') AND c.conname = 'orders_total_check';
  IF kept IS NOT NULL THEN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
    COALESCE(metadata->'legacy', '{}') || pg_catalog.jsonb_build_object('constraints', COALESCE(metadata->'legacy'->'constraints', '[]') || kept))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');
  ALTER TABLE "app"."orders" DROP CONSTRAINT "orders_total_check";
  END IF;
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_total_check') THEN 'done' ELSE 'missing' END;

-- keep_index: enforce, none
WITH found AS (SELECT pg_catalog.jsonb_build_object('table', i.indrelid::pg_catalog.regclass::text, 'name', x.relname,
      'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'partitioned', x.relkind = 'I',
      'comment', pg_catalog.obj_description(i.indexrelid, 'pg_class'), 'clustered', i.indisclustered) AS kept
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_state"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"'))
UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',
    COALESCE(metadata->'legacy', '{}') || pg_catalog.jsonb_build_object('indexes', COALESCE(metadata->'legacy'->'indexes', '[]') || found.kept))
    FROM found WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched');

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" AS r, pg_catalog.jsonb_array_elements(r.metadata->'legacy'->'indexes') AS i
    WHERE r.run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-searched') AND i->>'name' = 'orders_by_state') THEN 'done' ELSE 'missing' END;

-- drop_index: enforce, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_state";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_state"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- rows in the way
SELECT COALESCE(pg_catalog.sum(g.rows - 1), 0)::bigint FROM (SELECT pg_catalog.count(*) AS rows FROM "app"."orders" AS t WHERE t."state_low" IS NOT NULL AND t."id" IS NOT NULL GROUP BY t."state_low", t."id" HAVING pg_catalog.count(*) > 1) AS g;

-- rows in the way
SELECT pg_catalog.count(*) FROM "app"."orders" AS t WHERE NOT (CAST((t."state_low" <> '') AS boolean));

-- rows in the way
SELECT pg_catalog.count(*) FROM "app"."orders" AS t WHERE t."total" IS NULL;

-- orders-total-wide, fingerprint a394ef43c326b70d

-- build_index: prepare, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE INDEX CONCURRENTLY "orders_by_total_wide" ON "app"."orders" ("total_wide", "state");

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_total_wide"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_total_wide";

-- drop_built_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_by_total_wide";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_by_total_wide"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- set_comment: prepare, SHARE UPDATE EXCLUSIVE
DO $om$
BEGIN
  UPDATE "public"."online_migration_runs" SET metadata = metadata || pg_catalog.jsonb_build_object(
    'comments', COALESCE(metadata->'comments', '{}') || pg_catalog.jsonb_build_object('total_wide',
      (SELECT pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass('"app"."orders"') AND a.attname = 'total_wide')))
    WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-total-wide');
  COMMENT ON COLUMN "app"."orders"."total_wide" IS 'in cents';
END
$om$;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-total-wide') AND metadata->'comments' ? 'total_wide') THEN 'done' ELSE 'missing' END;

-- restore_comment: undo, SHARE UPDATE EXCLUSIVE
DO $om$
DECLARE
  kept text;
BEGIN
  SELECT metadata->'comments'->>'total_wide' INTO kept FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-total-wide');
  IF kept IS NULL THEN
    COMMENT ON COLUMN "app"."orders"."total_wide" IS NULL;
  ELSE
    EXECUTE 'COMMENT ON COLUMN "app"."orders"."total_wide" IS ' || pg_catalog.quote_literal(kept);
  END IF;
  UPDATE "public"."online_migration_runs" SET metadata = pg_catalog.jsonb_set(metadata, '{comments}',
    (metadata->'comments') - 'total_wide') WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-total-wide');
END
$om$;

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM "public"."online_migration_runs" WHERE run_id = (SELECT pg_catalog.max(run_id) FROM "public"."online_migration_runs" WHERE migration = 'orders-total-wide') AND metadata->'comments' ? 'total_wide') THEN 'done' ELSE 'missing' END;

-- build_unique_index: enforce, SHARE UPDATE EXCLUSIVE, one scan, outside of transactions
CREATE UNIQUE INDEX CONCURRENTLY "orders_total_wide_key" ON "app"."orders" ("total_wide", "patient");

-- whether it is done
SELECT CASE WHEN i.indexrelid IS NULL THEN 'missing' WHEN i.indisvalid THEN 'done' ELSE 'left over' END
 FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = pg_catalog.to_regclass('"app"."orders_total_wide_key"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"');

-- what an interrupted try has left
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_total_wide_key";

-- add_unique: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "orders_total_wide_key" UNIQUE USING INDEX "orders_total_wide_key";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_total_wide_key') THEN 'done' ELSE 'missing' END;

-- drop_added_unique: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "orders_total_wide_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'orders_total_wide_key') THEN 'done' ELSE 'missing' END;

-- drop_unique_index: undo, SHARE UPDATE EXCLUSIVE, outside of transactions
DROP INDEX CONCURRENTLY IF EXISTS "app"."orders_total_wide_key";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('"app"."orders_total_wide_key"') AND i.indrelid = pg_catalog.to_regclass('"app"."orders"')) THEN 'done' ELSE 'missing' END;

-- add_check: enforce, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" ADD CONSTRAINT "total_wide_is_positive" CHECK (CAST(("total_wide" >= 0) AS boolean)) NOT VALID;

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'total_wide_is_positive') THEN 'done' ELSE 'missing' END;

-- validate_check: enforce, SHARE UPDATE EXCLUSIVE, one scan
ALTER TABLE "app"."orders" VALIDATE CONSTRAINT "total_wide_is_positive";

-- whether it is done
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'total_wide_is_positive' AND k.convalidated) THEN 'done' ELSE 'missing' END;

-- drop_added_check: undo, ACCESS EXCLUSIVE
ALTER TABLE "app"."orders" DROP CONSTRAINT IF EXISTS "total_wide_is_positive";

-- whether it is done
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = pg_catalog.to_regclass('"app"."orders"') AND k.conname = 'total_wide_is_positive') THEN 'done' ELSE 'missing' END;

-- rows in the way
SELECT COALESCE(pg_catalog.sum(g.rows - 1), 0)::bigint FROM (SELECT pg_catalog.count(*) AS rows FROM "app"."orders" AS t WHERE t."total_wide" IS NOT NULL AND t."patient" IS NOT NULL GROUP BY t."total_wide", t."patient" HAVING pg_catalog.count(*) > 1) AS g;

-- rows in the way
SELECT pg_catalog.count(*) FROM "app"."orders" AS t WHERE NOT (CAST((t."total_wide" >= 0) AS boolean));
