// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <iterator>
#include <string_view>

namespace online_migration {

/// What one statement of a migration does to the users of its table: for plans and reviews.
struct lock_note {
  std::string_view statement;  ///< its name, as in `om::statements`
  std::string_view stage;      ///< the part of a run that sends it
  std::string_view lock;       ///< PostgreSQL's name of the strongest lock on the table
  std::string_view effect;     ///< who waits for what, and for how long
  bool bookkeeping = false;    ///< it reads, or writes to the state tables only
};

namespace detail {

/// In the order of use.
inline constexpr lock_note lock_notes[]{
    {"probe_table", "check", "ACCESS SHARE", "a temporary copy without rows; rolled back"},
    {"probe_column", "check", "none", "on that copy: asks whether the transform and its inverse are immutable"},
    {"create_total_function", "expand", "none", "the transform, and NULL where it fails"},
    {"create_why_function", "expand", "none", "why it fails"},
    {"grant_total_functions", "expand", "none", ""},
    {"create_alarm_sequence", "expand", "none", "counts writes that the trigger had to put right"},
    {"revoke_alarm_sequence", "expand", "none", ""},
    {"create_alarm_function", "expand", "none", ""},
    {"grant_alarm_function", "expand", "none", ""},
    {"create_report_function", "expand", "none", "reports keys of rows without a value"},
    {"revoke_report_function", "expand", "none", ""},
    {"drop_lookup_function", "expand", "none", ""},
    {"create_lookup_function", "expand", "none", "notes changes of the table that is looked up in"},
    {"revoke_lookup_function", "expand", "none", ""},
    {"create_lookup_trigger", "expand", "SHARE ROW EXCLUSIVE",
     "on the table that is looked up in: waits for its writers in flight"},
    {"enable_lookup_trigger", "expand", "SHARE ROW EXCLUSIVE", "on the table that is looked up in, for a moment"},
    {"add_column", "expand", "ACCESS EXCLUSIVE", "for a moment: no scan, no rewrite"},
    {"create_sync_function", "expand", "none", "the function of the sync trigger"},
    {"revoke_sync_function", "expand", "none", ""},
    {"create_sync_trigger", "expand", "SHARE ROW EXCLUSIVE", "waits for the writers in flight; readers go on"},
    {"enable_sync_trigger", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"create_report_trigger", "expand", "SHARE ROW EXCLUSIVE", "waits for the writers in flight; readers go on"},
    {"enable_report_trigger", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"create_late_trigger", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"enable_late_trigger", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"drop_dirty_function", "expand", "none", ""},
    {"create_dirty_function", "expand", "none", "queues keys that only a program can compute"},
    {"revoke_dirty_function", "expand", "none", ""},
    {"create_dirty_insert_trigger", "expand", "SHARE ROW EXCLUSIVE", "waits for the writers in flight; readers go on"},
    {"create_dirty_update_trigger", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"create_dirty_key_trigger", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"create_dirty_part_trigger", "expand", "SHARE ROW EXCLUSIVE", "the same where the table has partitions", true},
    {"enable_dirty_triggers", "expand", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"add_not_null", "expand", "ACCESS EXCLUSIVE", "for a moment: only new rows are checked"},
    {"begin_backfill", "backfill", "ACCESS SHARE", "fixes the end of the walk", true},
    {"backfill_position", "backfill", "none", "", true},
    {"probe_stripes", "backfill", "ACCESS SHARE", "reads a sample of a few pages", true},
    {"begin_blocks", "backfill", "none", "fixes the last block of a walk by blocks", true},
    {"fence", "backfill", "none", "the first statement of each chunk", true},
    {"lock_file", "backfill", "ROW EXCLUSIVE", "VACUUM FULL and CLUSTER wait for the end of a chunk"},
    {"same_file", "backfill", "none", "", true},
    {"client_position", "backfill", "none", "", true},
    {"backfill_bound_first", "backfill", "ACCESS SHARE", "finds the end of the first chunk", true},
    {"backfill_bound", "backfill", "ACCESS SHARE", "finds the end of a chunk", true},
    {"backfill_count_first", "backfill", "ACCESS SHARE", "counts a last chunk that is the first", true},
    {"backfill_count", "backfill", "ACCESS SHARE", "counts the last chunk", true},
    {"middle_key_first", "backfill", "ACCESS SHARE", "", true},
    {"middle_key", "backfill", "ACCESS SHARE", "where a worker that joins takes over, from a sample of the table",
     true},
    {"backfill_chunk_first", "backfill", "ROW EXCLUSIVE", "the first chunk: as the others, without a lower end", true},
    {"backfill_chunk", "backfill", "ROW EXCLUSIVE", "writers of the rows of this chunk wait for its end"},
    {"unnoted_chunk_first", "backfill", "ROW EXCLUSIVE", "", true},
    {"unnoted_chunk", "backfill", "ROW EXCLUSIVE", "the same where the server's own count of updates is right", true},
    {"block_count", "backfill", "ACCESS SHARE", "counts the rows of a span of blocks", true},
    {"block_chunk", "backfill", "ROW EXCLUSIVE", "writers of the rows of this chunk wait for its end"},
    {"unnoted_block_chunk", "backfill", "ROW EXCLUSIVE", "the same where the server's own count of updates is right",
     true},
    {"quarantine_range_first", "backfill", "ACCESS SHARE", "", true},
    {"quarantine_range", "backfill", "ACCESS SHARE", "notes the keys of rows without a value", true},
    {"note_range_first", "backfill", "ACCESS SHARE", "", true},
    {"note_range", "backfill", "ACCESS SHARE", "notes the key of a row that the table refuses", true},
    {"note_block", "backfill", "ACCESS SHARE", "", true},
    {"client_read_first", "backfill", "ACCESS SHARE", "reads the rows of the first chunk", true},
    {"client_read", "backfill", "ACCESS SHARE", "reads the rows of a chunk, for the program to compute"},
    {"client_read_again", "backfill", "ACCESS SHARE", "reads rows that were written to meanwhile", true},
    {"client_write_back", "backfill", "ROW EXCLUSIVE", "writers of the rows of this chunk wait for its end"},
    {"client_fence", "backfill", "none", "the first statement of a chunk that is sent whole", true},
    {"client_chunk", "backfill", "ROW EXCLUSIVE", "writers of the rows of this chunk wait for its end"},
    {"client_whole", "backfill", "none", "", true},
    {"quarantine_keys", "backfill", "none", "", true},
    {"release_keys", "backfill", "none", "", true},
    {"dirty_read", "backfill", "ACCESS SHARE", "reads rows whose keys were queued", true},
    {"lookup_fence", "backfill", "none", "", true},
    {"lookup_next", "backfill", "none", "", true},
    {"lookup_chunk_first", "backfill", "ROW EXCLUSIVE", "the first rows that refer to a changed one", true},
    {"lookup_chunk", "backfill", "ROW EXCLUSIVE", "writers of the rows of this chunk wait for its end"},
    {"lookup_refused_first", "backfill", "ROW SHARE", "", true},
    {"lookup_refused", "backfill", "ROW SHARE", "notes the key of a row that the table refuses", true},
    {"quarantined", "backfill", "none", "", true},
    {"advance", "backfill", "none", "cursor and counters, in the same transaction as their chunk", true},
    {"greatest_key", "validate", "ACCESS SHARE", "fixes the end of the pass", true},
    {"parity_count_first", "validate", "ACCESS SHARE", "compares the first range", true},
    {"parity_count", "validate", "ACCESS SHARE", "compares a range of rows; nobody waits"},
    {"parity_key_sample", "validate", "ACCESS SHARE", "draws keys from a few blocks, where ranges of keys are to end"},
    {"parity_range_first", "validate", "ACCESS SHARE", "compares the first range that is known", true},
    {"parity_range", "validate", "ACCESS SHARE", "compares a range that is known; nobody waits", true},
    {"parity_witness_first", "validate", "ACCESS SHARE", "records rows of the first range that differ", true},
    {"parity_witness", "validate", "ACCESS SHARE", "records rows that differ", true},
    {"parity_blocks", "validate", "ACCESS SHARE", "compares a range of blocks; nobody waits", true},
    {"parity_blocks_witness", "validate", "ACCESS SHARE", "", true},
    {"parity_suspects_first", "validate", "ACCESS SHARE", "", true},
    {"parity_suspects", "validate", "ACCESS SHARE", "looks once more at rows that differed", true},
    {"parity_suspects_witness_first", "validate", "ACCESS SHARE", "", true},
    {"parity_suspects_witness", "validate", "ACCESS SHARE", "records those that differ still", true},
    {"parity_witness_value", "validate", "none", "records a row that differs, computed by the program", true},
    {"parity_read_first", "validate", "ACCESS SHARE", "", true},
    {"parity_read", "validate", "ACCESS SHARE", "reads the rows of a range, for the program to compare", true},
    {"parity_look_again", "validate", "ACCESS SHARE", "looks once more at rows that differed", true},
    {"parity_failures_first", "validate", "ACCESS SHARE", "", true},
    {"parity_failures", "validate", "ACCESS SHARE", "notes the keys of rows without a value", true},
    {"parity_failed_keys", "validate", "none", "", true},
    {"parity_sample", "validate", "ACCESS SHARE", "compares rows chosen by chance", true},
    {"client_sample", "validate", "ACCESS SHARE", "reads rows chosen by chance", true},
    {"parity_repair_first", "validate", "ROW EXCLUSIVE", "", true},
    {"parity_repair", "validate", "ROW EXCLUSIVE", "puts rows right, where that was asked for", true},
    {"validate_not_null", "settle", "SHARE UPDATE EXCLUSIVE", "one scan; readers and writers go on"},
    {"set_not_null", "settle", "ACCESS EXCLUSIVE", "for a moment: the CHECK is the proof, no scan"},
    {"drop_not_null_check", "settle", "ACCESS EXCLUSIVE", "for a moment"},
    {"relax_legacy", "contract", "ACCESS EXCLUSIVE",
     "for a moment: constraints and default of the old column go, and are kept in the run"},
    {"create_guard_function", "contract", "none", "the function of the guard trigger"},
    {"revoke_guard_function", "contract", "none", ""},
    {"create_guard_trigger", "contract", "SHARE ROW EXCLUSIVE", "waits for the writers in flight; readers go on"},
    {"enable_guard_trigger", "contract", "SHARE ROW EXCLUSIVE", "for a moment"},
    {"drop_late_trigger", "net", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_lookup_trigger", "net", "ACCESS EXCLUSIVE", "on the table that is looked up in, for a moment"},
    {"drop_sync_trigger", "net", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_sync_function", "net", "none", ""},
    {"drop_report_trigger", "net", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_report_function", "net", "none", ""},
    {"drop_dirty_insert_trigger", "net", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_dirty_update_trigger", "net", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_dirty_key_trigger", "net", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_total_functions", "net", "none", ""},
    {"drop_alarm_function", "net", "none", ""},
    {"drop_alarm_sequence", "net", "none", ""},
    {"retire_legacy", "retire", "ACCESS EXCLUSIVE", "for a moment: the old column is renamed"},
    {"unretire_legacy", "revive", "ACCESS EXCLUSIVE", "for a moment: the old column is named back"},
    {"drop_guard_trigger", "retire", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_guard_function", "retire", "none", ""},
    {"drop_legacy", "drop", "ACCESS EXCLUSIVE", "for a moment: no rewrite"},
    {"restore_default", "revive", "ACCESS EXCLUSIVE", "for a moment"},
    {"create_revive_function", "revive", "none", "the function of the sync trigger on the way back"},
    {"refill_check_first", "revive", "ACCESS SHARE", "", true},
    {"refill_check", "revive", "ACCESS SHARE", "looks for values that cannot go back"},
    {"refill_chunk_first", "revive", "ROW EXCLUSIVE", "", true},
    {"refill_chunk", "revive", "ROW EXCLUSIVE", "writers of the rows of this range wait for its end"},
    {"add_legacy_not_null", "revive", "ACCESS EXCLUSIVE", "for a moment: only new rows are checked"},
    {"validate_legacy_not_null", "revive", "SHARE UPDATE EXCLUSIVE", "one scan; readers and writers go on"},
    {"set_legacy_not_null", "revive", "ACCESS EXCLUSIVE", "for a moment: the CHECK is the proof, no scan"},
    {"drop_legacy_check", "revive", "ACCESS EXCLUSIVE", "for a moment"},
    {"relax_target", "rollback", "ACCESS EXCLUSIVE", "for a moment"},
    {"drop_target", "rollback", "ACCESS EXCLUSIVE", "for a moment: no rewrite, where dropping it was asked for"},
    {"read_legacy", "read", "ACCESS SHARE", "om::reader", true},
    {"read_new", "read", "ACCESS SHARE", "om::reader", true},
    {"read_both", "read", "ACCESS SHARE", "om::reader", true},
};

/// Those of `om::key_statements`, in the order of use.
inline constexpr lock_note key_lock_notes[]{
    {"cut_over_key", "contract", "ACCESS EXCLUSIVE", "for a moment: indexes, NOT NULL and foreign keys are there"},
    {"retired_key_guard", "retire", "none", "the function of the guard"},
    {"find_wide_key", "revive", "ACCESS SHARE", "looks for keys that cannot go back, by an index"},
    {"return_numbers", "revive", "ACCESS EXCLUSIVE", "for a moment: the old column numbers the rows again"},
    {"give_key_back", "rollback", "ACCESS EXCLUSIVE", "for a moment: the indexes of the new key go"},
};

constexpr const lock_note* find_note(std::string_view statement, const lock_note* begin, const lock_note* end) {
  for (; begin != end; ++begin) {
    if (begin->statement == statement) return begin;
  }
  return nullptr;
}

}  // namespace detail

/// The note on a statement of `om::statements` or `om::key_statements`; nullptr where there is none of that name.
constexpr const lock_note* find_lock_note(std::string_view statement) {
  const lock_note* found = detail::find_note(statement, std::begin(detail::lock_notes), std::end(detail::lock_notes));
  if (found != nullptr) return found;
  return detail::find_note(statement, std::begin(detail::key_lock_notes), std::end(detail::key_lock_notes));
}

}  // namespace online_migration
