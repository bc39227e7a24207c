#include "base/RunProgram.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/Process.hpp"

namespace boxtest {

namespace {

/// A file in memory: the child reads its input from it, so that no thread has to write into a pipe.
FileDescriptor memoryFile(const std::string& content) {
    FileDescriptor file(::memfd_create("input", MFD_CLOEXEC));
    if (!file) throw SystemError("cannot make a file in memory", errno);
    for (std::size_t done = 0; done < content.size();) {
        const auto written = ::write(file.get(), content.data() + done, content.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw SystemError("cannot write to a file in memory", errno);
        done += static_cast<std::size_t>(written);
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// Appends the bytes that can be read now; closes the descriptor at end of file.
void drain(FileDescriptor& from, std::string& to) {
    std::array<char, 65536> buffer;
    while (from) {
        const auto got = ::read(from.get(), buffer.data(), buffer.size());
        if (got > 0) {
            to.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0) {
            from.reset();
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            throw SystemError("cannot read the output of a program", errno);
        }
    }
}

std::string lastPart(const std::string& text) {
    constexpr std::size_t enough = 2000;
    auto end = text.find_last_not_of(" \n\r\t");
    if (end == std::string::npos) return {};
    auto part = text.substr(0, end + 1);
    return part.size() > enough ? "..." + part.substr(part.size() - enough) : part;
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
    return all;
}

}  // namespace

std::string CapturedOutput::describe() const {
    const auto words = lastPart(lastPart(err).empty() ? out : err);
    return status.describe() + (words.empty() ? "" : ": " + words);
}

CapturedOutput runProgram(const std::vector<std::string>& argv, Deadline deadline, const RunProgramOptions& options) {
    const auto input = memoryFile(options.input);
    ProcessOptions how{.output = Stream::pipe, .error = Stream::pipe};
    how.inputFrom = input.get();
    how.environment = options.environment;
    how.folder = options.folder;
    how.ownGroup = true;
    auto child = Process::start(argv, how);
    for (const auto* stream : {&child.output(), &child.error()}) ::fcntl(stream->get(), F_SETFL, O_NONBLOCK);

    CapturedOutput captured;
    for (;;) {
        std::array<pollfd, 3> watched{
            {{child.pidfd(), POLLIN, 0}, {child.output().get(), POLLIN, 0}, {child.error().get(), POLLIN, 0}}};
        const bool inTime = poll(watched, deadline, options.failure);
        // Check the process first, then read: everything that it wrote before its end is in the pipes by then.
        const bool ended = watched[0].revents != 0;
        drain(child.output(), captured.out);
        drain(child.error(), captured.err);
        if (ended) break;
        if (!inTime) {
            captured.status = child.terminate(std::chrono::seconds(1));
            const auto words = lastPart(captured.err.empty() ? captured.out : captured.err);
            throw TimeoutError("timed out running '" + joined(argv) + "'" + (words.empty() ? "" : ", which wrote: " + words));
        }
    }
    captured.status = child.terminate(std::chrono::seconds(0));
    return captured;
}

std::optional<std::filesystem::path> findProgram(const std::string& name) {
    if (name.empty()) return {};
    auto executable = [](const std::filesystem::path& path) {
        std::error_code ignored;
        return ::access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path, ignored);
    };
    if (name.find('/') != std::string::npos) return std::filesystem::path(name);
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (!folder.empty() && executable(std::filesystem::path(folder) / name)) return std::filesystem::path(folder) / name;
    }
    return {};
}

}  // namespace boxtest
