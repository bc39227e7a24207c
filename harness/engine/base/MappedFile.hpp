#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace boxtest {

/// A file's bytes, mapped read-only. The file must not be truncated while the object exists.
class MappedFile {
   public:
    /// Throws SystemError.
    explicit MappedFile(const std::filesystem::path& file);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::string_view bytes() const { return {static_cast<const char*>(begin_), size_}; }

   private:
    void* begin_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace boxtest
