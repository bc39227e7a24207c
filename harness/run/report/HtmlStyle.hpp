#pragma once

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// The report's one stylesheet: for a wide screen, a phone, the dark and paper.
HtmlWriter::Literal reportStyles();

}  // namespace boxtest::html
