#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"
#include "machine/ReadyMachine.hpp"
#include "store/Lease.hpp"
#include "template/TemplateRecord.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

class TemplateStore;

struct TemplateOptions {
    BootOptions boot = {};             ///< the guest, the accelerator, and how long a boot may take if one is needed
    std::string cpuModel = {};         ///< as QEMU's -cpu takes it; empty: defaultCpuModel()
    std::filesystem::path store = {};  ///< empty: cacheFolder()/templates
    /// `ready`: the warm template if it exists, else one that is frozen as soon as the guest is ready.
    TemplateStage stage = TemplateStage::warm;
    /// One of GuestHooks::steps(): the template is frozen after this step was carried out on a fork of the warm template. Empty:
    /// no step.
    std::string after = {};
    /// Called when a machine boots because there is no template yet. May be empty.
    std::function<void(const MachineInfo&)> booting = {};
};

/// A guest that was booted, became ready and quiet, and was frozen: files in a folder, from which machines are forked. No process
/// of it runs, and its files are never written. The object holds leases on the template and on its guest.
class Template {
   public:
    /// Returns the template of this guest, QEMU, accelerator and command line from the store. Builds it when it is missing or
    /// damaged (one line on the log states why). Two processes that need the same template build it once. The latch ends a build.
    /// A warm template is built from a ready one if that exists, and by a boot otherwise; a template that is frozen after a step
    /// is built from the warm one, which is found or built first. Throws GuestError, TimeoutError, UsageError (no such guest,
    /// QEMU or step), SystemError (for example a full disk).
    static std::shared_ptr<const Template> findOrBuild(const GuestHooks& hooks, const TemplateOptions& options, Log& log,
                                                       FailureLatch& failure, Deadline deadline);

    /// The template that findOrBuild() would return, but never a ready one; null when it is missing. Builds nothing. Throws
    /// UsageError naming the damage when the template is damaged, and as findOrBuild().
    static std::shared_ptr<const Template> find(const GuestHooks& hooks, const TemplateOptions& options, Log& log,
                                                FailureLatch& failure, Deadline deadline);

    /// The unchanged template in this folder, which may be anywhere and read-only. Throws UsageError with the reason when the
    /// template is damaged, is of another version of QEMU, or its guest's disk is not the one that it was built with.
    static std::shared_ptr<const Template> open(const GuestHooks& hooks, const std::filesystem::path& folder, Deadline deadline);

    Template(const Template&) = delete;
    Template& operator=(const Template&) = delete;
    ~Template() = default;

    const std::filesystem::path& folder() const { return folder_; }
    const std::string& key() const { return record_.key; }
    TemplateStage stage() const { return record_.stage(); }
    const TemplateRecord& record() const { return record_; }
    const MachineSpec& spec() const { return spec_; }
    const Guest& guest() const { return spec_.guest; }
    const QemuProgram& qemu() const { return spec_.qemu; }
    const Accelerator& accelerator() const { return spec_.accelerator; }
    /// The disk of a fork: an empty overlay on the frozen disk, which is based on the guest's disk.
    Disk disk() const;

   private:
    struct Wanted;
    /// Null when the template is missing, or damaged: then `wrong` is set.
    static std::shared_ptr<const Template> whole(const Wanted& wanted, TemplateStage stage, Lease lock,
                                                 std::optional<std::string>& wrong);
    /// Null when the template is missing, damaged, or being built.
    static std::shared_ptr<const Template> tryFind(const Wanted& wanted, const TemplateStore& templates, TemplateStage stage);
    /// The caller holds the lock of the template.
    static void build(const Wanted& wanted, const TemplateStore& templates, const TemplateOptions& options, Log& log,
                      FailureLatch& failure, Deadline deadline);
    Template(std::filesystem::path folder, TemplateRecord record, MachineSpec spec, std::vector<Lease> leases);

    std::filesystem::path folder_;
    TemplateRecord record_;
    MachineSpec spec_;  ///< With the accelerator and the CPU that the template was frozen under.
    std::vector<Lease> leases_;
};

}  // namespace boxtest
