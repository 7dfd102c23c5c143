// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace online_migration {

/// Reason of a diagnosis: only the client can compute a transform or an inverse, and a trigger would have to.
struct only_the_client_computes {};

}  // namespace online_migration
