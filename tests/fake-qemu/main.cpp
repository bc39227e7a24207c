// Replaces qemu-system-* and qemu-img in tests: it accepts the harness's options, prints a console, answers QMP and
// `info usernet`, writes and reads states, answers as the guest agent, and misbehaves on request: by words "fake.<behaviour>" in
// -append (or "kvm.<behaviour>", which are valid under -accel kvm only), by $BOXTEST_FAKE_QEMU_BEHAVIOUR (comma-separated,
// without prefix), and by QMP commands "fake-...".
//
// Behaviours: die-at-start, die-after-ports, kill-after-ports, ignore-sigterm, ignore-quit, silent-console, panic,
// panic-after-ports, prompt, flood-console, hang-before-greeting, hang-in-qmp, close-qmp, garbage-in-qmp, endless-qmp,
// flood-qmp, split-qmp, no-forwards, kvm-error, kvm-abort, fail-migration, hang-in-migration, die-incoming, silent-agent,
// deaf-agent (only guest-sync is answered), wrong-clock, no-hwclock, refuse-clock, read-only-guest, stale-agent (sends an answer
// to another request first), hang-while-saving. "rebooted.<behaviour>" starts after the reboot that "fake-reset" or SIGUSR1
// causes.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "Agent.hpp"
#include "Console.hpp"
#include "Forwards.hpp"
#include "Options.hpp"
#include "Output.hpp"
#include "Qmp.hpp"

namespace {

using namespace boxtest::fakeqemu;

volatile std::sig_atomic_t guestResets = 0;

/// SIGUSR1 resets the guest. Returns the signal mask for waits, the only time when it is not blocked.
sigset_t handleReset() {
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    ::sigdelset(&before, SIGUSR1);
    struct sigaction action {};
    action.sa_handler = [](int) { guestResets = 1; };
    ::sigaction(SIGUSR1, &action, nullptr);
    return before;
}

/// Like QEMU, accepts and then closes a forwarded connection when no server in the guest accepts it.
[[noreturn]] void serve(Qmp& qmp, Agent& agent, const std::vector<Forward>& forwards) {
    const auto mask = handleReset();
    for (;;) {
        std::vector<pollfd> watched{{qmp.watched(), POLLIN, 0}, {agent.watched(qmp.running()), POLLIN, 0}};
        for (const auto& forward : forwards) watched.push_back({forward.fd, POLLIN, 0});
        const auto ready = ::ppoll(watched.data(), watched.size(), nullptr, &mask);
        if (guestResets != 0) {
            guestResets = 0;
            qmp.reset();
        }
        if (ready < 0) continue;
        if (watched[1].revents != 0) agent.serve();
        for (std::size_t i = 2; i < watched.size(); ++i) {
            if (watched[i].revents != 0) ::close(::accept(watched[i].fd, nullptr, nullptr));
        }
        if (watched[0].revents != 0) qmp.serve();
    }
}

[[noreturn]] void runMachine(Options options) {
    if (options.told("ignore-sigterm")) std::signal(SIGTERM, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    if (options.told("die-at-start")) die(1, "fake-qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory");
    if (options.told("kvm-abort")) {
        writeAll(STDERR_FILENO,
                 "fake-qemu: error: failed to set MSR 0x10a to 0x0\nfake-qemu: kvm.c:3301: Assertion `ret' failed.\n");
        std::abort();
    }
    if (options.told("kvm-error")) writeAll(STDERR_FILENO, "KVM internal error. Suberror: 1\nEAX=00000000 EBX=00000000\n");
    const auto forwards = options.told("no-forwards") ? std::vector<Forward>() : openForwards(options.netdev);
    if (options.incoming && options.told("die-incoming")) die(1, "fake-qemu: cannot take a state");
    if (!options.incoming) startConsole(options);
    Qmp qmp(options, forwards);
    Agent agent(options);
    serve(qmp, agent, forwards);
}

/// qemu-img create ... -b BACKING OVERLAY, or create ... IMAGE SIZE
int createImage(const std::vector<std::string>& arguments) {
    std::string backing;
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
        if (arguments[i] == "-b") backing = arguments[i + 1];
    }
    if (backing.empty()) {
        std::ofstream(arguments[arguments.size() - 2]) << "fake empty image\n";
        return 0;
    }
    if (!std::ifstream(backing))
        die(1, "qemu-img: " + arguments.back() + ": Could not open '" + backing + "': No such file or directory");
    std::ofstream(arguments.back()) << "fake overlay of " << backing << "\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments[0] == "create") return createImage(arguments);
    if (!arguments.empty() && arguments[0] == "info") {
        std::cout << R"({"virtual-size": 1048576, "format": "qcow2"})"
                  << "\n";
        return 0;
    }
    if (!arguments.empty() && arguments[0] == "convert") {
        std::ofstream(arguments.back()) << "fake flattened image\n";
        return 0;
    }
    if (!arguments.empty() && arguments[0] == "--version") {
        const char* version = std::getenv("BOXTEST_FAKE_QEMU_VERSION");
        std::cout << "QEMU emulator version " << (version ? version : "10.0.2 (fake)") << "\nCopyright nobody\n";
        return 0;
    }
    runMachine(Options(arguments));
}
