#include "Console.hpp"

#include <unistd.h>

#include <string>
#include <string_view>

#include "Output.hpp"

namespace boxtest::fakeqemu {

namespace {

void say(std::string_view text) { writeAll(STDOUT_FILENO, text); }

}  // namespace

void startConsole(const Options& options) {
    if (options.told("silent-console") || options.told("kvm-error")) return;
    say("\x1b[2J\x1b[H[    0.000000] Linux version 6.12.0-fake (gcc)\r\n[    0.000001] Command line: " + options.commandLine +
        "\r\n");
    if (options.told("flood-console")) {
        const std::string chunk(1 << 20, 'x');
        for (int i = 0; i < 16; ++i) say(chunk);
        for (int i = 0; i < 200000; ++i) say("a line of the flood\r\n");
        say("the flood is over\r\n");
    }
    if (options.told("panic")) panic();
    if (options.told("prompt")) prompt();
}

void panic() {
    say("[    1.234567] BUG: unable to handle page fault for addr");
    say("ess: ffffffffdeadbeef\r\n[    1.234568] Oops: 0002 [#1] PREEMPT SMP\r\n");
    say("[    1.234569] \x1b[1;31mKernel panic - not sync");
    say("ing: Fatal exception\x1b[0m\r\n[    1.234570] ---[ end Kernel panic - not syncing: Fatal exception ]---\r\n");
}

void prompt() { say("\r\nBusyBox v1.37 built-in shell (ash)\r\n\r\n(initramfs) "); }

}  // namespace boxtest::fakeqemu
