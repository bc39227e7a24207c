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

/// How far a template's guest had got when it was frozen.
enum class TemplateStage {
    ready,  ///< It had just booted: every page is slow the first time. For a first look, and to make a warm one from.
    warm,   ///< What costs much the first time was done once (GuestHooks::warmUp()).
};

/// What a template's template.json says: all that it was made from, and how to tell that it is whole.
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
    double freezeSeconds = 0;  ///< how long the machine stood still to be frozen

    static constexpr auto fileName = "template.json";
    static constexpr auto ramName = "ram";
    static constexpr auto stateName = "state";
    static constexpr auto diskName = "disk.qcow2";
    static constexpr auto emptyOverlayName = "empty.qcow2";

    /// Instead of GuestHooks::warmUpVersion(): a template of the stage `ready`.
    static constexpr int notWarm = 0;

    /// The inputs of a template that is made now; the key is their hash. `after`: as TemplateOptions'.
    static nlohmann::json inputsOf(const MachineSpec& spec, int warmUpVersion, const std::string& after = {});

    TemplateStage stage() const;
    /// The step that was carried out before it was frozen; mostly empty.
    std::string after() const;

    /// Throws UsageError naming the file and what is wrong with it.
    static TemplateRecord load(const std::filesystem::path& folder);
    /// Mode 0400.
    void save(const std::filesystem::path& folder) const;

    /// Why the files in the folder, or the guest's disk, are not what was frozen; nothing when they are. Looks at sizes, times
    /// and the small state's checksum: RAM and disk are too large to be read each time.
    std::optional<std::string> damage(const std::filesystem::path& folder, const Guest& guest) const;
};

}  // namespace boxtest
