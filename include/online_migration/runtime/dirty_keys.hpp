// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/dirty_keys.hpp>

namespace online_migration::detail {

/// Keys wait in the queue of a migration: drain it, and try again.
class keys_waiting : public refused {
 public:
  using refused::refused;
};

/// Whether a run has a queue of keys that somebody else's writes have left for the runner.
constexpr bool has_queue(const migration_description& migration, const run_record& run) {
  return run.net == safety_net::dirty_key_trigger || (migration.looks_up && run.net == safety_net::sync_trigger);
}

/// Refuses while keys wait. Throws: `keys_waiting`.
template <transactional Connection>
void check_dirty_keys_empty(Connection& on, const migration_description& migration, const run_record& run) {
  if (!has_queue(migration, run)) return;
  std::int64_t waiting = ask_alone(on, state::dirty_keys_waiting, {text_of(migration.name)}).integer(0, 0);
  if (waiting == 0) return;
  throw keys_waiting{
      fmt::format("{} keys of \"{}\" wait in online_migration_dirty_keys, {}: run "
                  "om::backfill_runner, which computes their rows in this phase too. Nothing was changed.",
                  waiting, migration.name,
                  migration.looks_up ? "changed in the table that is looked up in" : "written by the old ways")};
}

/// The triggers that are the safety net of a run, by their names.
inline std::vector<std::string> net_triggers(std::string_view migration, safety_net net) {
  if (net == safety_net::sync_trigger) return {trigger_name(migration)};
  std::vector<std::string> names;
  if (net == safety_net::dirty_key_trigger) {
    for (std::string_view prefix : dirty_trigger_prefixes) names.push_back(object_name(prefix, migration));
  }
  return names;
}

/// Those of them on the migration's own table.
inline std::vector<std::string> net_triggers(const migration_description& migration, safety_net net) {
  std::vector<std::string> names = net_triggers(migration.name, net);
  if (migration.looks_up && net == safety_net::sync_trigger) names.push_back(object_name(late_prefix, migration.name));
  return names;
}

}  // namespace online_migration::detail
