// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/read_flag.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/sql/state.hpp>

namespace online_migration::detail {

/// The phase of a run and its read flag.
struct flag_record {
  online_migration::phase phase{};
  read_flag flag;
};

/// Of the newest run; nothing where there is none. Needs no right but on the columns that it names.
/// Throws: `refused` for texts of a newer library.
template <transactional Connection>
std::optional<flag_record> read_flag_record(Connection& on, std::string_view migration) {
  auto row = ask_state(on, state::read_flag, {text_of(migration)});
  if (row.rows() == 0) return std::nullopt;
  phase now{};
  std::optional<read_flag> flag = stored_read_flag(row.text(0, 1), row.integer(0, 2));
  if (!from_string(row.text(0, 0), now) || !flag.has_value()) {
    throw refused{fmt::format(
        "The run of \"{}\" is in the phase \"{}\" with the read flag \"{}\", which this version of the library does "
        "not know: use the version that set them, or a newer one.",
        migration, row.text(0, 0), row.text(0, 1))};
  }
  return flag_record{now, *flag};
}

/// Sets the read flag of the newest run, under the lock that phases are changed with.
template <connection_like Connection>
void set_read_flag(Connection& on, const migration_description& migration, std::string_view fingerprint,
                   const read_flag& wanted, const transaction_settings& bounds) {
  transaction scope{on, bounds};
  // A flag that readers have acted on must not be lost with the server's memory, whatever the role's default is.
  ask(on, durable);
  run_record run = require_run(on, migration, fingerprint, state::lock_newest_run);
  std::optional<flag_record> now = read_flag_record(on, migration.name);
  if (now.has_value() && now->flag == wanted) return;
  if (std::string_view reason = refusal_of(run.phase, wanted); !reason.empty()) {
    throw refused{fmt::format("Reads of \"{}\" cannot go to {} while it is in the phase {}: {}. Nothing was changed.",
                              migration.name, to_string(wanted), to_string(run.phase), reason)};
  }
  if (wanted != read_flag::legacy && is_open(run.phase)) check_in_force(on, migration, run);
  std::string id = std::to_string(run.id);
  std::string share = std::to_string(wanted.share());
  ask(on, state::set_read_flag,
      {text_form_parameter(id), text_of(to_string(wanted.what())), text_form_parameter(share)});
  scope.commit();
}

}  // namespace online_migration::detail
