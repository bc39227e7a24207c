#include "unit/cli/ProgramFixture.hpp"

#include <unistd.h>

#include <array>
#include <future>
#include <stdexcept>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "keeper/ToldMachine.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// Returns a process's command line; empty if the process has ended.
std::string commandLineOf(const fs::path& process) {
    try {
        return readWholeFile(process / "cmdline");
    } catch (const SystemError&) {
        return {};
    }
}

}  // namespace

KeyedGuest::KeyedGuest(const std::string& behaviour) : FakeGuest("console=ttyS0 " + behaviour) {
    for (const auto* user : {"admin", "jane"}) {
        const auto file = folder() / "keys" / user;
        fs::remove(file);
        const auto made = runProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file.string()},
                                     Deadline::in(std::chrono::minutes(1)));
        if (!made.succeeded()) throw std::runtime_error("ssh-keygen " + made.describe());
    }
    auto changed = json();
    const auto key = readWholeFile(folder() / "keys" / "admin.pub");
    changed["ssh"]["host_key"] = key.substr(0, key.find_first_of(" \n", key.find(' ') + 1));
    write(changed);
}

ProgramFixture::ProgramFixture() {
    for (const auto* name : {"cache", "run", "tmp"}) fs::create_directory(home() / name);
    fs::permissions(home() / "run", fs::perms::owner_all);
    environment_ = {{"XDG_CACHE_HOME", (home() / "cache").string()},
                    {"XDG_RUNTIME_DIR", (home() / "run").string()},
                    {"TMPDIR", (home() / "tmp").string()},
                    {"BOXTEST_QEMU", paths::fakeQemu},
                    {"BOXTEST_QEMU_IMG", paths::fakeQemu},
                    {"BOXTEST_SCENARIOS", paths::source("tests/cli/fake-scenarios")},
                    {"BOXTEST_GUEST", ""},
                    {"NO_COLOR", "1"}};
}

CapturedOutput ProgramFixture::boxtest(const std::vector<std::string>& words, const std::string& input) {
    std::vector<std::string> argv{paths::program};
    argv.insert(argv.end(), words.begin(), words.end());
    RunProgramOptions options;
    options.environment = environment_;
    options.input = input;
    return runProgram(argv, soon(), options);
}

Process ProgramFixture::start(const std::vector<std::string>& words) {
    std::vector<std::string> argv{paths::program};
    argv.insert(argv.end(), words.begin(), words.end());
    ProcessOptions options;
    options.environment = environment_;
    options.output = options.error = Stream::pipe;
    return Process::start(argv, options);
}

CapturedOutput ProgramFixture::finish(Process& process) {
    const auto drain = [](int fd) {
        std::string text;
        std::array<char, 4096> buffer{};
        for (;;) {
            waitFor(fd, POLLIN, soon(), "the program's output");
            const auto got = ::read(fd, buffer.data(), buffer.size());
            if (got <= 0) return text;
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
    };
    auto out = std::async(std::launch::async, drain, process.output().get());
    const auto err = drain(process.error().get());
    return {.status = process.wait(soon()), .out = out.get(), .err = err};
}

nlohmann::json ProgramFixture::status() {
    const auto told = boxtest({"status", "--json"});
    return nlohmann::json::parse(told.out);
}

void ProgramFixture::waitUntil(const std::string& what, const std::function<bool()>& condition) {
    for (const auto deadline = soon(); !condition(); pauseBetweenTries(std::chrono::milliseconds(20), deadline))
        if (deadline.expired()) return ADD_FAILURE() << "waited in vain until " << what, void();
}

std::vector<pid_t> ProgramFixture::processesOfHome(const std::string& program) const {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto commandLine = commandLineOf(entry.path());
        if (commandLine.find(home().string()) != std::string::npos &&
            commandLine.substr(0, commandLine.find('\0')).ends_with(program))
            found.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return found;
}

void ProgramFixture::expectNothingLeft() {
    EXPECT_TRUE(qemus().empty()) << "a QEMU is left";
    EXPECT_FALSE(fs::exists(runtime() / "keeper.sock"));
    EXPECT_TRUE(fs::is_empty(home() / "tmp"));
    const auto machines = home() / "cache" / "boxtest" / "machines";
    if (!fs::exists(machines)) return;
    for (const auto& entry : fs::directory_iterator(machines))
        EXPECT_EQ(entry.path().filename(), "lock") << "a machine's folder is left";
}

UpFixture::UpFixture() {
    fs::create_directory(runtime());
    fs::permissions(runtime(), fs::perms::owner_all);
    info_ = {.guestFolder = guest_.folder(),
             .folder = home() / "machine",
             .ports = {.ssh = 2022, .http = 2080, .https = 2443},
             .qemuPid = 0,
             .accelerator = "tcg",
             .started = std::chrono::system_clock::now()};
    fs::create_directory(info_.folder);
    writeFileAtomically(info_.console(), "Linux version 6.12\n", 0600);
    up();
}

UpFixture::~UpFixture() { down(); }

void UpFixture::upAgain() {
    down();
    up();
}

void UpFixture::up() {
    info_.save(info_.file());
    ready_ = {};
    keeper_ = std::make_unique<Keeper>(runtime(), guest_.folder());
    kept_ = std::thread([this] {
        keeper_->keep(
            [this](Log&, FailureLatch& failure, const Keeper::Booting&) {
                machineFailure_ = &failure;
                return std::make_unique<ToldMachine>(info_);
            },
            log_, [this] { ready_.set_value(); });
    });
    ready_.get_future().wait();
}

void UpFixture::down() {
    keeper_->end("the test is over");
    kept_.join();
    keeper_.reset();
}

}  // namespace boxtest
