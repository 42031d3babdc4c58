# Compiles SOURCE and compares with its first line: `// expect: ` and a regular expression that the
# compiler's errors must match, or `// expect success`.
file(STRINGS ${SOURCE} lines LIMIT_COUNT 1)
list(GET lines 0 expectation)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C
          ${COMPILER} -std=c++20 -Werror=unused-result -fsyntax-only -I${INCLUDE} ${SOURCE}
  RESULT_VARIABLE status ERROR_VARIABLE errors)
if(expectation STREQUAL "// expect success")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} should compile:\n${errors}")
  endif()
elseif(expectation MATCHES "^// expect: (.+)$")
  set(pattern "${CMAKE_MATCH_1}")
  if(status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} compiles, and must not")
  endif()
  string(REGEX MATCHALL "[^\n]*error:[^\n]*" error_lines "${errors}")
  if(NOT "${error_lines}" MATCHES "${pattern}")
    message(FATAL_ERROR "${SOURCE} is refused for another reason than \"${pattern}\":\n${errors}")
  endif()
else()
  message(FATAL_ERROR "${SOURCE} does not say in its first line what to expect")
endif()
