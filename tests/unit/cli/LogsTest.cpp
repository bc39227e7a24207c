#include <gmock/gmock.h>

#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Poll.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// With a fake `ssh` in PATH that runs the command here, with a fake systemd: its units are odoo.service and gone.service, of
/// which only the journal is left.
class Logs : public UpFixture {
   protected:
    Logs() {
        program("ssh",
                "for word; do case $word in -n) exec </dev/null ;; esac; done\n"
                "while [ \"$1\" != admin@127.0.0.1 ]; do shift; done\nshift\ncat\nexec sh -c \"$*\"");
        program("sudo", "[ \"$1\" = -n ] || exit 9\nshift\nexec \"$@\"");
        program("systemctl",
                "case \"$*\" in\n"
                "'show --property=LoadState --value -- odoo.service') echo loaded ;;\n"
                "show*) echo not-found ;;\n"
                "list-units*) echo 'odoo.service loaded active running Odoo'; echo 'other.service not-found inactive dead' ;;\n"
                "esac");
        program("journalctl",
                "case \"$*\" in\n"
                "*--quiet*--unit=gone.service) echo entry ;;\n"
                "*--quiet*) ;;\n"
                "*) for word; do printf '<%s>\\n' \"$word\"; done ;;\n"
                "esac");
        setEnvironment("PATH", home().string() + ":" + std::getenv("PATH"));
    }

    void program(const std::string& name, const std::string& text) {
        writeFileAtomically(home() / name, "#!/bin/sh\n" + text + "\n", 0700);
    }
};

TEST_F(Logs, OfAUnitComeFromItsJournalAndLeaveTheCallersInputAlone) {
    EXPECT_EQ(boxtest({"logs", "odoo"}, "for the caller\n").out, "<--no-pager>\n<--unit=odoo.service>\n");
    EXPECT_EQ(boxtest({"logs", "-f", "odoo"}, "for the caller\n").out, "<--no-pager>\n<--unit=odoo.service>\n<--follow>\n");
    EXPECT_EQ(boxtest({"logs", "gone.service"}).out, "<--no-pager>\n<--unit=gone.service>\n");
}

TEST_F(Logs, AUnitThatIsNotThereIsAUsageErrorThatNamesThoseThatAre) {
    for (const auto* unit : {"odooo", "/etc/passwd", "a'b $(c)", ""}) {
        const auto result = boxtest({"logs", unit});
        EXPECT_EQ(result.status.code, 2) << unit;
        EXPECT_EQ(result.out, "") << unit;
        EXPECT_THAT(result.err, AllOf(HasSubstr("no unit '" + std::string(unit) + "'"), HasSubstr("nginx odoo.service, and"),
                                      Not(HasSubstr("other.service"))));
    }
}

TEST_F(Logs, OfAFileAreFollowedUntilTheMachineEnds) {
    writeFileAtomically(runtime() / "keeper.log", "kept\n", 0600);
    writeFileAtomically(info_.folder / "qemu.log", "qemu\n", 0600);
    for (const auto* which : {"console", "qemu", "keeper"}) {
        auto following = start({"logs", "-f", which});
        waitFor(following.output().get(), POLLIN, soon(), "the first lines");
        const auto file =
            which == std::string("keeper") ? runtime() / "keeper.log" : info_.folder / (which + std::string(".log"));
        std::ofstream(file, std::ios::app) << "last words\n";
        upAgain();
        const auto result = finish(following);
        EXPECT_EQ(result.status.code, 0) << which << result.err;
        EXPECT_THAT(result.out, testing::EndsWith("\nlast words\n")) << which;
    }
}

TEST_F(ProgramFixture, LogsAreNotFollowedWithoutAMachine) {
    std::filesystem::create_directory(runtime());
    std::filesystem::permissions(runtime(), std::filesystem::perms::owner_all);
    writeFileAtomically(runtime() / "keeper.log", "kept\n", 0600);
    const auto result = boxtest({"logs", "-f", "keeper"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_EQ(result.out, "kept\n");
}

}  // namespace
}  // namespace boxtest
