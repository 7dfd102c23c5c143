// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <initializer_list>
#include <span>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/parameter.hpp>
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

}  // namespace online_migration::detail
