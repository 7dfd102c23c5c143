// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/diagnosis.hpp>

namespace online_migration {

/// M035: a migration has stages, and this source file does not know at which one it is.
template <class Migration>
struct stage_not_declared {
  static constexpr bool raise() {
    static_assert(accepts<stage_not_declared>,
                  "M035: this migration is om::staged and its stage is not known here; include the header that "
                  "declares om::stage_of for it. docs/errors/M035.md");
    return true;
  }
};

}  // namespace online_migration
