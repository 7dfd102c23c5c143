// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/guard.hpp>
#include <online_migration/sql/key_guard.hpp>
#include <online_migration/sql/key_numbers.hpp>
#include <online_migration/sql/legacy.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/statements.hpp>

/// What a replaced key needs beside the statements of every replacement. Which constraints and sequences there are only
/// the database knows, so it writes those statements itself, from its own catalog.
namespace online_migration::detail {

/// ALTER TABLE of the table `place`, with one name of the block's own and one of ours.
constexpr void write_swap_primary_key(sink& out, std::string_view prefix, std::string_view migration) {
  out.put(
      R"(    EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', place::pg_catalog.regclass::text, found.conname);
    EXECUTE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY USING INDEX %I', place::pg_catalog.regclass::text, found.conname, )");
  write_object_name_literal(out, prefix, migration);
  out.put(R"();
    IF found.about IS NOT NULL THEN
      EXECUTE pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', found.conname, place::pg_catalog.regclass::text, found.about);
    END IF;
    IF found.indisclustered THEN
      EXECUTE pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', place::pg_catalog.regclass::text, found.conname);
    END IF;
)");
}

/// Reads the primary key of `place` into `found`, if it is this column's.
constexpr void write_find_primary_key(sink& out, std::string_view column) {
  out.put(
      R"(  SELECT c.conname, pg_catalog.obj_description(c.oid, 'pg_constraint') AS about, i.indisclustered INTO found
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.conindid
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
    WHERE c.conrelid = place AND c.contype = 'p' AND a.attname = )");
  out.literal(column);
  out.put(";\n  IF found.conname IS NOT NULL THEN\n");
}

/// ACCESS EXCLUSIVE, no scan: the index of the new key, its NOT NULL and the foreign keys to it are there already.
constexpr void write_cut_over_key(sink& out, const migration_description& migration) {
  const column_description& old = first_replaced(migration);
  out.put("DO $om$\nDECLARE\n  found record;\n  place CONSTANT pg_catalog.oid := ");
  write_table_literal(out, migration.table);
  out.all("::pg_catalog.regclass;\n  constraints jsonb;\n", number_variables, "BEGIN\n  LOCK TABLE ");
  write_table(out, migration.table);
  out.put(R"( IN ACCESS EXCLUSIVE MODE;
  SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('table', c.conrelid::pg_catalog.regclass::text,
      'name', c.conname, 'definition', pg_catalog.pg_get_constraintdef(c.oid), 'unique', false, 'foreign', c.contype = 'f',
      'partitioned', false, 'root', true, 'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'), 'clustered', false)
      ORDER BY c.conname), '[]') INTO constraints
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.conrelid = place AND c.contype IN ('c', 'f') AND c.conparentid = 0 AND a.attname = )");
  out.literal(old.name);
  out.put(R"(;
  FOR found IN SELECT c->>'name' AS name FROM pg_catalog.jsonb_array_elements(constraints) AS c
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', place::pg_catalog.regclass::text, found.name);
  END LOOP;
)");
  write_find_primary_key(out, old.name);
  write_swap_primary_key(out, key_index_prefix, migration.name);
  out.put("  END IF;\n");
  write_move_numbers(out, old.name, migration.target, *migration.target_type, nullptr);
  out.put("  ");
  write_alter_table(out, migration.table);
  out.put(" ALTER COLUMN ");
  out.identifier(old.name);
  out.put(
      " DROP NOT NULL;\n  UPDATE \"public\".\"online_migration_runs\" SET metadata = metadata || pg_catalog.jsonb_build_object('legacy',\n"
      "      pg_catalog.jsonb_build_object('not_null', pg_catalog.jsonb_build_array(");
  out.literal(old.name);
  out.put("), 'defaults', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(");
  out.literal(old.name);
  out.put(", fallback)), 'constraints', constraints, 'indexes', '[]'::jsonb))\n    WHERE ");
  write_run_of(out, migration, "contract-ready");
  out.put(";\nEND\n$om$");
}

/// ACCESS EXCLUSIVE, no scan: the old column numbers the rows again, from where the new one has come to.
constexpr void write_return_numbers(sink& out, const migration_description& migration) {
  const column_description& old = first_replaced(migration);
  write_begin_block(out, migration, number_variables);
  out.put("  LOCK TABLE ");
  write_table(out, migration.table);
  out.put(" IN ACCESS EXCLUSIVE MODE;\n");
  write_move_numbers(out, migration.target, old.name, *migration.target_type, old.type);
  out.put("END\n$om$");
}

/// ACCESS EXCLUSIVE, no scan: nothing but the old column is the key. The foreign keys to the new one are gone.
constexpr void write_give_key_back(sink& out, const migration_description& migration) {
  write_begin_block(out, migration, "");
  write_find_primary_key(out, migration.target);
  write_swap_primary_key(out, legacy_key_prefix, migration.name);
  out.put(R"(  END IF;
  FOR found IN SELECT i.indexrelid::pg_catalog.regclass::text AS name FROM pg_catalog.pg_index AS i
      JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indrelid = place AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conindid = i.indexrelid)
      AND x.relname IN ()");
  write_object_name_literal(out, key_index_prefix, migration.name);
  out.put(", ");
  write_object_name_literal(out, legacy_key_prefix, migration.name);
  out.put(R"()
  LOOP
    EXECUTE pg_catalog.format('DROP INDEX %s', found.name);
  END LOOP;
END
$om$)");
}

/// After the old column was renamed away its name in the function has to follow.
constexpr void write_retired_key_guard(sink& out, const migration_description& migration) {
  write_key_guard_function(out, migration, true);
}

/// ACCESS SHARE: whether a row has a key that the old column cannot hold.
constexpr void write_find_wide_key(sink& out, const migration_description& migration) {
  out.put("SELECT EXISTS (SELECT FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  row_names.write(out, first_replaced(migration).name);
  out.put(" IS NULL)");
}

template <class Migration, auto Write>
inline constexpr std::size_t key_statement_size = size_of([](sink& out) { Write(out, describe_migration<Migration>); });

template <class Migration, auto Write>
inline constexpr auto key_statement_text = [] {
  text_constant<rounded_up(key_statement_size<Migration, Write>)> result;
  sink out{result.text};
  Write(out, describe_migration<Migration>);
  return result;
}();

template <class Migration, auto Write>
constexpr statement key_statement(std::string_view name) {
  return {name, std::string_view{key_statement_text<Migration, Write>.text, key_statement_size<Migration, Write>}};
}

}  // namespace online_migration::detail

namespace online_migration {

/// The SQL of an `om::replace_key` beside `om::statements`. Each locks the table for a moment, without a scan, but for
/// `find_wide_key`, which reads an index.
template <migration_like Migration>
  requires replaces_key_column<typename Migration::change>
struct key_statements {
  /// Contract: the new column is the primary key, and numbers the rows.
  static constexpr statement cut_over = detail::key_statement<Migration, detail::write_cut_over_key>("cut_over_key");
  /// Revive: the old column numbers the rows again.
  static constexpr statement return_numbers =
      detail::key_statement<Migration, detail::write_return_numbers>("return_numbers");
  /// Rollback: the old column is the primary key, and the indexes of ours go.
  static constexpr statement give_back = detail::key_statement<Migration, detail::write_give_key_back>("give_key_back");
  /// Retire: the guard goes on under the column's new name.
  static constexpr statement retired_guard =
      detail::key_statement<Migration, detail::write_retired_key_guard>("retired_key_guard");
  /// Revive: whether some row has a key that the old column cannot hold.
  static constexpr statement find_wide_key =
      detail::key_statement<Migration, detail::write_find_wide_key>("find_wide_key");
};

}  // namespace online_migration
