#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/Session.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"
#include "tiny/EchoBox.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {

/// Deadline for expected events on a real machine: generous, for a loaded host without KVM.
inline Deadline patiently() { return Deadline::in(std::chrono::minutes(5)); }

/// Fixture for tests on forks of the tiny guest: BOXTEST_TINY_GUEST, or the folder that ci/tiny-guest/build prints. Template and
/// machines are in a cache folder inside the guest's folder, so that each test process finds the existing template.
class TinyFixture : public testing::Test {
   protected:
    TinyFixture();
    /// Not in SetUpTestSuite(): if that throws, GoogleTest counts the tests as skipped.
    void SetUp() override { template_ = findTemplate(); }

    const EchoBox& box() const { return box_; }
    const std::filesystem::path& guestFolder() const { return guestFolder_; }
    TemplateOptions templateOptions() const;
    std::shared_ptr<const Template> findTemplate();

    /// A fork with its CPUs stopped.
    std::unique_ptr<Fork> prepared() { return Fork::prepare(template_, log_, failure_, patiently()); }
    /// A running fork with the correct time.
    std::unique_ptr<Fork> fork();

    Session session(const Fork& fork, const std::string& user = "root");
    /// Runs a script as root, and returns its stdout; the test fails when the script fails.
    std::string told(const Fork& fork, const std::string& script);
    /// Waits until the box is ready again after a reboot.
    void waitUntilReady(const Fork& fork);
    std::string echoSocket() const { return EchoBox::Description::load(guestFolder_).echoSocket; }

    /// Expects that the folder of an ended machine was removed, also under its temporary name during removal.
    void expectNothingLeftOf(const std::filesystem::path& machineFolder) const;

    std::filesystem::path guestFolder_;
    ScopedVariable cache_;
    EchoBox box_;
    RecordingLog log_;
    FailureLatch failure_;
    std::shared_ptr<const Template> template_;
};

}  // namespace boxtest
