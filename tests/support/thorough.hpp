// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdlib>
#include <string_view>

namespace test {

/// Whether this is a run of `tests/run --all`, where tests that repeat something do it more often.
inline bool thorough() {
  const char* all = std::getenv("ONLINE_MIGRATION_ALL_TESTS");
  return all != nullptr && std::string_view{all} == "ON";
}

}  // namespace test
