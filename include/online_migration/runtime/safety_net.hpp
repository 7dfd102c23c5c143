// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/description.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/run_record.hpp>
#include <online_migration/sql/dirty_keys.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Creates the functions of the safety net, anew where an earlier run has left one: replacing it would leave it to its
/// owner, who might be anybody.
template <migration_like Migration, transactional Connection>
void create_safety_net_functions(Connection& on, safety_net net) {
  using sql = statements<Migration>;
  if (net == safety_net::all_writers_dual_write) return;
  for (const statement& create : {sql::drop_sync_function,     sql::drop_report_function,  sql::drop_dirty_function,
                                  sql::drop_lookup_function,   sql::drop_total_functions,  sql::drop_alarm_function,
                                  sql::drop_alarm_sequence,    sql::create_total_function, sql::create_why_function,
                                  sql::grant_total_functions,  sql::create_alarm_sequence, sql::revoke_alarm_sequence,
                                  sql::create_alarm_function,  sql::grant_alarm_function,  sql::create_report_function,
                                  sql::revoke_report_function, sql::create_sync_function,  sql::revoke_sync_function,
                                  sql::create_dirty_function,  sql::revoke_dirty_function, sql::create_lookup_function,
                                  sql::revoke_lookup_function}) {
    ask_if_any(on, create);
  }
}

/// Creates its trigger on the table that is looked up in: before anything locks the migration's own, so that nobody
/// waits for that one while this waits for the other.
template <migration_like Migration, transactional Connection>
void create_lookup_trigger(Connection& on) {
  ask_if_any(on, statements<Migration>::create_lookup_trigger);
  ask_if_any(on, statements<Migration>::enable_lookup_trigger);
}

/// Creates its triggers, which lock the table.
template <migration_like Migration, transactional Connection>
void create_safety_net_triggers(Connection& on, safety_net net) {
  using sql = statements<Migration>;
  if (net == safety_net::all_writers_dual_write) return;
  constexpr const table_description& table = describe_table<typename Migration::table>;
  bool has_parts = net == safety_net::dirty_key_trigger &&
                   ask(on, state::is_partitioned, {text_of(table.schema), text_of(table.name)}).boolean(0, 0);
  for (const statement& create :
       {sql::create_sync_trigger, sql::enable_sync_trigger, sql::create_report_trigger, sql::enable_report_trigger,
        sql::create_late_trigger, sql::enable_late_trigger, sql::create_dirty_insert_trigger,
        sql::create_dirty_update_trigger, has_parts ? sql::create_dirty_part_trigger : sql::create_dirty_key_trigger,
        sql::enable_dirty_triggers}) {
    ask_if_any(on, create);
  }
}

/// Takes the triggers away, and their functions. What dual writers have prepared may still use the functions of a
/// partial transform, and the alarm is asked about later: those stay.
template <migration_like Migration, transactional Connection>
void drop_safety_net(Connection& on, safety_net net) {
  using sql = statements<Migration>;
  if (net == safety_net::all_writers_dual_write) return;
  for (const statement& drop :
       {sql::drop_sync_trigger, sql::drop_report_trigger, sql::drop_dirty_insert_trigger,
        sql::drop_dirty_update_trigger, sql::drop_dirty_key_trigger, sql::drop_late_trigger, sql::drop_lookup_trigger,
        sql::drop_sync_function, sql::drop_report_function, sql::drop_dirty_function, sql::drop_lookup_function}) {
    ask_if_any(on, drop);
  }
}

template <migration_like Migration, transactional Connection>
void drop_alarm(Connection& on) {
  ask_if_any(on, statements<Migration>::drop_alarm_function);
  ask_if_any(on, statements<Migration>::drop_alarm_sequence);
}

/// Takes away what the safety net leaves behind, once no statement can use it any more.
template <migration_like Migration, transactional Connection>
void drop_helpers(Connection& on) {
  ask_if_any(on, statements<Migration>::drop_total_functions);
  drop_alarm<Migration>(on);
}

}  // namespace online_migration::detail
