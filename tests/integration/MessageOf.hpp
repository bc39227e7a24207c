#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <string>

#include "base/Error.hpp"

namespace boxtest::testing {

/// Returns the message of the expected error. The test fails if the action throws nothing or another error.
template <typename Expected, typename Action>
std::string messageOf(const Action& action) {
    try {
        action();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const Expected& error) {
        return error.what();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "another error was thrown: " << error.what();
    }
    return {};
}

}  // namespace boxtest::testing
