# One folder = one static library = one namespace. florin_add_module names its sources, its
# headers are those beside them, and DEPS are the modules and libraries it may include.

add_library(florin_warnings INTERFACE)
target_compile_options(florin_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers -Werror) # designated initialisers leave fields out on purpose
# GCC 12 sees overlapping copies in std::string's operator+ that are not there (GCC bug 105651).
target_compile_options(florin_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# libstdc++ 12's own stable_sort uses what it deprecates, which clang tells of the caller.
target_compile_options(florin_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(FLORIN_SANITIZE)
  target_compile_options(florin_warnings INTERFACE
    -fsanitize=${FLORIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(florin_warnings INTERFACE -fsanitize=${FLORIN_SANITIZE})
  # GCC's flow warnings give false alarms on sanitized code (GCC bug 105562).
  target_compile_options(florin_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

# Several sources of a module or test are compiled as one: most of a file's time is its headers'. The other presets
# compile each alone, and so show what a source forgot to include.
option(FLORIN_UNITY "Compile the sources of modules and tests in groups of eight" OFF)

function(florin_add_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;PRIVATE_DEPS")
  add_library(florin_${name} STATIC ${arg_SOURCES})
  add_library(florin::${name} ALIAS florin_${name})
  target_include_directories(florin_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(florin_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS} florin_warnings)
  set_target_properties(florin_${name} PROPERTIES UNITY_BUILD ${FLORIN_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# florin_add_test(money SOURCES decimal_test.cpp … [NAME split] [DEPS …] [LABELS …]): one program, one ctest;
# money_test, or split_test where a module has several.
function(florin_add_test module)
  if(NOT FLORIN_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME" "SOURCES;DEPS;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_NAME)
    set(arg_NAME ${module})
  endif()
  set(program ${arg_NAME}_test)
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE
    florin::${module} ${arg_DEPS} GTest::gmock GTest::gtest GTest::gtest_main florin_warnings)
  set_target_properties(${program} PROPERTIES UNITY_BUILD ${FLORIN_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  # Tests are built to be run once: what they test is optimised, they need not be.
  target_compile_options(${program} PRIVATE $<$<CONFIG:Release>:-O1>)
  set_property(GLOBAL APPEND PROPERTY FLORIN_UNIT_TESTS ${program})
  add_test(NAME ${program} COMMAND ${program} --gtest_brief=1)
  set_tests_properties(${program} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
endfunction()

# florin_embed_text(target symbol file): the file's bytes as `std::string_view florin::embedded::symbol`.
function(florin_embed_text target symbol file)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DOUTPUT=${output} -DSYMBOL=${symbol}
            -P ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
