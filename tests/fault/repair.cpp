// SPDX-License-Identifier: BSL-1.0
// A sample of the statements, another one in each run.

#include "repair.hpp"

namespace repair {
const std::int64_t step = 31;
}
