#include "unit/faults/FaultFixture.hpp"

#include <fstream>

#include "Paths.hpp"

namespace boxtest {

namespace fs = std::filesystem;

FaultFixture::FaultFixture() {
    fs::create_directories(runtime());
    fs::permissions(runtime(), fs::perms::owner_all);
    const auto fork = made_.fork();
    fork->describe(scenario, "expected jane, got root");
    fork->run(soon());
    fork->keep(runs() / "1" / "kept" / scenario, soon());
    // A template for workers that have no machine, and a sabotage that one scenario must notice.
    fs::create_directory(stub());
    std::ofstream(stub() / "template.json") << R"({"accelerator": "tcg"})";
    fs::create_directory(home() / "sabotages");
    std::ofstream(home() / "sabotages" / "functions.sh") << "";
    std::ofstream(home() / "sabotages" / "peer-auth.toml") << "[trust]\nkind = 'hba'\nbreaks = 'All are let in.'\nnotice = "
                                                              "['PeerAuth.Matrix']\nsays = 'Expected'\ndo = 'true'\ncheck = "
                                                              "'true'\n";
    std::ofstream(home() / "trace") << "";
    setEnvironment("BOXTEST_FAKE_TRACE", home().string());
}

void FaultFixture::inject(const std::string& rules) {
    setEnvironment("LD_PRELOAD", rules.empty() ? "" : paths::faultShim);
    setEnvironment("BOXTEST_FAULTS", rules);
}

void FaultFixture::goDown() {
    // Its status is ignored: it is 2 when no machine is up.
    boxtest({"down"});
    waitUntil("its processes are gone", [&] { return processesOfHome("boxtest").empty() && qemus().empty(); });
}

void FaultFixture::expectGood(const std::vector<std::string>& words) {
    const auto result = boxtest(words);
    EXPECT_EQ(result.status.code, 0) << words.front() << ": " << result.status.describe() << "\n" << result.err;
    goDown();
}

void FaultFixture::expectNothingHalf() {
    expectNothingLeft();
    EXPECT_TRUE(processesOfHome("boxtest").empty()) << "a keeper is left";
    for (const auto& entry : fs::recursive_directory_iterator(home())) {
        const auto name = entry.path().filename().string();
        EXPECT_FALSE(name.ends_with(".part") || name.starts_with(".export.") || name.starts_with(".import.") ||
                     name.starts_with(".going.") || name.starts_with(".building."))
            << entry.path() << " is left";
    }
}

}  // namespace boxtest
