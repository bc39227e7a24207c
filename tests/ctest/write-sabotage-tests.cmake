# Writes the ctest file of all sabotages: one test each, labelled with its claim. Run when boxtest was built:
#   cmake -D BOXTEST=program -D CATALOGUE=folder -D RUN=run-unless-late -D OUTPUT=file -P write-sabotage-tests.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${BOXTEST}" sabotage --list --json - --catalogue "${CATALOGUE}" OUTPUT_VARIABLE list COMMAND_ERROR_IS_FATAL ANY)
string(JSON count LENGTH "${list}" sabotages)
if(count EQUAL 0)
    message(FATAL_ERROR "'${CATALOGUE}' has no sabotage")
endif()
math(EXPR last "${count} - 1")
set(text "")
foreach(i RANGE ${last})
    string(JSON id GET "${list}" sabotages ${i} id)
    string(JSON claim GET "${list}" sabotages ${i} claim)
    # --no-clean: the scenarios' own tests already show that scenarios pass on the unchanged machine.
    string(APPEND text
        "add_test([=[sabotage.${id}]=] [=[${RUN}]=] [=[${BOXTEST}]=] sabotage --no-clean --quiet -j1 [=[${id}]=])\n"
        "set_tests_properties([=[sabotage.${id}]=] PROPERTIES LABELS [=[sabotage;${claim}]=] TIMEOUT 7200 COST 100 SKIP_RETURN_CODE 77 FIXTURES_REQUIRED template)\n")
endforeach()
file(WRITE "${OUTPUT}.new" "${text}")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
