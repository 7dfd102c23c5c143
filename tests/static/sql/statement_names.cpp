// SPDX-License-Identifier: BSL-1.0
// Each statement is found by its own name: the members, their positions and the catalogue say the same.
#include <cstddef>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text>> {};
struct trimmed : om::migration<"m", users, om::add_column<"trimmed", om::text, om::trim(om::col<"name">)>> {};
using sql = om::statements<trimmed>;

struct member {
  std::string_view name;
  om::statement is;
};

#define ONLINE_MIGRATION_MEMBER(name) \
  member { #name, sql::name }
constexpr member members[]{
    ONLINE_MIGRATION_MEMBER(probe_table),
    ONLINE_MIGRATION_MEMBER(probe_column),
    ONLINE_MIGRATION_MEMBER(create_total_function),
    ONLINE_MIGRATION_MEMBER(create_why_function),
    ONLINE_MIGRATION_MEMBER(grant_total_functions),
    ONLINE_MIGRATION_MEMBER(create_alarm_sequence),
    ONLINE_MIGRATION_MEMBER(revoke_alarm_sequence),
    ONLINE_MIGRATION_MEMBER(create_alarm_function),
    ONLINE_MIGRATION_MEMBER(grant_alarm_function),
    ONLINE_MIGRATION_MEMBER(create_report_function),
    ONLINE_MIGRATION_MEMBER(revoke_report_function),
    ONLINE_MIGRATION_MEMBER(drop_lookup_function),
    ONLINE_MIGRATION_MEMBER(create_lookup_function),
    ONLINE_MIGRATION_MEMBER(revoke_lookup_function),
    ONLINE_MIGRATION_MEMBER(create_lookup_trigger),
    ONLINE_MIGRATION_MEMBER(enable_lookup_trigger),
    ONLINE_MIGRATION_MEMBER(add_column),
    ONLINE_MIGRATION_MEMBER(create_sync_function),
    ONLINE_MIGRATION_MEMBER(revoke_sync_function),
    ONLINE_MIGRATION_MEMBER(create_sync_trigger),
    ONLINE_MIGRATION_MEMBER(enable_sync_trigger),
    ONLINE_MIGRATION_MEMBER(create_report_trigger),
    ONLINE_MIGRATION_MEMBER(enable_report_trigger),
    ONLINE_MIGRATION_MEMBER(create_late_trigger),
    ONLINE_MIGRATION_MEMBER(enable_late_trigger),
    ONLINE_MIGRATION_MEMBER(drop_dirty_function),
    ONLINE_MIGRATION_MEMBER(create_dirty_function),
    ONLINE_MIGRATION_MEMBER(revoke_dirty_function),
    ONLINE_MIGRATION_MEMBER(create_dirty_insert_trigger),
    ONLINE_MIGRATION_MEMBER(create_dirty_update_trigger),
    ONLINE_MIGRATION_MEMBER(create_dirty_key_trigger),
    ONLINE_MIGRATION_MEMBER(create_dirty_part_trigger),
    ONLINE_MIGRATION_MEMBER(enable_dirty_triggers),
    ONLINE_MIGRATION_MEMBER(add_not_null),
    ONLINE_MIGRATION_MEMBER(begin_backfill),
    ONLINE_MIGRATION_MEMBER(backfill_position),
    ONLINE_MIGRATION_MEMBER(probe_stripes),
    ONLINE_MIGRATION_MEMBER(begin_blocks),
    ONLINE_MIGRATION_MEMBER(fence),
    ONLINE_MIGRATION_MEMBER(lock_file),
    ONLINE_MIGRATION_MEMBER(same_file),
    ONLINE_MIGRATION_MEMBER(client_position),
    ONLINE_MIGRATION_MEMBER(backfill_bound_first),
    ONLINE_MIGRATION_MEMBER(backfill_bound),
    ONLINE_MIGRATION_MEMBER(backfill_count_first),
    ONLINE_MIGRATION_MEMBER(backfill_count),
    ONLINE_MIGRATION_MEMBER(middle_key_first),
    ONLINE_MIGRATION_MEMBER(middle_key),
    ONLINE_MIGRATION_MEMBER(backfill_chunk_first),
    ONLINE_MIGRATION_MEMBER(backfill_chunk),
    ONLINE_MIGRATION_MEMBER(unnoted_chunk_first),
    ONLINE_MIGRATION_MEMBER(unnoted_chunk),
    ONLINE_MIGRATION_MEMBER(block_count),
    ONLINE_MIGRATION_MEMBER(block_chunk),
    ONLINE_MIGRATION_MEMBER(unnoted_block_chunk),
    ONLINE_MIGRATION_MEMBER(quarantine_range_first),
    ONLINE_MIGRATION_MEMBER(quarantine_range),
    ONLINE_MIGRATION_MEMBER(note_range_first),
    ONLINE_MIGRATION_MEMBER(note_range),
    ONLINE_MIGRATION_MEMBER(note_block),
    ONLINE_MIGRATION_MEMBER(client_read_first),
    ONLINE_MIGRATION_MEMBER(client_read),
    ONLINE_MIGRATION_MEMBER(client_read_again),
    ONLINE_MIGRATION_MEMBER(client_write_back),
    ONLINE_MIGRATION_MEMBER(client_fence),
    ONLINE_MIGRATION_MEMBER(client_chunk),
    ONLINE_MIGRATION_MEMBER(client_whole),
    ONLINE_MIGRATION_MEMBER(quarantine_keys),
    ONLINE_MIGRATION_MEMBER(release_keys),
    ONLINE_MIGRATION_MEMBER(dirty_read),
    ONLINE_MIGRATION_MEMBER(lookup_fence),
    ONLINE_MIGRATION_MEMBER(lookup_next),
    ONLINE_MIGRATION_MEMBER(lookup_chunk_first),
    ONLINE_MIGRATION_MEMBER(lookup_chunk),
    ONLINE_MIGRATION_MEMBER(lookup_refused_first),
    ONLINE_MIGRATION_MEMBER(lookup_refused),
    ONLINE_MIGRATION_MEMBER(quarantined),
    ONLINE_MIGRATION_MEMBER(advance),
    ONLINE_MIGRATION_MEMBER(greatest_key),
    ONLINE_MIGRATION_MEMBER(parity_count_first),
    ONLINE_MIGRATION_MEMBER(parity_count),
    ONLINE_MIGRATION_MEMBER(parity_key_sample),
    ONLINE_MIGRATION_MEMBER(parity_range_first),
    ONLINE_MIGRATION_MEMBER(parity_range),
    ONLINE_MIGRATION_MEMBER(parity_witness_first),
    ONLINE_MIGRATION_MEMBER(parity_witness),
    ONLINE_MIGRATION_MEMBER(parity_blocks),
    ONLINE_MIGRATION_MEMBER(parity_blocks_witness),
    ONLINE_MIGRATION_MEMBER(parity_suspects_first),
    ONLINE_MIGRATION_MEMBER(parity_suspects),
    ONLINE_MIGRATION_MEMBER(parity_suspects_witness_first),
    ONLINE_MIGRATION_MEMBER(parity_suspects_witness),
    ONLINE_MIGRATION_MEMBER(parity_read_first),
    ONLINE_MIGRATION_MEMBER(parity_read),
    ONLINE_MIGRATION_MEMBER(parity_look_again),
    ONLINE_MIGRATION_MEMBER(parity_witness_value),
    ONLINE_MIGRATION_MEMBER(parity_failures_first),
    ONLINE_MIGRATION_MEMBER(parity_failures),
    ONLINE_MIGRATION_MEMBER(parity_failed_keys),
    ONLINE_MIGRATION_MEMBER(parity_sample),
    ONLINE_MIGRATION_MEMBER(client_sample),
    ONLINE_MIGRATION_MEMBER(parity_repair_first),
    ONLINE_MIGRATION_MEMBER(parity_repair),
    ONLINE_MIGRATION_MEMBER(validate_not_null),
    ONLINE_MIGRATION_MEMBER(set_not_null),
    ONLINE_MIGRATION_MEMBER(drop_not_null_check),
    ONLINE_MIGRATION_MEMBER(relax_legacy),
    ONLINE_MIGRATION_MEMBER(create_guard_function),
    ONLINE_MIGRATION_MEMBER(revoke_guard_function),
    ONLINE_MIGRATION_MEMBER(create_guard_trigger),
    ONLINE_MIGRATION_MEMBER(enable_guard_trigger),
    ONLINE_MIGRATION_MEMBER(drop_late_trigger),
    ONLINE_MIGRATION_MEMBER(drop_lookup_trigger),
    ONLINE_MIGRATION_MEMBER(drop_sync_trigger),
    ONLINE_MIGRATION_MEMBER(drop_sync_function),
    ONLINE_MIGRATION_MEMBER(drop_report_trigger),
    ONLINE_MIGRATION_MEMBER(drop_report_function),
    ONLINE_MIGRATION_MEMBER(drop_dirty_insert_trigger),
    ONLINE_MIGRATION_MEMBER(drop_dirty_update_trigger),
    ONLINE_MIGRATION_MEMBER(drop_dirty_key_trigger),
    ONLINE_MIGRATION_MEMBER(drop_total_functions),
    ONLINE_MIGRATION_MEMBER(drop_alarm_function),
    ONLINE_MIGRATION_MEMBER(drop_alarm_sequence),
    ONLINE_MIGRATION_MEMBER(retire_legacy),
    ONLINE_MIGRATION_MEMBER(unretire_legacy),
    ONLINE_MIGRATION_MEMBER(drop_guard_trigger),
    ONLINE_MIGRATION_MEMBER(drop_guard_function),
    ONLINE_MIGRATION_MEMBER(drop_legacy),
    ONLINE_MIGRATION_MEMBER(restore_default),
    ONLINE_MIGRATION_MEMBER(create_revive_function),
    ONLINE_MIGRATION_MEMBER(refill_check_first),
    ONLINE_MIGRATION_MEMBER(refill_check),
    ONLINE_MIGRATION_MEMBER(refill_chunk_first),
    ONLINE_MIGRATION_MEMBER(refill_chunk),
    ONLINE_MIGRATION_MEMBER(add_legacy_not_null),
    ONLINE_MIGRATION_MEMBER(validate_legacy_not_null),
    ONLINE_MIGRATION_MEMBER(set_legacy_not_null),
    ONLINE_MIGRATION_MEMBER(drop_legacy_check),
    ONLINE_MIGRATION_MEMBER(relax_target),
    ONLINE_MIGRATION_MEMBER(drop_target),
    ONLINE_MIGRATION_MEMBER(read_legacy),
    ONLINE_MIGRATION_MEMBER(read_new),
    ONLINE_MIGRATION_MEMBER(read_both),
};
#undef ONLINE_MIGRATION_MEMBER

constexpr bool each_is_what_it_is_called() {
  for (std::size_t i = 0; i < sql::count; ++i) {
    if (members[i].is.name != members[i].name || sql::at(i).name != members[i].name) return false;
  }
  return true;
}

}  // namespace

static_assert(sizeof(members) / sizeof(members[0]) == sql::count);
static_assert(each_is_what_it_is_called());
