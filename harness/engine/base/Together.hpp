#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

/// Tasks that run in separate threads and end together: the first failed task, the given latch and the destructor each end all
/// tasks. Each task must watch the latch that is passed to it.
class Together {
   public:
    /// The latch must outlive the object.
    explicit Together(const FailureLatch& failure);
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;
    /// Declares the latch of the tasks and waits until all have ended.
    ~Together();

    void start(std::function<void(const FailureLatch& stop)> work);

    /// Returns when all tasks have succeeded. Throws the first error of a task, GuestError (the given latch), TimeoutError.
    void finish(Deadline deadline);

   private:
    struct Piece;
    const FailureLatch& failure_;
    FailureLatch stop_;
    std::vector<std::unique_ptr<Piece>> pieces_;
};

}  // namespace boxtest
