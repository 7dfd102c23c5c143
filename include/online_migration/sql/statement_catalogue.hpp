// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/blocks.hpp>
#include <online_migration/sql/careful.hpp>
#include <online_migration/sql/client_parity.hpp>
#include <online_migration/sql/client_rows.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/expand.hpp>
#include <online_migration/sql/guard.hpp>
#include <online_migration/sql/legacy.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parity_blocks.hpp>
#include <online_migration/sql/parity_keys.hpp>
#include <online_migration/sql/parity_suspects.hpp>
#include <online_migration/sql/quarantine.hpp>
#include <online_migration/sql/quarantine_rows.hpp>
#include <online_migration/sql/read.hpp>
#include <online_migration/sql/repair.hpp>
#include <online_migration/sql/sample.hpp>
#include <online_migration/sql/slices.hpp>
#include <online_migration/sql/stripes.hpp>
#include <online_migration/sql/total.hpp>
#include <online_migration/sql/trigger.hpp>

namespace online_migration::detail {

struct statement_entry {
  std::string_view name;
  void (*write)(sink&, const migration_description&);

  constexpr statement_entry(const char* literal, void (*writer)(sink&, const migration_description&))
      : name{literal, __builtin_strlen(literal)}, write{writer} {}
};

template <auto Write, bool BoundedBelow>
constexpr void with_bound(sink& out, const migration_description& migration) {
  Write(out, migration, BoundedBelow);
}

/// The position of each statement in the catalogue. Finding it by its name while compiling costs more than it looks.
namespace ids {
enum id : std::size_t {
  probe_table,
  probe_column,
  create_total_function,
  create_why_function,
  grant_total_functions,
  create_alarm_sequence,
  revoke_alarm_sequence,
  create_alarm_function,
  grant_alarm_function,
  create_report_function,
  revoke_report_function,
  add_column,
  create_sync_function,
  revoke_sync_function,
  create_sync_trigger,
  enable_sync_trigger,
  create_report_trigger,
  enable_report_trigger,
  drop_dirty_function,
  create_dirty_function,
  revoke_dirty_function,
  create_dirty_insert_trigger,
  create_dirty_update_trigger,
  create_dirty_key_trigger,
  create_dirty_part_trigger,
  enable_dirty_triggers,
  add_not_null,
  begin_backfill,
  backfill_position,
  probe_stripes,
  begin_blocks,
  fence,
  lock_file,
  same_file,
  client_position,
  backfill_bound_first,
  backfill_bound,
  backfill_count_first,
  backfill_count,
  middle_key_first,
  middle_key,
  backfill_chunk_first,
  backfill_chunk,
  block_count,
  block_chunk,
  quarantine_range_first,
  quarantine_range,
  note_range_first,
  note_range,
  note_block,
  client_read_first,
  client_read,
  client_read_again,
  client_write_back,
  client_fence,
  client_chunk,
  client_whole,
  quarantine_keys,
  release_keys,
  dirty_read,
  quarantined,
  advance,
  greatest_key,
  parity_count_first,
  parity_count,
  parity_key_sample,
  parity_range_first,
  parity_range,
  parity_witness_first,
  parity_witness,
  parity_blocks,
  parity_blocks_witness,
  parity_suspects_first,
  parity_suspects,
  parity_suspects_witness_first,
  parity_suspects_witness,
  parity_read_first,
  parity_read,
  parity_look_again,
  parity_witness_value,
  parity_failures_first,
  parity_failures,
  parity_failed_keys,
  parity_sample,
  client_sample,
  parity_repair_first,
  parity_repair,
  validate_not_null,
  set_not_null,
  drop_not_null_check,
  relax_legacy,
  create_guard_function,
  revoke_guard_function,
  create_guard_trigger,
  enable_guard_trigger,
  drop_sync_trigger,
  drop_sync_function,
  drop_report_trigger,
  drop_report_function,
  drop_dirty_insert_trigger,
  drop_dirty_update_trigger,
  drop_dirty_key_trigger,
  drop_total_functions,
  drop_alarm_function,
  drop_alarm_sequence,
  retire_legacy,
  unretire_legacy,
  drop_guard_trigger,
  drop_guard_function,
  drop_legacy,
  restore_default,
  create_revive_function,
  refill_check_first,
  refill_check,
  refill_chunk_first,
  refill_chunk,
  add_legacy_not_null,
  validate_legacy_not_null,
  set_legacy_not_null,
  drop_legacy_check,
  relax_target,
  drop_target,
  read_legacy,
  read_new,
  read_both,
};
}  // namespace ids

/// Every statement that depends on nothing but the migration, in the order of its use.
inline constexpr statement_entry catalogue[]{
    {"probe_table", &write_probe_table},
    {"probe_column", &write_probe_column},
    {"create_total_function", &write_create_total_function},
    {"create_why_function", &write_create_why_function},
    {"grant_total_functions", &write_grant_total_functions},
    {"create_alarm_sequence", &write_create_alarm_sequence},
    {"revoke_alarm_sequence", &write_revoke_alarm_sequence},
    {"create_alarm_function", &write_create_alarm_function},
    {"grant_alarm_function", &write_grant_alarm_function},
    {"create_report_function", &write_create_report_function},
    {"revoke_report_function", &write_revoke_report_function},
    {"add_column", &write_add_column},
    {"create_sync_function", &write_create_sync_function},
    {"revoke_sync_function", &write_revoke_sync_function},
    {"create_sync_trigger", &write_create_sync_trigger},
    {"enable_sync_trigger", &write_enable_sync_trigger},
    {"create_report_trigger", &write_create_report_trigger},
    {"enable_report_trigger", &write_enable_report_trigger},
    {"drop_dirty_function", &write_drop_dirty_function},
    {"create_dirty_function", &write_create_dirty_function},
    {"revoke_dirty_function", &write_revoke_dirty_function},
    {"create_dirty_insert_trigger", &write_create_dirty_insert_trigger},
    {"create_dirty_update_trigger", &write_create_dirty_update_trigger},
    {"create_dirty_key_trigger", &write_create_dirty_key_trigger},
    {"create_dirty_part_trigger", &write_create_dirty_part_trigger},
    {"enable_dirty_triggers", &write_enable_dirty_triggers},
    {"add_not_null", &write_add_not_null},
    {"begin_backfill", &write_begin_backfill},
    {"backfill_position", &write_backfill_position},
    {"probe_stripes", &write_probe_stripes},
    {"begin_blocks", &write_begin_blocks},
    {"fence", &write_fence},
    {"lock_file", &write_lock_file},
    {"same_file", &write_same_file},
    {"client_position", &write_client_position},
    {"backfill_bound_first", &with_bound<&write_bound, false>},
    {"backfill_bound", &with_bound<&write_bound, true>},
    {"backfill_count_first", &with_bound<&write_count, false>},
    {"backfill_count", &with_bound<&write_count, true>},
    {"middle_key_first", &with_bound<&write_middle_key, false>},
    {"middle_key", &with_bound<&write_middle_key, true>},
    {"backfill_chunk_first", &with_bound<&write_chunk, false>},
    {"backfill_chunk", &with_bound<&write_chunk, true>},
    {"block_count", &write_block_count},
    {"block_chunk", &write_block_chunk},
    {"quarantine_range_first", &with_bound<&write_quarantine_range, false>},
    {"quarantine_range", &with_bound<&write_quarantine_range, true>},
    {"note_range_first", &with_bound<&write_note_range, false>},
    {"note_range", &with_bound<&write_note_range, true>},
    {"note_block", &write_note_block},
    {"client_read_first", &with_bound<&write_read, false>},
    {"client_read", &with_bound<&write_read, true>},
    {"client_read_again", &write_read_again},
    {"client_write_back", &write_write_back},
    {"client_fence", &write_client_fence},
    {"client_chunk", &write_client_chunk},
    {"client_whole", &write_client_whole},
    {"quarantine_keys", &write_quarantine_keys},
    {"release_keys", &write_release_keys},
    {"dirty_read", &write_dirty_read},
    {"quarantined", &write_quarantined},
    {"advance", &write_advance},
    {"greatest_key", &write_greatest_key},
    {"parity_count_first", &with_bound<&write_parity_count, false>},
    {"parity_count", &with_bound<&write_parity_count, true>},
    {"parity_key_sample", &write_parity_key_sample},
    {"parity_range_first", &with_bound<&write_parity_range, false>},
    {"parity_range", &with_bound<&write_parity_range, true>},
    {"parity_witness_first", &with_bound<&write_parity_witness, false>},
    {"parity_witness", &with_bound<&write_parity_witness, true>},
    {"parity_blocks", &write_parity_blocks},
    {"parity_blocks_witness", &write_parity_blocks_witness},
    {"parity_suspects_first", &with_bound<&write_parity_suspects, false>},
    {"parity_suspects", &with_bound<&write_parity_suspects, true>},
    {"parity_suspects_witness_first", &with_bound<&write_parity_suspects_witness, false>},
    {"parity_suspects_witness", &with_bound<&write_parity_suspects_witness, true>},
    {"parity_read_first", &with_bound<&write_parity_read, false>},
    {"parity_read", &with_bound<&write_parity_read, true>},
    {"parity_look_again", &write_parity_look_again},
    {"parity_witness_value", &write_parity_witness_value},
    {"parity_failures_first", &with_bound<&write_parity_failures, false>},
    {"parity_failures", &with_bound<&write_parity_failures, true>},
    {"parity_failed_keys", &write_parity_failed_keys},
    {"parity_sample", &write_parity_sample},
    {"client_sample", &write_client_sample},
    {"parity_repair_first", &with_bound<&write_parity_repair, false>},
    {"parity_repair", &with_bound<&write_parity_repair, true>},
    {"validate_not_null", &write_validate_not_null},
    {"set_not_null", &write_set_not_null},
    {"drop_not_null_check", &write_drop_not_null_check},
    {"relax_legacy", &write_relax_legacy},
    {"create_guard_function", &write_create_guard_function},
    {"revoke_guard_function", &write_revoke_guard_function},
    {"create_guard_trigger", &write_create_guard_trigger},
    {"enable_guard_trigger", &write_enable_guard_trigger},
    {"drop_sync_trigger", &write_drop_sync_trigger},
    {"drop_sync_function", &write_drop_sync_function},
    {"drop_report_trigger", &write_drop_report_trigger},
    {"drop_report_function", &write_drop_report_function},
    {"drop_dirty_insert_trigger", &write_drop_dirty_trigger<0>},
    {"drop_dirty_update_trigger", &write_drop_dirty_trigger<1>},
    {"drop_dirty_key_trigger", &write_drop_dirty_trigger<2>},
    {"drop_total_functions", &write_drop_total_functions},
    {"drop_alarm_function", &write_drop_alarm_function},
    {"drop_alarm_sequence", &write_drop_alarm_sequence},
    {"retire_legacy", &write_retire_legacy},
    {"unretire_legacy", &write_unretire_legacy},
    {"drop_guard_trigger", &write_drop_guard_trigger},
    {"drop_guard_function", &write_drop_guard_function},
    {"drop_legacy", &write_drop_legacy},
    {"restore_default", &write_restore_default},
    {"create_revive_function", &write_create_revive_function},
    {"refill_check_first", &with_bound<&write_refill_check, false>},
    {"refill_check", &with_bound<&write_refill_check, true>},
    {"refill_chunk_first", &with_bound<&write_refill_chunk, false>},
    {"refill_chunk", &with_bound<&write_refill_chunk, true>},
    {"add_legacy_not_null", &write_add_legacy_not_null},
    {"validate_legacy_not_null", &write_validate_legacy_not_null},
    {"set_legacy_not_null", &write_set_legacy_not_null},
    {"drop_legacy_check", &write_drop_legacy_check},
    {"relax_target", &write_relax_target},
    {"drop_target", &write_drop_target},
    {"read_legacy", &write_read_legacy},
    {"read_new", &write_read_new},
    {"read_both", &write_read_both},
};

inline constexpr std::size_t statement_count = sizeof(catalogue) / sizeof(catalogue[0]);

constexpr std::size_t statement_index(std::string_view name) {
  for (std::size_t i = 0; i < statement_count; ++i) {
    if (catalogue[i].name == name) return i;
  }
  return statement_count;
}

}  // namespace online_migration::detail
