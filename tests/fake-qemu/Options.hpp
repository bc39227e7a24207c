#pragma once

#include <set>
#include <string>
#include <vector>

namespace boxtest::fakeqemu {

/// Options from the command line and the environment. The constructor tests that the RAM file can be opened, as QEMU does;
/// otherwise the program ends.
struct Options {
    explicit Options(const std::vector<std::string>& arguments);

    bool told(const char* behaviour) const { return behaviours.contains(behaviour); }

    /// Activates the behaviours given as "rebooted.<behaviour>".
    void reboot();

    bool kvm = false;
    bool incoming = false;
    bool ownRam = true;  ///< private RAM (no share=on): a saved state contains it
    std::string ram;     ///< the file that contains the RAM, or that it is forked from
    std::string commandLine;
    std::string netdev;
    int qmpListener = -1;
    int agentListener = -1;
    std::set<std::string> behaviours;

   private:
    void openRam(const std::string& object);
    void readBehaviours();
};

}  // namespace boxtest::fakeqemu
