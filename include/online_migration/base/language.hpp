// SPDX-License-Identifier: BSL-1.0
#pragma once

/// Comes first in the headers that programs include: one sentence in front of what an older language makes of the rest.

#if __cplusplus < 202002L
#error "online_migration needs C++20: compile with -std=c++20 (in CMake, link online_migration::online_migration)"
#endif
