// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/sql/structure/plan.hpp>

/// Whether the steps of structural changes are done, as the server's catalog has it.
namespace online_migration::detail {

/// The caller has a transaction open.
template <structural_migration Migration, transactional Connection>
bool are_done(Connection& on, step_stage when) {
  for (const planned_step& planned : plan<Migration>) {
    if (planned.step->when == when && ask(on, planned.state).text(0, 0) != "done") return false;
  }
  return true;
}

/// Throws: `refused` where something behind the new columns is not prepared yet. Does nothing where they are alone.
template <migration_like Migration, transactional Connection>
void require_prepared(Connection& on) {
  if constexpr (has_structure_behind<Migration>) {
    if (are_done<structure_of<Migration>>(on, step_stage::prepare)) return;
    throw refused{
        fmt::format("The indexes, defaults and comments behind the new columns of \"{}\" are not all there: call "
                    "om::prepare_structure first. Nothing was changed.",
                    Migration::name.view())};
  }
}

}  // namespace online_migration::detail
