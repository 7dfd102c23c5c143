// SPDX-License-Identifier: BSL-1.0

#include "structure_every_statement.hpp"

namespace structure_every_statement {
const std::int64_t step = 5;
const bool in_every_way = true;
}
