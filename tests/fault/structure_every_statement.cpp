// SPDX-License-Identifier: BSL-1.0
// A sample of the statements, another one in each run.

#include "structure_every_statement.hpp"

namespace structure_every_statement {
const std::int64_t step = 97;
const bool in_every_way = false;
}
