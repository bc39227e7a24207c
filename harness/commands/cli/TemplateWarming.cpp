#include "cli/TemplateWarming.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "base/ShownWait.hpp"
#include "ready/BoxHooks.hpp"
#include "template/CacheInventory.hpp"

namespace boxtest {

TemplateWarming::TemplateWarming(TemplateOptions options, std::shared_ptr<const Template> ready, Log& log, FailureLatch& failure)
    : log_(log), wait_(log), failure_(failure), ready_(std::move(ready)) {
    log_.line(
        "scenarios run on forks of the guest as it was when it had booted; meanwhile the template of all further runs warms up");
    thread_ = BackgroundThread([this, wanted = std::move(options)]() mutable { work(std::move(wanted)); });
}

void TemplateWarming::work(TemplateOptions options) {
    options.stage = TemplateStage::warm;
    options.boot.chosen = ready_->accelerator();
    try {
        Template::findOrBuild(boxHooks(), options, wait_.background(), failure_, Deadline::in(options.boot.timeout));
    } catch (const std::exception& error) {
        failed_ = error.what();
    }
    wait_.over();
}

void TemplateWarming::finish() {
    {
        const ShownWait shown(wait_.foreground(), "the template of all further runs");
        thread_.join();
    }
    const auto folder = ready_->folder();
    ready_.reset();
    if (failed_.empty()) {
        CacheInventory::removeUnneeded(folder, log_);
    } else {
        log_.line(fmt::format("the template was not warmed up, the next run does it: {}", failed_));
    }
}

}  // namespace boxtest
