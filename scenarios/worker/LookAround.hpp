#pragma once

#include <filesystem>

#include "EventWriter.hpp"
#include "reach/RunningGuest.hpp"

namespace boxtest {

/// The end of the guest's journal and of its serial console, for the report of a failure. The journal is read within seconds,
/// through the root shell that is already open. Throws as RunningGuest::journalNow(), SystemError.
EventWriter::Surroundings lookAround(RunningGuest& guest, const std::filesystem::path& console);

}  // namespace boxtest
