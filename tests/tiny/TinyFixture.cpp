#include "tiny/TinyFixture.hpp"

#include <cstdlib>
#include <stdexcept>

#include "Paths.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/RunProgram.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

fs::path tinyGuest() {
    if (const char* named = std::getenv("BOXTEST_TINY_GUEST"); named && *named) return named;
    const auto told = runProgram({paths::source("ci/tiny-guest/build"), "--print-folder"}, patiently());
    if (!told.succeeded()) throw std::runtime_error("ci/tiny-guest/build " + told.describe());
    return told.out.substr(0, told.out.find('\n'));
}

fs::path cacheBeside(const fs::path& guest) {
    auto folder = guest / "cache";
    makePrivateFolder(folder / "boxtest");
    return folder;
}

}  // namespace

TinyFixture::TinyFixture() : guestFolder_(tinyGuest()), cache_("XDG_CACHE_HOME", cacheBeside(guestFolder_).string()) {}

TemplateOptions TinyFixture::templateOptions() const {
    TemplateOptions options;
    options.boot.guestFolder = guestFolder_;
    return options;
}

std::shared_ptr<const Template> TinyFixture::findTemplate() {
    return Template::findOrBuild(box_, templateOptions(), log_, failure_, patiently());
}

std::unique_ptr<Fork> TinyFixture::fork() {
    auto made = prepared();
    made->run(patiently());
    return made;
}

Session TinyFixture::session(const Fork& fork, const std::string& user) {
    return Session::connect(fork.sshTarget(), user, fork.guest().ssh.keyOf(user), patiently(), &failure_);
}

std::string TinyFixture::told(const Fork& fork, const std::string& script) {
    RunOptions options;
    options.deadline = patiently();
    const auto result = session(fork).run(script, options);
    EXPECT_TRUE(result.succeeded()) << script << ": " << result.describe();
    return result.out;
}

void TinyFixture::waitUntilReady(const Fork& fork) {
    box_.waitUntilReady(fork.guest(), fork.info(), log_, failure_, patiently());
}

void TinyFixture::expectNothingLeftOf(const fs::path& machineFolder) const {
    EXPECT_FALSE(files::exists(machineFolder)) << "the machine's folder is left";
    EXPECT_FALSE(files::exists(machineFolder.parent_path() / (".going." + machineFolder.filename().string())));
}

}  // namespace boxtest
