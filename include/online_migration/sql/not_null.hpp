// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/sink.hpp>

namespace online_migration::detail {

/// The condition that a column, a row `a` of pg_attribute, holds no NULL. From PostgreSQL 18 on `attnotnull` alone does not
/// say so: a NOT NULL constraint may be NOT VALID there.
inline constexpr char is_not_null[] =
    "(a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS r WHERE r.conrelid = a.attrelid"
    " AND r.contype = 'n' AND NOT r.convalidated AND a.attnum = ANY (r.conkey)))";

/// Literals in a row, for statements that share a piece.
template <std::size_t... Sizes>
consteval auto join(const char (&... parts)[Sizes]) {
  text_constant<((Sizes - 1) + ... + 0)> result;
  std::size_t at = 0;
  auto append = [&](const char* part, std::size_t size) {
    for (std::size_t i = 0; i + 1 < size; ++i) result.text[at++] = part[i];
  };
  (append(parts, Sizes), ...);
  return result;
}

}  // namespace online_migration::detail
