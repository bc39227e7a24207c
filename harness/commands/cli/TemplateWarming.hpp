#pragma once

#include <memory>
#include <string>

#include "base/BackgroundThread.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "cli/BackgroundWait.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// Makes the warm template in its own thread while scenarios already run on forks of the ready one.
class TemplateWarming {
   public:
    /// Starts the thread. `options`: those with which the ready template was found. Log and latch must outlive the object; the
    /// latch, a different one from the scenarios' latch, ends the work.
    TemplateWarming(TemplateOptions options, std::shared_ptr<const Template> ready, Log& log, FailureLatch& failure);
    TemplateWarming(const TemplateWarming&) = delete;
    TemplateWarming& operator=(const TemplateWarming&) = delete;
    /// Waits for the end of the work.
    ~TemplateWarming() = default;

    /// The log for the work in the foreground: it adds what the warm-up waits for.
    Log& foreground() { return wait_.foreground(); }

    /// Waits until the warm template is finished, then removes the ready one unless it is still needed. A failure is only logged:
    /// the next run makes the template.
    void finish();

   private:
    void work(TemplateOptions options);

    Log& log_;
    BackgroundWait wait_;
    FailureLatch& failure_;
    std::shared_ptr<const Template> ready_;
    std::string failed_;
    BackgroundThread thread_;  ///< Last member: it uses all members above.
};

}  // namespace boxtest
