// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::detail {

/// Runs a statement on any kind of connection; its answer comes in text format.
template <transactional Connection>
auto ask(Connection& on, const statement& what, std::initializer_list<parameter> parameters = {}) {
  return on.execute(what, std::span<const parameter>{parameters.begin(), parameters.size()});
}

template <transactional Connection>
auto ask(Connection& on, const statement& what, std::span<const parameter> parameters) {
  return on.execute(what, parameters);
}

/// Runs a statement of a migration, unless it has no use for it.
template <transactional Connection>
void ask_if_any(Connection& on, const statement& what) {
  if (what.size > 0) ask(on, what);
}

/// The same as a transaction of its own, with its time-outs, search path and row security. Inside an open transaction
/// it is a part of that one.
template <transactional Connection>
auto ask_alone(Connection& on, const statement& what, std::initializer_list<parameter> parameters = {}) {
  if (on.in_transaction()) return ask(on, what, parameters);
  transaction scope{on};
  auto answer = ask(on, what, parameters);
  scope.commit();
  return answer;
}

/// Creates what another process may be creating at the same moment. Where that one was quicker, the error says that a
/// retry helps: the transaction as a whole then finds it there.
template <transactional Connection>
void create_or_look_again(Connection& on, const statement& what) {
  try {
    ask(on, what);
  } catch (const statement_error& problem) {
    std::string_view state = problem.sqlstate();
    // A table, its type, a column, a row of the catalog's own.
    if (state != "42P07" && state != "42710" && state != "42701" && state != "23505") throw;
    throw statement_error{problem.statement_name(), state, std::string{problem.object()}, retry_class::retry};
  }
}

}  // namespace online_migration::detail
