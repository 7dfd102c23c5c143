// SPDX-License-Identifier: BSL-1.0
// A sample of the statements, another one in each run.

#include "every_statement.hpp"

namespace every_statement {
const choice each{5};
}
