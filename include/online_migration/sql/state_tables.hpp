// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// The version of the state tables that this library makes and understands.
inline constexpr int state_version = 2;

/// The state tables. They live in the schema `public`, whoever calls. Nobody has rights on them but their owner.
namespace state {

/// One process at a time makes the tables; their uniqueness, not this lock, is what keeps them single.
inline constexpr statement lock_creation{"state_lock_creation",
                                         "SELECT pg_catalog.pg_advisory_xact_lock(7236837434231201841)"};

inline constexpr statement find_version{
    "state_find_version", "SELECT pg_catalog.to_regclass('\"public\".\"online_migration_version\"') IS NOT NULL"};

/// Whether this role may make them.
inline constexpr statement may_create{
    "state_may_create",
    "SELECT COALESCE(pg_catalog.bool_or(pg_catalog.has_schema_privilege(oid, 'CREATE')), false)\n"
    " FROM pg_catalog.pg_namespace WHERE nspname = 'public'"};

inline constexpr statement read_version{"state_read_version",
                                        "SELECT version FROM \"public\".\"online_migration_version\""};

inline constexpr statement create_version{"state_create_version", R"(CREATE TABLE "public"."online_migration_version" (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  version integer NOT NULL,
  installed_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp()
))"};

inline constexpr statement create_runs{"state_create_runs", R"(CREATE TABLE "public"."online_migration_runs" (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  fingerprint text NOT NULL,
  table_schema text NOT NULL,
  table_name text NOT NULL,
  target_column text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('expand', 'backfill', 'validate', 'contract-ready', 'contracted', 'rolled-back')),
  safety_net text NOT NULL CHECK (safety_net IN ('sync-trigger', 'dirty-key-trigger', 'all-writers-dual-write', 'none')),
  walk integer NOT NULL DEFAULT 0,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  phase_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  metadata jsonb NOT NULL DEFAULT '{}',
  read_flag text NOT NULL DEFAULT 'legacy' CHECK (read_flag IN ('legacy', 'shadow', 'percent', 'new')),
  read_percent integer NOT NULL DEFAULT 0 CHECK (read_percent BETWEEN 0 AND 100),
  read_flag_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  retired_column text,
  UNIQUE (migration, attempt)
))"};

inline constexpr statement create_one_open_run{
    "state_create_one_open_run",
    R"(CREATE UNIQUE INDEX "online_migration_one_open_run" ON "public"."online_migration_runs" (migration)
  WHERE phase NOT IN ('contracted', 'rolled-back'))"};

/// A low fill factor leaves room for the updates of every chunk to stay on their page.
inline constexpr statement create_backfill_state{"state_create_backfill_state",
                                                 R"(CREATE TABLE "public"."online_migration_backfill_state" (
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
  dirty_done bigint NOT NULL DEFAULT 0,
  walk text NOT NULL DEFAULT 'keys' CHECK (walk IN ('keys', 'blocks')),
  stripes integer NOT NULL DEFAULT 1,
  stripe integer NOT NULL DEFAULT 0,
  by_bits boolean NOT NULL DEFAULT false,
  span_end text[],
  span_rows bigint,
  file_node bigint,
  hot_share double precision,
  strategy text,
  throttle_reason text,
  PRIMARY KEY (run_id, slice)
) WITH (fillfactor = 20))"};

inline constexpr statement create_parity_passes{"state_create_parity_passes",
                                                R"(CREATE TABLE "public"."online_migration_parity_passes" (
  pass_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  walk integer NOT NULL,
  started_in text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at timestamp with time zone,
  rows_checked bigint,
  mismatches bigint,
  kind text NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'sample', 'repair', 'watch')),
  alarm bigint NOT NULL DEFAULT 0,
  rows_failed bigint NOT NULL DEFAULT 0,
  net_mark text,
  blocks_done bigint,
  worker_pid integer,
  noted_at timestamp with time zone,
  cursor text[]
))"};

inline constexpr statement create_parity_samples{"state_create_parity_samples",
                                                 R"(CREATE TABLE "public"."online_migration_parity_samples" (
  sample_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES "public"."online_migration_runs",
  pass_id bigint NOT NULL REFERENCES "public"."online_migration_parity_passes",
  key text[] NOT NULL,
  expected text,
  actual text,
  observed_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  redacted boolean NOT NULL DEFAULT false,
  UNIQUE (pass_id, key)
))"};

/// Keys of rows whose sources changed without the new column, where only a client can compute it.
inline constexpr statement create_dirty_keys{"state_create_dirty_keys",
                                             R"(CREATE TABLE "public"."online_migration_dirty_keys" (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  key text[] NOT NULL,
  noted_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp()
))"};

inline constexpr statement create_dirty_keys_index{
    "state_create_dirty_keys_index",
    R"(CREATE INDEX "online_migration_dirty_keys_of" ON "public"."online_migration_dirty_keys" (migration, entry_id))"};

/// Keys of rows for which the transform has no value, and why.
inline constexpr statement create_quarantine{"state_create_quarantine",
                                             R"(CREATE TABLE "public"."online_migration_quarantine" (
  migration text NOT NULL,
  key text[] NOT NULL,
  sqlstate text NOT NULL,
  noted_by text NOT NULL CHECK (noted_by IN ('trigger', 'backfill', 'parity')),
  noted_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  pass_id bigint,
  PRIMARY KEY (migration, key)
))"};

/// From version 1: what a newer one has more comes last in its table, so that both ways lead to the same catalog.
inline constexpr statement upgrade_runs{"state_upgrade_runs", R"(ALTER TABLE "public"."online_migration_runs"
  DROP CONSTRAINT online_migration_runs_safety_net_check,
  ADD CHECK (safety_net IN ('sync-trigger', 'dirty-key-trigger', 'all-writers-dual-write', 'none')),
  ADD COLUMN read_flag text NOT NULL DEFAULT 'legacy' CHECK (read_flag IN ('legacy', 'shadow', 'percent', 'new')),
  ADD COLUMN read_percent integer NOT NULL DEFAULT 0 CHECK (read_percent BETWEEN 0 AND 100),
  ADD COLUMN read_flag_since timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  ADD COLUMN retired_column text)"};

inline constexpr statement upgrade_backfill_state{"state_upgrade_backfill_state",
                                                  R"(ALTER TABLE "public"."online_migration_backfill_state"
  ADD COLUMN dirty_done bigint NOT NULL DEFAULT 0,
  ADD COLUMN walk text NOT NULL DEFAULT 'keys' CHECK (walk IN ('keys', 'blocks')),
  ADD COLUMN stripes integer NOT NULL DEFAULT 1,
  ADD COLUMN stripe integer NOT NULL DEFAULT 0,
  ADD COLUMN by_bits boolean NOT NULL DEFAULT false,
  ADD COLUMN span_end text[],
  ADD COLUMN span_rows bigint,
  ADD COLUMN file_node bigint,
  ADD COLUMN hot_share double precision,
  ADD COLUMN strategy text,
  ADD COLUMN throttle_reason text)"};

inline constexpr statement upgrade_parity_passes{"state_upgrade_parity_passes",
                                                 R"(ALTER TABLE "public"."online_migration_parity_passes"
  ADD COLUMN kind text NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'sample', 'repair', 'watch')),
  ADD COLUMN alarm bigint NOT NULL DEFAULT 0,
  ADD COLUMN rows_failed bigint NOT NULL DEFAULT 0,
  ADD COLUMN net_mark text,
  ADD COLUMN blocks_done bigint,
  ADD COLUMN worker_pid integer,
  ADD COLUMN noted_at timestamp with time zone,
  ADD COLUMN cursor text[])"};

inline constexpr statement upgrade_parity_samples{"state_upgrade_parity_samples",
                                                  R"(ALTER TABLE "public"."online_migration_parity_samples"
  ADD COLUMN redacted boolean NOT NULL DEFAULT false)"};

inline constexpr statement raise_version{"state_raise_version",
                                         R"(UPDATE "public"."online_migration_version" SET version = $1::integer)"};

inline constexpr statement insert_version{
    "state_insert_version", R"(INSERT INTO "public"."online_migration_version" (version) VALUES ($1::integer))"};

/// Takes back what default privileges may have granted to others: keys and values of rows are in these tables.
inline constexpr statement revoke_defaults{"state_revoke_defaults", R"(DO $do$
DECLARE
  granted record;
BEGIN
  FOR granted IN SELECT DISTINCT c.relname, a.grantee FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, pg_catalog.aclexplode(c.relacl) AS a
    WHERE n.nspname = 'public' AND c.relname LIKE 'online\_migration\_%' AND c.relkind IN ('r', 'S') AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON "public".%I FROM %s', granted.relname,
      CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(granted.grantee)) END);
  END LOOP;
END
$do$)"};

/// Whether every state table there belongs to a role that the session is a member of: a stranger's table or view of the
/// same name could say anything.
inline constexpr statement foreign_owner{
    "state_foreign_owner",
    R"(SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relname LIKE 'online\_migration\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND NOT pg_catalog.pg_has_role(c.relowner, 'MEMBER') ORDER BY c.relname LIMIT 1)"};

}  // namespace state
}  // namespace online_migration
