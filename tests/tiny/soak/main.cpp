// Forks machines of the tiny guest, one after the other, until SIGTERM or SIGINT, or until FORKS machines were created:
// tiny-soak GUEST-FOLDER [FORKS]. In each machine it logs in and exchanges a text through a tunnel; every tenth machine is kept
// and resumed. Prints one line of JSON for each machine to stdout: its duration, its failure if any, and this process's resident
// memory (KiB), threads and open descriptors afterwards.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "base/Interruption.hpp"
#include "base/TemporaryFolder.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"
#include "template/Fork.hpp"
#include "template/KeptMachine.hpp"
#include "template/Template.hpp"
#include "tiny/EchoBox.hpp"
#include "tiny/EchoClient.hpp"

namespace {

using namespace boxtest;

constexpr int keptEvery = 10;

Deadline patiently() { return Deadline::in(std::chrono::minutes(5)); }

/// A field of /proc/self/status, in KiB.
long statusOf(const std::string& name) {
    std::ifstream stream("/proc/self/status");
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with(name + ":")) return std::atol(line.c_str() + name.size() + 1);
    return 0;
}

void use(Fork& fork, const std::string& socket, const std::string& text) {
    auto session = Session::connect(fork.sshTarget(), "user", fork.guest().ssh.keyOf("user"), patiently(), &fork.failure());
    const auto tunnel = Tunnel::toUnixSocket(session, socket);
    if (EchoClient(tunnel.socket()).exchange(text, patiently()) != text) throw GuestError("another text came back");
    const auto result = session.run("echo " + text);
    if (result.out != text + "\n") throw GuestError("echo: " + result.describe());
}

void forkOnce(const EchoBox& box, const std::shared_ptr<const Template>& from, const std::string& socket, int number) {
    NullLog log;
    FailureLatch failure;
    const auto fork = Fork::prepare(from, log, failure, patiently());
    fork->run(patiently());
    use(*fork, socket, "fork " + std::to_string(number));
    if (number % keptEvery != 0) return;
    const TemporaryFolder folder("soak", cacheFolder());
    fork->keep(folder.path() / "kept", patiently());
    FailureLatch another;
    const auto resumed = Fork::resume(box, KeptMachine::load(folder.path() / "kept"), log, another, patiently());
    resumed->run(patiently());
    use(*resumed, socket, "resumed " + std::to_string(number));
}

int soak(const std::filesystem::path& guest, long most) {
    Interruption interruption;
    const EchoBox box;
    const auto socket = EchoBox::Description::load(guest).echoSocket;
    NullLog log;
    FailureLatch failure;
    TemplateOptions options;
    options.boot.guestFolder = guest;
    const auto from = Template::findOrBuild(box, options, log, failure, Deadline::in(std::chrono::minutes(20)));
    int failed = 0;
    for (int number = 1; (most == 0 || number <= most) && !interruption.signal(); ++number) {
        nlohmann::json line{{"fork", number}};
        const auto begun = std::chrono::steady_clock::now();
        try {
            forkOnce(box, from, socket, number);
        } catch (const std::exception& error) {
            line["failed"] = error.what();
            ++failed;
        }
        line["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        line["resident_kib"] = statusOf("VmRSS");
        line["threads"] = statusOf("Threads");
        line["descriptors"] = entriesOf("/proc/self/fd").size();
        std::cout << line.dump() << std::endl;
    }
    return failed > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: tiny-soak GUEST-FOLDER [FORKS]\n";
        return 2;
    }
    try {
        const std::filesystem::path guest = argv[1];
        ::setenv("XDG_CACHE_HOME", (guest / "cache").c_str(), 1);
        makePrivateFolder(guest / "cache" / "boxtest");
        return soak(guest, argc > 2 ? std::atol(argv[2]) : 0);
    } catch (const std::exception& error) {
        std::cerr << "tiny-soak: " << error.what() << "\n";
        return 3;
    }
}
