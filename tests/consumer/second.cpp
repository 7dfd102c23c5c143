// SPDX-License-Identifier: BSL-1.0
#include <online_migration/online_migration.hpp>
#include <online_migration/version.hpp>

int version_in_second_file();
int version_in_second_file() { return online_migration::version::number; }
