// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/key_references.hpp>
#include <online_migration/runtime/obstacles.hpp>
#include <online_migration/runtime/report.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/key_catalog.hpp>
#include <online_migration/sql/quarantine.hpp>

namespace online_migration::detail {

/// What finds the rows of the key's table by the old column, and would miss those that have none after contract.
template <transactional Connection>
std::string other_walkers(Connection& on, const migration_description& key) {
  std::string found;
  auto note = [&](std::string_view what) { found += fmt::format("{}\"{}\"", found.empty() ? "" : ", ", what); };
  auto open = ask(on, state::other_walks, {text_of(key.table.schema), text_of(key.table.name), text_of(key.name)});
  for (int row = 0; row < open.rows(); ++row) note(open.text(row, 0));
  auto table = ask(on, catalog::table_facts, {text_of(key.table.schema), text_of(key.table.name)});
  if (table.rows() == 0) return found;
  std::string oid{table.text(0, 0)};
  auto triggers = ask(on, catalog::triggers, {text_form_parameter(oid)});
  for (int row = 0; row < triggers.rows(); ++row) {
    std::string_view name = triggers.text(row, 0);
    bool notes_keys = name.starts_with(report_prefix);
    for (std::string_view prefix : dirty_trigger_prefixes) notes_keys = notes_keys || name.starts_with(prefix);
    if (notes_keys) note(name);
  }
  return found;
}

/// Adds what contract of a key asks for beside: its index and NOT NULL, and that everything which refers to it has
/// moved.
template <migration_like Migration, transactional Connection, class Report>
void examine_key(Connection& on, Report& report, const std::vector<risk>& acknowledged) {
  if constexpr (replaces_key_column<typename Migration::change>) {
    constexpr const migration_description& key = describe_migration<Migration>;
    auto add = [&](bool met, std::string_view there, std::string missing) {
      report.requirements.push_back({met, std::nullopt, met ? std::string{there} : std::move(missing)});
    };
    key_facts facts = read_key_facts(on, key);
    add(facts.required, "the new key is NOT NULL", "the new key is not NOT NULL yet: om::settle");
    add(facts.has_index && facts.has_legacy_index, "both columns have their unique index",
        "the unique indexes of the new key and of the old column are not there: om::prepare_key");
    add(facts.is_primary, "the key is the primary key",
        "neither the old column nor the new one is the primary key by itself");
    if (!facts.dependents.empty()) {
      add(false, "", "these depend on the primary key itself, and have to be changed first: " + facts.dependents);
    }
    const key_references& declared = key_references::of<Migration>();
    auto moved = declared.ask_about(on, key, catalog::new_references);
    for (const auto& each : declared.all()) {
      std::optional<run_record> run = read_run(on, each.migration, state::share_newest_run);
      add(run.has_value() && run->phase == phase::contracted, fmt::format("\"{}\" is contracted", each.migration),
          fmt::format("\"{}\", which refers to the key, is not contracted: om::contract it first", each.migration));
      bool valid = false;
      for (int row = 0; row < moved.rows(); ++row) {
        bool is_its_own = moved.text(row, 6) == each.schema && moved.text(row, 0) == each.table &&
                          moved.text(row, 7) == each.new_column;
        valid = valid || (is_its_own && moved.boolean(row, 3) && moved.boolean(row, 5));
      }
      add(valid, fmt::format("its column \"{}\" has a foreign key to the new key", each.new_column),
          fmt::format("\"{}\" of {} has no valid foreign key to the new key: om::prepare_key", each.new_column,
                      each.table));
    }
    std::string walkers = other_walkers(on, key);
    add(walkers.empty(), "nothing else finds rows by the old column",
        "these find rows by the old column, which may be NULL from contract on; end them first: " + walkers);
    auto publications = ask(on, catalog::publications, {text_of(key.table.schema), text_of(key.table.name)});
    if (publications.rows() > 0) {
      report.requirements.push_back(
          {is_acknowledged(acknowledged, risk::publications), risk::publications,
           fmt::format("publication \"{}\" carries the table, and with the primary key its replica identity moves: "
                       "subscribers need a unique index on the new column",
                       publications.text(0, 0))});
    }
  }
}

}  // namespace online_migration::detail
