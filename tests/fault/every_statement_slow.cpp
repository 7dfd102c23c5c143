// SPDX-License-Identifier: BSL-1.0
// Every single statement.

#include "every_statement.hpp"

namespace every_statement {
const choice each{1};
}
