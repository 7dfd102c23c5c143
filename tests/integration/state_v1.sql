-- SPDX-License-Identifier: BSL-1.0
-- The state tables as version 1 of the library made them, with some history. Not to be changed: databases have it.

BEGIN;

CREATE TABLE "public"."online_migration_version" (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  version integer NOT NULL,
  installed_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

CREATE TABLE "public"."online_migration_runs" (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  fingerprint text NOT NULL,
  table_schema text NOT NULL,
  table_name text NOT NULL,
  target_column text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('expand', 'backfill', 'validate', 'contract-ready', 'contracted', 'rolled-back')),
  safety_net text NOT NULL CHECK (safety_net IN ('sync-trigger', 'all-writers-dual-write')),
  walk integer NOT NULL DEFAULT 0,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  phase_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  metadata jsonb NOT NULL DEFAULT '{}',
  UNIQUE (migration, attempt)
);

CREATE UNIQUE INDEX "online_migration_one_open_run" ON "public"."online_migration_runs" (migration)
  WHERE phase NOT IN ('contracted', 'rolled-back');

CREATE TABLE "public"."online_migration_backfill_state" (
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  slice integer NOT NULL,
  cursor text[],
  upper_bound text[],
  finished boolean NOT NULL DEFAULT false,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_changed bigint NOT NULL DEFAULT 0,
  rows_estimated bigint,
  chunks bigint NOT NULL DEFAULT 0,
  chunk_rows integer,
  throttle_sleep_ms integer,
  throttle_duty_cycle double precision,
  pause_requested boolean NOT NULL DEFAULT false,
  epoch bigint NOT NULL DEFAULT 0,
  holder text,
  holder_pid integer,
  lease_until timestamp with time zone,
  errors bigint NOT NULL DEFAULT 0,
  last_error text,
  last_error_at timestamp with time zone,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  updated_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (run_id, slice)
) WITH (fillfactor = 20);

CREATE TABLE "public"."online_migration_parity_passes" (
  pass_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  walk integer NOT NULL,
  started_in text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at timestamp with time zone,
  rows_checked bigint,
  mismatches bigint
);

CREATE TABLE "public"."online_migration_parity_samples" (
  sample_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  pass_id bigint NOT NULL REFERENCES "public"."online_migration_parity_passes",
  key text[] NOT NULL,
  expected text,
  actual text,
  observed_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  UNIQUE (pass_id, key)
);

DO $do$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT c.relname, a.grantee FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, pg_catalog.aclexplode(c.relacl) AS a
    WHERE n.nspname = 'public' AND c.relname LIKE 'online\_migration\_%' AND c.relkind = 'r' AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON "public".%I FROM %s', granted.relname,
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$do$;

INSERT INTO "public"."online_migration_version" (version) VALUES (1);

INSERT INTO online_migration_runs (migration, attempt, fingerprint, table_schema, table_name, target_column, phase, safety_net,
  walk, started_at, phase_since, metadata) VALUES
  ('lower-name', 1, '0123456789abcdef', 'public', 'people', 'name_lower', 'rolled-back', 'sync-trigger', 1,
   '2026-01-02 03:04:05.678901+00', '2026-01-03 00:00:00+00', '{}'),
  ('lower-name', 2, '0123456789abcdef', 'public', 'people', 'name_lower', 'validate', 'sync-trigger', 3,
   '2026-02-01 00:00:00+00', '2026-02-02 00:00:00+00',
   '{"backfill_at": "2026-02-01T00:00:01+00:00", "trigger": "12345.678", "validate_at": "2026-02-02T00:00:00+00:00"}'),
  ('visit "name"', 1, 'fedcba9876543210', 'app', 'visits', 'name''s', 'contracted', 'all-writers-dual-write', 1,
   '2025-12-31 23:59:59+00', '2026-01-01 00:00:00+00', '{"backfill_at": null}');

INSERT INTO online_migration_backfill_state (run_id, slice, cursor, upper_bound, finished, rows_done, rows_changed,
  rows_estimated, chunks, chunk_rows, throttle_sleep_ms, throttle_duty_cycle, pause_requested, epoch, holder, holder_pid,
  lease_until, errors, last_error, last_error_at, started_at, updated_at) VALUES
  (1, 0, NULL, NULL, true, 0, 0, NULL, 0, NULL, NULL, NULL, false, 1, NULL, NULL, NULL, 0, NULL, NULL,
   '2026-01-02 03:04:06+00', '2026-01-02 03:04:07+00'),
  (2, 0, '{4711}', '{9999}', true, 9999, 9998, 10000, 12, 800, 5, 0.25, true, 7, 'host/1/abc', 4242,
   '2026-02-02 00:00:10+00', 2, 'fence: the connection was lost', '2026-02-01 12:00:00+00', '2026-02-01 00:00:01+00',
   '2026-02-02 00:00:00+00'),
  (3, 0, '{"a b","{,}"}', '{"z",NULL}', true, 3, 3, 3, 1, 500, 0, 1, false, 2, NULL, NULL, NULL, 0, NULL, NULL,
   '2025-12-31 23:59:59.5+00', '2026-01-01 00:00:00+00');

INSERT INTO online_migration_parity_passes (run_id, walk, started_in, started_at, finished_at, rows_checked, mismatches) VALUES
  (1, 1, 'backfill', '2026-01-02 04:00:00+00', NULL, NULL, NULL),
  (2, 3, 'validate', '2026-02-02 01:00:00+00', '2026-02-02 01:00:05+00', 9999, 2),
  (3, 1, 'validate', '2025-12-31 23:59:59.7+00', '2025-12-31 23:59:59.8+00', 3, 0);

INSERT INTO online_migration_parity_samples (run_id, pass_id, key, expected, actual, observed_at) VALUES
  (2, 2, '{17}', 'ada', NULL, '2026-02-02 01:00:01+00'),
  (2, 2, '{18}', NULL, 'Grüße, "Ada"', '2026-02-02 01:00:02+00');

COMMIT;
