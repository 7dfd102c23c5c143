// SPDX-License-Identifier: BSL-1.0
// A few trials, others in each run.

#include "property.hpp"

namespace property {
const int count = 1;
}
