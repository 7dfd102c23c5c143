// SPDX-License-Identifier: BSL-1.0
// Every single statement.

#include "repair.hpp"

namespace repair {
const std::int64_t step = 1;
}
