# online_migration.pc and online_migration-static.pc, for users of pkg-config. They find what was installed by where they lie
# themselves, so the whole prefix may be moved; unless an absolute path was asked for.

set(pkg_config_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
set(online_migration_pc_prefix "${CMAKE_INSTALL_PREFIX}")
if(NOT IS_ABSOLUTE "${pkg_config_dir}")
  file(RELATIVE_PATH up "/prefix/${pkg_config_dir}" "/prefix")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(online_migration_pc_prefix "\${pcfiledir}/${up}")
endif()
set(online_migration_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(online_migration_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()

function(online_migration_install_pc name part requires flags)
  set(online_migration_pc_name "${name}")
  set(online_migration_pc_part "${part}")
  set(online_migration_pc_requires "${requires}")
  set(online_migration_pc_flags "${flags}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/online_migration.pc.in" "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${pkg_config_dir}")
endfunction()

online_migration_install_pc(online_migration-static " (declarations and their SQL alone)" "" "")
if(ONLINE_MIGRATION_RUNTIME)
  online_migration_install_pc(online_migration "" "libpq fmt >= 9" " -pthread")
endif()
