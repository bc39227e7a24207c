#pragma once

#include <gtest/gtest.h>

#include "integration/LocalSshd.hpp"

namespace boxtest::testing {

/// One SSH server for all tests of a suite that do not harm it, and a session for each.
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
