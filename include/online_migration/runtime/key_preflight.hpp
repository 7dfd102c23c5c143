// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/key_references.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/key_catalog.hpp>

namespace online_migration::detail {

/// A foreign key to the old column, or what is wrong with it.
template <class Result>
void judge_reference(const Result& row, int number, const key_references& declared, preflight_report& report) {
  std::string_view schema = row.text(number, 0);
  std::string_view table = row.text(number, 1);
  std::string name = fmt::format("the foreign key \"{}\" of {}.{}", row.text(number, 2), schema, table);
  if (row.is_null(number, 3)) {
    report.refuse(name + " refers to the key together with other columns, which cannot be replaced: drop it first");
  } else if (!declared.has(schema, table, row.text(number, 3))) {
    report.refuse(
        fmt::format("{} refers to the key, and no declaration covers it: give the migration that replaces "
                    "its column \"{}\" to om::referenced_by",
                    name, row.text(number, 3)));
  } else if (!row.boolean(number, 4)) {
    report.refuse(name + " is not valid: VALIDATE it first, because its successor will be");
  } else if (row.boolean(number, 5)) {
    report.refuse(name + " has the action SET DEFAULT, which would not know which of both columns to set: change it");
  } else if (row.boolean(number, 6)) {
    report.refuse(name + " is that of a partitioned table, which takes no foreign key without a long lock");
  }
}

/// What preflight asks of a key beside.
template <migration_like Migration, transactional Connection>
void inspect_key(Connection& on, preflight_report& report) {
  if constexpr (replaces_key_column<typename Migration::change>) {
    constexpr const migration_description& key = describe_migration<Migration>;
    transaction scope{on};
    auto table = ask(on, catalog::table_facts, {text_of(key.table.schema), text_of(key.table.name)});
    if (table.rows() == 0) return;
    if (table.text(0, 1) != "r") {
      report.refuse("the table is partitioned, and the key of such a table cannot be replaced yet");
      return;
    }
    key_facts facts = read_key_facts(on, key);
    if (!facts.is_primary) {
      report.refuse(
          fmt::format("\"{}\" alone is not the primary key of the table, or that one is deferrable: "
                      "om::replace_key moves nothing else",
                      first_replaced(key).name));
    }
    if (!facts.dependents.empty()) {
      report.refuse(
          "these depend on the primary key itself (a GROUP BY that names it alone), and have to be changed first: " +
          facts.dependents);
    }
    if (!facts.sharers.empty()) {
      report.notice("these take numbers from the sequence of the key, too, which contract makes wider: " +
                    facts.sharers);
    }
    const key_references& declared = key_references::of<Migration>();
    auto there = ask(on, catalog::key_references,
                     {text_of(key.table.schema), text_of(key.table.name), text_of(first_replaced(key).name)});
    for (int row = 0; row < there.rows(); ++row) judge_reference(there, row, declared, report);
    for (const auto& each : declared.all()) {
      bool found = false;
      for (int row = 0; row < there.rows(); ++row) {
        found = found || (there.text(row, 0) == each.schema && there.text(row, 1) == each.table &&
                          !there.is_null(row, 3) && there.text(row, 3) == each.old_column);
      }
      if (found) continue;
      report.refuse(
          fmt::format("column \"{}\" of {}.{} (\"{}\") has no foreign key to the key: take it out of "
                      "om::referenced_by",
                      each.old_column, each.schema, each.table, each.migration));
    }
  }
}

}  // namespace online_migration::detail
