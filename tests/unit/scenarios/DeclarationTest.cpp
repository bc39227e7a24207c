#include "Declaration.hpp"

#include <gmock/gmock.h>

#include <type_traits>

#include "Scenario.hpp"
#include "base/Error.hpp"
#include "report/Effect.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// TEST_F does not compile with a Scenario as its fixture: TestBody() is final. A class with only a body() is abstract, because it
// lacks declaration().
class WithoutDeclaration : public Scenario {
    void body() override {}
};
class WithDeclaration : public Scenario {
    void body() override {}
    const Declaration& declaration() const override { return declared; }
    static constexpr Declaration declared{.effect = Effect::reads};
};
static_assert(std::is_abstract_v<WithoutDeclaration>, "a scenario without a declaration compiles");
static_assert(!std::is_abstract_v<WithDeclaration>);

TEST(Declaration, ItsNeedsAreWordsForFilters) {
    EXPECT_THAT((Declaration{.effect = Effect::reads}.needs()), IsEmpty());
    EXPECT_THAT((Declaration{.effect = Effect::changes, .slow = true, .twoMachines = true, .ownMachine = true}.needs()),
                ElementsAre("slow", "ownMachine", "twoMachines"));
    EXPECT_THAT((Declaration{.effect = Effect::reads, .parallel = true}.needs()), IsEmpty()) << "nobody selects by it";
}

TEST(Declaration, IsFoundByTheScenariosName) {
    Declarations::add("MadeUp", "OfThisTest", {.effect = Effect::rollsBack, .slow = true});
    const auto* found = Declarations::of("MadeUp.OfThisTest");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->effect, Effect::rollsBack);
    EXPECT_TRUE(found->slow);
    EXPECT_EQ(Declarations::of("MadeUp.OfAnother"), nullptr);
    EXPECT_EQ(Declarations::of(""), nullptr);
}

TEST(Effect, HasAWordThatLeadsBackToIt) {
    for (const auto effect : {Effect::reads, Effect::rollsBack, Effect::changes}) EXPECT_EQ(effectOf(wordOf(effect)), effect);
    EXPECT_EQ(wordOf(Effect::rollsBack), "rollsBack");
    EXPECT_THAT(errorOf<TransportError>([] { effectOf("Reads"); }), HasSubstr("'Reads' is no effect of a scenario"));
}

}  // namespace
}  // namespace boxtest
