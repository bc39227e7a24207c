#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/ReadyMachine.hpp"
#include "template/TemplateRecord.hpp"

namespace boxtest {

/// Boots a guest, waits until it is ready and quiet, and freezes it into a folder. Afterwards only files remain.
class TemplateBuilder {
   public:
    /// `boot`: with its accelerator chosen. The record has its key and inputs; the rest is filled in. Log and latch must outlive
    /// the object.
    TemplateBuilder(BootOptions boot, TemplateRecord record, std::function<void(const MachineInfo&)> booting, Log& log,
                    FailureLatch& failure);

    /// `folder` is made anew, 0700; it is removed again when anything fails. Throws GuestError, TimeoutError, SystemError.
    TemplateRecord build(const std::filesystem::path& folder, Deadline deadline);

   private:
    void buildIn(const std::filesystem::path& folder, Deadline deadline);
    void makeRam(const std::filesystem::path& file, int mebibytes) const;
    void freeze(ReadyMachine& ready, const std::filesystem::path& folder, Deadline deadline);
    void settle(ReadyMachine& ready, Deadline deadline);
    void seal(const std::filesystem::path& folder, Deadline deadline);

    BootOptions boot_;
    TemplateRecord record_;
    std::function<void(const MachineInfo&)> booting_;
    Log& log_;
    FailureLatch& failure_;
};

}  // namespace boxtest
