// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <online_migration/postgres/result.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// What a server says about itself when it is first asked. Every role may ask all of it.
struct server_facts {
  int backend_pid = 0;       ///< of the server process that answered; behind a transaction pooler it changes
  bool pooled = false;       ///< a pooler stands between: session state and prepared statements do not last
  bool in_recovery = false;  ///< a standby
  bool read_only = false;    ///< `transaction_read_only`
  int version = 0;           ///< `server_version_num`, as 150020
  std::string version_text;  ///< `version()`; other engines that speak the protocol are known by it
  std::chrono::milliseconds deadlock_timeout{0};
  std::string database;
  std::int64_t database_oid = 0;
  std::string role;      ///< `current_user`
  std::string started;   ///< `pg_postmaster_start_time()`: two servers, or one that was restarted, differ in it
  std::string encoding;  ///< `server_encoding`
};

namespace detail {

/// Only functions that no role lacks, so that it can be asked inside a caller's transaction. Every connection pays for
/// it: the view pg_settings alone would double its time.
inline constexpr statement probe_statement{
    "probe",
    "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(), "
    "pg_catalog.current_setting('transaction_read_only'), pg_catalog.current_setting('server_version_num'), "
    "pg_catalog.version(), "
    "(EXTRACT(EPOCH FROM pg_catalog.current_setting('deadlock_timeout')::pg_catalog.interval) * 1000)::pg_catalog.int8, "
    "pg_catalog.current_database(), "
    "(SELECT d.oid FROM pg_catalog.pg_database d "
    "WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()), "
    "current_user, pg_catalog.pg_postmaster_start_time(), pg_catalog.current_setting('server_encoding')"};

inline server_facts read_facts(const result& row, int libpq_pid) {
  server_facts facts;
  facts.backend_pid = static_cast<int>(row.integer(0, 0));
  facts.pooled = facts.backend_pid != libpq_pid;
  facts.in_recovery = row.boolean(0, 1);
  facts.read_only = row.text(0, 2) == "on";
  facts.version = static_cast<int>(row.integer(0, 3));
  facts.version_text = row.text(0, 4);
  facts.deadlock_timeout = std::chrono::milliseconds{row.integer(0, 5)};
  facts.database = row.text(0, 6);
  facts.database_oid = row.integer(0, 7);
  facts.role = row.text(0, 8);
  facts.started = row.text(0, 9);
  facts.encoding = row.text(0, 10);
  return facts;
}

}  // namespace detail

}  // namespace online_migration
