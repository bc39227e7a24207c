#include "db/Transaction.hpp"

#include <cstdio>
#include <exception>

namespace boxtest {

Transaction::Transaction(Database& database) : database_(database) { database_.begin(); }

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.rollback();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest: cannot roll back: %s\n", error.what());
    }
}

void Transaction::commit() {
    database_.commit();
    open_ = false;
}

Outcome Transaction::attempt(const std::string& sql) {
    database_.execute("SAVEPOINT boxtest_attempt");
    auto outcome = database_.attempt(sql);
    database_.execute(outcome.succeeded() ? "RELEASE SAVEPOINT boxtest_attempt" : "ROLLBACK TO SAVEPOINT boxtest_attempt");
    return outcome;
}

}  // namespace boxtest
