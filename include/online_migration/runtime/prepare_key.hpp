// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/kept_parts.hpp>
#include <online_migration/runtime/key_references.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/key_catalog.hpp>

namespace online_migration {

namespace detail {

/// Holds the run of a key, and those of the columns that refer to it, while their columns are kept in step and every
/// row is filled. Gives the id of the key's. Throws: `refused`.
template <migration_like Migration, transactional Connection>
std::string hold_filled(Connection& on) {
  constexpr const migration_description& key = describe_migration<Migration>;
  auto is_filled = [](phase now) { return now == phase::validate || now == phase::contract_ready; };
  run_record run = require_run(on, key, fingerprint<Migration>, state::share_newest_run);
  if (!is_filled(run.phase)) {
    throw refused{
        fmt::format("The run of \"{}\" is in the phase {}: indexes and foreign keys come after the backfill, "
                    "and before contract. Nothing was changed.",
                    key.name, to_string(run.phase))};
  }
  for (const auto& each : key_references::of<Migration>().all()) {
    std::optional<run_record> other = read_run(on, each.migration, state::share_newest_run);
    if (other.has_value() && (is_filled(other->phase) || other->phase == phase::contracted)) continue;
    throw refused{fmt::format(
        "\"{}\", which refers to the key of \"{}\", is {}: fill its column first. Nothing was changed.", each.migration,
        key.name, other.has_value() ? fmt::format("in the phase {}", to_string(other->phase)) : "not begun")};
  }
  return std::to_string(run.id);
}

}  // namespace detail

/// Builds what contract of an `om::replace_key` relies on, once all rows are filled: the unique index of the new key, one that
/// goes on finding rows by the old column, and from each declared column a foreign key to the new key, with the actions
/// of its old one. Indexes are built CONCURRENTLY; foreign keys come NOT VALID, which takes a moment, and are validated
/// beside readers and writers. What is there is left as it is, so it may be interrupted anywhere and called again.
///
/// Throws: `refused` where a run is not that far, or a pooler stands between; `statement_error` where a row is in the way
/// (23503, 23505); `cancelled`.
template <migration_like Migration, database_like Database, environment_like Environment>
  requires replaces_key_column<typename Migration::change>
void prepare_key(basic_toolkit<Database, Environment>& tools, const std::stop_token& stop = {}) {
  constexpr const migration_description& key = describe_migration<Migration>;
  detail::in_migration(key.name, [&] {
    auto hold = [](auto& on) { detail::hold_filled<Migration>(on); };
    auto parts = [&, index = detail::object_name(detail::key_index_prefix, key.name),
                  legacy = detail::object_name(detail::legacy_key_prefix, key.name)](auto& on) {
      return detail::key_references::of<Migration>().ask_about(on, key, catalog::key_parts,
                                                               {detail::text_of(index), detail::text_of(legacy)});
    };
    std::string run = tools.session().retrying(
        [](auto& on) {
          transaction scope{on};
          return detail::hold_filled<Migration>(on);
        },
        stop);
    detail::kept_parts<Database, Environment, decltype(hold), decltype(parts)>{tools, key.name, run, hold, stop, parts}
        .restore();
  });
}

}  // namespace online_migration
