// SPDX-License-Identifier: BSL-1.0
// A sample of the statements, another one in each run.

#include "contract_every_statement.hpp"

namespace contract_every_statement {
const choice each{151};
}
