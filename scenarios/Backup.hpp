#pragma once

#include <future>
#include <string>
#include <vector>

#include "Scenario.hpp"

namespace boxtest {

/// What the backup scenarios share: units started and waited for, and what lies in the backups' folder.
class Backup : public Scenario {
   protected:
    void SetUp() override;
    /// On a machine that others use, what was taken is removed.
    void TearDown() override;

    static const Manifest::Backup& backup() { return manifest().backup; }
    static const std::string& odooUnit() { return manifest().services.odoo.unit; }

    /// The output of a script of root's that must work (GuestError) and may take a quarter of an hour.
    static std::string root(const std::string& script);
    /// A property of a unit, as `systemctl show` gives it.
    static std::string property(const std::string& unit, const std::string& name);
    /// Starts a unit that ends by itself, and waits for its end.
    static CommandResult start(const std::string& unit);
    /// Whether a unit's last run failed, so that an administrator sees it in `systemctl --failed`.
    static testing::AssertionResult failed(const std::string& unit);

    /// What lies in the folder of backups, whole or not.
    static std::vector<std::string> backups();
    static std::string pathOf(const std::string& name) { return backup().directory + "/" + name; }
    /// Starts the unit, which must work and add exactly one: its name.
    static std::string take(const std::string& unit);
    /// Whether its files are those that its own checksums name.
    static testing::AssertionResult intact(const std::string& name);

    /// Waits until the guest is ready, units of backups that have failed aside, and Odoo shows its login page.
    static testing::AssertionResult odooServes();

    /// A table of the admin's on which a dump waits, until released: a dump that is under way, and stays so.
    class Obstacle {
       public:
        Obstacle();
        Obstacle(const Obstacle&) = delete;
        Obstacle& operator=(const Obstacle&) = delete;
        ~Obstacle();
        /// Starts the unit and waits until its dump has met the obstacle.
        void stop(const std::string& unit);
        /// Ends the dump's connection, as a PostgreSQL that goes down does.
        void endDump();
        /// Waits for the end of the unit that was started last: its Result, "success" if good.
        std::string result();

       private:
        Database admin_;
        std::string unit_;
        std::future<CommandResult> ended_;
    };

   private:
    std::vector<std::string> before_;
};

}  // namespace boxtest
