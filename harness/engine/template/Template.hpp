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
    /// `ready`: the warm template if it is there, else one that is frozen as soon as the guest is ready.
    TemplateStage stage = TemplateStage::warm;
    /// One of GuestHooks::steps(): a template that is frozen after that was done to a fork of the warm one. Empty: none.
    std::string after = {};
    /// Called when a machine boots because there is no template yet. May be empty.
    std::function<void(const MachineInfo&)> booting = {};
};

/// A guest that was booted, got ready, grew quiet and was frozen: files in a folder, from which machines are forked. Nothing of
/// it runs and nothing in it is ever written. The object holds leases on the template and on its guest.
class Template {
   public:
    /// The template of this guest, QEMU, accelerator and command line from the store; built when there is none, or none that is
    /// whole (why, is one line on the log). Two processes that want the same one build it once. The latch ends a build. A warm
    /// template is made from a ready one, if that is there, and by a boot otherwise; one that is frozen after a step, from the
    /// warm one, which is found or built first. Throws GuestError, TimeoutError, UsageError (no such guest, QEMU or step),
    /// SystemError (a full disk, say).
    static std::shared_ptr<const Template> findOrBuild(const GuestHooks& hooks, const TemplateOptions& options, Log& log,
                                                       FailureLatch& failure, Deadline deadline);

    /// The template that findOrBuild() would return, but for a ready one; null when there is none. Nothing is made. Throws
    /// UsageError saying what is wrong with one that is not whole, and as findOrBuild().
    static std::shared_ptr<const Template> find(const GuestHooks& hooks, const TemplateOptions& options, Log& log,
                                                FailureLatch& failure, Deadline deadline);

    /// The template in this folder, wherever that is (it may be read-only), as it is. Throws UsageError saying what is wrong
    /// with it: it is not whole, of another version of QEMU, or its guest's disk is not the one it was made with.
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
    /// Of a fork: empty, on the frozen disk, which lies on the guest's.
    Disk disk() const;

   private:
    struct Wanted;
    /// Null when it is not there, or not whole: then `wrong` is set.
    static std::shared_ptr<const Template> whole(const Wanted& wanted, TemplateStage stage, Lease lock,
                                                 std::optional<std::string>& wrong);
    /// Null when it is not there, not whole, or being made.
    static std::shared_ptr<const Template> tryFind(const Wanted& wanted, const TemplateStore& templates, TemplateStage stage);
    /// Its lock is held by the caller.
    static void build(const Wanted& wanted, const TemplateStore& templates, const TemplateOptions& options, Log& log,
                      FailureLatch& failure, Deadline deadline);
    Template(std::filesystem::path folder, TemplateRecord record, MachineSpec spec, std::vector<Lease> leases);

    std::filesystem::path folder_;
    TemplateRecord record_;
    MachineSpec spec_;  ///< With the accelerator and the CPU that the template was frozen under.
    std::vector<Lease> leases_;
};

}  // namespace boxtest
