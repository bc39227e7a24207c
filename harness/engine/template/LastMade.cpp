#include "template/LastMade.hpp"

#include "base/Error.hpp"
#include "template/TemplateRecord.hpp"
#include "template/TemplateStore.hpp"

namespace boxtest {

namespace {

/// The seconds of the newest record that has some.
class Newest {
   public:
    void take(const TemplateRecord& record, double seconds) {
        if (seconds <= 0 || (seconds_ && record.frozen <= frozen_)) return;
        seconds_ = std::chrono::duration<double>(seconds);
        frozen_ = record.frozen;
    }
    std::optional<std::chrono::duration<double>> seconds() const { return seconds_; }

   private:
    std::optional<std::chrono::duration<double>> seconds_;
    std::chrono::system_clock::time_point frozen_;
};

}  // namespace

LastMade LastMade::in(const std::filesystem::path& store, const std::string& accelerator) {
    Newest boot, warmUp;
    for (const auto& key : TemplateStore::keys(store)) {
        try {
            const auto record = TemplateRecord::load(store / key);
            if (!accelerator.empty() && record.accelerator != accelerator) continue;
            boot.take(record, record.bootSeconds);
            warmUp.take(record, record.warmSeconds);
        } catch (const Error&) {
            // The template is damaged, unfinished or of another version.
        }
    }
    return {.boot = boot.seconds(), .warmUp = warmUp.seconds()};
}

}  // namespace boxtest
