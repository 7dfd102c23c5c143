// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include <fmt/format.h>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/sql/catalog.hpp>

namespace online_migration::detail {

/// The search_path for transactions that update many rows of a table. The functions of the table's own triggers find
/// what they use by the path of the session, so those triggers fire under it, with pg_catalog first. Where there are
/// none nothing is looked up outside pg_catalog.
template <transactional Connection>
std::string trigger_path(Connection& on, const table_description& table) {
  auto firing = ask_alone(on, catalog::update_triggers, {text_of(table.schema), text_of(table.name)});
  if (firing.integer(0, 0) == 0) return transaction_settings{}.search_path;
  auto path = ask(on, catalog::session_path);
  return path.text(0, 0).empty() ? std::string{"pg_catalog"} : fmt::format("pg_catalog, {}", path.text(0, 0));
}

}  // namespace online_migration::detail
