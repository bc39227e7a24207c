#include "vm/MachineSpec.hpp"

namespace boxtest {

std::string MachineSpec::cpu() const {
    return cpuModel.empty() ? defaultCpuModel(guest.architecture, accelerator.kvm) : cpuModel;
}

std::string defaultCpuModel(const std::string& architecture, bool kvm) {
    return !kvm && architecture == "x86_64" ? "max,avx=off" : "max";
}

}  // namespace boxtest
