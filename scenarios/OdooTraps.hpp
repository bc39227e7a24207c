#pragma once

#include <string>
#include <vector>

#include "PeerRelay.hpp"
#include "reach/RunningGuest.hpp"

namespace boxtest {

/// Something that Odoo's role makes in its database so that another role's statement runs Odoo's code.
struct Trap {
    std::string name;
    std::string set;     ///< What Odoo's role runs to set it. It calls boxtest_trap.take('name').
    std::string remove;  ///< What Odoo's role runs to take it away again.
    std::string use;     ///< A statement that an unsuspecting person would run.
};

/// Traps in Odoo's database, set by Odoo's own role through peer authentication. Whoever runs one is noted. If it is a superuser,
/// also one who has taken a lesser role by SET ROLE, Odoo's role becomes a superuser.
class OdooTraps {
   public:
    /// Those that a superuser's search_path and restrict_nonsystem_relation_kind close.
    static std::vector<Trap> closed(const Manifest::Names& names);
    /// Those that no setting closes: PostgreSQL runs them for whoever uses the table.
    static std::vector<Trap> open();
    /// One of the open ones.
    static Trap open(const std::string& name);

    /// The guest must outlive it. Throws as Database does.
    OdooTraps(RunningGuest& guest, std::vector<Trap> traps);
    OdooTraps(const OdooTraps&) = delete;
    OdooTraps& operator=(const OdooTraps&) = delete;
    /// Removes what is left, and takes from Odoo's role what it has gained.
    ~OdooTraps();

    const std::vector<Trap>& traps() const { return traps_; }
    std::vector<std::string> names() const;

    /// The names of the traps that sessions of this role ran, each once.
    std::vector<std::string> caught(const std::string& role);
    /// Whether Odoo's role is a superuser now.
    bool gained();
    /// Removes the traps from the database. What they have gained stays.
    void remove();

   private:
    RunningGuest& guest_;
    PeerRelay relay_;
    std::vector<Trap> traps_;
    bool set_ = false;
};

}  // namespace boxtest
