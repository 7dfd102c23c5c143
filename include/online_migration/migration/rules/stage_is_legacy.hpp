// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>

namespace online_migration {

/// M034: the new column is used by a binary that does not know it yet.
template <class Migration>
struct stage_is_legacy {
  static constexpr bool raise() {
    static_assert(accepts<stage_is_legacy>,
                  "M034: at om::stage::legacy a binary knows only the old columns, so it neither dual-writes nor reads "
                  "the new one; raise om::stage_of to dual_write, or use the old columns. docs/errors/M034.md");
    return true;
  }
};

}  // namespace online_migration
