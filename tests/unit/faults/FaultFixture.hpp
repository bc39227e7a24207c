#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "unit/cli/ProgramFixture.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {

/// The real program under injected faults, with a template that the fake QEMU forks and a machine kept after a scenario.
class FaultFixture : public ProgramFixture {
   protected:
    FaultFixture();

    std::filesystem::path cache() const { return home() / "cache"; }
    std::filesystem::path runs() const { return cache() / "boxtest" / "runs"; }
    /// Arguments of commands that exit with status 0 when there is no fault.
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

    /// Injects faults into every program that is started from now on. `rules`: see tests/shim/FaultShim.cpp.
    void inject(const std::string& rules);
    void heal() { inject(""); }
    /// Expects that the command exits with status 0, then calls goDown().
    void expectGood(const std::vector<std::string>& words);
    void goDown();
    void tell(const std::string& behaviour) { setEnvironment("BOXTEST_FAKE_SCENARIOS", behaviour); }
    /// Expects what expectNothingLeft() expects, and also no half-written file below the home and no keeper.
    void expectNothingHalf();

    static constexpr auto scenario = "PeerAuth.JaneIsJane";

   private:
    std::filesystem::path stub() const { return home() / "template"; }

   protected:
    FakeTemplate made_;
};

}  // namespace boxtest
