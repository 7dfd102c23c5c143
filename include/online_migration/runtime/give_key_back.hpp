// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/key_references.hpp>
#include <online_migration/sql/key_catalog.hpp>
#include <online_migration/sql/key_statements.hpp>

namespace online_migration::detail {

/// What of a key has to be undone before its column may go: the foreign keys to it, each of which has its old one
/// still.
/// Throws: `refused`.
template <migration_like Migration, transactional Connection>
void give_key_back(Connection& on) {
  if constexpr (replaces_key_column<typename Migration::change>) {
    constexpr const migration_description& key = describe_migration<Migration>;
    auto there = key_references::of<Migration>().ask_about(on, key, catalog::new_references);
    for (int row = 0; row < there.rows(); ++row) {
      if (there.boolean(row, 3) && there.boolean(row, 4)) continue;
      throw refused{fmt::format(
          "\"{}\": the foreign key \"{}\" of {} refers to the new key, and {}. Nothing was changed.", key.name,
          there.text(row, 1), there.text(row, 0),
          there.boolean(row, 3) ? "its column has none to the old key any more: om::revive its migration first"
                                : "no declaration covers it: drop it first")};
    }
    for (int row = 0; row < there.rows(); ++row) {
      // Written by the server from its own catalog.
      std::string text{there.text(row, 2)};
      ask(on, statement{"drop_new_reference", text});
    }
    ask(on, key_statements<Migration>::give_back);
  }
}

}  // namespace online_migration::detail
