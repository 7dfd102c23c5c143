// SPDX-License-Identifier: BSL-1.0
// Another source file of the program, which uses the migration in one way.
#include "declarations.hpp"

#if defined(USE_WRITER)
#include <online_migration/runtime/dual_writer.hpp>
void work(om::connection& connection) { om::dual_writer<wide_balance> write{connection}; }
#elif defined(USE_READER)
#include <online_migration/runtime/reader.hpp>
void work(om::connection& connection) {
  auto flags = [] { return om::read_flag{}; };
  om::reader<wide_balance> read{connection, flags};
}
#else
#include <online_migration/runtime/assignments.hpp>
void work(om::connection&) { auto values = om::assignments<wide_balance>::bind(om::set<"balance_v2">(1)); }
#endif
