#include "template/StateDifference.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace boxtest {

namespace {

/// Thrown when the stream does not have the format that this code expects.
struct NotUnderstood {};

constexpr std::uint32_t magic = 0x5145564d;  // "QEVM"
constexpr std::uint32_t version = 3;
constexpr std::uint32_t ramVersion = 4;

/// The first byte of a section (QEMU's migration/savevm.c).
enum Section : std::uint8_t { start = 1, part = 2, end = 3, subsection = 5, configuration = 7, command = 8, footer = 0x7e };

/// The type of a RAM record, in the low bits of its page's offset (QEMU's migration/ram.c).
enum Record : std::uint64_t { zeroPage = 0x02, sizes = 0x04, wholePage = 0x08, endOfRecords = 0x10, sameBlock = 0x20 };

bool isZero(std::string_view page) { return page.front() == 0 && page.substr(1) == page.substr(0, page.size() - 1); }

}  // namespace

/// Reads a stream. Numbers are big-endian; a text follows its length, which has one byte unless stated otherwise.
class StateReader {
   public:
    StateReader(std::string_view stream, std::string_view ram, std::string_view block)
        : stream_(stream), ram_(ram), block_(block) {}

    StateDifference read() {
        expect(number<std::uint32_t>() == magic && number<std::uint32_t>() == version);
        std::uint8_t kind = number<std::uint8_t>();
        if (kind == configuration) {
            readConfiguration();
            kind = number<std::uint8_t>();
        }
        expect(kind == start);
        const auto id = number<std::uint32_t>();
        expect(text() == "ram");
        number<std::uint32_t>();
        expect(number<std::uint32_t>() == ramVersion);
        readBlocks();
        readFooter(id);
        do {
            kind = number<std::uint8_t>();
            if (kind == command) {
                number<std::uint16_t>();
                bytes(number<std::uint16_t>());
                continue;
            }
            expect((kind == part || kind == end) && number<std::uint32_t>() == id);
            readPages();
            readFooter(id);
        } while (kind != end);
        at_ = stream_.size();
        take();
        return std::move(result_);
    }

   private:
    static void expect(bool holds) {
        if (!holds) throw NotUnderstood{};
    }

    std::string_view bytes(std::size_t count) {
        expect(count <= stream_.size() - at_);
        const auto found = stream_.substr(at_, count);
        at_ += count;
        return found;
    }
    template <typename Number>
    Number number() {
        Number value = 0;
        for (const char byte : bytes(sizeof value)) value = static_cast<Number>(value << 8 | static_cast<std::uint8_t>(byte));
        return value;
    }
    std::string_view text() { return bytes(number<std::uint8_t>()); }

    void readConfiguration() {
        bytes(number<std::uint32_t>());  // the machine type
        while (at_ < stream_.size() && stream_[at_] == subsection) {
            ++at_;
            const auto name = text();
            number<std::uint32_t>();
            if (name == "configuration/capabilities") {
                for (auto count = number<std::uint32_t>(); count > 0; --count) addressesFollow_ |= text() == "x-ignore-shared";
            } else if (name == "configuration/target-page-bits") {
                const auto bits = number<std::uint32_t>();
                expect(bits >= 12 && bits <= 16);
                pageSize_ = std::size_t{1} << bits;
            } else {
                throw NotUnderstood{};
            }
        }
    }

    void readBlocks() {
        auto left = number<std::uint64_t>();
        expect((left & (pageSize_ - 1)) == sizes);
        left &= ~std::uint64_t{sizes};
        bool found = false;
        while (left > 0) {
            const auto name = text();
            const auto length = number<std::uint64_t>();
            expect(length > 0 && length <= left);
            left -= length;
            if (addressesFollow_) number<std::uint64_t>();
            if (name == block_) {
                expect(length == ram_.size());
                found = true;
            }
        }
        expect(found && number<std::uint64_t>() == endOfRecords);
    }

    void readPages() {
        for (;;) {
            take();
            const auto head = number<std::uint64_t>();
            const auto flags = head & (pageSize_ - 1);
            if (head == endOfRecords) return;
            const auto kind = flags & ~std::uint64_t{sameBlock};
            expect(kind == zeroPage || kind == wholePage);
            if ((flags & sameBlock) == 0) current_ = text();
            expect(!current_.empty());
            const auto offset = head - flags;
            const auto content = bytes(kind == zeroPage ? 1 : pageSize_);
            expect(kind == wholePage || content.front() == 0);
            if (current_ == block_) {
                expect(offset <= ram_.size() - pageSize_);
                const auto there = ram_.substr(offset, pageSize_);
                const auto page = offset / pageSize_;
                if (inDifference_.empty()) inDifference_.resize(ram_.size() / pageSize_);
                if (!inDifference_[page] && (kind == zeroPage ? isZero(there) : content == there)) {
                    taken_ = at_;
                    continue;
                }
                inDifference_[page] = true;
            }
            // The name of its block may have been in a record that is left out.
            if ((flags & sameBlock) != 0 && current_ != written_) {
                auto& record = result_.made_.emplace_back();
                for (int shift = 56; shift >= 0; shift -= 8)
                    record += static_cast<char>((head & ~std::uint64_t{sameBlock}) >> shift & 0xff);
                record += static_cast<char>(current_.size());
                record.append(current_);
                result_.parts_.push_back(record);
                taken_ = at_ - content.size();
            }
            written_ = current_;
        }
    }

    void readFooter(std::uint32_t id) { expect(number<std::uint8_t>() == footer && number<std::uint32_t>() == id); }

    /// Adds everything up to here that was not added or left out yet.
    void take() {
        const auto piece = stream_.substr(taken_, at_ - taken_);
        taken_ = at_;
        if (piece.empty()) return;
        auto& parts = result_.parts_;
        // Adjacent records of the stream are one part.
        if (!parts.empty() && parts.back().data() + parts.back().size() == piece.data())
            parts.back() = {parts.back().data(), parts.back().size() + piece.size()};
        else
            parts.push_back(piece);
    }

    std::string_view stream_;
    std::string_view ram_;
    std::string_view block_;
    std::size_t at_ = 0;
    std::size_t taken_ = 0;
    std::size_t pageSize_ = 4096;
    bool addressesFollow_ = false;
    std::string_view current_;        ///< The block of the previous record.
    std::vector<bool> inDifference_;  ///< By page of the block.
    std::string_view written_;        ///< The block of the last record that was not left out.
    StateDifference result_;
};

bool StateDifference::isTriedWith(std::string_view qemuVersion) {
    // tests/machine/KeptMachineTest resumes a machine from its difference; add a version when that test passes with it.
    constexpr std::array<std::string_view, 1> tried{"10.0."};
    return std::any_of(tried.begin(), tried.end(), [&](auto one) { return qemuVersion.starts_with(one); });
}

std::optional<StateDifference> StateDifference::of(std::string_view stream, std::string_view ram, std::string_view block) {
    try {
        return StateReader(stream, ram, block).read();
    } catch (const NotUnderstood&) {
        return std::nullopt;
    }
}

}  // namespace boxtest
