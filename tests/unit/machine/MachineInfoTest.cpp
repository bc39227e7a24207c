#include "machine/MachineInfo.hpp"

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

TEST(MachineInfo, TellsByWhatItsSshServerIsKnown) {
    MachineInfo info{.guestFolder = "/guest",
                     .folder = "/machine",
                     .ports = {.ssh = 2022, .http = 1, .https = 2},
                     .qemuPid = 7,
                     .accelerator = "tcg",
                     .started = {},
                     .token = "0123",
                     .templateKey = "abc",
                     .kept = "/kept"};
    const auto told = MachineInfo::fromJson(info.toJson());
    EXPECT_EQ(told.token, "0123");
    EXPECT_EQ(told.templateKey, "abc");
    EXPECT_EQ(told.kept, "/kept");
    Guest::Ssh ssh;
    ssh.hostKey = "ssh-ed25519 AAAA";
    const auto target = told.sshTarget(ssh);
    EXPECT_EQ(target.port, 2022);
    EXPECT_EQ(target.hostKey, "ssh-ed25519 AAAA");
    EXPECT_EQ(target.token, "0123");
}

TEST(MachineInfo, ComesBackAsItWasSavedAndIsPrivate) {
    const TemporaryFolder folder("info");
    MachineInfo info{.guestFolder = "/guests/x",
                     .folder = folder.path(),
                     .ports = {.ssh = 1, .http = 2, .https = 65535},
                     .qemuPid = 42,
                     .accelerator = "tcg",
                     .started = std::chrono::system_clock::time_point(std::chrono::seconds(1700000000))};
    info.save(info.file());
    const auto loaded = MachineInfo::load(info.file());
    EXPECT_EQ(loaded.guestFolder, info.guestFolder);
    EXPECT_EQ(loaded.folder, info.folder);
    EXPECT_EQ(loaded.ports.ssh, 1);
    EXPECT_EQ(loaded.ports.http, 2);
    EXPECT_EQ(loaded.ports.https, 65535);
    EXPECT_EQ(loaded.qemuPid, 42);
    EXPECT_EQ(loaded.accelerator, "tcg");
    EXPECT_EQ(loaded.started, info.started);
    struct stat status {};
    ASSERT_EQ(::stat(info.file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(MachineInfo, AnotherFileIsRefusedByName) {
    const TemporaryFolder folder("info");
    const auto file = folder.path() / "machine.json";
    writeFileAtomically(file, R"({"guest_folder": "/x"})", 0600);
    EXPECT_THAT(errorOf<UsageError>([&] { MachineInfo::load(file); }),
                HasSubstr("'" + file.string() + "' does not describe a machine"));
    EXPECT_THAT(errorOf<SystemError>([&] { MachineInfo::load(folder.path() / "missing.json"); }),
                HasSubstr("missing.json': No such file"));
}

}  // namespace
}  // namespace boxtest
