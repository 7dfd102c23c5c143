# For work on the library itself; nothing here reaches a user of it.

add_library(online_migration_warnings INTERFACE)
target_compile_options(online_migration_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)

find_program(ONLINE_MIGRATION_CCACHE ccache)
if(ONLINE_MIGRATION_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ONLINE_MIGRATION_CCACHE}")
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(ONLINE_MIGRATION_ALL_TESTS "Also the tests that take long, and every test program through both compilers" OFF)
set(ONLINE_MIGRATION_TEST_SERVERS "" CACHE STRING
  "Versions of PostgreSQL in build/servers/ to run the tests beside, too: see tests/support/fetch_server")

# The library is promised for g++ and for clang: what one of them builds, the other one checks.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  find_program(ONLINE_MIGRATION_SECOND_COMPILER NAMES
    clang++-16 clang++-17 clang++-18 clang++-19 clang++-20 clang++-21)
  set(online_migration_compiler g++)
  set(online_migration_second clang)
else()
  find_program(ONLINE_MIGRATION_SECOND_COMPILER NAMES g++)
  set(online_migration_compiler clang)
  set(online_migration_second g++)
endif()
if(NOT ONLINE_MIGRATION_SECOND_COMPILER)
  message(WARNING "No ${online_migration_second} was found: this build checks ${online_migration_compiler} only.")
endif()
