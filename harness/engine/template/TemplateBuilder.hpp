#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "base/RestLog.hpp"
#include "machine/ReadyMachine.hpp"
#include "template/LastMade.hpp"
#include "template/TemplateRecord.hpp"

namespace boxtest {

class Fork;
class Template;

/// Boots a guest, or takes a fork of another template; carries out a step on it and warms it up, if the record asks for that;
/// waits until it is quiet, and freezes it into a folder. Afterwards only files remain.
class TemplateBuilder {
   public:
    /// `record` has its key and inputs; build() fills in the rest. `from`: a template of an earlier stage, or null: then a guest
    /// boots. Hooks, log and latch must outlive the object.
    TemplateBuilder(const GuestHooks& hooks, MachineSpec spec, TemplateRecord record, std::shared_ptr<const Template> from,
                    std::function<void(const MachineInfo&)> booting, Log& log, FailureLatch& failure);

    /// Creates `folder` anew (0700), and removes it again when anything fails. Throws GuestError, TimeoutError, SystemError.
    TemplateRecord build(const std::filesystem::path& folder, Deadline deadline);

   private:
    /// A ready guest, either booted or forked.
    struct Running {
        const Guest& guest;
        const MachineInfo& info;
        SshTarget target;
        Machine& machine;
    };

    void buildIn(const std::filesystem::path& folder, Deadline deadline);
    void boot(const std::filesystem::path& folder, Deadline deadline);
    void goOnFrom(const std::filesystem::path& folder, Deadline deadline);
    void carryOut(Fork& fork, Deadline deadline);
    void makeRam(const std::filesystem::path& file, int mebibytes) const;
    void settle(const Running& running, Deadline deadline);
    void sync(const Running& running, Deadline deadline);
    void freeze(const Running& running, const std::filesystem::path& folder, Deadline deadline);
    void seal(const std::filesystem::path& folder, Deadline deadline);

    const GuestHooks& hooks_;
    MachineSpec spec_;
    TemplateRecord record_;
    std::shared_ptr<const Template> from_;
    std::function<void(const MachineInfo&)> booting_;
    RestLog log_;
    LastMade last_;
    FailureLatch& failure_;
};

}  // namespace boxtest
