#pragma once

#include <memory>
#include <string>

#include "base/BackgroundThread.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// Makes the warm template while scenarios already run on forks of the ready one, in a thread of its own.
class TemplateWarming {
   public:
    /// Starts. `options`: those with which the ready template was found. Log and latch must outlive the object; the latch, which
    /// is not that of the scenarios, ends the work.
    TemplateWarming(TemplateOptions options, std::shared_ptr<const Template> ready, Log& log, FailureLatch& failure);
    TemplateWarming(const TemplateWarming&) = delete;
    TemplateWarming& operator=(const TemplateWarming&) = delete;
    /// Waits for the end of the work.
    ~TemplateWarming() = default;

    /// Waits until the warm template is there, and removes the ready one unless somebody needs it. A failure is a line on the
    /// log: the next run makes the template.
    void finish();

   private:
    void work(TemplateOptions options);

    Log& log_;
    FailureLatch& failure_;
    std::shared_ptr<const Template> ready_;
    std::string failed_;
    BackgroundThread thread_;  ///< Last: it uses all above.
};

}  // namespace boxtest
