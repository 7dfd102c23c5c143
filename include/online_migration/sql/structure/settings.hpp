// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/sql/structure/states.hpp>

/// Settings of which there is always one: a default, a comment, the replica identity. The one that was there is kept in
/// the run, in a list of its kind, before it is changed, so that it can be put back.
namespace online_migration::detail {

constexpr std::string_view kept_list(const structure_description& change) {
  if (change.is == structure::set_comment) return "comments";
  return change.is == structure::set_replica_identity ? "identities" : "defaults";
}

/// The column, or nothing for the table itself.
constexpr std::string_view kept_key(const structure_description& change) {
  return change.columns.count > 0 ? change.columns.names[0] : std::string_view{};
}

/// The value that is in force, as an expression in parentheses: NULL where there is none.
constexpr void write_setting(sink& out, const structural_description& migration, const structure_description& change) {
  auto of_table = [&] {
    out.put(" WHERE c.oid = ");
    write_table_oid(out, migration);
    out.put(')');
  };
  auto of_column = [&] {
    out.put("a.attrelid = ");
    write_table_oid(out, migration);
    out.put(" AND a.attname = ");
    out.literal(change.columns.names[0]);
    out.put(')');
  };
  if (change.is == structure::set_replica_identity) {
    out.put(
        "(SELECT CASE c.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL' WHEN 'i' THEN COALESCE('USING INDEX ' ||\n"
        "        (SELECT pg_catalog.quote_ident(x.relname) FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x\n"
        "          ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident), 'NOTHING') ELSE 'NOTHING' END\n"
        "        FROM pg_catalog.pg_class AS c");
    of_table();
  } else if (change.is != structure::set_comment) {
    out.put(
        "(SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a\n"
        "        ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE ");
    of_column();
  } else if (change.columns.count > 0) {
    out.put("(SELECT pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute AS a WHERE ");
    of_column();
  } else {
    out.put("(SELECT pg_catalog.obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c");
    of_table();
  }
}

/// The statement that sets it, up to the value.
constexpr void write_before_value(sink& out, const structural_description& migration,
                                  const structure_description& change) {
  if (change.is == structure::set_comment) {
    out.put(change.columns.count > 0 ? "COMMENT ON COLUMN " : "COMMENT ON TABLE ");
    write_table(out, migration.table);
    if (change.columns.count > 0) {
      out.put('.');
      out.identifier(change.columns.names[0]);
    }
    out.put(" IS ");
    return;
  }
  write_alter_table(out, migration.table);
  if (change.is == structure::set_replica_identity) {
    out.put(" REPLICA IDENTITY ");
    return;
  }
  out.put(" ALTER COLUMN ");
  out.identifier(change.columns.names[0]);
  out.put(" SET DEFAULT ");
}

/// The statement that leaves none in force.
constexpr void write_no_setting(sink& out, const structural_description& migration,
                                const structure_description& change) {
  if (change.is == structure::set_comment) {
    write_before_value(out, migration, change);
    out.put("NULL");
  } else if (change.is == structure::set_replica_identity) {
    write_before_value(out, migration, change);
    out.put("NOTHING");
  } else {
    write_alter_table(out, migration.table);
    out.put(" ALTER COLUMN ");
    out.identifier(change.columns.names[0]);
    out.put(" DROP DEFAULT");
  }
}

/// Keeps the value that is in force in the run, and sets another one, or none.
constexpr void write_change_setting(sink& out, const structural_description& migration,
                                    const structure_description& change) {
  std::string_view list = kept_list(change);
  out.put(
      "DO $om$\nBEGIN\n  UPDATE \"public\".\"online_migration_runs\" SET metadata = metadata || pg_catalog.jsonb_build_object(\n");
  out.all("    '", list, "', COALESCE(metadata->'", list, "', '{}') || pg_catalog.jsonb_build_object(");
  out.literal(kept_key(change));
  out.put(",\n      ");
  write_setting(out, migration, change);
  out.put("))\n    WHERE ");
  write_newest_run(out, migration);
  out.put(";\n  ");
  if (change.is == structure::drop_default) {
    write_no_setting(out, migration, change);
  } else {
    write_before_value(out, migration, change);
    if (change.is == structure::set_comment) {
      out.literal(change.option);
    } else if (change.is == structure::set_replica_identity) {
      out.put(change.option);
      if (!change.name.empty()) {
        out.put(' ');
        out.identifier(change.name);
      }
    } else {
      change.write(out, {});
    }
  }
  out.put(";\nEND\n$om$");
}

/// Puts the kept value back.
constexpr void write_restore_setting(sink& out, const structural_description& migration,
                                     const structure_description& change) {
  std::string_view list = kept_list(change);
  out.all("DO $om$\nDECLARE\n  kept text;\nBEGIN\n  SELECT metadata->'", list, "'->>");
  out.literal(kept_key(change));
  out.put(" INTO kept FROM \"public\".\"online_migration_runs\" WHERE ");
  write_newest_run(out, migration);
  out.put(";\n  IF kept IS NULL THEN\n    ");
  write_no_setting(out, migration, change);
  out.put(";\n  ELSE\n    EXECUTE ");
  char statement[1024]{};
  sink writer{statement};
  write_before_value(writer, migration, change);
  out.literal({statement, writer.size});
  out.put(change.is == structure::set_comment ? " || pg_catalog.quote_literal(kept)" : " || kept");
  out.all(
      ";\n  END IF;\n  UPDATE \"public\".\"online_migration_runs\" SET metadata = pg_catalog.jsonb_set(metadata, '{",
      list, "}',\n    (metadata->'", list, "') - ");
  out.literal(kept_key(change));
  out.put(") WHERE ");
  write_newest_run(out, migration);
  out.put(";\nEND\n$om$");
}

/// Whether the old value is kept in the run, which is so from the change until it is put back.
template <bool Gone>
constexpr void write_state_setting(sink& out, const structural_description& migration,
                                   const structure_description& change) {
  write_state(out, [&] {
    if (Gone) out.put("NOT ");
    out.put("EXISTS (SELECT FROM \"public\".\"online_migration_runs\" WHERE ");
    write_newest_run(out, migration);
    out.all(" AND metadata->'", kept_list(change), "' ? ");
    out.literal(kept_key(change));
    out.put(')');
  });
}

}  // namespace online_migration::detail
