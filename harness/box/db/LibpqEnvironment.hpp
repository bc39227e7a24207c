#pragma once

namespace boxtest {

/// Takes PGHOSTADDR, PGSERVICE, PGOPTIONS and all others of libpq's variables out of this process's environment. libpq reads them
/// for whatever a connection does not say, and a connection cannot say "no hostaddr": an empty value counts as not given. So
/// programs that connect call this first, before they have threads (setenv(3)). What they start inherits none either.
void clearLibpqEnvironment();

}  // namespace boxtest
