// SPDX-License-Identifier: BSL-1.0
#include <online_migration/static.hpp>

int main() { return 0; }
