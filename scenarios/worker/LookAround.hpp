#pragma once

#include <filesystem>

#include "EventWriter.hpp"
#include "reach/RunningGuest.hpp"

namespace boxtest {

/// The end of the guest's journal and of its serial console, for the report of a failure. The journal is read by a shell of
/// root's that is there already, within seconds. Throws as RunningGuest::journalNow(), SystemError.
EventWriter::Surroundings lookAround(RunningGuest& guest, const std::filesystem::path& console);

}  // namespace boxtest
