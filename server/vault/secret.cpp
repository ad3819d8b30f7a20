// SPDX-License-Identifier: Apache-2.0
#include "server/vault/secret.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "assert/assert.hpp"
#include "server/vault/file.hpp"

namespace lk::vault {
namespace {

constexpr std::size_t line_max_bytes = 4096;

// The first line that the descriptor gives, read straight into guarded memory.
Answer<Secret> first_line(int descriptor, const std::string& name) {
  Secret line(line_max_bytes);
  std::size_t used = 0;
  while (used < line_max_bytes) {
    const ssize_t count = ::read(descriptor, line.bytes().data() + used, line_max_bytes - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse(Reason::module_locked, name + ": cannot be read: " + std::strerror(errno));
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (line.text().substr(0, used).find('\n') != std::string_view::npos) break;
  }
  std::size_t size = std::min(line.text().substr(0, used).find('\n'), used);
  if (size > 0 && line.text()[size - 1] == '\r') --size;
  if (size == 0) return refuse(Reason::module_locked, name + ": its first line is empty");
  line.shorten(size);
  return line;
}

Answer<Secret> from_file(const std::string& path, bool is_credential) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0)
    return refuse(Reason::module_locked, path + ": cannot be read: " + std::strerror(errno));
  struct stat about{};
  // What systemd gives is guarded by its folder, and by access lists that the mode does not show.
  if (!is_credential && ::fstat(file.number(), &about) == 0 && (about.st_mode & 077U) != 0) {
    return refuse(Reason::module_locked, path + ": others may read it; run: chmod 600 " + path);
  }
  return first_line(file.number(), path);
}

Answer<Secret> from_terminal(const std::string& what) {
  const Descriptor terminal{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
  if (terminal.number() < 0) {
    return refuse(Reason::module_locked,
                  what + ": there is no terminal to ask at; name a file or a credential");
  }
  termios before{};
  if (::tcgetattr(terminal.number(), &before) != 0) {
    return refuse(Reason::module_locked, what + ": the terminal cannot be silenced");
  }
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  const std::string question = what + ": ";
  if (::write(terminal.number(), question.data(), question.size()) < 0 ||
      ::tcsetattr(terminal.number(), TCSAFLUSH, &silent) != 0) {
    return refuse(Reason::module_locked, what + ": the terminal cannot be silenced");
  }
  auto line = first_line(terminal.number(), what);
  ::tcsetattr(terminal.number(), TCSAFLUSH, &before);
  if (::write(terminal.number(), "\n", 1) < 0)
    return refuse(Reason::module_locked, what + ": the terminal is gone");
  return line;
}

}  // namespace

Secret::Secret(std::size_t size_bytes) : size_bytes_(size_bytes) {
  ensure(sodium_init() >= 0);
  if (size_bytes == 0) return;
  data_ = static_cast<std::byte*>(sodium_malloc(size_bytes));
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(data_, 0, size_bytes);
}

Secret Secret::copy_of(std::span<const std::byte> bytes) {
  Secret copy(bytes.size());
  std::ranges::copy(bytes, copy.data_);
  return copy;
}

Secret Secret::random(std::size_t size_bytes) {
  Secret secret(size_bytes);
  if (size_bytes > 0) randombytes_buf(secret.data_, size_bytes);
  return secret;
}

Secret::~Secret() {
  sodium_free(data_);  // wipes
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

void Secret::shorten(std::size_t size_bytes) {
  ensure(size_bytes <= size_bytes_);
  sodium_memzero(data_ + size_bytes, size_bytes_ - size_bytes);
  size_bytes_ = size_bytes;
}

Answer<Secret> read_secret(const SecretSource& source, const std::string& what) {
  if (!source.file.empty()) return from_file(source.file, false);
  if (source.credential.empty()) return from_terminal(what);
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || source.credential.find('/') != std::string::npos) {
    return refuse(Reason::module_locked, "credential " + source.credential +
                                             ": the service manager gave none; add LoadCredential=" +
                                             source.credential + ":FILE to the unit");
  }
  return from_file(std::string(folder) + "/" + source.credential, true);
}

Answer<Secret> secret_of_hex(std::string_view hex, std::size_t size_bytes) {
  Secret bytes(size_bytes);
  std::size_t size = 0;
  const char* end = nullptr;
  const bool fits = sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.bytes().data()), size_bytes,
                                   hex.data(), hex.size(), " ", &size, &end) == 0 &&
                    size == size_bytes && end == hex.data() + hex.size();
  if (!fits)
    return refuse(Reason::mistaken, "must be " + std::to_string(2 * size_bytes) + " hexadecimal digits");
  return bytes;
}

}  // namespace lk::vault
