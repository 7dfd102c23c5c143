// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/sql/contract_state.hpp>

namespace online_migration::detail {

/// The fence of a repair: no step to another phase from here to the end of the transaction. Throws: `refused` in a phase
/// for which a repair is not.
template <transactional Connection>
void hold_for_repair(Connection& on, std::string_view migration, const std::string& run) {
  auto now = ask(on, state::hold_run, {text_form_parameter(run)});
  std::string_view in = now.rows() == 1 ? now.text(0, 0) : "(gone)";
  if (in == to_string(phase::validate) || in == to_string(phase::contract_ready)) return;
  throw refused{
      fmt::format("The run of \"{}\" is in the phase {}, and rows are repaired in validate and contract-ready only: "
                  "before, the backfill puts them right; after, applications write the new column alone. No row was "
                  "changed.",
                  migration, in)};
}

}  // namespace online_migration::detail
