// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <initializer_list>
#include <span>

#include <online_migration/postgres/concepts.hpp>
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

/// The same as a transaction of its own, with its time-outs, search path and row security. Inside an open transaction it
/// is a part of that one.
template <transactional Connection>
auto ask_alone(Connection& on, const statement& what, std::initializer_list<parameter> parameters = {}) {
  if (on.in_transaction()) return ask(on, what, parameters);
  transaction scope{on};
  auto answer = ask(on, what, parameters);
  scope.commit();
  return answer;
}

}  // namespace online_migration::detail
