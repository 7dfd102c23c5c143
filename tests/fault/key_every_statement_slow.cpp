// SPDX-License-Identifier: BSL-1.0
// Every single statement.

#include "key_every_statement.hpp"

namespace key_every_statement {
const std::int64_t stride = 1;
}
