// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/key_statements.hpp>
#include <online_migration/sql/locks.hpp>
#include <online_migration/sql/parts.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/statements.hpp>
#include <online_migration/sql/structure/plan.hpp>

namespace online_migration {

/// Which statements of a migration to show.
enum class plan_extent {
  forward,    ///< what changes or locks the table on the way forward, and what proves it
  everything  ///< also the ways back, and how the walk finds its way and keeps its books
};

namespace detail {

struct plan_stage {
  std::string_view name;
  std::string_view title;
  bool forward = true;
};

inline constexpr plan_stage plan_stages[]{
    {"check", "CHECK: a transaction that is rolled back"},
    {"expand", "EXPAND: one transaction, tried again for as long as it does not get its locks at once"},
    {"backfill", "BACKFILL: one transaction for each chunk"},
    {"validate", "VALIDATE: one transaction for each range of keys"},
    {"settle", "SETTLE: each statement a transaction, before contract-ready"},
    {"read", "READS of the application", false},
    {"contract",
     "CONTRACT: one transaction with the next, tried again for as long as it does not get its locks at once"},
    {"net", "THE SAFETY NET GOES: in the transaction of contract, or of rollback"},
    {"retire", "RETIRE: one transaction, tried again for as long as it does not get its locks at once"},
    {"drop", "DROP: the same, at the earliest a day later"},
    {"rollback", "ROLLBACK: one transaction, in which the safety net goes too", false},
    {"revive", "REVIVE: the way back from contract", false},
};

/// Whether a stage is a part of the way forward of this migration.
constexpr bool leads_forward(const plan_stage& stage, const migration_description& migration) {
  bool net_goes = replaces(migration) || !migration.trigger_keeps;
  return stage.forward && (stage.name != "net" || net_goes);
}

/// The steps of a structural plan that one part of a run takes, beneath a title; empty where it takes none.
template <structural_migration Migration>
std::string steps_text(step_stage stage, std::string_view title) {
  std::string text;
  for (const planned_step& planned : plan<Migration>) {
    if (planned.step->when != stage) continue;
    if (text.empty()) text = fmt::format("\n\n-- {}: each a transaction, tried again while the table is busy\n", title);
    text +=
        fmt::format("\n-- {}\n--   lock on the table: {}{}{}\n{};\n", planned.run.name, to_string(planned.step->lock),
                    planned.step->scans ? "; one scan, beside readers and writers" : "",
                    planned.step->alone ? "; outside of transactions" : "", planned.run.view());
  }
  return text;
}

/// What stands behind new columns, where a plan shows it: before the transaction of contract, and before that of
/// rollback.
struct plan_behind {
  std::string before_contract{};
  std::string before_rollback{};
};

inline std::string plan_text(const migration_description& migration, std::string_view fingerprint,
                             std::span<const statement> statements, plan_extent extent,
                             const plan_behind& behind = {}) {
  std::string text;
  auto line = [&](std::initializer_list<std::string_view> pieces) {
    for (std::string_view piece : pieces) text += piece;
    text += '\n';
  };
  std::string table(size_of([&](sink& out) { write_table(out, migration.table); }), '\0');
  sink writer{table.data()};
  write_table(writer, migration.table);
  line({"-- ", migration.name, " on ", table});
  line({"-- fingerprint ", fingerprint});
  line({"-- $1, $2, … are parameters, which the library binds."});
  for (const plan_stage& stage : plan_stages) {
    if (extent == plan_extent::forward && !leads_forward(stage, migration)) continue;
    if (stage.name == "contract") text += behind.before_contract;
    if (stage.name == "rollback") text += behind.before_rollback;
    bool titled = false;
    for (const statement& each : statements) {
      const lock_note* note = find_lock_note(each.name);
      if (each.size == 0 || note == nullptr || note->stage != stage.name) continue;
      if (note->bookkeeping && extent == plan_extent::forward) continue;
      if (!titled) line({"\n\n-- ", stage.title});
      titled = true;
      line({"\n-- ", each.name});
      line({"--   lock on the table: ", note->lock, note->effect.empty() ? "" : "; ", note->effect});
      line({each.view(), ";"});
    }
  }
  return text;
}

}  // namespace detail

/// The SQL of a migration for people to review, in the order of its use, with the lock that each statement takes. The
/// same declaration and the same version of the library always give the same text: keep it beside the migration, and
/// compare.
template <migration_like Migration>
std::string plan_text(plan_extent extent = plan_extent::forward) {
  std::vector<statement> all;
  if constexpr (replaces_key_column<typename Migration::change>) {
    using key = key_statements<Migration>;
    all = {key::cut_over, key::retired_guard, key::find_wide_key, key::return_numbers, key::give_back};
  }
  for (std::size_t i = 0; i < statements<Migration>::count; ++i) all.push_back(statements<Migration>::at(i));
  detail::plan_behind behind;
  if constexpr (has_structure_behind<Migration>) {
    using changes = structure_of<Migration>;
    behind = {detail::steps_text<changes>(step_stage::prepare, "BEHIND THE NEW COLUMNS, before contract-ready") +
                  detail::steps_text<changes>(step_stage::enforce, "ENFORCED by contract, before its transaction"),
              detail::steps_text<changes>(step_stage::undo, "ROLLBACK, before its transaction: what the run has made")};
  }
  return detail::plan_text(describe_migration<Migration>, fingerprint<Migration>, all, extent, behind);
}

}  // namespace online_migration
