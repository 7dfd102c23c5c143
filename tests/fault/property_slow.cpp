// SPDX-License-Identifier: BSL-1.0
// Many trials.

#include "property.hpp"

namespace property {
const int count = 40;
}
