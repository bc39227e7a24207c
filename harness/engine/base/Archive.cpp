#include "base/Archive.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Files.hpp"
#include "base/LibArchive.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

using libarchive::Entry;
using libarchive::made;
using libarchive::Reader;
using libarchive::Writer;

/// Called between two pieces of work: checks the latch and the deadline.
void mayGoOn(Deadline deadline, const FailureLatch* failure, const fs::path& file) {
    if (failure) failure->check();
    if (deadline.expired()) throw TimeoutError("timed out waiting for the archive '" + file.string() + "'");
}

/// Writes one archive.
class ArchiveWriter {
   public:
    ArchiveWriter(const fs::path& file, Deadline deadline, const FailureLatch* failure)
        : file_(file), deadline_(deadline), failure_(failure), writer_(made(Writer(archive_write_new()))) {
        must(archive_write_set_format_pax_restricted(writer_.get()));
        must(archive_write_add_filter_zstd(writer_.get()));
        must(archive_write_set_filter_option(writer_.get(), "zstd", "compression-level", "1"));
        must(archive_write_open_filename(writer_.get(), file.c_str()));
    }

    void add(const fs::path& from, const std::string& name) {
        mayGoOn(deadline_, failure_, file_);
        const FileDescriptor fd(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        struct stat facts {};
        if (!fd || ::fstat(fd.get(), &facts) != 0) throw SystemError("cannot read '" + from.string() + "'", errno);
        if (!S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode))
            throw SystemError("'" + from.string() + "' is neither a file nor a folder", EINVAL);
        const auto entry = made(Entry(archive_entry_new()));
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_filetype(entry.get(), S_ISDIR(facts.st_mode) ? AE_IFDIR : AE_IFREG);
        // Always writable by the owner, so that the unpacked copy can be removed.
        archive_entry_set_perm(entry.get(), (facts.st_mode & 0777U) | 0200U);
        archive_entry_set_mtime(entry.get(), facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
        if (S_ISREG(facts.st_mode)) {
            archive_entry_set_size(entry.get(), facts.st_size);
            addHoles(fd.get(), facts.st_size, *entry);
        }
        must(archive_write_header(writer_.get(), entry.get()));
        if (S_ISREG(facts.st_mode)) addContent(fd.get(), facts.st_size, from);
        if (!S_ISDIR(facts.st_mode)) return;
        auto inside = files::entriesOf(from);
        std::sort(inside.begin(), inside.end());
        for (const auto& path : inside) add(path, name + "/" + path.filename().string());
    }

    void finish() { must(archive_write_close(writer_.get())); }

   private:
    void must(int status) {
        if (status != ARCHIVE_OK)
            throw SystemError(fmt::format("cannot write '{}': {}", file_.string(), archive_error_string(writer_.get())),
                              archive_errno(writer_.get()));
    }

    static void addHoles(int fd, off_t size, archive_entry& entry) {
        for (off_t at = 0; at < size;) {
            const auto data = ::lseek(fd, at, SEEK_DATA);
            if (data < 0) {
                // ENXIO: only a hole follows. Any other error: this file system does not report holes, and everything is data.
                if (errno == ENXIO) archive_entry_sparse_add_entry(&entry, size, 0);
                return;
            }
            const auto end = ::lseek(fd, data, SEEK_HOLE);
            if (end <= data || (at == 0 && data == 0 && end >= size)) return;
            archive_entry_sparse_add_entry(&entry, data, end - data);
            at = end;
        }
    }

    void addContent(int fd, off_t size, const fs::path& from) {
        for (off_t at = 0; at < size;) {
            mayGoOn(deadline_, failure_, file_);
            const auto got =
                ::pread(fd, buffer_.data(), std::min<std::size_t>(buffer_.size(), static_cast<std::size_t>(size - at)), at);
            if (got < 0) throw SystemError("cannot read '" + from.string() + "'", errno);
            if (got == 0) throw SystemError("'" + from.string() + "' became shorter while it was read", EIO);
            if (archive_write_data(writer_.get(), buffer_.data(), static_cast<std::size_t>(got)) < 0) must(ARCHIVE_FATAL);
            at += got;
        }
    }

    const fs::path& file_;
    Deadline deadline_;
    const FailureLatch* failure_;
    Writer writer_;
    std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 20);
};

/// The path of an entry below the folder; empty when it points outside the folder.
fs::path insideOf(const fs::path& folder, const char* name) {
    const fs::path path(name ? name : "");
    if (path.empty() || path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end()) return {};
    return (folder / path).lexically_normal();
}

}  // namespace

void writeArchive(const fs::path& file, const std::vector<Archived>& what, Deadline deadline, const FailureLatch* failure) {
    ArchiveWriter writer(file, deadline, failure);
    for (const auto& [folder, names] : what)
        for (const auto& name : names) writer.add(folder / name, name);
    writer.finish();
}

void extractArchive(const fs::path& file, const fs::path& folder, Deadline deadline, const FailureLatch* failure) {
    const auto broken = [&](archive* from) {
        return UsageError(fmt::format("cannot unpack '{}': {}", file.string(), archive_error_string(from)));
    };
    const auto reader = made(Reader(archive_read_new()));
    archive_read_support_filter_zstd(reader.get());
    archive_read_support_format_tar(reader.get());
    constexpr std::size_t block = std::size_t{1} << 20;
    if (archive_read_open_filename(reader.get(), file.c_str(), block) != ARCHIVE_OK) throw broken(reader.get());
    const auto writer = made(Writer(archive_write_disk_new()));
    archive_write_disk_set_options(writer.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_SPARSE | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                                     ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_NO_OVERWRITE);
    const auto unwritten = [&] {
        return SystemError(fmt::format("cannot unpack '{}': {}", file.string(), archive_error_string(writer.get())),
                           archive_errno(writer.get()));
    };
    // Symbolic links in the path of the target folder itself are allowed: they do not come from the archive.
    const auto top = files::real(folder);
    archive_entry* entry = nullptr;
    for (int status = 0; (status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF;) {
        mayGoOn(deadline, failure, file);
        if (status != ARCHIVE_OK) throw broken(reader.get());
        const auto* const name = archive_entry_pathname(entry);
        const auto path = insideOf(top, name);
        const auto kind = archive_entry_filetype(entry);
        if (path.empty() || archive_entry_hardlink(entry) || (kind != AE_IFREG && kind != AE_IFDIR))
            throw UsageError(fmt::format("cannot unpack '{}': it holds '{}', which is neither a file nor a folder in it",
                                         file.string(), name ? name : ""));
        archive_entry_copy_pathname(entry, path.c_str());
        archive_entry_set_perm(entry, archive_entry_perm(entry) & 0777U);
        if (archive_write_header(writer.get(), entry) != ARCHIVE_OK) throw unwritten();
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t at = 0;
        while ((status = archive_read_data_block(reader.get(), &data, &size, &at)) == ARCHIVE_OK) {
            mayGoOn(deadline, failure, file);
            if (archive_write_data_block(writer.get(), data, size, at) != ARCHIVE_OK) throw unwritten();
        }
        if (status != ARCHIVE_EOF) throw broken(reader.get());
        if (archive_write_finish_entry(writer.get()) != ARCHIVE_OK) throw unwritten();
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK) throw unwritten();
}

}  // namespace boxtest
