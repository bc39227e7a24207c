#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace boxtest::fakeqemu {

/// Builds the RAM part of a migration stream in the format of QEMU 10.
class MigrationStream {
   public:
    static constexpr std::uint64_t zero = 0x02, whole = 0x08, again = 0x20;
    static constexpr std::size_t page = 4096;

    std::string bytes;

    MigrationStream& number(std::uint64_t value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
        return *this;
    }
    MigrationStream& text(std::string_view value) {
        number(value.size(), 1);
        bytes += value;
        return *this;
    }

    MigrationStream& header() {
        bytes += "QEVM";
        number(3, 4).number(7, 1).number(11, 4);
        bytes += "pc-q35-10.0";
        return number(5, 1).text("configuration/capabilities").number(1, 4).number(1, 4).text("x-ignore-shared");
    }
    /// The start of the RAM section: a firmware block of one page, then the block `name`.
    MigrationStream& blocks(std::string_view name, std::uint64_t length) {
        number(1, 1).number(2, 4).text("ram").number(0, 4).number(4, 4);
        number((length + page) | 4, 8);
        text("pc.bios").number(page, 8).number(0xfffff000, 8);
        text(name).number(length, 8).number(0, 8);
        return endOfRecords();
    }
    MigrationStream& command() { return number(8, 1).number(11, 2).number(0, 2); }
    MigrationStream& part() { return number(2, 1).number(2, 4); }
    MigrationStream& last() { return number(3, 1).number(2, 4); }
    MigrationStream& endOfRecords() { return number(0x10, 8).number(0x7e, 1).number(2, 4); }

    /// One page. Without a block name, it belongs to the block of the previous page.
    MigrationStream& record(std::uint64_t offset, std::string_view content, std::string_view block = {}) {
        number(offset | (content.size() == 1 ? zero : whole) | (block.empty() ? again : 0), 8);
        if (!block.empty()) text(block);
        bytes += content;
        return *this;
    }
};

}  // namespace boxtest::fakeqemu
