// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <online_migration/migration/description.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/sql/state.hpp>

namespace online_migration {

/// What covers writers that know only the legacy representation while a migration runs.
enum class safety_net : unsigned char {
  sync_trigger,            ///< a trigger of the database, whoever writes
  dirty_key_trigger,       ///< the same for what only the client can compute: triggers queue keys, the runner computes
  all_writers_dual_write,  ///< nothing: the caller has promised that there are no such writers
  none                     ///< nothing: structural changes have no values to keep
};

constexpr std::string_view to_string(safety_net value) {
  switch (value) {
    case safety_net::sync_trigger:
      return "sync-trigger";
    case safety_net::dirty_key_trigger:
      return "dirty-key-trigger";
    case safety_net::none:
      return "none";
    default:
      return "all-writers-dual-write";
  }
}

/// The promise that every writer of the table dual-writes: `om::expand<M>(toolkit, {.all_writers = om::all_writers_dual_write})`.
/// It is asked for again before the backfill begins, because from then on it has to be true.
struct all_writers_dual_write_t {
  explicit all_writers_dual_write_t() = default;
};
inline constexpr all_writers_dual_write_t all_writers_dual_write{};

/// One run of a migration, as recorded in `online_migration_runs`.
struct run_record {
  std::int64_t id = 0;
  int attempt = 0;
  std::string fingerprint;
  online_migration::phase phase{};
  safety_net net{};
};

namespace detail {

/// Asks the state tables. Throws: `refused` where they are not there.
template <transactional Connection>
auto ask_state(Connection& on, const statement& what, std::initializer_list<parameter> parameters) {
  try {
    return ask_alone(on, what, parameters);
  } catch (const statement_error& problem) {
    if (problem.sqlstate() != "42P01") throw;
    throw refused{
        "This database has no state tables yet: call toolkit.ensure_state_tables() first. Nothing was changed."};
  }
}

/// The newest run of a migration, locked with `state::lock_newest_run`. A text of the tables that this library does not
/// know comes from a newer one: refused.
template <transactional Connection>
std::optional<run_record> read_run(Connection& on, std::string_view migration, const statement& how) {
  auto row = ask_state(on, how, {text_of(migration)});
  if (row.rows() == 0) return std::nullopt;
  run_record run{row.integer(0, 0), static_cast<int>(row.integer(0, 1)), std::string{row.text(0, 2)}, {}, {}};
  if (!from_string(row.text(0, 3), run.phase)) {
    throw refused{
        fmt::format("The run of \"{}\" is in the phase \"{}\", which this version of the library does not know: use "
                    "the version that began it, or a newer one.",
                    migration, row.text(0, 3))};
  }
  for (safety_net net : {safety_net::sync_trigger, safety_net::dirty_key_trigger, safety_net::all_writers_dual_write,
                         safety_net::none}) {
    if (row.text(0, 4) == to_string(net)) run.net = net;
  }
  return run;
}

constexpr bool is_open(phase value) { return value != phase::contracted && value != phase::rolled_back; }

/// Refuses to go on with a run that another declaration began.
inline void check_fingerprint(const run_record& run, std::string_view migration, std::string_view fingerprint) {
  if (run.fingerprint == fingerprint) return;
  throw refused{fmt::format(
      "The declaration of \"{}\" is not the one that its run began with (fingerprint {} now, {} then): "
      "go on with the declaration of then, or give that run up first (docs/how-to/give-up.md). Nothing was changed.",
      migration, fingerprint, run.fingerprint)};
}

/// The run to go on with. Throws: `refused` where there is none, or another declaration began it.
template <transactional Connection>
run_record require_run(Connection& on, std::string_view migration, std::string_view fingerprint, const statement& how) {
  std::optional<run_record> run = read_run(on, migration, how);
  if (!run.has_value()) {
    throw refused{fmt::format("There is no run of \"{}\": begin one with om::expand. Nothing was changed.", migration)};
  }
  check_fingerprint(*run, migration, fingerprint);
  return *run;
}

template <transactional Connection>
run_record require_run(Connection& on, const migration_description& migration, std::string_view fingerprint,
                       const statement& how) {
  return require_run(on, migration.name, fingerprint, how);
}

}  // namespace detail
}  // namespace online_migration
