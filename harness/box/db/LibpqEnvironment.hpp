#pragma once

#include <map>
#include <string>

namespace boxtest {

/// Removes PGHOSTADDR, PGSERVICE, PGOPTIONS and all other libpq variables from this process's environment. libpq reads them for
/// every setting that a connection does not specify, and a connection cannot specify "no hostaddr": an empty value counts as not
/// given. Programs that connect therefore call this first, before they start threads (setenv(3)). Child processes do not inherit
/// the variables either. Returns what was removed.
std::map<std::string, std::string> clearLibpqEnvironment();

/// Of the variables that were removed, those that a user sets for psql itself: all (PGOPTIONS, PGTZ, PGAPPNAME, PGDATABASE ...)
/// except those that say which server is reached, as whom, and how each side proves who it is.
std::map<std::string, std::string> libpqSettingsOfUser(std::map<std::string, std::string> removed);

}  // namespace boxtest
