// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "pgbench/settings.hpp"

/// Puts the constraints in force that pgbench's accounts lack, while pgbench runs, and checks the catalog and every
/// row.
/// Whether everything is right. Throws: what the library throws, `std::exception`.
bool walk(const pgbench_settings& chosen);
