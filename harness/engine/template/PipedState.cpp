#include "template/PipedState.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Pipe.hpp"

namespace boxtest {

namespace {

Process decompress(const std::filesystem::path& file, FileDescriptor& reading) {
    if (!findProgram("zstd"))
        throw UsageError("the program 'zstd' is missing on this host; `boxtest doctor` tells what to install");
    auto pipe = Pipe::make();
    reading = std::move(pipe.readEnd);
    const auto writing = std::move(pipe.writeEnd);
    // The largest that everybody may have: fewer wakes.
    ::fcntl(writing.get(), F_SETPIPE_SZ, 1 << 20);
    ProcessOptions options{.error = Stream::null};
    options.outputTo = writing.get();
    options.ownGroup = true;
    return Process::start({"zstd", "-dcq", "--", file.string()}, options);
}

}  // namespace

PipedState::PipedState(const std::filesystem::path& compressed) : file_(compressed), program_(decompress(compressed, reading_)) {}

void PipedState::finish(Deadline deadline) {
    const auto status = program_.wait(deadline);
    if (!status.succeeded()) throw GuestError(fmt::format("cannot decompress '{}': zstd {}", file_.string(), status.describe()));
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
