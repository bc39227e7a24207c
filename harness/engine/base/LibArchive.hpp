#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <memory>

#include "base/Error.hpp"

/// Owners of libarchive's handles, for the two files that use the library.
namespace boxtest::libarchive {

struct FreeReader {
    void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
struct FreeWriter {
    void operator()(archive* writer) const noexcept { archive_write_free(writer); }
};
struct FreeEntry {
    void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};
using Reader = std::unique_ptr<archive, FreeReader>;
using Writer = std::unique_ptr<archive, FreeWriter>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

/// Returns the handle. Throws SystemError when libarchive could not allocate it.
template <class Pointer>
Pointer made(Pointer pointer) {
    if (!pointer) throw SystemError("libarchive has no memory", ENOMEM);
    return pointer;
}

}  // namespace boxtest::libarchive
