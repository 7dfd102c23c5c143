// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/parts.hpp>

namespace online_migration::detail {

/// What a run's record says beyond its phase, for contract and the ways back.
struct contract_facts {
  std::string read_flag;
  bool flag_settled = false;  ///< whether it is as old as was asked for
  bool retired = false;       ///< the old column is renamed away
  bool reviving = false;      ///< the run is on its way back
  bool dropped = false;       ///< the old column is gone
  std::int64_t quarantined = 0;
  std::int64_t keys_waiting = 0;
  std::optional<std::int64_t> firings;  ///< of the sync trigger since the newest full pass; empty where nobody counted
  std::int64_t retired_for = 0;         ///< seconds
  bool legacy_was_required = false;
};

/// Reads them. `settle` is how old the read flag has to be.
template <transactional Connection>
contract_facts read_contract_facts(Connection& on, const migration_description& migration, const std::string& run,
                                   std::chrono::milliseconds settle = {}) {
  std::string age = std::to_string(settle.count());
  std::string alarm = written([&](sink& out) { write_alarm_name(out, migration); });
  auto row = ask(on, state::contract_facts, {text_form_parameter(run), text_form_parameter(age), text_of(alarm)});
  contract_facts found;
  found.read_flag = row.text(0, 0);
  found.flag_settled = row.boolean(0, 1);
  found.retired = !row.is_null(0, 2);
  found.reviving = row.boolean(0, 3);
  found.dropped = row.boolean(0, 4);
  found.quarantined = row.integer(0, 5);
  found.keys_waiting = row.integer(0, 6);
  if (!row.is_null(0, 7)) found.firings = row.integer(0, 7);
  if (!row.is_null(0, 8)) found.retired_for = row.integer(0, 8);
  found.legacy_was_required = row.boolean(0, 9);
  return found;
}

}  // namespace online_migration::detail
