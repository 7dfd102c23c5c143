// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "pgbench/settings.hpp"

/// Takes pgbench's accounts from the first version of the application to the last, and checks every balance.
/// Whether everything is right. Throws: what the library throws, `std::exception`.
bool walk(const pgbench_settings& chosen);
