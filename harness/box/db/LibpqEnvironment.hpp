#pragma once

namespace boxtest {

/// Removes PGHOSTADDR, PGSERVICE, PGOPTIONS and all other libpq variables from this process's environment. libpq reads them for
/// every setting that a connection does not specify, and a connection cannot specify "no hostaddr": an empty value counts as not
/// given. Programs that connect therefore call this first, before they start threads (setenv(3)). Child processes do not inherit
/// the variables either.
void clearLibpqEnvironment();

}  // namespace boxtest
