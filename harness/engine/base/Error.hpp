#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace boxtest {

/// The kind of an error, for callers that handle kinds differently.
enum class ErrorKind {
    usage,        ///< The user asked for something impossible: a bad argument, a bad description of a guest.
    guest,        ///< The machine under test failed: kernel panic, failed unit, QEMU died.
    timeout,      ///< A deadline passed.
    transport,    ///< SSH, a tunnel, QMP, HTTP: the other side was lost or refused to communicate.
    system,       ///< The host's operating system refused something.
    interrupted,  ///< The user, or the process that started this program, asked it to end.
};

std::string_view toString(ErrorKind kind);

/// Base class of all exceptions that the harness throws. The message states the attempted operation and its object.
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

/// Appends the text of the errno to the message, once: SystemError("cannot open '...'", errno).
class SystemError : public Error {
   public:
    SystemError(const std::string& attempted, int errorNumber);
    int errorNumber() const noexcept { return errorNumber_; }

   private:
    int errorNumber_;
};

}  // namespace boxtest
