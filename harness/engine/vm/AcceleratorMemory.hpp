#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "guest/Guest.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// Remembers whether KVM runs a guest on this host: an answer for this boot of the host, this kernel file and command line, and
/// this QEMU. A new one of any of these is a new question.
class AcceleratorMemory {
   public:
    AcceleratorMemory(std::filesystem::path folder, const Guest& guest, const QemuProgram& qemu);

    /// Nothing when there is no answer, or none that can be read.
    std::optional<Accelerator> recall() const;

    /// Throws SystemError.
    void remember(const Accelerator& answer) const;

    /// True the first time that this answer is to be shown to a person for this question; also if that cannot be recorded.
    bool isNews(const Accelerator& answer) const;

   private:
    void write(const std::filesystem::path& file, const std::string& text) const;

    std::filesystem::path folder_;
    std::string question_;
    std::filesystem::path file_;
};

}  // namespace boxtest
