// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/sql/statement.hpp>
#include <online_migration/sql/statement_catalogue.hpp>

namespace online_migration {

namespace detail {

constexpr std::size_t statement_size(std::size_t index, const migration_description& migration) {
  sink counter;
  catalogue[index].write(counter, migration);
  return counter.size;
}

/// Sizes in steps, so that the statements of all migrations share few types of text: what is made anew for each of them
/// is what compile time is about.
constexpr std::size_t rounded_up(std::size_t size) { return (size + 31) / 32 * 32; }

template <std::size_t Size>
constexpr text_constant<Size> statement_text(std::size_t index, const migration_description& migration) {
  text_constant<Size> result;
  sink out{result.text};
  catalogue[index].write(out, migration);
  return result;
}

template <class Migration, std::size_t Index>
inline constexpr std::size_t stored_statement_size = statement_size(Index, describe_migration<Migration>);

/// One array for each statement, made only where the statement is used: most of what a declaration costs compilers is
/// text, and most files of an application use the dual writer alone.
template <class Migration, std::size_t Index>
inline constexpr auto stored_statement_text =
    statement_text<rounded_up(stored_statement_size<Migration, Index>)>(Index, describe_migration<Migration>);

template <class Migration, std::size_t Index>
inline constexpr statement stored_statement{
    catalogue[Index].name,
    std::string_view{stored_statement_text<Migration, Index>.text, stored_statement_size<Migration, Index>}};

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

  static constexpr statement probe_table = detail::stored_statement<Migration, detail::ids::probe_table>;
  static constexpr statement probe_column = detail::stored_statement<Migration, detail::ids::probe_column>;
  static constexpr statement create_total_function =
      detail::stored_statement<Migration, detail::ids::create_total_function>;
  static constexpr statement create_why_function =
      detail::stored_statement<Migration, detail::ids::create_why_function>;
  static constexpr statement grant_total_functions =
      detail::stored_statement<Migration, detail::ids::grant_total_functions>;
  static constexpr statement create_alarm_sequence =
      detail::stored_statement<Migration, detail::ids::create_alarm_sequence>;
  static constexpr statement revoke_alarm_sequence =
      detail::stored_statement<Migration, detail::ids::revoke_alarm_sequence>;
  static constexpr statement create_alarm_function =
      detail::stored_statement<Migration, detail::ids::create_alarm_function>;
  static constexpr statement grant_alarm_function =
      detail::stored_statement<Migration, detail::ids::grant_alarm_function>;
  static constexpr statement create_report_function =
      detail::stored_statement<Migration, detail::ids::create_report_function>;
  static constexpr statement revoke_report_function =
      detail::stored_statement<Migration, detail::ids::revoke_report_function>;
  static constexpr statement drop_lookup_function =
      detail::stored_statement<Migration, detail::ids::drop_lookup_function>;
  static constexpr statement create_lookup_function =
      detail::stored_statement<Migration, detail::ids::create_lookup_function>;
  static constexpr statement revoke_lookup_function =
      detail::stored_statement<Migration, detail::ids::revoke_lookup_function>;
  static constexpr statement create_lookup_trigger =
      detail::stored_statement<Migration, detail::ids::create_lookup_trigger>;
  static constexpr statement enable_lookup_trigger =
      detail::stored_statement<Migration, detail::ids::enable_lookup_trigger>;
  static constexpr statement add_column = detail::stored_statement<Migration, detail::ids::add_column>;
  static constexpr statement create_sync_function =
      detail::stored_statement<Migration, detail::ids::create_sync_function>;
  static constexpr statement revoke_sync_function =
      detail::stored_statement<Migration, detail::ids::revoke_sync_function>;
  static constexpr statement create_sync_trigger =
      detail::stored_statement<Migration, detail::ids::create_sync_trigger>;
  static constexpr statement enable_sync_trigger =
      detail::stored_statement<Migration, detail::ids::enable_sync_trigger>;
  static constexpr statement create_report_trigger =
      detail::stored_statement<Migration, detail::ids::create_report_trigger>;
  static constexpr statement enable_report_trigger =
      detail::stored_statement<Migration, detail::ids::enable_report_trigger>;
  static constexpr statement create_late_trigger =
      detail::stored_statement<Migration, detail::ids::create_late_trigger>;
  static constexpr statement enable_late_trigger =
      detail::stored_statement<Migration, detail::ids::enable_late_trigger>;
  static constexpr statement drop_dirty_function =
      detail::stored_statement<Migration, detail::ids::drop_dirty_function>;
  static constexpr statement create_dirty_function =
      detail::stored_statement<Migration, detail::ids::create_dirty_function>;
  static constexpr statement revoke_dirty_function =
      detail::stored_statement<Migration, detail::ids::revoke_dirty_function>;
  static constexpr statement create_dirty_insert_trigger =
      detail::stored_statement<Migration, detail::ids::create_dirty_insert_trigger>;
  static constexpr statement create_dirty_update_trigger =
      detail::stored_statement<Migration, detail::ids::create_dirty_update_trigger>;
  static constexpr statement create_dirty_key_trigger =
      detail::stored_statement<Migration, detail::ids::create_dirty_key_trigger>;
  static constexpr statement create_dirty_part_trigger =
      detail::stored_statement<Migration, detail::ids::create_dirty_part_trigger>;
  static constexpr statement enable_dirty_triggers =
      detail::stored_statement<Migration, detail::ids::enable_dirty_triggers>;
  static constexpr statement add_not_null = detail::stored_statement<Migration, detail::ids::add_not_null>;
  static constexpr statement begin_backfill = detail::stored_statement<Migration, detail::ids::begin_backfill>;
  static constexpr statement backfill_position = detail::stored_statement<Migration, detail::ids::backfill_position>;
  static constexpr statement probe_stripes = detail::stored_statement<Migration, detail::ids::probe_stripes>;
  static constexpr statement begin_blocks = detail::stored_statement<Migration, detail::ids::begin_blocks>;
  static constexpr statement fence = detail::stored_statement<Migration, detail::ids::fence>;
  static constexpr statement lock_file = detail::stored_statement<Migration, detail::ids::lock_file>;
  static constexpr statement same_file = detail::stored_statement<Migration, detail::ids::same_file>;
  static constexpr statement client_position = detail::stored_statement<Migration, detail::ids::client_position>;
  static constexpr statement backfill_bound_first =
      detail::stored_statement<Migration, detail::ids::backfill_bound_first>;
  static constexpr statement backfill_bound = detail::stored_statement<Migration, detail::ids::backfill_bound>;
  static constexpr statement backfill_count_first =
      detail::stored_statement<Migration, detail::ids::backfill_count_first>;
  static constexpr statement backfill_count = detail::stored_statement<Migration, detail::ids::backfill_count>;
  static constexpr statement middle_key_first = detail::stored_statement<Migration, detail::ids::middle_key_first>;
  static constexpr statement middle_key = detail::stored_statement<Migration, detail::ids::middle_key>;
  static constexpr statement backfill_chunk_first =
      detail::stored_statement<Migration, detail::ids::backfill_chunk_first>;
  static constexpr statement backfill_chunk = detail::stored_statement<Migration, detail::ids::backfill_chunk>;
  static constexpr statement unnoted_chunk_first =
      detail::stored_statement<Migration, detail::ids::unnoted_chunk_first>;
  static constexpr statement unnoted_chunk = detail::stored_statement<Migration, detail::ids::unnoted_chunk>;
  static constexpr statement block_count = detail::stored_statement<Migration, detail::ids::block_count>;
  static constexpr statement block_chunk = detail::stored_statement<Migration, detail::ids::block_chunk>;
  static constexpr statement unnoted_block_chunk =
      detail::stored_statement<Migration, detail::ids::unnoted_block_chunk>;
  static constexpr statement quarantine_range_first =
      detail::stored_statement<Migration, detail::ids::quarantine_range_first>;
  static constexpr statement quarantine_range = detail::stored_statement<Migration, detail::ids::quarantine_range>;
  static constexpr statement note_range_first = detail::stored_statement<Migration, detail::ids::note_range_first>;
  static constexpr statement note_range = detail::stored_statement<Migration, detail::ids::note_range>;
  static constexpr statement note_block = detail::stored_statement<Migration, detail::ids::note_block>;
  static constexpr statement client_read_first = detail::stored_statement<Migration, detail::ids::client_read_first>;
  static constexpr statement client_read = detail::stored_statement<Migration, detail::ids::client_read>;
  static constexpr statement client_read_again = detail::stored_statement<Migration, detail::ids::client_read_again>;
  static constexpr statement client_write_back = detail::stored_statement<Migration, detail::ids::client_write_back>;
  static constexpr statement client_fence = detail::stored_statement<Migration, detail::ids::client_fence>;
  static constexpr statement client_chunk = detail::stored_statement<Migration, detail::ids::client_chunk>;
  static constexpr statement client_whole = detail::stored_statement<Migration, detail::ids::client_whole>;
  static constexpr statement quarantine_keys = detail::stored_statement<Migration, detail::ids::quarantine_keys>;
  static constexpr statement release_keys = detail::stored_statement<Migration, detail::ids::release_keys>;
  static constexpr statement dirty_read = detail::stored_statement<Migration, detail::ids::dirty_read>;
  static constexpr statement lookup_fence = detail::stored_statement<Migration, detail::ids::lookup_fence>;
  static constexpr statement lookup_next = detail::stored_statement<Migration, detail::ids::lookup_next>;
  static constexpr statement lookup_chunk_first = detail::stored_statement<Migration, detail::ids::lookup_chunk_first>;
  static constexpr statement lookup_chunk = detail::stored_statement<Migration, detail::ids::lookup_chunk>;
  static constexpr statement lookup_refused_first =
      detail::stored_statement<Migration, detail::ids::lookup_refused_first>;
  static constexpr statement lookup_refused = detail::stored_statement<Migration, detail::ids::lookup_refused>;
  static constexpr statement quarantined = detail::stored_statement<Migration, detail::ids::quarantined>;
  static constexpr statement advance = detail::stored_statement<Migration, detail::ids::advance>;
  static constexpr statement greatest_key = detail::stored_statement<Migration, detail::ids::greatest_key>;
  static constexpr statement parity_count_first = detail::stored_statement<Migration, detail::ids::parity_count_first>;
  static constexpr statement parity_count = detail::stored_statement<Migration, detail::ids::parity_count>;
  static constexpr statement parity_key_sample = detail::stored_statement<Migration, detail::ids::parity_key_sample>;
  static constexpr statement parity_range_first = detail::stored_statement<Migration, detail::ids::parity_range_first>;
  static constexpr statement parity_range = detail::stored_statement<Migration, detail::ids::parity_range>;
  static constexpr statement parity_witness_first =
      detail::stored_statement<Migration, detail::ids::parity_witness_first>;
  static constexpr statement parity_witness = detail::stored_statement<Migration, detail::ids::parity_witness>;
  static constexpr statement parity_blocks = detail::stored_statement<Migration, detail::ids::parity_blocks>;
  static constexpr statement parity_blocks_witness =
      detail::stored_statement<Migration, detail::ids::parity_blocks_witness>;
  static constexpr statement parity_suspects_first =
      detail::stored_statement<Migration, detail::ids::parity_suspects_first>;
  static constexpr statement parity_suspects = detail::stored_statement<Migration, detail::ids::parity_suspects>;
  static constexpr statement parity_suspects_witness_first =
      detail::stored_statement<Migration, detail::ids::parity_suspects_witness_first>;
  static constexpr statement parity_suspects_witness =
      detail::stored_statement<Migration, detail::ids::parity_suspects_witness>;
  static constexpr statement parity_read_first = detail::stored_statement<Migration, detail::ids::parity_read_first>;
  static constexpr statement parity_read = detail::stored_statement<Migration, detail::ids::parity_read>;
  static constexpr statement parity_look_again = detail::stored_statement<Migration, detail::ids::parity_look_again>;
  static constexpr statement parity_witness_value =
      detail::stored_statement<Migration, detail::ids::parity_witness_value>;
  static constexpr statement parity_failures_first =
      detail::stored_statement<Migration, detail::ids::parity_failures_first>;
  static constexpr statement parity_failures = detail::stored_statement<Migration, detail::ids::parity_failures>;
  static constexpr statement parity_failed_keys = detail::stored_statement<Migration, detail::ids::parity_failed_keys>;
  static constexpr statement parity_sample = detail::stored_statement<Migration, detail::ids::parity_sample>;
  static constexpr statement client_sample = detail::stored_statement<Migration, detail::ids::client_sample>;
  static constexpr statement parity_repair_first =
      detail::stored_statement<Migration, detail::ids::parity_repair_first>;
  static constexpr statement parity_repair = detail::stored_statement<Migration, detail::ids::parity_repair>;
  static constexpr statement validate_not_null = detail::stored_statement<Migration, detail::ids::validate_not_null>;
  static constexpr statement set_not_null = detail::stored_statement<Migration, detail::ids::set_not_null>;
  static constexpr statement drop_not_null_check =
      detail::stored_statement<Migration, detail::ids::drop_not_null_check>;
  static constexpr statement relax_legacy = detail::stored_statement<Migration, detail::ids::relax_legacy>;
  static constexpr statement create_guard_function =
      detail::stored_statement<Migration, detail::ids::create_guard_function>;
  static constexpr statement revoke_guard_function =
      detail::stored_statement<Migration, detail::ids::revoke_guard_function>;
  static constexpr statement create_guard_trigger =
      detail::stored_statement<Migration, detail::ids::create_guard_trigger>;
  static constexpr statement enable_guard_trigger =
      detail::stored_statement<Migration, detail::ids::enable_guard_trigger>;
  static constexpr statement drop_late_trigger = detail::stored_statement<Migration, detail::ids::drop_late_trigger>;
  static constexpr statement drop_lookup_trigger =
      detail::stored_statement<Migration, detail::ids::drop_lookup_trigger>;
  static constexpr statement drop_sync_trigger = detail::stored_statement<Migration, detail::ids::drop_sync_trigger>;
  static constexpr statement drop_sync_function = detail::stored_statement<Migration, detail::ids::drop_sync_function>;
  static constexpr statement drop_report_trigger =
      detail::stored_statement<Migration, detail::ids::drop_report_trigger>;
  static constexpr statement drop_report_function =
      detail::stored_statement<Migration, detail::ids::drop_report_function>;
  static constexpr statement drop_dirty_insert_trigger =
      detail::stored_statement<Migration, detail::ids::drop_dirty_insert_trigger>;
  static constexpr statement drop_dirty_update_trigger =
      detail::stored_statement<Migration, detail::ids::drop_dirty_update_trigger>;
  static constexpr statement drop_dirty_key_trigger =
      detail::stored_statement<Migration, detail::ids::drop_dirty_key_trigger>;
  static constexpr statement drop_total_functions =
      detail::stored_statement<Migration, detail::ids::drop_total_functions>;
  static constexpr statement drop_alarm_function =
      detail::stored_statement<Migration, detail::ids::drop_alarm_function>;
  static constexpr statement drop_alarm_sequence =
      detail::stored_statement<Migration, detail::ids::drop_alarm_sequence>;
  static constexpr statement retire_legacy = detail::stored_statement<Migration, detail::ids::retire_legacy>;
  static constexpr statement unretire_legacy = detail::stored_statement<Migration, detail::ids::unretire_legacy>;
  static constexpr statement drop_guard_trigger = detail::stored_statement<Migration, detail::ids::drop_guard_trigger>;
  static constexpr statement drop_guard_function =
      detail::stored_statement<Migration, detail::ids::drop_guard_function>;
  static constexpr statement drop_legacy = detail::stored_statement<Migration, detail::ids::drop_legacy>;
  static constexpr statement restore_default = detail::stored_statement<Migration, detail::ids::restore_default>;
  static constexpr statement create_revive_function =
      detail::stored_statement<Migration, detail::ids::create_revive_function>;
  static constexpr statement refill_check_first = detail::stored_statement<Migration, detail::ids::refill_check_first>;
  static constexpr statement refill_check = detail::stored_statement<Migration, detail::ids::refill_check>;
  static constexpr statement refill_chunk_first = detail::stored_statement<Migration, detail::ids::refill_chunk_first>;
  static constexpr statement refill_chunk = detail::stored_statement<Migration, detail::ids::refill_chunk>;
  static constexpr statement add_legacy_not_null =
      detail::stored_statement<Migration, detail::ids::add_legacy_not_null>;
  static constexpr statement validate_legacy_not_null =
      detail::stored_statement<Migration, detail::ids::validate_legacy_not_null>;
  static constexpr statement set_legacy_not_null =
      detail::stored_statement<Migration, detail::ids::set_legacy_not_null>;
  static constexpr statement drop_legacy_check = detail::stored_statement<Migration, detail::ids::drop_legacy_check>;
  static constexpr statement relax_target = detail::stored_statement<Migration, detail::ids::relax_target>;
  static constexpr statement drop_target = detail::stored_statement<Migration, detail::ids::drop_target>;
  static constexpr statement read_legacy = detail::stored_statement<Migration, detail::ids::read_legacy>;
  static constexpr statement read_new = detail::stored_statement<Migration, detail::ids::read_new>;
  static constexpr statement read_both = detail::stored_statement<Migration, detail::ids::read_both>;
};

}  // namespace online_migration
