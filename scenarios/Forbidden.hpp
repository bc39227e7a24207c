#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "db/Database.hpp"
#include "manifest/Manifest.hpp"

/// Statements that no role but a superuser may run, and how they are tried. Each does nothing, or nothing that lasts, where it is
/// wrongly allowed.
namespace boxtest::forbidden {

using Statements = std::vector<std::string>;

/// Files and programs of the server's machine, and large objects, which are read from and written to files.
Statements files();
/// Code that would run as the server: C functions, extensions and languages that are not trusted, hooks on everybody.
Statements extending();
/// Becoming somebody else, changing roles, giving rights away. `self` is the role that tries.
Statements roles(const Manifest::Names& names, const std::string& self);
/// The server's life and settings; other people's sessions, by their process ids.
Statements server(const std::vector<std::string>& othersBackends);
/// Where the server keeps what is not everybody's to know.
Statements secrets();
/// Making objects of any kind in the schema public, or in a schema of one's own.
Statements objects();
/// Structure, rights and maintenance of Odoo's tables: what reading and writing rows does not include. `self` as above.
Statements odoosTables(const std::string& self);
/// What cannot stand in a transaction.
Statements outsideOfTransactions(const Manifest::Names& names);

/// Every statement must get 42501. Each is rolled back, so that what is wrongly allowed neither stays nor changes what the next
/// one meets. The failure names every statement that got something else.
testing::AssertionResult allRefused(Database& database, const Statements& statements);
/// The same without a transaction; a database that was wrongly made is dropped again by the admin's connection.
testing::AssertionResult allRefusedOutsideOfTransactions(Database& database, const Statements& statements, Database& admin);

Statements operator+(Statements left, const Statements& right);

}  // namespace boxtest::forbidden
