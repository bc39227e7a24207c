#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace boxtest {

/// The words for the values of an enumeration, in the lines between `boxtest run` and its workers.
template <class Value, std::size_t count>
using Names = std::array<std::pair<Value, const char*>, count>;

/// Throws std::invalid_argument for a value without a name.
template <class Value, std::size_t count>
std::string nameOf(const Names<Value, count>& names, Value value) {
    for (const auto& [one, name] : names)
        if (one == value) return name;
    throw std::invalid_argument("a value without a name");
}

/// Throws std::invalid_argument for an unknown name; `what` says of what.
template <class Value, std::size_t count>
Value valueOf(const Names<Value, count>& names, const char* what, const std::string& text) {
    for (const auto& [value, name] : names)
        if (text == name) return value;
    throw std::invalid_argument(fmt::format("unknown {} '{}'", what, text));
}

}  // namespace boxtest
