#include "base/Together.hpp"

#include <poll.h>

#include <csignal>
#include <thread>

#include "base/Error.hpp"
#include "base/Event.hpp"
#include "base/Poll.hpp"

namespace boxtest {

struct Together::Piece {
    std::exception_ptr error;
    Event ended;
    std::thread thread;
};

Together::Together(const FailureLatch& failure) : failure_(failure) {}

Together::~Together() {
    stop_.declare("no longer needed");
    for (const auto& piece : pieces_) piece->thread.join();
}

void Together::start(std::function<void(const FailureLatch& stop)> work) {
    auto piece = std::make_unique<Piece>();
    // Only the main thread handles signals of the process.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        piece->thread = std::thread([this, &piece = *piece, work = std::move(work)] {
            try {
                work(stop_);
            } catch (...) {
                piece.error = std::current_exception();
            }
            piece.ended.set();
        });
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pieces_.push_back(std::move(piece));
}

void Together::finish(Deadline deadline) {
    for (;;) {
        std::vector<pollfd> running;
        for (const auto& piece : pieces_) {
            if (!piece->ended.isSet())
                running.push_back({piece->ended.fd(), POLLIN, 0});
            else if (piece->error)
                std::rethrow_exception(piece->error);
        }
        if (running.empty()) return;
        if (!poll(running, deadline, &failure_)) throw TimeoutError("timed out waiting for tasks that run at the same time");
    }
}

}  // namespace boxtest
