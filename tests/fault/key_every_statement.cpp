// SPDX-License-Identifier: BSL-1.0
// A sample of the statements, another one in each run.

#include "key_every_statement.hpp"

namespace key_every_statement {
const std::int64_t stride = 131;
}
