#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "template/FileFacts.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

/// The stage of a template's guest when it was frozen.
enum class TemplateStage {
    ready,  ///< Just booted: every page is slow the first time. For a first look, and as the base of a warm one.
    warm,   ///< Operations that are slow the first time were done once (GuestHooks::warmUp()).
};

/// The content of a template's template.json: everything that it was built from, and how to check that it is undamaged.
struct TemplateRecord {
    std::string key;        ///< SHA-256 of `inputs`
    nlohmann::json inputs;  ///< guest, QEMU, accelerator, command line: everything on which the frozen state depends
    std::filesystem::path guestFolder;
    FileFacts guestDisk;
    std::string qemuVersion;
    std::string accelerator;  ///< "kvm" or "tcg"
    std::string cpuModel;
    std::map<std::string, FileFacts> files;  ///< by name in the template's folder
    std::chrono::system_clock::time_point frozen;
    double bootSeconds = 0;    ///< until the guest was ready
    double warmSeconds = 0;    ///< from then on until it was warm and quiet; 0: not known
    double freezeSeconds = 0;  ///< how long the machine was stopped for the freeze

    static constexpr auto fileName = "template.json";
    static constexpr auto ramName = "ram";
    static constexpr auto stateName = "state";
    static constexpr auto diskName = "disk.qcow2";
    static constexpr auto emptyOverlayName = "empty.qcow2";

    /// Used instead of GuestHooks::warmUpVersion() for a template of the stage `ready`.
    static constexpr int notWarm = 0;

    /// The inputs of a template that is built now; the key is their hash. `after`: see TemplateOptions::after.
    static nlohmann::json inputsOf(const MachineSpec& spec, int warmUpVersion, const std::string& after = {});

    TemplateStage stage() const;
    /// The step that was carried out before it was frozen; usually empty.
    std::string after() const;

    /// Throws UsageError naming the file and what is wrong with it.
    static TemplateRecord load(const std::filesystem::path& folder);
    /// Mode 0400.
    void save(const std::filesystem::path& folder) const;

    /// How the files in the folder, or the guest's disk, differ from what was frozen; nullopt when they do not. Checks sizes,
    /// times and the checksum of the small state: RAM and disk are too large to be read each time.
    std::optional<std::string> damage(const std::filesystem::path& folder, const Guest& guest) const;
};

}  // namespace boxtest
