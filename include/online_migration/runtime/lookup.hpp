// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/preflight_types.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/runtime/table_inspector.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/lookup_notes.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

namespace catalog {

/// How the rows of one table are tied to the rows of another that they refer to. `$1` schema and `$2` name of the
/// first one, `$3` and `$4` those of the other, `$5` the columns that refer, `$6` the key that they refer to, in the
/// same order.
/// Columns: how many foreign keys there are over exactly these columns; how many of them are valid, checked by each
/// statement and not switched off; whether an index begins with the columns that refer; whether a column and what it
/// refers to have different collations.
inline constexpr statement lookup_ties{"catalog_lookup_ties",
                                       R"(WITH mine AS (SELECT c.oid FROM pg_catalog.pg_class AS c
   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND c.relname = $2::text),
 other AS (SELECT c.oid FROM pg_catalog.pg_class AS c
   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $3::text AND c.relname = $4::text),
 ties AS (SELECT f.oid, f.convalidated AND NOT f.condeferrable AS sound
   FROM mine, other, pg_catalog.pg_constraint AS f WHERE f.contype = 'f' AND f.conrelid = mine.oid AND f.confrelid = other.oid
   AND (SELECT pg_catalog.array_agg(ARRAY[a.attname::text, b.attname::text] ORDER BY pg_catalog.array_position($6::text[], b.attname::text))
     FROM ROWS FROM (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)) AS p (mine, theirs)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = p.mine
     JOIN pg_catalog.pg_attribute AS b ON b.attrelid = f.confrelid AND b.attnum = p.theirs)
    = (SELECT pg_catalog.array_agg(ARRAY[w.mine, w.theirs] ORDER BY w.place)
     FROM ROWS FROM (pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[])) WITH ORDINALITY AS w (mine, theirs, place)))
SELECT (SELECT pg_catalog.count(*) FROM ties), (SELECT pg_catalog.count(*) FROM ties AS f WHERE f.sound AND NOT EXISTS (
   SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgconstraint = f.oid AND t.tgenabled NOT IN ('O', 'A'))),
 EXISTS (SELECT FROM mine JOIN pg_catalog.pg_index AS i ON i.indrelid = mine.oid
   JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am AS m ON m.oid = x.relam
  WHERE i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree'
   AND (SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attname::text)
     FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE k.place <= LEAST(pg_catalog.cardinality($5::text[]), i.indnkeyatts))
    = (SELECT pg_catalog.array_agg(w ORDER BY w) FROM pg_catalog.unnest($5::text[]) AS w)),
 EXISTS (SELECT FROM mine, other, ROWS FROM (pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[])) AS w (mine, theirs)
   JOIN pg_catalog.pg_attribute AS a ON a.attname = w.mine JOIN pg_catalog.pg_attribute AS b ON b.attname = w.theirs
  WHERE a.attrelid = mine.oid AND b.attrelid = other.oid AND a.attcollation <> b.attcollation))"};

}  // namespace catalog

namespace detail {

/// The columns that refer to the other table, as people read them.
inline std::string reference_names(const migration_description& migration) {
  std::string names;
  for (std::size_t i = 0; i < migration.lookup->table->key_count(); ++i) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", reference_at(migration, i).name);
  }
  return names;
}

template <transactional Connection>
auto ask_lookup_ties(Connection& on, const migration_description& migration) {
  const table_description& table = migration.table;
  const table_description& other = *migration.lookup->table;
  array_builder<text> references;
  array_builder<text> keys;
  for (std::size_t i = 0; i < other.key_count(); ++i) {
    references.push(reference_at(migration, i).name);
    keys.push(other.columns[other.key_at(i)].name);
  }
  return ask_alone(on, catalog::lookup_ties,
                   {text_of(table.schema), text_of(table.name), text_of(other.schema), text_of(other.name),
                    references.as_parameter(), keys.as_parameter()});
}

/// What a lookup relies on in the other table from expand on: the foreign key, and the trigger that notes changes. A
/// text
/// that changes whenever the trigger is touched. Throws: `refused`.
template <transactional Connection>
std::string require_lookup(Connection& on, const migration_description& migration) {
  const table_description& other = *migration.lookup->table;
  constexpr std::string_view again =
      "Put it back, and go through backfill and validate after that. Nothing was changed.";
  if (ask_lookup_ties(on, migration).integer(0, 1) == 0) {
    throw refused{fmt::format(
        "The foreign key of {} to {} is gone, not valid, deferrable or switched off, so rows may refer to nothing. {}",
        table_name(migration.table), table_name(other), again)};
  }
  std::string name = object_name(lookup_prefix, migration.name);
  auto trigger = ask_alone(on, catalog::trigger_state, {text_of(other.schema), text_of(other.name), text_of(name)});
  if (trigger.rows() != 1 || trigger.text(0, 0) != "A") {
    throw refused{fmt::format("The trigger \"{}\" of {} is {}, so changes there may have been missed. {}", name,
                              table_name(other), trigger.rows() == 0 ? "gone" : "not ENABLE ALWAYS any more", again)};
  }
  return std::string{trigger.text(0, 1)};
}

/// What the table that is looked up in has to be.
template <connection_like Connection>
class lookup_inspector : table_inspector<Connection> {
 public:
  lookup_inspector(Connection& on, const migration_description& migration)
      : table_inspector<Connection>{on, *migration.lookup->table}, migration_{migration} {}

  void inspect(preflight_report& report) {
    if (this->find_table()) {
      facts();
      auto there = this->compare();
      int column = this->find(there, looked_up_column(migration_).name);
      if (column >= 0 && there.boolean(column, 3)) {
        report_.refuse(
            fmt::format("column \"{}\" is generated, and cannot be looked up yet: look up what it is generated "
                        "from",
                        looked_up_column(migration_).name));
      }
      ties();
    }
    for (finding& found : report_.findings) {
      found.text = fmt::format("of {}, which is looked up in: {}", table_name(table_), found.text);
      report.findings.push_back(std::move(found));
    }
  }

 private:
  void facts() {
    auto row = ask(on_, catalog::table_facts, {text_of(table_.schema), text_of(table_.name)});
    if (row.text(0, 1) == "p") report_.refuse("the table is partitioned: such a one cannot be looked up in yet");
    if (!row.boolean(0, 5) || !row.boolean(0, 6)) report_.refuse("this role may not SELECT and UPDATE the table");
    if (row.boolean(0, 9)) {
      report_.refuse("the table has parents or children by inheritance, among which its key is not unique");
    }
  }

  void ties() {
    auto found = ask_lookup_ties(on_, migration_);
    std::string here = table_name(migration_.table);
    std::string columns = reference_names(migration_);
    if (found.integer(0, 0) == 0) {
      report_.refuse(fmt::format(
          "no foreign key leads from {} ({}) of {} to the declared key: ALTER TABLE … ADD FOREIGN KEY … NOT "
          "VALID, then VALIDATE CONSTRAINT",
          migration_.lookup->table->key_count() > 1 ? "the columns" : "the column", columns, here));
    } else if (found.integer(0, 1) == 0) {
      report_.refuse(
          fmt::format("the foreign key from ({}) of {} is not valid, is DEFERRABLE, or is switched off, so a row could "
                      "refer to what comes later: VALIDATE CONSTRAINT, or ALTER CONSTRAINT … NOT DEFERRABLE",
                      columns, here));
    }
    if (!found.boolean(0, 2)) {
      report_.refuse(
          fmt::format("no index of {} begins with ({}), so each changed row would cost a scan of it: CREATE INDEX "
                      "CONCURRENTLY over these columns and, behind them, those of the key",
                      here, columns));
    }
    if (found.boolean(0, 3)) {
      report_.refuse(fmt::format("({}) of {} and the key have different collations", columns, here));
    }
  }

  using table_inspector<Connection>::on_;
  using table_inspector<Connection>::table_;
  using table_inspector<Connection>::report_;
  const migration_description& migration_;
};

}  // namespace detail
}  // namespace online_migration
