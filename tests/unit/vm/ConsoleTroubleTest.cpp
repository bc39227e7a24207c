#include "vm/ConsoleTrouble.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

TEST(ConsoleTrouble, IsSeenInEachKindOfLine) {
    const std::pair<const char*, const char*> lines[] = {
        {"[    3.141592] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009", "the guest's kernel panicked"},
        {"Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)", "the guest's kernel panicked"},
        {"[   12.0] BUG: unable to handle page fault for address: ffffffffc0000000", "the guest's kernel had an oops"},
        {"[   12.0] BUG: kernel NULL pointer dereference, address: 0000000000000010", "the guest's kernel had an oops"},
        {"[   12.0] kernel BUG at mm/slub.c:448!", "the guest's kernel had an oops"},
        {"[   12.0] Oops: 0002 [#1] PREEMPT SMP NOPTI", "the guest's kernel had an oops"},
        {"[   12.0] Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP",
         "the guest's kernel had an oops"},
        {"[   12.0] general protection fault, probably for non-canonical address 0xdead: 0000 [#2] SMP",
         "the guest's kernel had an oops"},
        {"[   12.0] double fault: 0000 [#1] PREEMPT SMP", "the guest's kernel had an oops"},
        {"[   12.0] invalid opcode: 0000 [#1] PREEMPT SMP", "the guest's kernel had an oops"},
        {"Out of memory: Killed process 1 (systemd) total-vm:1234kB", "the guest ran out of memory and lost its init"},
        {"systemd[1]: Freezing execution.", "systemd crashed in the guest"},
        {"You are in emergency mode. After logging in, type \"journalctl -xb\"", "the guest is in emergency mode"},
        {"[  OK  ] Reached target emergency.target - Emergency Mode.", "the guest is in emergency mode"},
        {"Cannot open access to console, the root account is locked.", "the guest is in emergency mode"},
        {"You are in rescue mode. After logging in, type", "the guest is in rescue mode"},
        {"[DEPEND] Dependency failed for Local File Systems.", "the guest could not mount its file systems"},
        {"[FAILED] Failed to mount data.mount - /data.", "the guest could not mount a file system"},
        {"mount: mounting /dev/vda on /root failed: No such file or directory", "the guest could not mount a file system"},
        {"Gave up waiting for root file system device.  Common problems:", "the guest found no root file system"},
        {"(initramfs) ", "the guest stopped in a shell of its initramfs"},
        {"An error occurred in stage 1 of the boot process, which must mount the", "the guest's first stage of the boot failed"},
    };
    for (const auto& [line, meaning] : lines) EXPECT_EQ(consoleTrouble(line, GuestPhase::booting), meaning) << line;
}

TEST(ConsoleTrouble, IsNotSeenInWhatAHealthyGuestWrites) {
    for (const char* line : {
             "",
             "[    0.000000] Command line: root=/dev/vda rw console=ttyS0 panic=-1",
             "[    0.01] Kernel command line: panic_on_oops=1",
             "[    2.0] EXT4-fs (vda): mounted filesystem with ordered data mode",
             "[  OK  ] Reached target local-fs.target - Local File Systems.",
             "[  OK  ] Mounted sys-kernel-debug.mount - Kernel Debug File System.",
             "[   60.0] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [python3:345]",
             "[   60.0] rcu: INFO: rcu_preempt self-detected stall on CPU",
             "[   60.0] traps: python3[123] general protection fault ip:7f00 sp:7ffe error:0 in libc.so[7f00]",
             "[   60.0] Out of memory: Killed process 123 (python3) total-vm:1234kB",
             "[   60.0] Out of memory: Killed process 12 (python3) total-vm:1234kB",
             "[FAILED] Failed to start odoo.service - Odoo.",
             "odoo-host login: ",
         }) {
        EXPECT_EQ(consoleTrouble(line, GuestPhase::booting), std::nullopt) << line;
    }
}

TEST(ConsoleTrouble, IsSeenBehindAPromptAndACaller) {
    for (const auto phase : {GuestPhase::booting, GuestPhase::running}) {
        EXPECT_EQ(consoleTrouble("odoo-host login: [   60.123456] Kernel panic - not syncing: x", phase),
                  "the guest's kernel panicked");
        EXPECT_EQ(consoleTrouble("[   60.123456][    T1] BUG: unable to handle page fault", phase), std::nullopt);
        EXPECT_EQ(consoleTrouble("[   60.123456] [    T1] BUG: unable to handle page fault", phase),
                  "the guest's kernel had an oops");
        EXPECT_EQ(consoleTrouble("[   60.123456] I/O error, dev vda, sector 1 op 0x1:(WRITE)", phase),
                  "the guest cannot read or write its disk (is the host's disk full?)");
    }
}

/// Any program may write to the console.
TEST(ConsoleTrouble, IsNotSeenInWhatAProgramQuotes) {
    for (const char* line : {
             "backup: Failed to mount /mnt/nas, will try again",
             "docs: see \"Rescue Mode\" in the handbook",
             "docs: see Emergency Mode",
             "cron: mount: mounting list done, 0 failed",
             "monitor: looked for 'Kernel panic - not syncing' in the log: nothing",
             "monitor: [3] Kernel panic - not syncing is what I look for",
             "odoo[12]: Out of memory: Killed process 1 of my own",
             "the guide says: You are in emergency mode means trouble",
             "Broadcast: type (initramfs) to see it",
             "ticket [#1] Oops, general protection fault",
             "test: kernel BUG at line 3",
             "journal: I/O error, dev vda, was fixed",
         }) {
        EXPECT_EQ(consoleTrouble(line, GuestPhase::booting), std::nullopt) << line;
        EXPECT_EQ(consoleTrouble(line, GuestPhase::running), std::nullopt) << line;
    }
}

TEST(ConsoleTrouble, OfABootIsNoneLater) {
    for (const char* line :
         {"[FAILED] Failed to mount nas.mount - /mnt/nas.", "[  OK  ] Reached target rescue.target - Rescue Mode.",
          "mount: mounting /dev/sdb on /mnt failed: Input/output error", "(initramfs) "}) {
        EXPECT_NE(consoleTrouble(line, GuestPhase::booting), std::nullopt) << line;
        EXPECT_EQ(consoleTrouble(line, GuestPhase::running), std::nullopt) << line;
    }
}

TEST(ConsoleTrouble, TheBootsEndIsKnown) {
    EXPECT_TRUE(isBootsEnd("[  OK  ] Reached target multi-user.target - Multi-User System."));
    EXPECT_TRUE(isBootsEnd("odoo-host login: "));
    EXPECT_FALSE(isBootsEnd("odoo-host login:"));
    EXPECT_FALSE(isBootsEnd("a failed login: "));
    EXPECT_FALSE(isBootsEnd("[  OK  ] Reached target basic.target - Basic System."));
}

TEST(ConsoleTrouble, TheKernelsStartIsKnown) {
    EXPECT_FALSE(isKernelStart("neofetch: Linux version 6.12"));
    EXPECT_TRUE(isKernelStart("[    0.000000] Linux version 6.12.48+deb13-amd64 (debian-kernel@lists.debian.org)"));
    EXPECT_TRUE(isKernelStart("[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]"));
    EXPECT_FALSE(isKernelStart("SeaBIOS (version 1.16.3-debian-1.16.3-2)"));
    EXPECT_FALSE(isKernelStart("early console in extract_kernel"));
}

}  // namespace
}  // namespace boxtest
