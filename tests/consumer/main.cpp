// SPDX-License-Identifier: BSL-1.0
// Two translation units with everything in both: a function that is not inline would not link.
#include <online_migration/online_migration.hpp>
#include <online_migration/version.hpp>

int version_in_second_file();

int main() { return version_in_second_file() == online_migration::version::number ? 0 : 1; }
