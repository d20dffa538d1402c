# Writes the ctest tests of one lab: each check of its solution, by name.
#   cmake -DLAB=01-pipe -DCHECKS=program -DIPCLAB=program -DLIST=file -P discover.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${CHECKS} --list OUTPUT_VARIABLE json COMMAND_ERROR_IS_FATAL ANY)
string(JSON count LENGTH "${json}")
math(EXPR last "${count} - 1")
set(tests "")
foreach(i RANGE ${last})
  string(JSON name GET "${json}" ${i} name)
  string(APPEND tests "add_test([==[${LAB}: ${name}]==] [==[${IPCLAB}]==] check ${LAB} [==[${name}]==] --solution -j 1)\n"
    "set_tests_properties([==[${LAB}: ${name}]==] PROPERTIES LABELS ${LAB} TIMEOUT 300)\n")
endforeach()
file(WRITE ${LIST} "${tests}")
