// SPDX-License-Identifier: BSL-1.0
// Every single statement.

#include "contract_every_statement.hpp"

namespace contract_every_statement {
const choice each{1};
}
