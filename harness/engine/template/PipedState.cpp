#include "template/PipedState.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "base/CompressedFile.hpp"
#include "base/Error.hpp"
#include "base/Pipe.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace {

/// True when everything was written; false when the pipe has no reader any more, or the work was abandoned.
bool writeAll(int pipe, int abandoned, std::span<const char> data) {
    while (!data.empty()) {
        pollfd both[] = {{pipe, POLLOUT, 0}, {abandoned, POLLIN, 0}};
        poll(both, Deadline::never());
        if (both[1].revents) return false;
        const auto written = ::write(pipe, data.data(), data.size());
        if (written >= 0) {
            data = data.subspan(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            return false;
        } else if (errno != EAGAIN && errno != EINTR) {
            throw SystemError("cannot write the state into the pipe", errno);
        }
    }
    return true;
}

}  // namespace

PipedState::PipedState(const std::filesystem::path& compressed) {
    auto pipe = Pipe::make();
    reading_ = std::move(pipe.readEnd);
    writing_ = std::move(pipe.writeEnd);
    // The largest size for every user: fewer wake-ups.
    ::fcntl(writing_.get(), F_SETPIPE_SZ, 1 << 20);
    ::fcntl(writing_.get(), F_SETFL, O_NONBLOCK);
    thread_ = BackgroundThread([this, compressed] { run(compressed); });
}

PipedState::~PipedState() { abandoned_.set(); }

void PipedState::run(const std::filesystem::path& file) {
    try {
        decompressFile(file, [this](std::span<const char> data) { return writeAll(writing_.get(), abandoned_.fd(), data); });
    } catch (...) {
        failed_ = std::current_exception();
    }
    ended_.set();
    // The end of file for QEMU. When QEMU reports it, failed_ already contains the cause.
    writing_.reset();
}

void PipedState::check() const {
    if (!ended_.isSet() || !failed_) return;
    try {
        std::rethrow_exception(failed_);
    } catch (const Error& error) {
        throw GuestError(error.what());
    }
}

void PipedState::finish(Deadline deadline) {
    waitFor(ended_.fd(), POLLIN, deadline, "the state to be decompressed");
    check();
}

void moveFile(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code failed;
    std::filesystem::rename(from, to, failed);
    if (failed == std::errc::cross_device_link) {
        std::filesystem::copy_file(from, to, failed);
        if (!failed) std::filesystem::remove(from, failed);
    }
    if (failed) throw SystemError(fmt::format("cannot move '{}' to '{}'", from.string(), to.string()), failed.value());
}

}  // namespace boxtest
