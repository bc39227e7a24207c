#include "base/MappedFile.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

MappedFile::MappedFile(const std::filesystem::path& file) {
    const auto fail = [&] { throw SystemError(fmt::format("cannot read '{}'", file.string()), errno); };
    const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat found {};
    if (!opened || ::fstat(opened.get(), &found) != 0) fail();
    size_ = static_cast<std::size_t>(found.st_size);
    // An empty file cannot be mapped.
    if (size_ == 0) return;
    begin_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, opened.get(), 0);
    if (begin_ == MAP_FAILED) fail();
}

MappedFile::~MappedFile() {
    if (size_ > 0) ::munmap(begin_, size_);
}

}  // namespace boxtest
