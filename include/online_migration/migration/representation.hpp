// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace online_migration {

/// The two places where a migration's value can be read.
enum class representation : unsigned char {
  legacy,     ///< what follows from the old columns by the transform
  new_column  ///< the new column itself
};

}  // namespace online_migration
