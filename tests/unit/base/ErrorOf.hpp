#pragma once

#include <gtest/gtest.h>

#include <string>
#include <typeinfo>

namespace boxtest {

/// The message of the exception that the action throws. Its type must be exactly Kind: otherwise, or without an exception, the
/// test fails and the result is "".
template <typename Kind, typename Action>
std::string errorOf(Action&& action) {
    try {
        action();
    } catch (const Kind& error) {
        if (typeid(error) == typeid(Kind)) return error.what();
        ADD_FAILURE() << "threw " << typeid(error).name() << ": " << error.what();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "threw " << typeid(error).name() << ": " << error.what();
    }
    if (!::testing::Test::HasFailure()) ADD_FAILURE() << "threw nothing";
    return {};
}

}  // namespace boxtest
