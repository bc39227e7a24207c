#pragma once

#include "Facts.hpp"
#include "reach/RunningGuest.hpp"

namespace boxtest {

/// One fact or a few of each promise, cheap enough to be looked at again after something was done to the machine (a restart).
/// Each kind of refusal comes with what must work, so that a dead service proves nothing.
class ShortSet {
   public:
    explicit ShortSet(RunningGuest& guest) : guest_(guest) {}

    /// All of the below.
    void expectAll(Facts& facts);

    /// Outside addresses have listeners for SSH and the web only; PostgreSQL has none anywhere.
    void expectNoTcp(Facts& facts);
    void expectPeer(Facts& facts);
    void expectHandyman(Facts& facts);
    /// Users, capabilities and filters of every process; each service's own view of the file system.
    void expectWalls(Facts& facts);
    void expectPeople(Facts& facts);
    /// Doors, keys, accounts, files that others may change.
    void expectNothingUnknown(Facts& facts);

   private:
    RunningGuest& guest_;
};

}  // namespace boxtest
