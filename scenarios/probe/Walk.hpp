#pragma once

#include <string>

namespace probe {

/// Walks all below a folder, but what the kernel makes up (/proc, /sys) and /dev, and prints a line for each file or folder that
/// somebody who looks for a way up would note: "found", its mode in octal, the owner's number, "capabilities" or "-", and its
/// path, separated by tabs. That is what is set-user-ID or set-group-ID or has file capabilities, what everybody may write (but
/// a folder with the sticky bit), and every file of this name. Then "complete" and the number of files and folders it looked at.
/// Throws std::runtime_error when it cannot look into a folder.
void walk(const std::string& folder, const std::string& name);

}  // namespace probe
