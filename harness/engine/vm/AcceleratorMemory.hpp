#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "guest/Guest.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// Stores whether KVM runs a guest on this host: one answer for this boot of the host, this kernel file and command line, and
/// this QEMU. A change of any of these needs a new answer.
class AcceleratorMemory {
   public:
    AcceleratorMemory(std::filesystem::path folder, const Guest& guest, const QemuProgram& qemu);

    /// nullopt when there is no answer, or no readable one.
    std::optional<Accelerator> recall() const;

    /// Throws SystemError.
    void remember(const Accelerator& answer) const;

    /// True the first time that this answer is shown to the user for this guest and host; also when that cannot be recorded.
    bool isNews(const Accelerator& answer) const;

   private:
    void write(const std::filesystem::path& file, const std::string& text) const;

    std::filesystem::path folder_;
    std::string question_;
    std::filesystem::path file_;
};

}  // namespace boxtest
