# The three targets of the library. None pushes a flag or a macro on its users.

set(online_migration_include "${CMAKE_CURRENT_SOURCE_DIR}/include")

# Floors 0-4: declaration, checks and SQL at compile time. Needs nothing but Boost's headers.
set(online_migration_static_floors base schema transform migration sql)
# Floors 5, 6 and 8: what talks to a server.
set(online_migration_runtime_floors postgres runtime cli)
# Floor 7: what counts for Prometheus. The one that needs prometheus-cpp.
set(online_migration_prometheus_floors observe)

function(online_migration_collect_headers result)
  set(patterns "")
  foreach(part IN LISTS ARGN)
    if(part MATCHES "\\.hpp$")
      list(APPEND patterns "${online_migration_include}/online_migration/${part}")
    else()
      list(APPEND patterns "${online_migration_include}/online_migration/${part}/*.hpp")
    endif()
  endforeach()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${patterns})
  set(${result} "${headers}" PARENT_SCOPE)
endfunction()

online_migration_collect_headers(online_migration_static_headers
  version.hpp static.hpp ${online_migration_static_floors})

if(NOT TARGET Boost::headers)
  find_package(Boost 1.74 REQUIRED GLOBAL)
endif()

add_library(online_migration_static INTERFACE)
add_library(online_migration::static ALIAS online_migration_static)
set_target_properties(online_migration_static PROPERTIES EXPORT_NAME static)
target_compile_features(online_migration_static INTERFACE cxx_std_20)
target_link_libraries(online_migration_static INTERFACE Boost::headers)
target_sources(online_migration_static INTERFACE
  FILE_SET HEADERS BASE_DIRS "${online_migration_include}" FILES ${online_migration_static_headers})

if(ONLINE_MIGRATION_RUNTIME)
  online_migration_collect_headers(online_migration_runtime_headers
    online_migration.hpp ${online_migration_runtime_floors})

  include("${CMAKE_CURRENT_LIST_DIR}/online_migration-libpq.cmake")
  if(NOT TARGET online_migration::libpq)
    message(FATAL_ERROR "libpq was not found. Install it (Debian: libpq-dev), or set ONLINE_MIGRATION_RUNTIME=OFF "
      "to use online_migration::static alone.")
  endif()
  if(NOT TARGET fmt::fmt)
    find_package(fmt 9 REQUIRED GLOBAL)
  endif()
  find_package(Threads REQUIRED GLOBAL)

  add_library(online_migration INTERFACE)
  add_library(online_migration::online_migration ALIAS online_migration)
  target_link_libraries(online_migration INTERFACE
    online_migration_static online_migration::libpq fmt::fmt Threads::Threads)
  target_sources(online_migration INTERFACE
    FILE_SET HEADERS BASE_DIRS "${online_migration_include}" FILES ${online_migration_runtime_headers})

  # Where prometheus-cpp is not there, only its target is missing.
  online_migration_collect_headers(online_migration_prometheus_headers
    prometheus.hpp ${online_migration_prometheus_floors})
  include("${CMAKE_CURRENT_LIST_DIR}/online_migration-prometheus-cpp.cmake")
  if(TARGET online_migration::prometheus_cpp)
    add_library(online_migration_prometheus INTERFACE)
    add_library(online_migration::prometheus ALIAS online_migration_prometheus)
    set_target_properties(online_migration_prometheus PROPERTIES EXPORT_NAME prometheus)
    target_link_libraries(online_migration_prometheus INTERFACE online_migration online_migration::prometheus_cpp)
    target_sources(online_migration_prometheus INTERFACE
      FILE_SET HEADERS BASE_DIRS "${online_migration_include}" FILES ${online_migration_prometheus_headers})
  else()
    message(STATUS "prometheus-cpp was not found (Debian: prometheus-cpp-dev): there is no online_migration::prometheus.")
  endif()
endif()
