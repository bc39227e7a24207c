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

/// For what a test on a real machine expects to happen: generous, for a host under load and without KVM.
inline Deadline patiently() { return Deadline::in(std::chrono::minutes(5)); }

/// Tests on forks of the tiny guest: BOXTEST_TINY_GUEST, or the one that ci/tiny-guest/build prints. Template and machines lie in
/// a cache of the guest's own, beside it, so that each test's process finds the template of the one before.
class TinyFixture : public testing::Test {
   protected:
    TinyFixture();
    /// Not for the suite: where that throws, tests count as skipped.
    void SetUp() override { template_ = findTemplate(); }

    const EchoBox& box() const { return box_; }
    const std::filesystem::path& guestFolder() const { return guestFolder_; }
    TemplateOptions templateOptions() const;
    std::shared_ptr<const Template> findTemplate();

    /// With its CPUs stopped.
    std::unique_ptr<Fork> prepared() { return Fork::prepare(template_, log_, failure_, patiently()); }
    /// That runs, with the right clock.
    std::unique_ptr<Fork> fork();

    Session session(const Fork& fork, const std::string& user = "root");
    /// What a script of root's writes to stdout; a failed test when it fails.
    std::string told(const Fork& fork, const std::string& script);
    /// As session(), until the guest lets one in: it was rebooted.
    void waitUntilReady(const Fork& fork);
    std::string echoSocket() const { return EchoBox::Description::load(guestFolder_).echoSocket; }

    /// No folder of a machine, no socket, no QEMU: of all tests that have ended.
    void expectNothingLeftOf(const std::filesystem::path& machineFolder) const;

    std::filesystem::path guestFolder_;
    ScopedVariable cache_;
    EchoBox box_;
    RecordingLog log_;
    FailureLatch failure_;
    std::shared_ptr<const Template> template_;
};

}  // namespace boxtest
