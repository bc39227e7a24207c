#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace boxtest {

/// What a caller can act on.
enum class ErrorKind {
    usage,        ///< The person asked for something that cannot be: a bad argument, a bad description of a guest.
    guest,        ///< The machine under test failed: kernel panic, failed unit, QEMU died.
    timeout,      ///< A deadline passed.
    transport,    ///< SSH, a tunnel, QMP, HTTP: the other side was lost or refused to talk.
    system,       ///< The host's operating system refused something.
    interrupted,  ///< A person, or whoever started this program, wants it to end.
};

std::string_view toString(ErrorKind kind);

/// The root of everything the harness throws. The message says what was attempted and on what.
class Error : public std::runtime_error {
   public:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    ErrorKind kind() const noexcept { return kind_; }

   private:
    ErrorKind kind_;
};

class UsageError : public Error {
   public:
    explicit UsageError(const std::string& message) : Error(ErrorKind::usage, message) {}
};

class GuestError : public Error {
   public:
    explicit GuestError(const std::string& message) : Error(ErrorKind::guest, message) {}
};

class TimeoutError : public Error {
   public:
    explicit TimeoutError(const std::string& message) : Error(ErrorKind::timeout, message) {}
};

class TransportError : public Error {
   public:
    explicit TransportError(const std::string& message) : Error(ErrorKind::transport, message) {}
};

class InterruptedError : public Error {
   public:
    explicit InterruptedError(const std::string& message) : Error(ErrorKind::interrupted, message) {}
};

/// Appends the text of an errno, once: SystemError("cannot open '...'", errno).
class SystemError : public Error {
   public:
    SystemError(const std::string& attempted, int errorNumber);
    int errorNumber() const noexcept { return errorNumber_; }

   private:
    int errorNumber_;
};

}  // namespace boxtest
