# Writes the ctest file of all scenarios: one test each, with labels, timeout and fixture. Run when boxtest-scenarios was built:
#   cmake -D SCENARIOS=program -D BOXTEST=program -D TIMEOUT=seconds -D RUN=run-unless-late -D RUN_SCENARIO=run-scenario -D OUTPUT=file -P write-scenario-tests.cmake
# gtest_discover_tests is not usable here: it keeps only the first of several labels, and loses everything after it.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${SCENARIOS}" --list-json OUTPUT_VARIABLE list COMMAND_ERROR_IS_FATAL ANY)
string(JSON count LENGTH "${list}" scenarios)
if(count EQUAL 0)
    message(FATAL_ERROR "'${SCENARIOS} --list-json' lists no scenario")
endif()
math(EXPR last "${count} - 1")

# The scenarios fork from the guest's template; without a guest this test fails with the command that builds one.
set(text "add_test([=[template]=] [=[${BOXTEST}]=] template)\n")
string(APPEND text "set_tests_properties([=[template]=] PROPERTIES FIXTURES_SETUP template LABELS template TIMEOUT 3600 COST 1000)\n")
foreach(i RANGE ${last})
    string(JSON entry GET "${list}" scenarios ${i})
    string(JSON scenario GET "${entry}" scenario)
    string(JSON claim GET "${entry}" claim)
    string(JSON effect GET "${entry}" effect)
    string(JSON traits LENGTH "${entry}" traits)
    set(labels scenario "${claim}" "${effect}")
    # ctest -R matches names only, and `ctest -R jane` must find the scenarios about Jane.
    set(name "${scenario}")
    set(late "")
    set(more "COST 400")
    if(traits GREATER 0)
        math(EXPR last_trait "${traits} - 1")
        foreach(t RANGE ${last_trait})
            string(JSON trait GET "${entry}" traits ${t})
            list(APPEND labels "${trait}")
            if(trait STREQUAL "slow")
                set(late "[=[${RUN}]=] ")
                set(more "COST 200 SKIP_RETURN_CODE 77")
            elseif(trait STREQUAL "jane")
                string(APPEND name "@jane")
            endif()
        endforeach()
    endif()
    string(APPEND text
        "add_test([=[${name}]=] ${late}[=[${RUN_SCENARIO}]=] [=[${BOXTEST}]=] run --forks --no-build -j1 --keep 1 --scenario-limit ${TIMEOUT} [=[${scenario}]=])\n")
    # Extra time for the fork, a second try, and keeping the machine: boxtest's own limit ends a scenario, and reports it.
    math(EXPR timeout "${TIMEOUT} + 600")
    string(APPEND text
        "set_tests_properties([=[${name}]=] PROPERTIES LABELS [=[${labels}]=] TIMEOUT ${timeout} ${more} FIXTURES_REQUIRED template)\n")
endforeach()
file(WRITE "${OUTPUT}.new" "${text}")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
