#include "base/Sha256.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

namespace {

class Digest {
   public:
    Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }
    void add(const void* bytes, std::size_t size) { check(EVP_DigestUpdate(context_.get(), bytes, size)); }
    std::string hex() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        check(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size));
        std::string text;
        for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes.at(i));
        return text;
    }

   private:
    static void check(int result) {
        if (result != 1) throw Error(ErrorKind::system, "cannot compute a SHA-256");
    }
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string sha256(std::string_view text) {
    Digest digest;
    digest.add(text.data(), text.size());
    return digest.hex();
}

std::string sha256OfFile(const std::filesystem::path& file) {
    const auto attempted = fmt::format("cannot read '{}'", file.string());
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw SystemError(attempted, errno);
    Digest digest;
    std::vector<char> bytes(std::size_t{1} << 18);
    for (;;) {
        const auto got = ::read(fd.get(), bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw SystemError(attempted, errno);
        if (got == 0) return digest.hex();
        digest.add(bytes.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace boxtest
