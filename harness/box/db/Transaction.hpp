#pragma once

#include "db/Database.hpp"

namespace boxtest {

/// Begins a transaction and rolls it back at the end of the scope, unless commit() was called.
class Transaction {
   public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    void commit();

    /// Runs statements in their own savepoint. If they are refused, the savepoint is rolled back and the transaction continues.
    Outcome attempt(const std::string& sql);

   private:
    Database& database_;
    bool open_ = true;
};

}  // namespace boxtest
