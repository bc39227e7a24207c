#include "report/ResultFile.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <future>

#include "Deadlines.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

class ResultFileTest : public testing::Test {
   protected:
    fs::path in(const std::string& name) const { return folder_.path() / name; }
    TemporaryFolder folder_{"result"};
};

TEST_F(ResultFileTest, ARegularFileIsReplacedAsAWhole) {
    const auto file = in("results.xml");
    ResultFile(file).write("first", soon());
    struct stat before {};
    ASSERT_EQ(::stat(file.c_str(), &before), 0);
    ::chmod(file.c_str(), 0600);
    ResultFile(file).write("second", soon());
    EXPECT_EQ(readWholeFile(file), "second");
    struct stat after {};
    ASSERT_EQ(::stat(file.c_str(), &after), 0);
    EXPECT_NE(before.st_ino, after.st_ino) << "written into: a reader may have seen half of it";
    EXPECT_EQ(after.st_mode & 0777U, 0600U) << "its mode is the user's";
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "no temporary file stays";
}

TEST_F(ResultFileTest, ANewFileHasTheModeThatTheUmaskLeaves) {
    const auto before = ::umask(0);
    for (const mode_t mask : {0077U, 0027U, 0002U}) {
        ::umask(mask);
        const auto file = in(std::to_string(mask));
        ResultFile(file).write("text", soon());
        EXPECT_EQ(::umask(before), mask) << "the umask stays";
        struct stat found {};
        ASSERT_EQ(::stat(file.c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777U, 0666U & ~mask);
    }
}

TEST_F(ResultFileTest, FoldersThatAreMissingAreMadeBeforeTheWork) {
    const ResultFile file(in("a/b/c.xml"));
    EXPECT_TRUE(fs::is_directory(in("a/b")));
    file.write("text", soon());
    EXPECT_EQ(readWholeFile(in("a/b/c.xml")), "text");
}

TEST_F(ResultFileTest, TwoResultsInOneFileAreRefused) {
    fs::create_directory(in("folder"));
    fs::create_symlink("one", in("link"));
    const ResultFile one(in("one"));
    const ResultFile other(in("other"));
    const ResultFile device("/dev/null");
    const ResultFile again("/dev/null");
    EXPECT_NO_THROW(ResultFile::refuseTwins({&one, nullptr, &other, nullptr, &device, &again}));
    for (const auto& path : {in("one"), in("folder/../one"), in("link")}) {
        const ResultFile twin(path);
        EXPECT_THAT(errorOf<UsageError>([&] {
                        ResultFile::refuseTwins({nullptr, &one, &other, &twin});
                    }),
                    AllOf(HasSubstr("cannot write to '" + path.string() + "'"), HasSubstr("is the same place")));
    }
}

TEST_F(ResultFileTest, ADashIsStandardOutput) {
    const ResultFile dash("-");
    EXPECT_TRUE(dash.isStandardOutput());
    EXPECT_FALSE(ResultFile(in("-")).isStandardOutput());
    const ResultFile named("/dev/stdout");
    EXPECT_THROW(ResultFile::refuseTwins({&dash, &named}), UsageError);
}

TEST_F(ResultFileTest, WhereNothingCanBeWrittenIsRefusedBeforeTheWork) {
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{folder_.path()}; }), HasSubstr("it is a folder"));
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{in("new/")}; }), HasSubstr("it is a folder"));
    writeFileAtomically(in("file"), "", 0600);
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{in("file/x.xml")}; }), HasSubstr("Not a directory"));
    fs::create_symlink("loop", in("loop"));
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{in("loop")}; }), HasSubstr("too many symbolic links"));
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{"/dev/fd/987"}; }), HasSubstr("descriptor 987 is not open"));
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{"/proc/nowhere/x.xml"}; }), HasSubstr("cannot make the folder"));
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{in(std::string(300, 'x'))}; }), HasSubstr("File name too long"));
}

TEST_F(ResultFileTest, ASymbolicLinkStaysAndWhatItNamesIsWritten) {
    fs::create_directory(in("real"));
    fs::create_symlink("real/results.xml", in("second"));
    fs::create_symlink(in("second"), in("first"));
    for (const std::string text : {"made", "replaced"}) {
        ResultFile(in("first")).write(text, soon());
        EXPECT_EQ(readWholeFile(in("real/results.xml")), text);
    }
    EXPECT_TRUE(fs::is_symlink(in("first")));
    EXPECT_TRUE(fs::is_symlink(in("second")));
}

TEST_F(ResultFileTest, AFifoIsWrittenToHoweverLateItsReaderComes) {
    ASSERT_EQ(::mkfifo(in("fifo").c_str(), 0600), 0);
    const ResultFile file(in("fifo"));
    const std::string much(300'000, 'x');
    auto reader = std::async(std::launch::async, [&] { return readWholeFile(in("fifo")); });
    file.write(much, soon());
    EXPECT_EQ(reader.get(), much);
    EXPECT_TRUE(fs::is_fifo(in("fifo")));
    EXPECT_THAT(errorOf<TimeoutError>([&] { file.write("x", Deadline::in({})); }), HasSubstr("timed out waiting for a reader"));
}

TEST_F(ResultFileTest, ADescriptorIsWrittenWhereItStands) {
    const auto file = in("out");
    FileDescriptor open(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::write(open.get(), "before ", 7), 7);
    for (const auto* name : {"/dev/fd/", "/proc/self/fd/"}) ResultFile(name + std::to_string(open.get())).write("text ", soon());
    fs::create_symlink("/dev/fd/" + std::to_string(open.get()), in("link"));
    ResultFile(in("link")).write("by a link", soon());
    EXPECT_EQ(readWholeFile(file), "before text text by a link");
    const FileDescriptor reading(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_THAT(errorOf<UsageError>([&] { ResultFile{"/dev/fd/" + std::to_string(reading.get())}; }),
                HasSubstr("open for reading only"));
}

TEST_F(ResultFileTest, ADeviceStaysADevice) {
    ResultFile("/dev/null").write("text", soon());
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    EXPECT_THAT(errorOf<SystemError>([&] { ResultFile("/dev/full").write("text", soon()); }), HasSubstr("'/dev/full'"));
}

TEST_F(ResultFileTest, ANameOfTheGreatestLengthCanBeWritten) {
    const auto file = in(std::string(255, 'x'));
    ResultFile(file).write("text", soon());
    EXPECT_EQ(readWholeFile(file), "text");
}

}  // namespace
}  // namespace boxtest
