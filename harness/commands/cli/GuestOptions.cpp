#include "cli/GuestOptions.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdlib>

#include "base/Files.hpp"
#include "store/GuestStore.hpp"

namespace boxtest {

void GuestOptions::add(CLI::App& app) {
    app.add_option("--guest", guest_, "Folder of the guest (default: $BOXTEST_GUEST, else the one that was built last)")
        ->type_name("GUEST");
    app.add_option("--accel", accelerator_, "auto: KVM where it runs the guest's own kernel, else TCG")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"auto", "kvm", "tcg"}))
        ->capture_default_str();
    app.add_option("--timeout", timeout_, "How long the guest may take to get ready")
        ->type_name("SECONDS")
        ->check(CLI::Range(1L, 86400L))
        ->capture_default_str();
}

std::optional<std::filesystem::path> GuestOptions::asked() const {
    if (guest_.empty()) return std::nullopt;
    return files::real(guest_);
}

std::optional<std::string> GuestOptions::differenceTo(const MachineInfo& machine, bool anyGuest) const {
    const char* variable = std::getenv("BOXTEST_GUEST");
    const bool names = !guest_.empty() || (variable && *variable);
    if (!anyGuest && names && files::real(findGuest(asked())) != files::real(machine.guestFolder))
        return fmt::format("it has another guest ('{}'){}", machine.guestFolder.string(),
                           guest_.empty() ? " than BOXTEST_GUEST names" : "");
    if (accelerator_ != "auto" && accelerator_ != machine.accelerator)
        return fmt::format("it runs under {}, not {}", machine.accelerator, accelerator_);
    return std::nullopt;
}

BootOptions GuestOptions::resolve() const {
    BootOptions options;
    options.guestFolder = files::real(findGuest(asked()));
    options.accelerator = parseAcceleratorChoice(accelerator_);
    options.timeout = std::chrono::seconds(timeout_);
    return options;
}

std::vector<std::string> GuestOptions::arguments(const BootOptions& options) {
    const auto choice = options.accelerator;
    const auto* accelerator = choice == AcceleratorChoice::kvm ? "kvm" : choice == AcceleratorChoice::tcg ? "tcg" : "auto";
    return {"--guest",   options.guestFolder.string(),           "--accel", accelerator,
            "--timeout", std::to_string(options.timeout.count())};
}

}  // namespace boxtest
