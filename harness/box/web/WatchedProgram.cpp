#include "web/WatchedProgram.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/ShellQuote.hpp"

namespace boxtest {

WatchedProgram::WatchedProgram(const std::filesystem::path& program, const std::filesystem::path& folder)
    : script_(folder / program.filename()), said_(folder / "said") {
    const auto fifo = folder / "runs";
    if (::mkfifo(fifo.c_str(), 0600) != 0) throw SystemError("cannot make the FIFO '" + fifo.string() + "'", errno);
    fifo_ = FileDescriptor(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!fifo_) throw SystemError("cannot open the FIFO '" + fifo.string() + "'", errno);
    std::ofstream script(script_);
    script << fmt::format("#!/bin/sh\nexec 9>{} && exec {} \"$@\" 2>>{}\n", shellQuote(fifo.string()),
                          shellQuote(program.string()), shellQuote(said_.string()));
    if (!script.flush()) throw SystemError("cannot write '" + script_.string() + "'", errno);
    files::setPermissions(script_, std::filesystem::perms::owner_all);
}

std::string WatchedProgram::lastWords() const {
    constexpr std::size_t most = 2000;
    const auto all = files::isFile(said_) ? readWholeFile(said_) : std::string();
    return all.size() <= most ? all : all.substr(all.size() - most);
}

}  // namespace boxtest
