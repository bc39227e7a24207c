#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "unit/cli/ProgramFixture.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {

/// The real program, with a template that the fake QEMU forks and a machine that was kept of a scenario; and with faults.
class FaultFixture : public ProgramFixture {
   protected:
    FaultFixture();

    std::filesystem::path cache() const { return home() / "cache"; }
    std::filesystem::path runs() const { return cache() / "boxtest" / "runs"; }
    /// Words of commands that are good without faults: each ends with status 0.
    std::vector<std::string> up() const {
        return {"up", "--template", made_.folder.string(), "--guest", made_.guest.folder().string()};
    }
    std::vector<std::string> resume() const { return {"resume", scenario}; }
    std::vector<std::string> exported(const std::filesystem::path& file) const {
        return {"keep", "export", scenario, file.string()};
    }
    std::vector<std::string> run() const { return {"run", "--template", stub().string(), "-j1"}; }
    std::vector<std::string> sabotage() const {
        return {"sabotage", "--all", "--template", stub().string(), "--catalogue", (home() / "sabotages").string()};
    }

    /// From now on, of every program that is started. `rules`: tests/shim/FaultShim.cpp.
    void inject(const std::string& rules);
    void heal() { inject(""); }
    /// The command is good, and whatever it leaves up goes down.
    void expectGood(const std::vector<std::string>& words);
    void goDown();
    void tell(const std::string& behaviour) { setEnvironment("BOXTEST_FAKE_SCENARIOS", behaviour); }
    /// Beside expectNothingLeft(): no half-written file below the home, and no keeper.
    void expectNothingHalf();

    static constexpr auto scenario = "PeerAuth.JaneIsJane";

   private:
    std::filesystem::path stub() const { return home() / "template"; }

   protected:
    FakeTemplate made_;
};

}  // namespace boxtest
