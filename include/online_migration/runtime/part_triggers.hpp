// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/dirty_keys.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/sql/catalog.hpp>

namespace online_migration::detail {

/// The safety net as the partitions of a table have it: a partition can be attached with rows that no trigger has seen,
/// and its triggers can be disabled alone.
struct part_triggers {
  std::int64_t parts = 0;  ///< how many partitions; none of an ordinary table
  std::string text;        ///< changes whenever one is attached, or a trigger is touched
  bool in_force = false;
};

/// Reads them. `each` is how many triggers a partition has to have.
template <transactional Connection>
part_triggers read_part_triggers(Connection& on, const migration_description& migration, std::size_t each = 0) {
  array_builder<online_migration::text> names;
  for (safety_net net : {safety_net::sync_trigger, safety_net::dirty_key_trigger}) {
    for (const std::string& name : net_triggers(migration, net)) names.push(name);
  }
  std::string wanted = std::to_string(each);
  auto row = ask(on, catalog::part_triggers,
                 {text_of(migration.table.schema), text_of(migration.table.name), names.as_parameter(),
                  text_form_parameter(wanted)});
  return {row.integer(0, 0), std::string{row.text(0, 1)}, row.boolean(0, 2)};
}

}  // namespace online_migration::detail
