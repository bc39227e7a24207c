#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "RoleScenario.hpp"
#include "db/Transaction.hpp"

namespace boxtest {

/// The handyman in the Odoo database, with a working connection: a refusal is therefore caused by missing privileges, not by a
/// dead connection.
class HandymanNothingElse : public RoleScenario {
   protected:
    void SetUp() override;

    /// Her connection to the Odoo database.
    Database& database() { return *database_; }
    void disconnect() { database_.reset(); }

    static std::string me() { return quoteText(names().handyman); }

   private:
    std::optional<Database> database_;
};

}  // namespace boxtest
