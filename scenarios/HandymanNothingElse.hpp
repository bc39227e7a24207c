#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "Scenario.hpp"
#include "db/Transaction.hpp"

namespace boxtest {

/// The handyman in the Odoo database, who works there: a refusal is one of rights, not of a dead connection.
class HandymanNothingElse : public Scenario {
   protected:
    void SetUp() override;

    /// Her connection to the Odoo database.
    Database& database() { return *database_; }

    /// Every statement must get 42501. Each runs in a transaction of its own that is rolled back: what is wrongly allowed does
    /// not stay, and does not change what the next one meets.
    void expectRefused(const std::vector<std::string>& statements);
    /// For what no transaction may hold; only statements that do no harm where they are wrongly allowed.
    void expectRefusedOutsideOfTransactions(const std::vector<std::string>& statements);

    static std::string odoo() { return quoteName(names().odoo); }
    static std::string me() { return quoteText(names().handyman); }

   private:
    std::optional<Database> database_;
};

}  // namespace boxtest
