#include "ssh/TcpAnswer.hpp"

namespace boxtest {

std::string_view toString(TcpAnswer answer) {
    switch (answer) {
        case TcpAnswer::open: return "open";
        case TcpAnswer::refused: return "refused";
        case TcpAnswer::prohibited: return "prohibited";
        case TcpAnswer::gone: return "gone";
        case TcpAnswer::other: return "other";
    }
    return "unknown";
}

TcpAnswer answerOfOpenFailure(unsigned long code, std::string_view text) {
    // RFC 4254 5.1: 1 is administratively prohibited, 2 connect failed. OpenSSH sends "open failed" when connect(2) failed at
    // once, the errno's text when it failed later, and the resolver's message for an unknown name.
    if (code == 1) return TcpAnswer::prohibited;
    if (code == 2 && (text == "Connection refused" || text == "open failed")) return TcpAnswer::refused;
    return TcpAnswer::other;
}

}  // namespace boxtest
