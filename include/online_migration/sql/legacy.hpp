// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/sql/create_table.hpp>
#include <online_migration/sql/not_null.hpp>
#include <online_migration/sql/parts.hpp>

/// What happens to the columns that a migration replaces: relaxed at contract, renamed when it is retired, dropped
/// last. Which constraints there are only the database knows, so it writes those statements itself, from its own
/// catalog.
namespace online_migration::detail {

/// The name of a retired column. Not a longer one than the column may have.
constexpr void write_retired_name(sink& out, std::string_view column) { write_object_name(out, "om_retired_", column); }

/// `= 'column'`, or `IN (…)` where there are several.
constexpr void write_is_replaced(sink& out, const migration_description& migration) {
  bool several = migration.replaced.size() > 1;
  out.put(several ? " IN (" : " = ");
  each_replaced(migration, [&](const column_description& old, std::size_t number) {
    if (number > 0) out.put(", ");
    out.literal(old.name);
  });
  if (several) out.put(')');
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

/// Whether a default of an old column has a meaning for a new one that reads it: one value of it gives one of that, and
/// a column that several rows have is not the new one of any.
constexpr bool moves_default(const migration_description& migration, const migration_description& part) {
  return part.in != worlds::client_only && part.sources.size() == 1 && !has_rows(migration);
}

/// Whether a new column is the old one as a wider whole number. Its default then gives the same numbers without a cast
/// to the old type, which would refuse those of a sequence that has come to the end of that type.
constexpr bool is_wider_number(const migration_description& part, const column_description& old) {
  // A transform that is nothing but a column describes itself by the column's name.
  bool is_bare = size_of([&](sink& out) { part.describe_transform(out); }) ==
                 size_of([&](sink& out) { out.identifier(old.name); });
  return is_bare && is_whole_number(*old.type) && is_whole_number(*part.target_type);
}

/// `moved` becomes what follows from a value of the old column as its default gives it.
constexpr void write_default_as_value(sink& out, const migration_description& part, const column_description& old) {
  constexpr std::string_view stand_in = "\"online_migration_default\".";
  out.put("    SELECT pg_catalog.replace($om_f$");
  write_declared_transform(out, part, column_names{stand_in});
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
}

/// Who leaves an old column to its default means what a new one follows from it, now as before. It is written out,
/// because the function of a partial transform goes later; one that fails on the default has given NULL until now.
constexpr void write_move_default(sink& out, const migration_description& migration,
                                  const migration_description& part) {
  if (!moves_default(migration, part) || !part.sources.overlaps(migration.replaced)) return;
  std::size_t source = 0;
  while (!part.sources.has(source)) ++source;
  const column_description& old = migration.table.columns[source];
  out.put("  fallback := defaults->>");
  out.literal(old.name);
  auto put_home = [&](piece here, piece there) {
    if (!migration.elsewhere) return out.put(here);
    write_table_literal(out, home_of(migration));
    out.put(there);
  };
  out.put(";\n  IF fallback IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = ");
  put_home("place", "::pg_catalog.regclass");
  out.put(" AND a.atthasdef AND a.attname = ");
  out.literal(part.target);
  out.put(") THEN\n");
  is_wider_number(part, old) ? out.put("    moved := fallback;\n") : write_default_as_value(out, part, old);
  if (has_total_function(part)) {
    out.put(
        "    BEGIN\n      EXECUTE 'SELECT ' || moved;\n    EXCEPTION WHEN OTHERS THEN\n      moved := NULL;\n    END;\n");
  }
  out.put(
      "    IF moved IS NOT NULL THEN\n      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s',");
  out.put(' ');
  put_home("place::pg_catalog.regclass::text", "");
  out.put(", ");
  out.literal(part.target);
  out.put(", moved);\n    END IF;\n  END IF;\n");
}

/// ACCESS EXCLUSIVE, no scan: a writer that knows only the new columns does not give the old ones a value, and what
/// those still hold must not stand in anybody's way. A default goes over to the new columns. What is dropped is kept in
/// the run's metadata: constraints and indexes as definitions, the names of the columns that were NOT NULL, and the
/// defaults by column.
constexpr void write_relax_legacy(sink& out, const migration_description& migration) {
  if (!replaces(migration) || replaces_its_key(migration)) return;
  write_begin_block(
      out, migration,
      "  constraints jsonb;\n  indexes jsonb;\n  required jsonb;\n  defaults jsonb;\n  fallback text;\n  moved text;\n");
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
      LEFT JOIN pg_catalog.pg_constraint AS o ON o.oid = c.conparentid
      LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid
    WHERE (c.conrelid = place OR c.conrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(place) AS p))
      AND c.contype IN ('c', 'f', 'u') AND c.coninhcount = CASE WHEN c.conparentid = 0 THEN 0 ELSE c.coninhcount END
      AND (c.conparentid = 0 OR t.relkind = 'r' AND o.conrelid <> c.conrelid)
      AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname)");
  write_is_replaced(out, migration);
  out.put(R"();
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
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid AND a.attname)");
  write_is_replaced(out, migration);
  out.put(R"();
  FOR found IN SELECT i->>'place' AS place FROM pg_catalog.jsonb_array_elements(indexes) AS i WHERE (i->>'root')::boolean
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.place);
  END LOOP;
)");
  out.put("  SELECT COALESCE(pg_catalog.jsonb_agg(a.attname ORDER BY a.attnum) FILTER (WHERE ");
  out.put(is_not_null);
  out.put("), '[]'),\n");
  out.put("      COALESCE(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.pg_get_expr(e.adbin, e.adrelid))\n");
  out.put("        FILTER (WHERE e.oid IS NOT NULL), '{}') INTO required, defaults\n");
  out.put(
      "    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum\n");
  out.put("    WHERE a.attrelid = place AND a.attname");
  write_is_replaced(out, migration);
  out.put(";\n");
  each_target(migration,
              [&](const migration_description& part, std::size_t) { write_move_default(out, migration, part); });
  out.put("  ");
  write_alter_table(out, migration.table);
  each_replaced(migration, [&](const column_description& old, std::size_t number) {
    out.put(number > 0 ? ", ALTER COLUMN " : " ALTER COLUMN ");
    out.identifier(old.name);
    out.put(" DROP NOT NULL, ALTER COLUMN ");
    out.identifier(old.name);
    out.put(" DROP DEFAULT");
  });
  out.put(";\n  ");
  out.put(
      "UPDATE \"public\".\"online_migration_runs\" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',\n");
  out.put(
      "      pg_catalog.jsonb_build_object('not_null', required, 'defaults', defaults, 'constraints', constraints, 'indexes', indexes))\n");
  out.put("    WHERE ");
  write_run_of(out, migration, "contract-ready");
  out.put(";\nEND\n$om$");
}

/// ACCESS EXCLUSIVE, no scan: the defaults of the old columns, as they were before contract. The new ones have none
/// then, which the sync trigger would take for a writer's wish.
constexpr void write_restore_default(sink& out, const migration_description& migration) {
  if (!has_way_back(migration) || replaces_its_key(migration)) return;
  write_begin_block(out, migration, "");
  out.put("  FOR found IN SELECT d.key AS name, d.value AS fallback FROM \"public\".\"online_migration_runs\" AS r,\n");
  out.put("    pg_catalog.jsonb_each_text(r.metadata->'legacy'->'defaults') AS d WHERE r.");
  write_run_of(out, migration, "contracted");
  out.put("\n  LOOP\n");
  out.put("    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', ");
  out.put("place::pg_catalog.regclass::text, found.name, found.fallback);\n");
  each_target(migration, [&](const migration_description& part, std::size_t) {
    std::size_t number = 0;
    each_replaced(migration, [&](const column_description& old, std::size_t) {
      if (!part.sources.has(migration.table.find(old.name))) return;
      out.put(number++ > 0 ? ", " : "    IF found.name IN (");
      out.literal(old.name);
    });
    if (number == 0) return;
    out.put(") THEN\n      ");
    write_alter_table(out, migration.table);
    out.put(" ALTER COLUMN ");
    out.identifier(part.target);
    out.put(" DROP DEFAULT;\n    END IF;\n");
  });
  out.put("  END LOOP;\nEND\n$om$");
}

constexpr void write_rename(sink& out, const migration_description& migration, std::string_view column, bool retire) {
  write_alter_table(out, migration.table);
  out.put(" RENAME COLUMN ");
  if (retire) {
    out.identifier(column);
  } else {
    write_retired_name(out, column);
  }
  out.put(" TO ");
  if (retire) {
    write_retired_name(out, column);
  } else {
    out.identifier(column);
  }
}

/// PostgreSQL renames one column in a statement, so several are renamed in a block.
constexpr void write_rename_all(sink& out, const migration_description& migration, bool retire) {
  if (!replaces(migration)) return;
  bool several = migration.replaced.size() > 1;
  if (several) out.put("DO $om$\nBEGIN\n");
  each_replaced(migration, [&](const column_description& old, std::size_t) {
    if (several) out.put("  ");
    write_rename(out, migration, old.name, retire);
    if (several) out.put(";\n");
  });
  if (several) out.put("END\n$om$");
}

/// ACCESS EXCLUSIVE, no scan.
constexpr void write_retire_legacy(sink& out, const migration_description& migration) {
  write_rename_all(out, migration, true);
}

/// ACCESS EXCLUSIVE, no scan.
constexpr void write_unretire_legacy(sink& out, const migration_description& migration) {
  write_rename_all(out, migration, false);
}

/// ACCESS EXCLUSIVE, no scan. Without CASCADE.
constexpr void write_drop_legacy(sink& out, const migration_description& migration) {
  if (!replaces(migration)) return;
  write_alter_table(out, migration.table);
  each_replaced(migration, [&](const column_description& old, std::size_t number) {
    out.put(number > 0 ? ", DROP COLUMN IF EXISTS " : " DROP COLUMN IF EXISTS ");
    write_retired_name(out, old.name);
  });
}

/// One range of the way back: rows whose old column no longer leads to the new one get what the new one leads back to.
constexpr void write_refill_chunk(sink& out, const migration_description& migration, bool bounded_below) {
  if (!has_way_back(migration)) return;
  out.put("UPDATE ");
  write_table(out, migration.table);
  out.put(" AS t SET ");
  write_set_list(out, *migration.reverse, row_names);
  out.put(" WHERE ");
  write_range(out, migration.table, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
}

/// Rows of a range whose new value could not be kept in the old column. It fails where the inverse does.
constexpr void write_refill_check(sink& out, const migration_description& migration, bool bounded_below) {
  if (!has_way_back(migration)) return;
  out.put("SELECT pg_catalog.count(*) FROM (SELECT ");
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    if (number > 0) out.put(", ");
    row_names.write(out, part.target);
  });
  each_target(*migration.reverse, [&](const migration_description& back, std::size_t) {
    out.put(", ");
    write_transform(out, back, row_names);
    out.put(" AS ");
    out.identifier(back.target);
  });
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_range(out, migration.table, bounded_below);
  out.put(" AND ");
  write_differs(out, migration, row_names);
  out.put(") AS t WHERE ");
  write_differs(out, migration, row_names);
}

/// ACCESS EXCLUSIVE, no scan: the old columns that were NOT NULL are so again, from a CHECK that was validated first.
constexpr void write_legacy_check(sink& out, const migration_description& migration, piece begin, piece end) {
  if (!has_way_back(migration)) return;
  write_alter_table(out, migration.table);
  out.put(begin);
  write_object_name(out, "om_legacy_not_null_", migration.name);
  out.put(end);
}

/// Changes the table as a text says that the run's record gives for each old column that was NOT NULL: `%I` is its name.
constexpr void write_for_required(sink& out, const migration_description& migration, piece each, piece between,
                                  bool check) {
  if (!has_way_back(migration)) return;
  write_begin_block(out, migration, "");
  out.all("  SELECT pg_catalog.string_agg(pg_catalog.format('", each, "', c.name), '", between,
          "' ORDER BY c.name) AS text INTO STRICT found\n");
  out.put("    FROM \"public\".\"online_migration_runs\" AS r,\n");
  out.put("      pg_catalog.jsonb_array_elements_text(r.metadata->'legacy'->'not_null') AS c (name) WHERE r.");
  write_run_of(out, migration, "contracted");
  out.put(";\n  EXECUTE pg_catalog.format('ALTER TABLE %s ");
  out.put(check ? "ADD CONSTRAINT %s CHECK (%s) NOT VALID', place::pg_catalog.regclass::text, "
                : "%s', place::pg_catalog.regclass::text, ");
  if (check) {
    char name[256]{};
    sink writer{name};
    write_object_name(writer, "om_legacy_not_null_", migration.name);
    out.literal({name, writer.size});
    out.put(", ");
  }
  out.put("found.text);\nEND\n$om$");
}

constexpr void write_add_legacy_not_null(sink& out, const migration_description& migration) {
  write_for_required(out, migration, "%I IS NOT NULL", " AND ", true);
}

constexpr void write_validate_legacy_not_null(sink& out, const migration_description& migration) {
  write_legacy_check(out, migration, " VALIDATE CONSTRAINT ", "");
}

constexpr void write_set_legacy_not_null(sink& out, const migration_description& migration) {
  write_for_required(out, migration, "ALTER COLUMN %I SET NOT NULL", ", ", false);
}

constexpr void write_drop_legacy_check(sink& out, const migration_description& migration) {
  write_legacy_check(out, migration, " DROP CONSTRAINT IF EXISTS ", "");
}

/// ACCESS EXCLUSIVE, no scan: rollback gives the new column up, and must not leave a constraint that old writers would
/// run into.
constexpr void write_relax_target(sink& out, const migration_description& migration) {
  if (!migration.target_required || migration.elsewhere) return;
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
  if (migration.elsewhere) {
    out.put("DROP TABLE IF EXISTS ");
    write_table(out, home_of(migration));
    return;
  }
  write_alter_table(out, migration.table);
  each_target(migration, [&](const migration_description& part, std::size_t number) {
    out.put(number > 0 ? ", DROP COLUMN IF EXISTS " : " DROP COLUMN IF EXISTS ");
    out.identifier(part.target);
  });
}

}  // namespace online_migration::detail
