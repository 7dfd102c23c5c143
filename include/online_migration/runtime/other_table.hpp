// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/preflight_types.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

namespace catalog {

/// What only a move asks about: whether there is something under the name of the other table, the first one is
/// partitioned, a column of its key has a collation of its own, this role may make a table in the other's schema and
/// refer to the first one. `$1` the first table, `$2` schema and `$3` name of the other.
inline constexpr statement move_facts{"catalog_move_facts", R"(SELECT
   EXISTS (SELECT FROM pg_catalog.pg_class AS h WHERE h.relnamespace = s.oid AND h.relname = $3::text),
   c.relkind <> 'r',
   EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid
     AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisunique AND a.attcollation NOT IN (0, 100)),
   COALESCE(pg_catalog.has_schema_privilege(s.oid, 'CREATE'), false),
   pg_catalog.has_table_privilege(c.oid, 'REFERENCES')
  FROM pg_catalog.pg_class AS c LEFT JOIN pg_catalog.pg_namespace AS s ON s.nspname = $2::text
 WHERE c.oid = $1::pg_catalog.oid)"};

/// How many foreign keys tie the other table to the first one: all of it, and as expand has made it. `$1` schema and `$2`
/// name of the first table, `$3` and `$4` those of the other.
inline constexpr statement move_tie{"catalog_move_tie", R"(SELECT pg_catalog.count(*) FROM pg_catalog.pg_constraint AS f
  JOIN pg_catalog.pg_class AS h ON h.oid = f.conrelid JOIN pg_catalog.pg_namespace AS hs ON hs.oid = h.relnamespace
  JOIN pg_catalog.pg_class AS c ON c.oid = f.confrelid JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
 WHERE f.contype = 'f' AND f.convalidated AND f.confdeltype = 'c' AND f.confupdtype = 'c'
   AND s.nspname = $1::text AND c.relname = $2::text AND hs.nspname = $3::text AND h.relname = $4::text
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgconstraint = f.oid AND t.tgenabled NOT IN ('O', 'A')))"};

}  // namespace catalog

namespace detail {

/// What may be in the way of a move, beside what may be in the way of every migration.
template <connection_like Connection>
void inspect_move(Connection& on, const migration_description& migration, const std::string& oid,
                  preflight_report& report) {
  const table_description& home = home_of(migration);
  auto facts = ask(on, catalog::move_facts, {text_form_parameter(oid), text_of(home.schema), text_of(home.name)});
  if (facts.rows() != 1) return;
  if (facts.boolean(0, 0)) {
    report.refuse(
        fmt::format("{} is there already, and the migration makes it: drop it, or rename it", table_name(home)));
  }
  if (facts.boolean(0, 1)) report.refuse("the table is partitioned: columns of such a one cannot move yet");
  if (facts.boolean(0, 2)) {
    report.refuse(
        "a column of a unique key has a collation of its own, which the other table would not have: its "
        "columns cannot move yet");
  }
  if (!facts.boolean(0, 3)) report.refuse(fmt::format("this role may not create {}", table_name(home)));
  if (!facts.boolean(0, 4)) report.refuse("this role has no REFERENCES on the table, which the foreign key needs");
  report.notice(
      fmt::format("from expand on TRUNCATE of the table needs CASCADE, because {} refers to it", table_name(home)));
}

/// Throws: `refused` where the foreign key between the two tables is not in force.
template <connection_like Connection>
void require_tie(Connection& on, const migration_description& migration) {
  const table_description& home = home_of(migration);
  auto ties = ask_alone(
      on, catalog::move_tie,
      {text_of(migration.table.schema), text_of(migration.table.name), text_of(home.schema), text_of(home.name)});
  if (ties.integer(0, 0) > 0) return;
  throw refused{fmt::format(
      "The foreign key of {} to {} is gone, not valid, or does not CASCADE any more, so rows may have lost one another. "
      "Put it back, and go through backfill and validate after that. Nothing was changed.",
      table_name(home), table_name(migration.table))};
}

}  // namespace detail
}  // namespace online_migration
