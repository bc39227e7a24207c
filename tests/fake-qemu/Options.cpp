#include "Options.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "Output.hpp"

namespace boxtest::fakeqemu {

Options::Options(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string value = i + 1 < arguments.size() ? arguments[i + 1] : "";
        if (arguments[i] == "-accel") kvm = value == "kvm";
        if (arguments[i] == "-append") commandLine = value;
        if (arguments[i] == "-netdev" && value.starts_with("user,")) netdev = value;
        if (arguments[i] == "-incoming") incoming = true;
        if (arguments[i] == "-chardev" && value.starts_with("socket,")) {
            const int fd = std::atoi(value.c_str() + value.find(",fd=") + 4);
            (value.find("id=agent") != std::string::npos ? agentListener : qmpListener) = fd;
        }
        if (arguments[i] == "-object" && value.find("mem-path=") != std::string::npos) openRam(value);
    }
    readBehaviours();
}

void Options::openRam(const std::string& object) {
    const auto at = object.find("mem-path=") + 9;
    ram = object.substr(at, object.find(',', at) - at);
    ownRam = object.find("share=on") == std::string::npos;
    // QEMU opens the RAM file of a fork (no share=on) for reading only.
    std::FILE* file = std::fopen(ram.c_str(), ownRam ? "r" : "r+");
    if (!file) die(1, "fake-qemu: can't open backing store " + ram + " for guest RAM: No such file or directory");
    std::fclose(file);
}

void Options::readBehaviours() {
    std::istringstream words(commandLine);
    for (std::string word; words >> word;) {
        if (word.starts_with("fake.")) behaviours.insert(word.substr(5));
        if (word.starts_with("kvm.") && kvm) behaviours.insert(word.substr(4));
    }
    const char* more = std::getenv("BOXTEST_FAKE_QEMU_BEHAVIOUR");
    std::istringstream list(more ? more : "");
    for (std::string one; std::getline(list, one, ',');) behaviours.insert(one);
}

void Options::reboot() {
    const auto known = behaviours;
    for (const auto& behaviour : known)
        if (behaviour.starts_with("rebooted.")) behaviours.insert(behaviour.substr(9));
}

}  // namespace boxtest::fakeqemu
