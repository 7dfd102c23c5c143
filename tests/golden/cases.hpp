// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <online_migration/sql/along_state.hpp>
#include <online_migration/sql/catalog.hpp>
#include <online_migration/sql/contract_state.hpp>
#include <online_migration/sql/key_catalog.hpp>
#include <online_migration/sql/obstacles.hpp>
#include <online_migration/sql/owed.hpp>
#include <online_migration/sql/status.hpp>
#include <online_migration/sql/watch_state.hpp>
#include <online_migration/static.hpp>

#include "golden/declarations.hpp"

/// The declarations with the dual writes whose texts are kept, and the statements as a list of named texts.
namespace golden {

using om::detail::write_kind;

/// A set of columns by their names.
template <class Table, om::fixed_string... Names>
inline constexpr om::detail::column_set given = [] {
  om::detail::column_set set;
  (set.add(om::detail::column_index<Table, Names>), ...);
  return set;
}();

struct entry {
  std::string name;
  std::string text;
};

/// One dual write: its kind and its columns.
template <write_kind Kind, om::fixed_string... Names>
struct write {
  template <class Migration>
  static entry of() {
    const om::statement& sql = om::detail::dual_write<Migration, Kind, given<typename Migration::table, Names...>>;
    std::string name{sql.name};
    for (std::string_view column : {std::string_view{}, Names.view()...}) {
      if (!column.empty()) name.append(name == sql.name ? ": " : ", ").append(column);
    }
    return {name, std::string{sql.view()}};
  }
};

/// One dual write of the new column of a `replace_column`.
template <write_kind Kind, om::fixed_string... Names>
struct write_new {
  template <class Migration>
  static entry of() {
    return write<Kind, Names...>::template of<om::detail::reversed<Migration>>();
  }
};

template <class Migration, om::fixed_string File, class... Writes>
struct test_case {
  using migration = Migration;
  static constexpr std::string_view file = File.view();

  /// Every statement that is not empty, in the order of use.
  static std::vector<entry> entries() {
    std::vector<entry> result;
    const om::statement& table = om::create_table<typename Migration::table>;
    result.push_back({std::string{table.name}, std::string{table.view()}});
    using all = om::statements<Migration>;
    for (std::size_t i = 0; i < all::count; ++i) {
      if (all::at(i).size != 0) result.push_back({std::string{all::at(i).name}, std::string{all::at(i).view()}});
    }
    (result.push_back(Writes::template of<Migration>()), ...);
    return result;
  }
};

using all_cases = om::detail::list<
    test_case<canonical_display_name, "canonical_display_name", write<write_kind::insert, "id", "display_name">,
              write<write_kind::insert, "id">, write<write_kind::update, "display_name">,
              write<write_kind::upsert, "id", "display_name">, write<write_kind::upsert, "id">,
              write<write_kind::erase>, write<write_kind::assignments, "display_name">>,
    test_case<display_name_length, "display_name_length", write<write_kind::insert, "id", "display_name">,
              write<write_kind::update, "display_name">>,
    test_case<long_name, "long_name", write<write_kind::update, "display_name">>,
    test_case<event_label, "event_label",
              write<write_kind::insert, "tenant", "happened_at", "source", "kind", "title", "detail", "seen">,
              write<write_kind::insert, "tenant", "happened_at", "source", "kind", "seen">,
              write<write_kind::update, "title">, write<write_kind::update, "kind", "detail">,
              write<write_kind::update, "seen">,
              write<write_kind::upsert, "tenant", "happened_at", "source", "kind", "title", "seen">,
              write<write_kind::erase>, write<write_kind::assignments, "title", "seen">>,
    test_case<customer_code, "customer_code", write<write_kind::insert, "name", "country">,
              write<write_kind::insert, "name">, write<write_kind::update, "country">,
              write<write_kind::upsert, "id", "name">>,
    test_case<reading_copy, "reading_copy", write<write_kind::insert, "sensor", "no", "value">,
              write<write_kind::insert, "sensor", "no">, write<write_kind::update, "value">>,
    test_case<lower_email, "lower_email", write<write_kind::insert, "id", "email">, write<write_kind::update, "email">,
              write<write_kind::upsert, "id", "email">>,
    test_case<solid_email, "solid_email", write<write_kind::insert, "id", "email">, write<write_kind::update, "email">>,
    test_case<email_weight, "email_weight", write<write_kind::update, "email">>,
    test_case<document_digest, "document_digest", write<write_kind::insert, "tenant", "no", "weight", "title">,
              write<write_kind::update, "weight", "title">, write<write_kind::update, "lang">,
              write<write_kind::upsert, "tenant", "no", "weight", "title">,
              write<write_kind::assignments, "weight", "title">>,
    test_case<hostile_names, "hostile_names", write<write_kind::insert, "select", R"(quo"te'd)", R"(back\slash)">,
              write<write_kind::update, R"(quo"te'd)">, write<write_kind::upsert, "select", R"(back\slash)">,
              write<write_kind::erase>, write<write_kind::assignments, R"(back\slash)">>,
    test_case<split_name, "split_name", write<write_kind::insert, "id", "full name">,
              write<write_kind::update, "full name">, write<write_kind::upsert, "id", "full name", "note">,
              write<write_kind::update, "note">, write_new<write_kind::insert, "id", "first_name", "last's name">,
              write_new<write_kind::update, "first_name", "last's name">,
              write_new<write_kind::upsert, "id", "first_name", "last's name">>,
    test_case<merge_parts, "merge_parts", write<write_kind::insert, "id", "city", "zip">,
              write<write_kind::update, "city", "zip">, write_new<write_kind::insert, "id", "place">,
              write_new<write_kind::upsert, "id", "place">>,
    test_case<shuffle_parts, "shuffle_parts", write<write_kind::insert, "id", "city">>,
    test_case<event_parts, "event_parts", write<write_kind::insert, "tenant", "happened_at", "source", "kind", "seen">,
              write<write_kind::update, "kind">, write<write_kind::update, "title">, write<write_kind::update, "seen">,
              write<write_kind::upsert, "tenant", "happened_at", "source", "kind", "seen">,
              write<write_kind::assignments, "kind", "title">>,
    test_case<move_guests, "move_guests", write<write_kind::insert, "hall", "seat", "guest">,
              write<write_kind::update, "guest">, write<write_kind::upsert, "hall", "seat", "guest">,
              write<write_kind::upsert, "hall", "seat">, write<write_kind::erase>>,
    test_case<extract_numbers, "extract_numbers", write<write_kind::insert, "book", "id", "name", R"(ho"me)">,
              write<write_kind::update, "work">, write<write_kind::update, "country", R"(ho"me)", "home_since", "work">,
              write<write_kind::update, "name">, write<write_kind::upsert, "book", "id", "name", "work">,
              write<write_kind::upsert, "book", "id", "name">, write<write_kind::erase>>,
    test_case<extract_tags, "extract_tags", write<write_kind::insert, "id", R"(ta"gs)", "since">,
              write<write_kind::update, R"(ta"gs)", "since">>,
    test_case<region_name, "region_name", write<write_kind::insert, "id", R"(re"gion)", "no">,
              write<write_kind::update, "no">, write<write_kind::update, "note">,
              write<write_kind::upsert, "id", R"(re"gion)", "no">, write<write_kind::assignments, "no">>,
    test_case<wide_balance, "wide_balance", write<write_kind::insert, "id", "balance">,
              write_new<write_kind::insert, "id", "balance_v2">, write<write_kind::update, "balance">,
              write_new<write_kind::update, "balance_v2">, write<write_kind::upsert, "id", "balance", "note">,
              write_new<write_kind::upsert, "id", "balance_v2", "note">, write<write_kind::assignments, "balance">,
              write_new<write_kind::assignments, "balance_v2">>,
    test_case<wide_key, "wide_key", write<write_kind::insert, "id", "note">, write<write_kind::update, "note">>,
    test_case<hostile_replacement, "hostile_replacement", write<write_kind::update, R"(quo"te'd)">,
              write_new<write_kind::update, R"(Ne"w'er)">>,
    test_case<solid_note, "solid_note", write<write_kind::update, "note">>,
    test_case<note_number, "note_number", write<write_kind::update, "note">,
              write_new<write_kind::update, "note_number">>,
    test_case<diary_mood, "diary_mood", write<write_kind::update, "mood">, write_new<write_kind::update, "feeling">>,
    test_case<kept_email, "kept_email", write<write_kind::update, "email">>,
    test_case<patient_initial, "patient_initial", write<write_kind::update, "name">>>;

/// Calls `each.template operator()<Case>()` for every case.
template <class... Cases, class Each>
void for_each_case(om::detail::list<Cases...>, Each each) {
  (each.template operator()<Cases>(), ...);
}

/// The statements on the state tables, those that make them first.
inline constexpr const om::statement* state_tables[]{
    &om::state::create_version,       &om::state::create_runs,
    &om::state::create_one_open_run,  &om::state::create_backfill_state,
    &om::state::create_parity_passes, &om::state::create_parity_samples,
    &om::state::create_dirty_keys,    &om::state::create_dirty_keys_index,
    &om::state::create_quarantine};

inline constexpr const om::statement* state_statements[]{&om::state::lock_creation,
                                                         &om::state::find_version,
                                                         &om::state::may_create,
                                                         &om::state::read_version,
                                                         &om::state::insert_version,
                                                         &om::state::foreign_owner,
                                                         &om::state::newest_run,
                                                         &om::state::lock_newest_run,
                                                         &om::state::begin_run,
                                                         &om::state::enter_phase,
                                                         &om::state::backfill_finished,
                                                         &om::state::claim_slice,
                                                         &om::state::slice_holder,
                                                         &om::state::slices_left,
                                                         &om::state::slices_to_split,
                                                         &om::state::split_slice,
                                                         &om::state::pause_is_whole,
                                                         &om::state::phase_waits,
                                                         &om::state::by_bitmap,
                                                         &om::state::time_limit,
                                                         &om::state::by_lookup,
                                                         &om::state::try_part,
                                                         &om::state::keep_part,
                                                         &om::state::undo_part,
                                                         &om::state::renew_lease,
                                                         &om::state::release_lease,
                                                         &om::state::record_error,
                                                         &om::state::request_pause,
                                                         &om::state::read_progress,
                                                         &om::state::in_key_order,
                                                         &om::state::begin_parity_pass,
                                                         &om::state::begin_parity_blocks,
                                                         &om::state::resume_parity_blocks,
                                                         &om::state::note_parity_blocks,
                                                         &om::state::leave_parity_blocks,
                                                         &om::state::finish_parity_pass,
                                                         &om::state::resume_watch,
                                                         &om::state::watch_cursor,
                                                         &om::state::note_watch,
                                                         &om::state::forget_clean_rounds,
                                                         &om::state::newest_parity_pass,
                                                         &om::state::raise_version,
                                                         &om::state::status,
                                                         &om::state::last_pass,
                                                         &om::state::waiting_keys,
                                                         &om::state::read_flag,
                                                         &om::state::set_read_flag,
                                                         &om::state::is_partitioned,
                                                         &om::state::dirty_keys_waiting,
                                                         &om::state::settle_dirty_keys,
                                                         &om::state::forget_dirty_keys,
                                                         &om::state::forget_quarantine,
                                                         &om::state::walk_queue,
                                                         &om::state::note_mismatches,
                                                         &om::state::note_repaired,
                                                         &om::state::trim_witnesses,
                                                         &om::state::clear_quarantine,
                                                         &om::state::sample_places,
                                                         &om::state::contract_facts,
                                                         &om::state::legacy_required,
                                                         &om::state::read_new_only,
                                                         &om::state::read_legacy_only,
                                                         &om::state::note_retired,
                                                         &om::state::note_unretired,
                                                         &om::state::note_dropped,
                                                         &om::state::note_reviving,
                                                         &om::state::reopen_run,
                                                         &om::state::hold_run,
                                                         &om::state::flag_wait,
                                                         &om::state::fence_off,
                                                         &om::state::legacy_constraints,
                                                         &om::state::other_walks,
                                                         &om::state::share_newest_run,
                                                         &om::catalog::key_references,
                                                         &om::catalog::key_facts,
                                                         &om::catalog::key_parts,
                                                         &om::catalog::new_references,
                                                         &om::catalog::foreign_keys_over,
                                                         &om::catalog::own_readers,
                                                         &om::catalog::column_dependents,
                                                         &om::catalog::mentioning_functions,
                                                         &om::catalog::may_owe,
                                                         &om::catalog::owed_parts,
                                                         &om::catalog::sequence_moves,
                                                         &om::state::note_along,
                                                         &om::state::along_drops,
                                                         &om::state::hold_structure,
                                                         &om::state::read_undoing,
                                                         &om::state::note_undoing,
                                                         &om::state::note_undone,
                                                         &om::state::forget_kept,
                                                         &om::state::note_made,
                                                         &om::state::forget_made,
                                                         &om::state::was_made,
                                                         &om::catalog::named_object,
                                                         &om::catalog::can_be_referenced,
                                                         &om::catalog::view_can_stand_for,
                                                         &om::catalog::table_users};

}  // namespace golden
