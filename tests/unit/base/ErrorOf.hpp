#pragma once

#include <gtest/gtest.h>

#include <string>
#include <typeinfo>

namespace boxtest {

/// The message of the exception of that very type that the action throws; a failed test and "" when it throws none or another.
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
