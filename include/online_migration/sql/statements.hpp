// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include <online_migration/sql/alarm.hpp>
#include <online_migration/sql/backfill.hpp>
#include <online_migration/sql/client_parity.hpp>
#include <online_migration/sql/client_rows.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/expand.hpp>
#include <online_migration/sql/guard.hpp>
#include <online_migration/sql/legacy.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/quarantine.hpp>
#include <online_migration/sql/quarantine_rows.hpp>
#include <online_migration/sql/read.hpp>
#include <online_migration/sql/repair.hpp>
#include <online_migration/sql/sample.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/total.hpp>
#include <online_migration/sql/trigger.hpp>

namespace online_migration {

namespace detail {

struct statement_entry {
  std::string_view name;
  void (*write)(sink&, const migration_description&);
};

template <auto Write, bool BoundedBelow>
constexpr void with_bound(sink& out, const migration_description& migration) {
  Write(out, migration, BoundedBelow);
}

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
    {"enable_dirty_triggers", &write_enable_dirty_triggers},
    {"add_not_null", &write_add_not_null},
    {"begin_backfill", &write_begin_backfill},
    {"fence", &write_fence},
    {"client_position", &write_client_position},
    {"backfill_bound_first", &with_bound<&write_bound, false>},
    {"backfill_bound", &with_bound<&write_bound, true>},
    {"backfill_count_first", &with_bound<&write_count, false>},
    {"backfill_count", &with_bound<&write_count, true>},
    {"backfill_chunk_first", &with_bound<&write_chunk, false>},
    {"backfill_chunk", &with_bound<&write_chunk, true>},
    {"quarantine_range_first", &with_bound<&write_quarantine_range, false>},
    {"quarantine_range", &with_bound<&write_quarantine_range, true>},
    {"client_read_first", &with_bound<&write_read, false>},
    {"client_read", &with_bound<&write_read, true>},
    {"client_read_again", &write_read_again},
    {"client_write_back", &write_write_back},
    {"quarantine_keys", &write_quarantine_keys},
    {"release_keys", &write_release_keys},
    {"dirty_read", &write_dirty_read},
    {"quarantined", &write_quarantined},
    {"advance", &write_advance},
    {"greatest_key", &write_greatest_key},
    {"parity_count_first", &with_bound<&write_parity_count, false>},
    {"parity_count", &with_bound<&write_parity_count, true>},
    {"parity_witness_first", &with_bound<&write_parity_witness, false>},
    {"parity_witness", &with_bound<&write_parity_witness, true>},
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

template <class Migration, std::size_t Index>
constexpr auto write_statement_text() {
  constexpr auto write = catalogue[Index].write;
  constexpr std::size_t size = size_of([](sink& out) { write(out, describe_migration<Migration>); });
  text_constant<size> result;
  sink out{result.text};
  write(out, describe_migration<Migration>);
  return result;
}

/// One array for each statement, made only where the statement is used: most of what a declaration costs compilers is
/// text, and most files of an application use the dual writer alone.
template <class Migration, std::size_t Index>
inline constexpr auto stored_statement_text = write_statement_text<Migration, Index>();

template <class Migration, std::size_t Index>
inline constexpr statement stored_statement{catalogue[Index].name, stored_statement_text<Migration, Index>.view()};

template <class Migration, std::size_t... Indexes>
constexpr statement statement_at(std::size_t index, std::index_sequence<Indexes...>) {
  const statement all[]{stored_statement<Migration, Indexes>...};
  return all[index];
}

}  // namespace detail

/// The SQL of a migration, every text a constant: `om::statements<canonical_display_name>::backfill_chunk.view()`.
/// A statement that a migration has no use for is empty, such as the trigger of a client-only transform.
template <migration_like Migration>
struct statements {
  static constexpr std::size_t count = detail::statement_count;

  /// The statement at a position, in the order of use.
  static constexpr statement at(std::size_t index) {
    return detail::statement_at<Migration>(index, std::make_index_sequence<count>{});
  }

 private:
  template <fixed_string Name>
  static constexpr statement named() {
    constexpr std::size_t index = detail::statement_index(Name.view());
    static_assert(index < detail::statement_count);
    return detail::stored_statement<Migration, index>;
  }

 public:
  static constexpr statement probe_table = named<"probe_table">();
  static constexpr statement probe_column = named<"probe_column">();
  static constexpr statement create_total_function = named<"create_total_function">();
  static constexpr statement create_why_function = named<"create_why_function">();
  static constexpr statement grant_total_functions = named<"grant_total_functions">();
  static constexpr statement create_alarm_sequence = named<"create_alarm_sequence">();
  static constexpr statement revoke_alarm_sequence = named<"revoke_alarm_sequence">();
  static constexpr statement create_alarm_function = named<"create_alarm_function">();
  static constexpr statement grant_alarm_function = named<"grant_alarm_function">();
  static constexpr statement create_report_function = named<"create_report_function">();
  static constexpr statement revoke_report_function = named<"revoke_report_function">();
  static constexpr statement add_column = named<"add_column">();
  static constexpr statement create_sync_function = named<"create_sync_function">();
  static constexpr statement revoke_sync_function = named<"revoke_sync_function">();
  static constexpr statement create_sync_trigger = named<"create_sync_trigger">();
  static constexpr statement enable_sync_trigger = named<"enable_sync_trigger">();
  static constexpr statement create_report_trigger = named<"create_report_trigger">();
  static constexpr statement enable_report_trigger = named<"enable_report_trigger">();
  static constexpr statement drop_dirty_function = named<"drop_dirty_function">();
  static constexpr statement create_dirty_function = named<"create_dirty_function">();
  static constexpr statement revoke_dirty_function = named<"revoke_dirty_function">();
  static constexpr statement create_dirty_insert_trigger = named<"create_dirty_insert_trigger">();
  static constexpr statement create_dirty_update_trigger = named<"create_dirty_update_trigger">();
  static constexpr statement create_dirty_key_trigger = named<"create_dirty_key_trigger">();
  static constexpr statement enable_dirty_triggers = named<"enable_dirty_triggers">();
  static constexpr statement add_not_null = named<"add_not_null">();
  static constexpr statement begin_backfill = named<"begin_backfill">();
  static constexpr statement fence = named<"fence">();
  static constexpr statement client_position = named<"client_position">();
  static constexpr statement backfill_bound_first = named<"backfill_bound_first">();
  static constexpr statement backfill_bound = named<"backfill_bound">();
  static constexpr statement backfill_count_first = named<"backfill_count_first">();
  static constexpr statement backfill_count = named<"backfill_count">();
  static constexpr statement backfill_chunk_first = named<"backfill_chunk_first">();
  static constexpr statement backfill_chunk = named<"backfill_chunk">();
  static constexpr statement quarantine_range_first = named<"quarantine_range_first">();
  static constexpr statement quarantine_range = named<"quarantine_range">();
  static constexpr statement client_read_first = named<"client_read_first">();
  static constexpr statement client_read = named<"client_read">();
  static constexpr statement client_read_again = named<"client_read_again">();
  static constexpr statement client_write_back = named<"client_write_back">();
  static constexpr statement quarantine_keys = named<"quarantine_keys">();
  static constexpr statement release_keys = named<"release_keys">();
  static constexpr statement dirty_read = named<"dirty_read">();
  static constexpr statement quarantined = named<"quarantined">();
  static constexpr statement advance = named<"advance">();
  static constexpr statement greatest_key = named<"greatest_key">();
  static constexpr statement parity_count_first = named<"parity_count_first">();
  static constexpr statement parity_count = named<"parity_count">();
  static constexpr statement parity_witness_first = named<"parity_witness_first">();
  static constexpr statement parity_witness = named<"parity_witness">();
  static constexpr statement parity_look_again = named<"parity_look_again">();
  static constexpr statement parity_witness_value = named<"parity_witness_value">();
  static constexpr statement parity_failures_first = named<"parity_failures_first">();
  static constexpr statement parity_failures = named<"parity_failures">();
  static constexpr statement parity_failed_keys = named<"parity_failed_keys">();
  static constexpr statement parity_sample = named<"parity_sample">();
  static constexpr statement client_sample = named<"client_sample">();
  static constexpr statement parity_repair_first = named<"parity_repair_first">();
  static constexpr statement parity_repair = named<"parity_repair">();
  static constexpr statement validate_not_null = named<"validate_not_null">();
  static constexpr statement set_not_null = named<"set_not_null">();
  static constexpr statement drop_not_null_check = named<"drop_not_null_check">();
  static constexpr statement relax_legacy = named<"relax_legacy">();
  static constexpr statement create_guard_function = named<"create_guard_function">();
  static constexpr statement revoke_guard_function = named<"revoke_guard_function">();
  static constexpr statement create_guard_trigger = named<"create_guard_trigger">();
  static constexpr statement enable_guard_trigger = named<"enable_guard_trigger">();
  static constexpr statement drop_sync_trigger = named<"drop_sync_trigger">();
  static constexpr statement drop_sync_function = named<"drop_sync_function">();
  static constexpr statement drop_report_trigger = named<"drop_report_trigger">();
  static constexpr statement drop_report_function = named<"drop_report_function">();
  static constexpr statement drop_dirty_insert_trigger = named<"drop_dirty_insert_trigger">();
  static constexpr statement drop_dirty_update_trigger = named<"drop_dirty_update_trigger">();
  static constexpr statement drop_dirty_key_trigger = named<"drop_dirty_key_trigger">();
  static constexpr statement drop_total_functions = named<"drop_total_functions">();
  static constexpr statement drop_alarm_function = named<"drop_alarm_function">();
  static constexpr statement drop_alarm_sequence = named<"drop_alarm_sequence">();
  static constexpr statement retire_legacy = named<"retire_legacy">();
  static constexpr statement unretire_legacy = named<"unretire_legacy">();
  static constexpr statement drop_guard_trigger = named<"drop_guard_trigger">();
  static constexpr statement drop_guard_function = named<"drop_guard_function">();
  static constexpr statement drop_legacy = named<"drop_legacy">();
  static constexpr statement restore_default = named<"restore_default">();
  static constexpr statement create_revive_function = named<"create_revive_function">();
  static constexpr statement refill_check_first = named<"refill_check_first">();
  static constexpr statement refill_check = named<"refill_check">();
  static constexpr statement refill_chunk_first = named<"refill_chunk_first">();
  static constexpr statement refill_chunk = named<"refill_chunk">();
  static constexpr statement add_legacy_not_null = named<"add_legacy_not_null">();
  static constexpr statement validate_legacy_not_null = named<"validate_legacy_not_null">();
  static constexpr statement set_legacy_not_null = named<"set_legacy_not_null">();
  static constexpr statement drop_legacy_check = named<"drop_legacy_check">();
  static constexpr statement relax_target = named<"relax_target">();
  static constexpr statement drop_target = named<"drop_target">();
  static constexpr statement read_legacy = named<"read_legacy">();
  static constexpr statement read_new = named<"read_new">();
  static constexpr statement read_both = named<"read_both">();
};

}  // namespace online_migration
