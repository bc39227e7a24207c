# Writes the header OUTPUT with the commit of the checkout in SOURCE, or with COMMIT when that was given; touches it only when it changes.
# The commit is empty if SOURCE is no checkout, or if git fails (git is missing, or the folder belongs to another user).
cmake_minimum_required(VERSION 3.25)

set(commit "${COMMIT}")
if(NOT commit AND EXISTS "${SOURCE}/.git")
    execute_process(COMMAND git -C "${SOURCE}" rev-parse --verify HEAD
        OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(failed)
        set(commit "")
    else()
        execute_process(COMMAND git -C "${SOURCE}" status --porcelain --untracked-files=no
            OUTPUT_VARIABLE changed ERROR_QUIET RESULT_VARIABLE failed)
        if(failed OR changed)
            string(APPEND commit " with changes")
        endif()
    endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#define BOXTEST_COMMIT \"@commit@\"\n" @ONLY)
