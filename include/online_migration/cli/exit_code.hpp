// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace online_migration {

/// How a migration program ends, for scripts and schedulers.
enum class exit_code : int {
  done = 0,        ///< what was asked for is so now
  failed = 1,      ///< the server or the connection failed; run it again when the cause is gone
  usage = 2,       ///< the command line cannot be read
  refused = 3,     ///< the library refused, and says why
  paused = 4,      ///< stopped on request before the end; run it again to go on
  mismatches = 5,  ///< rows differ from what their old columns say
};

}  // namespace online_migration
