# What the tests of floor 7, in folders named observe/, need beside the library: prometheus-cpp's exposer, and promtool.

find_program(ONLINE_MIGRATION_PROMTOOL promtool HINTS "${PROJECT_SOURCE_DIR}/build/promtool")
if(NOT ONLINE_MIGRATION_PROMTOOL)
  message(WARNING "promtool was not found, so the tests of metrics will fail: tests/support/fetch_promtool build/promtool")
endif()
list(APPEND online_migration_test_environment "ONLINE_MIGRATION_PROMTOOL=${ONLINE_MIGRATION_PROMTOOL}")

if(NOT TARGET online_migration::prometheus)
  message(FATAL_ERROR "The tests need prometheus-cpp (Debian: prometheus-cpp-dev).")
endif()
add_library(online_migration_test_prometheus INTERFACE)
target_link_libraries(online_migration_test_prometheus INTERFACE online_migration::prometheus)
if(TARGET prometheus-cpp::pull)
  target_link_libraries(online_migration_test_prometheus INTERFACE prometheus-cpp::pull)
else()
  find_library(ONLINE_MIGRATION_PROMETHEUS_PULL prometheus-cpp-pull REQUIRED)
  target_link_libraries(online_migration_test_prometheus INTERFACE "${ONLINE_MIGRATION_PROMETHEUS_PULL}")
endif()
