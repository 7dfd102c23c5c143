// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/structure/kept.hpp>
#include <online_migration/sql/structure/names.hpp>
#include <online_migration/sql/structure/rename.hpp>
#include <online_migration/sql/structure/settings.hpp>
#include <online_migration/sql/structure/statements.hpp>
#include <online_migration/sql/structure/states.hpp>

namespace online_migration {

/// PostgreSQL's table locks, from the weakest to the strongest.
enum class lock_level : unsigned char {
  none,
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive
};

/// A lock as PostgreSQL's manual names it.
constexpr std::string_view to_string(lock_level level) {
  constexpr std::string_view names[]{
      "none",  "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
      "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
  return names[static_cast<int>(level)];
}

/// The part of a run that takes a step.
enum class step_stage : unsigned char {
  prepare,  ///< expand: what nobody notices
  enforce,  ///< contract: constraints come into force, what goes is relaxed or dropped
  retire,   ///< renamed away
  drop,     ///< and dropped
  revive,   ///< named back
  undo      ///< rollback, and a contract that failed: the last change first
};

/// One step of a kind of structural change.
struct plan_step {
  std::string_view name;
  step_stage when{};
  lock_level lock{};
  bool scans = false;  ///< reads the whole table, beside readers and writers
  bool alone = false;  ///< outside of transactions, and waits for older ones
  detail::structure_writer write{};
  detail::structure_writer state{};     ///< asks whether it is done
  detail::structure_writer clean_up{};  ///< takes away what an interrupted try has left
};

namespace detail {

inline constexpr lock_level brief = lock_level::access_exclusive;
inline constexpr lock_level beside = lock_level::share_update_exclusive;

inline constexpr plan_step create_table_steps[]{
    {"make_table", step_stage::prepare, lock_level::none, false, false, &write_make_table, &write_state_table},
    {"drop_made_table", step_stage::drop, brief, false, false, &write_drop_made_table, &write_state_table_gone}};

inline constexpr plan_step rename_table_steps[]{
    {"rename_table", step_stage::prepare, brief, false, false, &write_rename_table, &write_state_table_renamed},
    {"drop_old_name", step_stage::enforce, brief, false, false, &write_drop_old_name, &write_state_old_name_free},
    {"rename_table_back", step_stage::undo, brief, false, false, &write_rename_table_back, &write_state_table_back}};

inline constexpr plan_step add_column_steps[]{
    {"add_constant_column", step_stage::prepare, brief, false, false, &write_add_constant_column, &write_state_column},
    {"drop_added_column", step_stage::drop, brief, false, false, &write_drop_added_column, &write_state_column_gone}};

inline constexpr plan_step set_default_steps[]{
    {"set_default", step_stage::prepare, brief, false, false, &write_change_setting, &write_state_setting<false>},
    {"reset_default", step_stage::undo, brief, false, false, &write_restore_setting, &write_state_setting<true>}};

inline constexpr plan_step create_index_steps[]{
    {"build_index", step_stage::prepare, beside, true, true, &write_build_index, &write_state_index, &write_drop_index},
    {"drop_built_index", step_stage::undo, beside, false, true, &write_drop_index, &write_state_index_gone}};

/// A unique one refuses writes, so it comes with the constraints.
inline constexpr plan_step create_unique_index_steps[]{
    {"build_unique_index", step_stage::enforce, beside, true, true, &write_build_index, &write_state_index,
     &write_drop_index},
    {"drop_built_index", step_stage::undo, beside, false, true, &write_drop_index, &write_state_index_gone}};

inline constexpr plan_step set_not_null_steps[]{
    {"add_required_check", step_stage::enforce, brief, false, false, &write_add_constraint,
     &write_state_constraint_there},
    {"validate_required_check", step_stage::enforce, beside, true, false, &write_validate,
     &write_state_constraint_valid},
    {"set_not_null", step_stage::enforce, brief, false, false, &write_require<true>, &write_state_required},
    {"drop_required_check", step_stage::enforce, brief, false, false, &write_drop_constraint,
     &write_state_constraint_gone},
    {"drop_not_null", step_stage::undo, brief, false, false, &write_require<false>, &write_state_not_required},
    {"undo_required_check", step_stage::undo, brief, false, false, &write_drop_constraint,
     &write_state_constraint_gone}};

inline constexpr plan_step add_check_steps[]{
    {"add_check", step_stage::enforce, brief, false, false, &write_add_constraint, &write_state_constraint_there},
    {"validate_check", step_stage::enforce, beside, true, false, &write_validate, &write_state_constraint_valid},
    {"drop_added_check", step_stage::undo, brief, false, false, &write_drop_constraint, &write_state_constraint_gone}};

inline constexpr plan_step add_unique_steps[]{
    {"build_unique_index", step_stage::enforce, beside, true, true, &write_build_index, &write_state_index,
     &write_drop_index},
    {"add_unique", step_stage::enforce, brief, false, false, &write_add_constraint, &write_state_constraint_there},
    {"drop_added_unique", step_stage::undo, brief, false, false, &write_drop_constraint, &write_state_constraint_gone},
    {"drop_unique_index", step_stage::undo, beside, false, true, &write_drop_index, &write_state_index_gone}};

inline constexpr plan_step add_foreign_key_steps[]{
    {"add_foreign_key", step_stage::enforce, lock_level::share_row_exclusive, false, false, &write_add_constraint,
     &write_state_constraint_there},
    {"validate_foreign_key", step_stage::enforce, beside, true, false, &write_validate, &write_state_constraint_valid},
    {"drop_added_foreign_key", step_stage::undo, brief, false, false, &write_drop_constraint,
     &write_state_constraint_gone}};

inline constexpr plan_step rename_constraint_steps[]{
    {"rename_constraint", step_stage::enforce, brief, false, false, &write_rename_constraint<false>,
     &write_state_constraint_renamed<false>},
    {"rename_constraint_back", step_stage::undo, brief, false, false, &write_rename_constraint<true>,
     &write_state_constraint_renamed<true>}};

inline constexpr plan_step drop_not_null_steps[]{
    {"drop_not_null", step_stage::enforce, brief, false, false, &write_require<false>, &write_state_not_required},
    {"restore_required_check", step_stage::undo, brief, false, false, &write_add_constraint,
     &write_state_constraint_there},
    {"validate_restored_check", step_stage::undo, beside, true, false, &write_validate, &write_state_constraint_valid},
    {"restore_not_null", step_stage::undo, brief, false, false, &write_require<true>, &write_state_required},
    {"drop_restored_check", step_stage::undo, brief, false, false, &write_drop_constraint,
     &write_state_constraint_gone}};

inline constexpr plan_step drop_default_steps[]{
    {"drop_default", step_stage::enforce, brief, false, false, &write_change_setting, &write_state_setting<false>},
    {"restore_default", step_stage::undo, brief, false, false, &write_restore_setting, &write_state_setting<true>}};

inline constexpr plan_step set_comment_steps[]{
    {"set_comment", step_stage::prepare, beside, false, false, &write_change_setting, &write_state_setting<false>},
    {"restore_comment", step_stage::undo, beside, false, false, &write_restore_setting, &write_state_setting<true>}};

inline constexpr plan_step set_replica_identity_steps[]{{"set_replica_identity", step_stage::enforce, brief, false,
                                                         false, &write_change_setting, &write_state_setting<false>},
                                                        {"restore_replica_identity", step_stage::undo, brief, false,
                                                         false, &write_restore_setting, &write_state_setting<true>}};

inline constexpr plan_step drop_constraint_steps[]{{"drop_constraint", step_stage::enforce, brief, false, false,
                                                    &write_drop_kept_constraint, &write_state_constraint_gone}};

inline constexpr plan_step drop_index_steps[]{
    {"keep_index", step_stage::enforce, lock_level::none, false, false, &write_keep_index, &write_state_index_kept},
    {"drop_index", step_stage::enforce, beside, false, true, &write_drop_index, &write_state_index_gone}};

inline constexpr plan_step drop_column_steps[]{
    {"relax_column", step_stage::enforce, brief, false, false, &write_require<false>, &write_state_not_required},
    {"retire_column", step_stage::retire, brief, false, false, &write_rename_retired<false>,
     &write_state_retired<false>},
    {"unretire_column", step_stage::revive, brief, false, false, &write_rename_retired<true>,
     &write_state_retired<true>},
    {"drop_column", step_stage::drop, brief, false, false, &write_drop_for_good, &write_state_retired<true>}};

inline constexpr plan_step drop_table_steps[]{
    {"retire_table", step_stage::retire, brief, false, false, &write_rename_retired<false>,
     &write_state_retired<false>},
    {"unretire_table", step_stage::revive, brief, false, false, &write_rename_retired<true>,
     &write_state_retired<true>},
    {"drop_table", step_stage::drop, brief, false, false, &write_drop_for_good, &write_state_retired<true>}};

/// The steps of a kind of change, in the order in which they are taken.
constexpr std::span<const plan_step> steps_of(const structure_description& change) {
  switch (change.is) {
    case structure::create_table:
      return create_table_steps;
    case structure::rename_table:
      return rename_table_steps;
    case structure::add_column:
      return add_column_steps;
    case structure::set_default:
      return set_default_steps;
    case structure::create_index:
      if (change.unique) return create_unique_index_steps;
      return create_index_steps;
    case structure::set_not_null:
      return set_not_null_steps;
    case structure::add_check:
      return add_check_steps;
    case structure::add_unique:
      return add_unique_steps;
    case structure::add_foreign_key:
      return add_foreign_key_steps;
    case structure::rename_constraint:
      return rename_constraint_steps;
    case structure::drop_constraint:
      return drop_constraint_steps;
    case structure::drop_index:
      return drop_index_steps;
    case structure::drop_not_null:
      return drop_not_null_steps;
    case structure::drop_default:
      return drop_default_steps;
    case structure::drop_column:
      return drop_column_steps;
    case structure::set_comment:
      return set_comment_steps;
    case structure::set_replica_identity:
      return set_replica_identity_steps;
    default:
      return drop_table_steps;
  }
}

/// What reads a whole table must let readers and writers go on, and what stops them must not be in one transaction with
/// it. Each step is a transaction of its own, so one look at each is enough.
constexpr bool is_lock_safe(std::span<const plan_step> steps) {
  for (const plan_step& step : steps) {
    if ((step.scans || step.alone) && step.lock > lock_level::share_update_exclusive) return false;
  }
  return true;
}

constexpr bool all_lock_safe() {
  for (int kind = 0; kind <= static_cast<int>(structure::set_replica_identity); ++kind) {
    if (!is_lock_safe(steps_of({.is = static_cast<structure>(kind)}))) return false;
  }
  return is_lock_safe(create_unique_index_steps);
}
static_assert(all_lock_safe());

}  // namespace detail

/// One step of a migration's plan: constant SQL, and what it does to those who use the table.
struct planned_step {
  const plan_step* step = nullptr;
  std::size_t change = 0;  ///< its position in the declaration
  statement run;
  statement state;     ///< gives one text: `done`, `missing` or `left over`
  statement clean_up;  ///< empty where nothing can be left over
};

namespace detail {

constexpr std::size_t count_steps(const structural_description& migration) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < migration.count; ++i) count += steps_of(migration.changes[i]).size();
  return count;
}

/// Every text of a plan in one array, one after the other.
constexpr void write_plan(sink& out, const structural_description& migration) {
  for (std::size_t i = 0; i < migration.count; ++i) {
    const structure_description& change = migration.changes[i];
    for (const plan_step& step : steps_of(change)) {
      for (structure_writer write : {step.write, step.state, step.clean_up}) {
        if (write) write(out, migration, change);
        out.put('\0');
      }
    }
    write_violations(out, migration, change);
    out.put('\0');
  }
}

template <structural_migration Migration>
struct plan_of {
  static constexpr const structural_description& migration = describe_structure<Migration>;
  static constexpr std::size_t size = size_of([](sink& out) { write_plan(out, migration); });
  static constexpr std::size_t count = count_steps(migration);

  static constexpr text_constant<size> make_text() {
    text_constant<size> result;
    sink out{result.text};
    write_plan(out, migration);
    return result;
  }
  static constexpr text_constant<size> text = make_text();

  struct contents {
    planned_step steps[count + 1]{};
    statement violations[migration.count]{};
  };

  static constexpr contents make() {
    contents result;
    std::size_t at = 0;
    auto next = [&](std::string_view name) {
      std::size_t begin = at;
      while (text.text[at] != '\0') ++at;
      return statement{name, {text.text + begin, at++ - begin}};
    };
    std::size_t number = 0;
    for (std::size_t i = 0; i < migration.count; ++i) {
      for (const plan_step& step : steps_of(migration.changes[i])) {
        planned_step& planned = result.steps[number++];
        planned.step = &step;
        planned.change = i;
        planned.run = next(step.name);
        planned.state = next("plan_state");
        planned.clean_up = next("plan_clean_up");
      }
      result.violations[i] = next("plan_violations");
    }
    return result;
  }
  static constexpr contents values = make();
};

}  // namespace detail

/// The plan of a structural migration: all its steps, the changes in the order of their declaration, as constants.
/// Which are taken when is told by their stage.
template <structural_migration Migration>
inline constexpr std::span<const planned_step> plan{detail::plan_of<Migration>::values.steps,
                                                    detail::plan_of<Migration>::count};

/// The statements that count the rows in the way of each change; empty where nothing can be.
template <structural_migration Migration>
inline constexpr std::span<const statement> violation_counts{detail::plan_of<Migration>::values.violations,
                                                             Migration::changes::size};

}  // namespace online_migration
