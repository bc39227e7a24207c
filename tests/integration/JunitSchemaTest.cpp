#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "report/JunitXml.hpp"
#include "unit/report/MixedReport.hpp"

namespace boxtest::testing {
namespace {

/// Checks JUnit XML against junit-10.xsd of Jenkins' xunit plugin (MIT). tests/report/fetch names the source of that schema.
class JunitSchema : public ::testing::Test {
   protected:
    void SetUp() override {
        for (auto* what : {&schema_, &modules_}) {
            const auto found = runProgram({paths::source("tests/report/fetch"), what == &schema_ ? "junit-schema" : "xmlschema"},
                                          Deadline::in(std::chrono::minutes(8)));
            if (found.status.code == 77) GTEST_SKIP() << found.err;
            ASSERT_TRUE(found.succeeded()) << found.describe();
            *what = found.out.substr(0, found.out.find('\n'));
        }
    }
    /// Returns the schema errors of `xml`, one per line; empty if `xml` is valid.
    std::string wrongWith(const std::string& xml) {
        const auto file = folder_.path() / "junit.xml";
        writeFileAtomically(file, xml, 0600);
        constexpr auto program = R"(
import sys
sys.path.insert(0, sys.argv[1])
import xmlschema
for error in xmlschema.XMLSchema(sys.argv[2]).iter_errors(sys.argv[3]): print(error.reason, error.path)
)";
        const auto result =
            runProgram({"python3", "-c", program, modules_, schema_, file.string()}, Deadline::in(std::chrono::minutes(2)));
        EXPECT_TRUE(result.succeeded()) << result.describe();
        return result.out;
    }

    TemporaryFolder folder_{"junit"};
    std::string schema_, modules_;
};

TEST_F(JunitSchema, IsKept) {
    auto report = mixedReport();
    const Attachments attachments(folder_.path() / "attachments");
    attachments.add("D.five", "matrix.txt", "x");
    report.collect(attachments);
    report.stopped("QEMU died");
    RunFacts facts = RunFacts::ofThisProcess("0.2.0");
    facts.tested.versions = {{"odoo", "19.0"}};
    const auto xml = junitXml(report, std::chrono::milliseconds(71234), facts);
    EXPECT_EQ(wrongWith(xml), "") << xml;
}

TEST_F(JunitSchema, WouldBeMissed) {
    EXPECT_THAT(wrongWith("<testsuites><testsuite name='x' tests='1' failures='0' errors='0'><testcase name='a'><properties/>"
                          "</testcase></testsuite></testsuites>"),
                ::testing::HasSubstr("properties"));
}

}  // namespace
}  // namespace boxtest::testing
