// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/parts.hpp>

/// What happens to the column that a migration replaces: relaxed at contract, renamed when it is retired, dropped last.
/// Which constraints there are only the database knows, so it writes those statements itself, from its own catalog.
namespace online_migration::detail {

/// The name of a retired column. Not a longer one than the column may have.
constexpr void write_retired_name(sink& out, const migration_description& migration) {
  write_object_name(out, "om_retired_", replaced_column(migration).name);
}

constexpr void write_begin_block(sink& out, const migration_description& migration, piece variables) {
  out.all("DO $om$\nDECLARE\n  found record;\n  place CONSTANT pg_catalog.oid := ");
  write_table_literal(out, migration.table);
  out.all("::pg_catalog.regclass;\n", variables, "BEGIN\n");
}

constexpr void write_run_of(sink& out, const migration_description& migration, piece phase) {
  out.put("migration = ");
  out.literal(migration.name);
  out.all(" AND phase = '", phase, "'");
}

/// Whether a default of the old column has a meaning for the new one: one value of it gives one of that.
constexpr bool moves_default(const migration_description& migration) {
  return migration.in != worlds::client_only && migration.sources.size() == 1;
}

/// Who leaves the old column to its default means what the new one follows from it, now as before. It is written out,
/// because the function of a partial transform goes later; one that fails on the default has given NULL until now.
constexpr void write_move_default(sink& out, const migration_description& migration) {
  if (!moves_default(migration)) return;
  constexpr std::string_view stand_in = "\"online_migration_default\".";
  const column_description& old = replaced_column(migration);
  out.put(
      "  IF fallback IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = place");
  out.put(" AND a.atthasdef AND a.attname = ");
  out.literal(migration.target);
  out.put(") THEN\n    SELECT pg_catalog.replace($om_f$");
  write_declared_transform(out, migration, column_names{stand_in});
  out.all("$om_f$, $om_f$", stand_in);
  out.identifier(old.name);
  out.put(
      "$om_f$, pg_catalog.format('(CAST((%s) AS %s)%s)', fallback, pg_catalog.format_type(a.atttypid, a.atttypmod),\n");
  out.put(
      "        (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, c.collname) FROM pg_catalog.pg_collation AS c\n");
  out.put(
      "          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation))) INTO moved\n");
  out.put("      FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = place AND a.attname = ");
  out.literal(old.name);
  out.put(";\n");
  if (has_total_function(migration)) {
    out.put(
        "    BEGIN\n      EXECUTE 'SELECT ' || moved;\n    EXCEPTION WHEN OTHERS THEN\n      moved := NULL;\n    END;\n");
  }
  out.put(
      "    IF moved IS NOT NULL THEN\n      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s',");
  out.put(" place::pg_catalog.regclass::text, ");
  out.literal(migration.target);
  out.put(", moved);\n    END IF;\n  END IF;\n");
}

/// ACCESS EXCLUSIVE, no scan: a writer that knows only the new column does not give the old one a value, and what it
/// still holds must not stand in anybody's way. A default goes over to the new column. What is dropped is kept in the
/// run's metadata, as definitions.
constexpr void write_relax_legacy(sink& out, const migration_description& migration) {
  if (!replaces(migration) || replaces_its_key(migration)) return;
  std::string_view old = replaced_column(migration).name;
  write_begin_block(out, migration,
                    "  constraints jsonb;\n  indexes jsonb;\n  required boolean;\n  fallback text;\n  moved text;\n");
  // Of a partitioned table those of its parts are kept as well, because they come back one by one.
  out.put(
      R"(  SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('table', c.conrelid::pg_catalog.regclass::text,
      'name', c.conname, 'definition', pg_catalog.pg_get_constraintdef(c.oid), 'unique', c.contype = 'u',
      'foreign', c.contype = 'f', 'index', CASE WHEN c.contype = 'u' THEN pg_catalog.pg_get_indexdef(c.conindid) END,
      'deferrable', c.condeferrable, 'deferred', c.condeferred, 'partitioned', t.relkind = 'p', 'root', c.conparentid = 0,
      'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'),
      'index_comment', CASE WHEN c.contype = 'u' THEN pg_catalog.obj_description(c.conindid, 'pg_class') END,
      'clustered', c.contype = 'u' AND COALESCE(x.indisclustered, false)) ORDER BY c.conname), '[]') INTO constraints
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
      LEFT JOIN pg_catalog.pg_constraint AS o ON o.oid = c.conparentid
      LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid
    WHERE (c.conrelid = place OR c.conrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(place) AS p))
      AND c.contype IN ('c', 'f', 'u') AND c.coninhcount = CASE WHEN c.conparentid = 0 THEN 0 ELSE c.coninhcount END
      AND (c.conparentid = 0 OR t.relkind = 'r' AND o.conrelid <> c.conrelid) AND a.attname = )");
  out.literal(old);
  out.put(R"(;
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
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname = )");
  out.literal(old);
  out.put(R"();
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
)");
  out.put("  SELECT a.attnotnull, pg_catalog.pg_get_expr(e.adbin, e.adrelid) INTO required, fallback\n");
  out.put(
      "    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum\n");
  out.put("    WHERE a.attrelid = place AND a.attname = ");
  out.literal(old);
  out.put(";\n");
  write_move_default(out, migration);
  out.put("  ");
  auto alter = [&](piece what) {
    write_alter_table(out, migration.table);
    out.put(" ALTER COLUMN ");
    out.identifier(old);
    out.all(" ", what, ";\n  ");
  };
  alter("DROP NOT NULL");
  alter("DROP DEFAULT");
  out.put(
      "UPDATE \"public\".\"online_migration_runs\" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',\n");
  out.put(
      "      pg_catalog.jsonb_build_object('not_null', required, 'default', fallback, 'constraints', constraints, 'indexes', indexes))\n");
  out.put("    WHERE ");
  write_run_of(out, migration, "contract-ready");
  out.put(";\nEND\n$om$");
}

/// ACCESS EXCLUSIVE, no scan: the default of the old column, as it was before contract. The new one has none then,
/// which the sync trigger would take for a writer's wish.
constexpr void write_restore_default(sink& out, const migration_description& migration) {
  if (!has_way_back(migration) || replaces_its_key(migration)) return;
  write_begin_block(out, migration, "");
  out.put(
      "  FOR found IN SELECT r.metadata->'legacy'->>'default' AS fallback FROM \"public\".\"online_migration_runs\" AS r\n    WHERE r.");
  write_run_of(out, migration, "contracted");
  out.put(" AND r.metadata->'legacy'->>'default' IS NOT NULL\n  LOOP\n");
  out.put(
      "    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', place::pg_catalog.regclass::text, ");
  out.literal(replaced_column(migration).name);
  out.put(", found.fallback);\n    ");
  write_alter_table(out, migration.table);
  out.put(" ALTER COLUMN ");
  out.identifier(migration.target);
  out.put(" DROP DEFAULT;\n  END LOOP;\nEND\n$om$");
}

constexpr void write_rename(sink& out, const migration_description& migration, bool retire) {
  write_alter_table(out, migration.table);
  out.put(" RENAME COLUMN ");
  if (retire) {
    out.identifier(replaced_column(migration).name);
  } else {
    write_retired_name(out, migration);
  }
  out.put(" TO ");
  if (retire) {
    write_retired_name(out, migration);
  } else {
    out.identifier(replaced_column(migration).name);
  }
}

/// ACCESS EXCLUSIVE, no scan.
constexpr void write_retire_legacy(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  write_rename(out, migration, true);
}

/// ACCESS EXCLUSIVE, no scan.
constexpr void write_unretire_legacy(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  write_rename(out, migration, false);
}

/// ACCESS EXCLUSIVE, no scan. Without CASCADE.
constexpr void write_drop_legacy(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  write_alter_table(out, migration.table);
  out.put(" DROP COLUMN IF EXISTS ");
  write_retired_name(out, migration);
}

/// One range of the way back: rows whose old column no longer leads to the new one get what the new one leads back to.
constexpr void write_refill_chunk(sink& out, const migration_description& migration, bool bounded_below) {
  if (!has_way_back(migration)) return;
  out.put("UPDATE ");
  write_table(out, migration.table);
  out.put(" AS t SET ");
  out.identifier(replaced_column(migration).name);
  out.put(" = ");
  write_transform(out, *migration.reverse, row_names);
  out.put(" WHERE ");
  write_range(out, migration.table, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
}

/// Rows of a range whose new value could not be kept in the old column. It fails where the inverse does.
constexpr void write_refill_check(sink& out, const migration_description& migration, bool bounded_below) {
  if (!has_way_back(migration)) return;
  out.put("SELECT pg_catalog.count(*) FROM (SELECT ");
  row_names.write(out, migration.target);
  out.put(", ");
  write_transform(out, *migration.reverse, row_names);
  out.put(" AS ");
  out.identifier(replaced_column(migration).name);
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_range(out, migration.table, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
  out.put(") AS t WHERE ");
  write_differs(out, migration, row_names);
}

/// ACCESS EXCLUSIVE, no scan: the old column is NOT NULL again, from a CHECK that was validated first.
constexpr void write_legacy_check(sink& out, const migration_description& migration, piece begin, piece end) {
  if (!has_way_back(migration)) return;
  write_alter_table(out, migration.table);
  out.put(begin);
  write_object_name(out, "om_legacy_not_null_", migration.name);
  out.put(end);
}

constexpr void write_add_legacy_not_null(sink& out, const migration_description& migration) {
  if (!has_way_back(migration)) return;
  write_legacy_check(out, migration, " ADD CONSTRAINT ", " CHECK (");
  out.identifier(replaced_column(migration).name);
  out.put(" IS NOT NULL) NOT VALID");
}

constexpr void write_validate_legacy_not_null(sink& out, const migration_description& migration) {
  write_legacy_check(out, migration, " VALIDATE CONSTRAINT ", "");
}

constexpr void write_set_legacy_not_null(sink& out, const migration_description& migration) {
  if (!has_way_back(migration)) return;
  write_alter_table(out, migration.table);
  out.put(" ALTER COLUMN ");
  out.identifier(replaced_column(migration).name);
  out.put(" SET NOT NULL");
}

constexpr void write_drop_legacy_check(sink& out, const migration_description& migration) {
  write_legacy_check(out, migration, " DROP CONSTRAINT IF EXISTS ", "");
}

/// ACCESS EXCLUSIVE, no scan: rollback gives the new column up, and must not leave a constraint that old writers would
/// run into.
constexpr void write_relax_target(sink& out, const migration_description& migration) {
  if (!migration.target_required) return;
  write_alter_table(out, migration.table);
  out.put(" DROP CONSTRAINT IF EXISTS ");
  write_not_null_name(out, migration);
  each_required(migration, [&](const migration_description& part, std::size_t) {
    out.put(", ALTER COLUMN ");
    out.identifier(part.target);
    out.put(" DROP NOT NULL");
  });
}

/// ACCESS EXCLUSIVE, no scan. Without CASCADE.
constexpr void write_drop_target(sink& out, const migration_description& migration) {
  write_alter_table(out, migration.table);
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    out.put(number > 0 ? ", DROP COLUMN IF EXISTS " : " DROP COLUMN IF EXISTS ");
    out.identifier(part.target);
  });
}

}  // namespace online_migration::detail
