// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/sql/statement.hpp>

/// What a throttle asks the server. Each is an expression for a select list, a double precision: NULL where the role
/// may
/// not know it. `$1` is the quoted name of the table. They run outside of a transaction, so nothing in them depends on a
/// search path.
namespace online_migration::detail {

/// The end of the WAL, in bytes since its beginning.
inline constexpr std::string_view throttle_wal_end =
    "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::double precision";

/// What the slowest standby or logical subscriber lacks, in bytes. Columns of other roles' rows are NULL without
/// pg_monitor.
inline constexpr std::string_view throttle_replica_bytes =
    "(SELECT CASE WHEN pg_catalog.bool_or(r.state IS NULL) THEN NULL ELSE COALESCE(pg_catalog.max("
    "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), r.replay_lsn)), 0)::double precision END "
    "FROM pg_catalog.pg_stat_replication AS r "
    "WHERE r.state IS NULL OR r.state OPERATOR(pg_catalog.=) ANY (ARRAY['streaming', 'catchup']))";

/// The same in seconds, as the server measured it.
inline constexpr std::string_view throttle_replica_lag =
    "(SELECT CASE WHEN pg_catalog.bool_or(r.state IS NULL) THEN NULL ELSE "
    "COALESCE(pg_catalog.date_part('epoch', pg_catalog.max(r.replay_lag)), 0) END "
    "FROM pg_catalog.pg_stat_replication AS r "
    "WHERE r.state IS NULL OR r.state OPERATOR(pg_catalog.=) ANY (ARRAY['streaming', 'catchup']))";

inline constexpr std::string_view throttle_slot_bytes =
    "(SELECT COALESCE(pg_catalog.max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), s.restart_lsn)), 0)"
    "::double precision FROM pg_catalog.pg_replication_slots AS s)";

/// Sessions that work, but this one, as a share of all that there may be.
inline constexpr std::string_view throttle_active_sessions =
    "(SELECT CASE WHEN pg_catalog.bool_or(a.backend_type IS NULL) THEN NULL ELSE (pg_catalog.count(*) FILTER ("
    "WHERE a.state OPERATOR(pg_catalog.=) 'active' AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() "
    "AND a.backend_type OPERATOR(pg_catalog.=) 'client backend'))::double precision OPERATOR(pg_catalog./) "
    "pg_catalog.current_setting('max_connections')::double precision END FROM pg_catalog.pg_stat_activity AS a)";

inline constexpr std::string_view throttle_vacuum =
    "(SELECT CASE WHEN pg_catalog.bool_or(p.relid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::text)::oid) "
    "THEN 1.0 WHEN pg_catalog.bool_or(p.relid IS NULL) THEN NULL ELSE 0.0 END::double precision "
    "FROM pg_catalog.pg_stat_progress_vacuum AS p "
    "WHERE p.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())";

inline constexpr std::string_view throttle_archive_failing =
    "(SELECT CASE WHEN pg_catalog.current_setting('archive_mode') OPERATOR(pg_catalog.<>) 'off' "
    "AND a.last_failed_time OPERATOR(pg_catalog.>) COALESCE(a.last_archived_time, '-infinity') "
    "THEN 1.0 ELSE 0.0 END::double precision FROM pg_catalog.pg_stat_archiver AS a)";

inline constexpr std::string_view throttle_archive_queue =
    "(SELECT pg_catalog.count(*)::double precision FROM pg_catalog.pg_ls_archive_statusdir() AS f "
    "WHERE pg_catalog.right(f.name, 6) OPERATOR(pg_catalog.=) '.ready')";

/// Checkpoints that were asked for since the server's statistics began. They moved with PostgreSQL 17.
inline constexpr std::string_view throttle_checkpoints =
    "(SELECT b.checkpoints_req::double precision FROM pg_catalog.pg_stat_bgwriter AS b)";
inline constexpr std::string_view throttle_checkpoints_17 =
    "(SELECT c.num_requested::double precision FROM pg_catalog.pg_stat_checkpointer AS c)";

/// Updates of the table, and those of them that stayed on their page.
inline constexpr std::string_view throttle_updates =
    "pg_catalog.pg_stat_get_tuples_updated(pg_catalog.to_regclass($1::text)::oid)::double precision";
inline constexpr std::string_view throttle_hot_updates =
    "pg_catalog.pg_stat_get_tuples_hot_updated(pg_catalog.to_regclass($1::text)::oid)::double precision";

}  // namespace online_migration::detail

namespace online_migration::state {

/// Sessions that wait for what this transaction has locked. It is asked before the end of a chunk, when everybody who
/// came into its way still waits.
inline constexpr statement blocked_sessions{
    "throttle_blocked_sessions",
    "SELECT pg_catalog.count(DISTINCT l.pid) FROM pg_catalog.pg_locks AS l WHERE NOT l.granted "
    "AND pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) ANY (pg_catalog.pg_blocking_pids(l.pid))"};

/// Why a runner is slow, for others to see; NULL where nothing brakes it. `$1` run, `$2` slice, `$3` epoch, `$4` text.
inline constexpr statement note_throttle{
    "state_note_throttle",
    R"(UPDATE "public"."online_migration_backfill_state" SET throttle_reason = $4::text
 WHERE run_id = $1::bigint AND slice = $2::integer AND epoch = $3::bigint)"};

/// Whether the role may vacuum the table. `$1` its quoted name.
inline constexpr statement may_vacuum{
    "throttle_may_vacuum",
    "SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class AS c "
    "WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::text)"};

}  // namespace online_migration::state
