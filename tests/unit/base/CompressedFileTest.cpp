#include "base/CompressedFile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using ::testing::HasSubstr;

struct CompressedFile : ::testing::Test {
    void compress() const {
        compressFile(plain, packed, [] {});
    }
    std::string unpacked() const {
        std::string all;
        decompressFile(packed, [&](std::span<const char> piece) {
            all.append(piece.begin(), piece.end());
            return true;
        });
        return all;
    }
    void cut(std::uintmax_t size) const { std::filesystem::resize_file(packed, size); }

    TemporaryFolder home{"compressed"};
    std::filesystem::path plain = home.path() / "plain", packed = home.path() / "packed";
    /// Longer than one piece, with a short last piece, and with zeros as in a machine's state.
    std::string content = std::string(3 << 20, '\0') + "in the middle" + std::string(1 << 20, 'x') + "end";
};

TEST_F(CompressedFile, GivesBackWhatWasInItAndIsMuchSmaller) {
    writeFileAtomically(plain, content, 0600);
    compress();
    EXPECT_LT(std::filesystem::file_size(packed), 10000U);
    EXPECT_EQ(unpacked(), content);
    writeFileAtomically(plain, "", 0600);
    compress();
    EXPECT_EQ(unpacked(), "") << "an empty one";
}

TEST_F(CompressedFile, IsRefusedWhenItIsCutOrOfAnotherKind) {
    writeFileAtomically(plain, content, 0600);
    compress();
    cut(std::filesystem::file_size(packed) / 2);
    EXPECT_THAT(errorOf<UsageError>([&] { unpacked(); }), HasSubstr("cannot unpack '" + packed.string() + "': "));
    cut(0);
    EXPECT_THAT(errorOf<UsageError>([&] { unpacked(); }), HasSubstr("it is not compressed by zstd"));
    writeFileAtomically(packed, "plain text", 0600);
    EXPECT_THAT(errorOf<UsageError>([&] { unpacked(); }), HasSubstr("it is not compressed by zstd"));
}

TEST_F(CompressedFile, EndsWhereTheCallerEndsIt) {
    writeFileAtomically(plain, content, 0600);
    int pieces = 0;
    const auto stop = [&] {
        if (++pieces == 3) throw TimeoutError("enough");
    };
    EXPECT_EQ(errorOf<TimeoutError>([&] { compressFile(plain, packed, stop); }), "enough");
    compress();
    pieces = 0;
    decompressFile(packed, [&](std::span<const char>) { return ++pieces < 2; });
    EXPECT_EQ(pieces, 2);
}

TEST_F(CompressedFile, NamesAFileThatIsNotThere) {
    EXPECT_THAT(errorOf<SystemError>([&] { compress(); }), HasSubstr("cannot read '" + plain.string() + "'"));
    EXPECT_THAT(errorOf<SystemError>([&] { unpacked(); }), HasSubstr("cannot read '" + packed.string() + "'"));
    writeFileAtomically(plain, content, 0600);
    EXPECT_THAT(errorOf<SystemError>([&] { compressFile(plain, home.path() / "no" / "file", [] {}); }),
                HasSubstr("cannot write '"));
}

}  // namespace
}  // namespace boxtest
