// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace online_migration {

/// In which order a backfill, or a full pass of parity, comes to the rows.
enum class walk_by {
  measured,  ///< by blocks where that is safe and the table is large enough to gain from it, by keys otherwise
  keys,      ///< in the order of the key
  blocks     ///< in the order of the table's file, where that is safe; by keys otherwise
};

}  // namespace online_migration
