#pragma once

#include <gtest/gtest.h>

#include "integration/LocalSshd.hpp"

namespace boxtest::testing {

/// One SSH server for all tests of a suite, which must not damage it, and one session per test.
class SessionFixture : public ::testing::Test {
   protected:
    static void SetUpTestSuite() { sshd_ = new LocalSshd; }
    static void TearDownTestSuite() {
        delete sshd_;
        sshd_ = nullptr;
    }

    static inline LocalSshd* sshd_ = nullptr;
    Session session_ = sshd_->connect();
};

}  // namespace boxtest::testing
