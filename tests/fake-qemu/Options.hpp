#pragma once

#include <set>
#include <string>
#include <vector>

namespace boxtest::fakeqemu {

/// What the command line and the environment say. Its RAM file is opened, as QEMU does, or the program ends.
struct Options {
    explicit Options(const std::vector<std::string>& arguments);

    bool told(const char* behaviour) const { return behaviours.contains(behaviour); }

    /// The behaviours of after a reboot begin.
    void reboot();

    bool kvm = false;
    bool incoming = false;
    bool ownRam = true;  ///< nobody else's: a frozen state holds it
    std::string ram;     ///< the file that it is, or is forked from
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
