# cmake --install, and a package that find_package(online_migration [COMPONENTS static runtime prometheus]) finds.
# Each component has its own file of targets, so that `static` asks for Boost's headers and for nothing else.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/online_migration")

# Messages of the library name these pages.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md")

# To copy from: starters, and the state tables as files of SQL.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/templates/" DESTINATION "${CMAKE_INSTALL_DATADIR}/online_migration/templates"
  USE_SOURCE_PERMISSIONS)

install(TARGETS online_migration_static EXPORT online_migration-static FILE_SET HEADERS)
install(EXPORT online_migration-static NAMESPACE online_migration:: DESTINATION "${package_dir}")

if(ONLINE_MIGRATION_RUNTIME)
  install(TARGETS online_migration EXPORT online_migration-runtime FILE_SET HEADERS)
  install(EXPORT online_migration-runtime NAMESPACE online_migration:: DESTINATION "${package_dir}")
  install(FILES "${CMAKE_CURRENT_LIST_DIR}/online_migration-libpq.cmake" DESTINATION "${package_dir}")
endif()

if(TARGET online_migration_prometheus)
  install(TARGETS online_migration_prometheus EXPORT online_migration-prometheus FILE_SET HEADERS)
  install(EXPORT online_migration-prometheus NAMESPACE online_migration:: DESTINATION "${package_dir}")
  install(FILES "${CMAKE_CURRENT_LIST_DIR}/online_migration-prometheus-cpp.cmake" DESTINATION "${package_dir}")
endif()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/online_migration-config.cmake.in"
  "${CMAKE_CURRENT_BINARY_DIR}/online_migration-config.cmake"
  INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/online_migration-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/online_migration-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/online_migration-config-version.cmake"
  DESTINATION "${package_dir}")

include("${CMAKE_CURRENT_LIST_DIR}/pkg_config.cmake")
