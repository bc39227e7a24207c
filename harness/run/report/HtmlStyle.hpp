#pragma once

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// The report's only stylesheet: for wide screens, phones, dark mode and print.
HtmlWriter::Literal reportStyles();

}  // namespace boxtest::html
