#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

/// Pieces of work in threads of their own that end together: the first that fails ends the others, and so do the latch given and
/// the end of the object. Each piece must watch the latch that it is handed.
class Together {
   public:
    /// The latch must outlive the object.
    explicit Together(const FailureLatch& failure);
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;
    /// Declares the pieces' latch and waits for their end.
    ~Together();

    void start(std::function<void(const FailureLatch& stop)> work);

    /// Returns when all have ended well. Throws the first error of one, GuestError (the latch given), TimeoutError.
    void finish(Deadline deadline);

   private:
    struct Piece;
    const FailureLatch& failure_;
    FailureLatch stop_;
    std::vector<std::unique_ptr<Piece>> pieces_;
};

}  // namespace boxtest
