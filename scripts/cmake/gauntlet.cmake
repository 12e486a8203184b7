# What every target of this project has in common, and the functions that folders declare targets with.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Assertions state broken contracts; they stay on in release builds, where the crash of a
# benchmark is worth more than a wrong number. -O2, because g++ 12 makes symmetric transfer a
# tail call only at plain -O2.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

option(GAUNTLET_WERROR "Warnings are errors" ON)
set(GAUNTLET_SANITIZER "" CACHE STRING "address (with undefined) or thread; empty for none")
set_property(CACHE GAUNTLET_SANITIZER PROPERTY STRINGS "" address thread)

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(LIBURING REQUIRED IMPORTED_TARGET liburing)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)

# Most of the time goes into reading headers, so that eight sources of a target at once take a third of it. The price:
# anonymous namespaces of one target share their names. Presets without it compile each source alone, which finds the
# one that forgets a header.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

add_library(gauntlet_flags INTERFACE)
target_include_directories(gauntlet_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(gauntlet_flags INTERFACE Threads::Threads)
target_compile_options(gauntlet_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -fno-omit-frame-pointer
  # So that the same sources give the same program wherever they stand: assert() writes paths into it, and a gate
  # recognises a base that has not changed.
  -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
# g++ takes the sources of a unity build for headers, whose types must not hold what is in an anonymous namespace.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(gauntlet_flags INTERFACE -Wno-subobject-linkage)
endif()
if(GAUNTLET_WERROR)
  target_compile_options(gauntlet_flags INTERFACE -Werror)
endif()
# Optimising instrumented code takes three times as long as running the tests without it does.
if(NOT GAUNTLET_SANITIZER STREQUAL "")
  target_compile_options(gauntlet_flags INTERFACE -O0)
endif()
if(GAUNTLET_SANITIZER STREQUAL "address")
  target_compile_options(gauntlet_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(gauntlet_flags INTERFACE -fsanitize=address,undefined)
elseif(GAUNTLET_SANITIZER STREQUAL "thread")
  target_compile_options(gauntlet_flags INTERFACE -fsanitize=thread)
  target_link_options(gauntlet_flags INTERFACE -fsanitize=thread)
elseif(NOT GAUNTLET_SANITIZER STREQUAL "")
  message(FATAL_ERROR "GAUNTLET_SANITIZER=${GAUNTLET_SANITIZER}: use address, thread or nothing")
endif()

# Without optimisation a third of the time goes into reading the same headers: sanitizer builds read them once. The
# release build does not, so that a source which forgets one is found.
function(gauntlet_use_headers name)
  if(NOT GAUNTLET_SANITIZER STREQUAL "")
    target_precompile_headers(${name} REUSE_FROM gauntlet_headers)
  endif()
endfunction()
if(NOT GAUNTLET_SANITIZER STREQUAL "")
  file(WRITE ${CMAKE_BINARY_DIR}/headers.cpp "")
  add_library(gauntlet_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cpp)
  target_link_libraries(gauntlet_headers PRIVATE gauntlet_flags GTest::gtest GTest::gmock)
  target_precompile_headers(gauntlet_headers PRIVATE <algorithm> <array> <atomic> <chrono> <coroutine> <cstdint>
    <expected> <filesystem> <fstream> <functional> <memory> <mutex> <nlohmann/json.hpp> <optional> <span> <string>
    <thread> <utility> <vector> <gmock/gmock.h> <gtest/gtest.h>)
endif()

# GoogleTest's headers alone take longer to read than most tests to compile. They are read once for each set of
# GAUNTLET_TEST_OPTIONS, without which a precompiled header does not fit.
function(gauntlet_use_test_headers name)
  if(NOT GAUNTLET_SANITIZER STREQUAL "")
    gauntlet_use_headers(${name})
    return()
  endif()
  string(MAKE_C_IDENTIFIER "gauntlet_test_headers${GAUNTLET_TEST_OPTIONS}" headers)
  if(NOT TARGET ${headers})
    file(WRITE ${CMAKE_BINARY_DIR}/${headers}.cpp "")
    add_library(${headers} OBJECT ${CMAKE_BINARY_DIR}/${headers}.cpp)
    target_link_libraries(${headers} PRIVATE gauntlet_flags GTest::gtest GTest::gmock)
    target_compile_options(${headers} PRIVATE ${GAUNTLET_TEST_OPTIONS})
    target_precompile_headers(${headers} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  target_precompile_headers(${name} REUSE_FROM ${headers})
endfunction()

# gauntlet_library(NAME SOURCES ... LIBS ...): a static library of one folder.
function(gauntlet_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC gauntlet_flags ${ARG_LIBS})
  gauntlet_use_headers(${name})
endfunction()

# What `make build` and the sanitizer builds ask for: every program, every unit test.
add_custom_target(programs)
add_custom_target(unit_tests)

# gauntlet_program(NAME SOURCES ... LIBS ...): an executable, left in the root of the build folder.
function(gauntlet_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE gauntlet_flags ${ARG_LIBS})
  add_dependencies(programs ${name})
  gauntlet_use_headers(${name})
endfunction()

# gauntlet_test(NAME SOURCES ... LIBS ... [DEPENDS TARGET...] [SERIAL] [MEASURES] [ONE_THREAD]): one GoogleTest
# program, one ctest entry. DEPENDS: programs that the test starts. SERIAL: runs alone, because another test beside it
# would disturb it. MEASURES: asserts on CPU, wake-ups or rates; runs alone, is labelled `measures`, and is not built
# with a sanitizer, whose figures these would be. ONE_THREAD: no two threads share
# what it tests, so that ThreadSanitizer has nothing to say: it is not built there. GAUNTLET_TEST_OPTIONS: for the
# compiler, set by a folder for its tests.
function(gauntlet_test name)
  cmake_parse_arguments(ARG "SERIAL;MEASURES;ONE_THREAD" "" "SOURCES;LIBS;DEPENDS" ${ARGN})
  if(ARG_ONE_THREAD AND GAUNTLET_SANITIZER STREQUAL "thread")
    message(STATUS "${name}: left out, it has one thread")
    return()
  elseif(ARG_MEASURES AND NOT GAUNTLET_SANITIZER STREQUAL "")
    message(STATUS "${name}: left out, it measures")
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE gauntlet_flags ${ARG_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${GAUNTLET_TEST_OPTIONS})
  gauntlet_use_test_headers(${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT $<IF:$<STREQUAL:${GAUNTLET_SANITIZER},>,300,900>)
  if(ARG_SERIAL OR ARG_MEASURES)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
  if(ARG_MEASURES)
    set_tests_properties(${name} PROPERTIES LABELS measures)
  endif()
  add_dependencies(unit_tests ${name})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()
