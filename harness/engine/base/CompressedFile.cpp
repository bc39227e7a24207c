#include "base/CompressedFile.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/LibArchive.hpp"

namespace boxtest {

namespace {

constexpr std::size_t piece = std::size_t{1} << 20;

}  // namespace

void compressFile(const std::filesystem::path& from, const std::filesystem::path& to, const std::function<void()>& each) {
    const FileDescriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source) throw SystemError("cannot read '" + from.string() + "'", errno);
    const auto writer = libarchive::made(libarchive::Writer(archive_write_new()));
    const auto must = [&](int status) {
        if (status != ARCHIVE_OK)
            throw SystemError(fmt::format("cannot write '{}': {}", to.string(), archive_error_string(writer.get())),
                              archive_errno(writer.get()));
    };
    must(archive_write_set_format_raw(writer.get()));
    must(archive_write_add_filter_zstd(writer.get()));
    must(archive_write_set_filter_option(writer.get(), "zstd", "compression-level", "1"));
    // Ignored where this libarchive does not support threads.
    archive_write_set_filter_option(writer.get(), "zstd", "threads", "2");
    must(archive_write_open_filename(writer.get(), to.c_str()));
    const auto entry = libarchive::made(libarchive::Entry(archive_entry_new()));
    archive_entry_set_pathname(entry.get(), "state");
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    must(archive_write_header(writer.get(), entry.get()));
    std::vector<char> buffer(piece);
    for (;;) {
        each();
        const auto got = ::read(source.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw SystemError("cannot read '" + from.string() + "'", errno);
        if (got == 0) break;
        if (archive_write_data(writer.get(), buffer.data(), static_cast<std::size_t>(got)) < 0) must(ARCHIVE_FATAL);
    }
    must(archive_write_close(writer.get()));
}

void decompressFile(const std::filesystem::path& file, const std::function<bool(std::span<const char>)>& take) {
    const FileDescriptor source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source) throw SystemError("cannot read '" + file.string() + "'", errno);
    const auto reader = libarchive::made(libarchive::Reader(archive_read_new()));
    const auto broken = [&](const char* why) { return UsageError(fmt::format("cannot unpack '{}': {}", file.string(), why)); };
    const auto mustBeGood = [&](int status) {
        if (status == ARCHIVE_OK || status == ARCHIVE_EOF) return;
        if (archive_errno(reader.get()) == EIO) throw SystemError("cannot read '" + file.string() + "'", EIO);
        throw broken(archive_error_string(reader.get()));
    };
    archive_read_support_filter_zstd(reader.get());
    archive_read_support_format_raw(reader.get());
    archive_read_support_format_empty(reader.get());
    mustBeGood(archive_read_open_fd(reader.get(), source.get(), piece));
    archive_entry* entry = nullptr;
    const auto opened = archive_read_next_header(reader.get(), &entry);
    mustBeGood(opened);
    // The raw format also accepts any uncompressed file.
    if (archive_filter_code(reader.get(), 0) != ARCHIVE_FILTER_ZSTD) throw broken("it is not compressed by zstd");
    if (opened == ARCHIVE_EOF) return;
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t at = 0;
    int status = ARCHIVE_OK;
    while ((status = archive_read_data_block(reader.get(), &data, &size, &at)) == ARCHIVE_OK)
        if (!take({static_cast<const char*>(data), size})) return;
    mustBeGood(status);
}

}  // namespace boxtest
