// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/sql/blocks.hpp>
#include <online_migration/sql/parity.hpp>
#include <online_migration/sql/parts.hpp>

/// Parity range of blocks by range of blocks: the speed of a sequential scan, and no snapshot for long.
namespace online_migration::detail {

/// Whether a full pass may ever go by blocks. Rows without a value are noted by ranges of keys.
constexpr bool may_check_blocks(const migration_description& migration) {
  return migration.in != worlds::client_only && !has_total_function(migration) && !migration.elsewhere;
}

constexpr void write_from_blocks(sink& out, const migration_description& migration) {
  out.put(" FROM ");
  write_table(out, migration.table);
  out.put(" AS t WHERE ");
  write_block_range(out);
}

/// Rows and mismatches of a range of blocks. `$1` its first row pointer, `$2` the first one behind it.
constexpr void write_parity_blocks(sink& out, const migration_description& migration) {
  if (!may_check_blocks(migration)) return;
  write_counts(out, migration);
  write_from_blocks(out, migration);
}

/// Records mismatching rows of a range of blocks as witnesses. `$1` and `$2` as above, then run, pass and the most rows.
constexpr void write_parity_blocks_witness(sink& out, const migration_description& migration) {
  if (!may_check_blocks(migration)) return;
  write_witnesses(out, migration, 3, [&] { write_from_blocks(out, migration); });
}

}  // namespace online_migration::detail
