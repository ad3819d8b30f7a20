// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/attachment.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace lk::host {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void bind_and_listen(const Descriptor& socket, const sockaddr* address, socklen_t size,
                     const std::string& what) {
  if (bind(socket.get(), address, size) != 0 || listen(socket.get(), 16) != 0) fail(what);
}

// A socket file that nobody listens on any more.
bool is_left_behind(const sockaddr_un& address) {
  struct stat status{};
  if (lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

Descriptor listen_tcp(const TcpListener& where) {
  const std::string what = "cannot listen on " + where.host + ":" + std::to_string(where.port);
  Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener.is_open()) fail(what);
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(where.port);
  if (inet_pton(AF_INET, where.host.c_str(), &address.sin_addr) != 1) {
    errno = EINVAL;
    fail(what);
  }
  bind_and_listen(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address, what);
  return listener;
}

Descriptor listen_unix(const std::string& path) {
  const std::string what = "cannot make the control socket " + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    fail(what + " (at most " + std::to_string(sizeof address.sun_path - 1) + " characters)");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder);
  if (is_left_behind(address)) unlink(path.c_str());
  Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener.is_open()) fail(what);
  fchmod(listener.get(), 0600);
  bind_and_listen(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address, what);
  return listener;
}

Descriptor accept_connection(const Descriptor& listener) {
  Descriptor connection(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  const int on = 1;
  // Fails on a Unix socket, which does not delay anyway.
  if (connection.is_open()) setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connection;
}

Descriptor open_pseudo_terminal(const std::string& link) {
  Descriptor near_end(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!near_end.is_open() || grantpt(near_end.get()) != 0 || unlockpt(near_end.get()) != 0) {
    fail("cannot make a pseudo-terminal for " + link);
  }
  const std::string name = ptsname(near_end.get());
  // Opened and closed once: from then on the near end can tell whether somebody has the far end open.
  const Descriptor far_end(open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios mode{};
  if (!far_end.is_open() || tcgetattr(far_end.get(), &mode) != 0) fail("cannot open " + name);
  cfmakeraw(&mode);
  if (tcsetattr(far_end.get(), TCSANOW, &mode) != 0) fail("cannot set " + name + " to raw mode");
  namespace fs = std::filesystem;
  const fs::path path(link);
  if (!path.parent_path().empty()) fs::create_directories(path.parent_path());
  if (fs::is_symlink(path)) fs::remove(path);
  std::error_code error;
  fs::create_symlink(name, path, error);
  if (error) throw std::system_error(error, "cannot link " + link + " to " + name);
  return near_end;
}

bool has_far_end(const Descriptor& pseudo_terminal) {
  pollfd entry{pseudo_terminal.get(), 0, 0};
  return poll(&entry, 1, 0) >= 0 && (entry.revents & POLLHUP) == 0;
}

}  // namespace lk::host
