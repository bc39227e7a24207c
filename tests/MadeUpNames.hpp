#pragma once

#include <string>
#include <utility>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// Names that are not the default ones: a database that needs quoting, a role and a database that share theirs.
inline Manifest::Names madeUpNames(std::string superuser = "postgres") {
    return {.domain = "box",
            .superuser = std::move(superuser),
            .admin = "dbadmin",
            .odoo = "erp",
            .pgadmin = "pgadmin",
            .handymanGroup = "fixers",
            .handyman = "lee",
            .odooDatabase = "Odoo-Martel.14",
            .pgadminDatabase = "pgadmin"};
}

}  // namespace boxtest
