// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "settings.hpp"

/// Walks a table of users from `expand` to `contract-ready` under the eyes of its writers. Whether every row is right.
/// Throws: `std::exception` where it could not come that far.
bool walk(const settings& chosen);
