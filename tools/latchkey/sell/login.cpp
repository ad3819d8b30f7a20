// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sell/login.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tools/latchkey/command.hpp"

namespace lk::tools::sell {
namespace {

std::filesystem::path file_path() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return std::filesystem::path(state) / "latchkey" / "session";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0')
    throw UserError("HOME is not set: there is no place to keep the log-in");
  return std::filesystem::path(home) / ".local" / "state" / "latchkey" / "session";
}

// Types nothing on the screen while it lives.
class Hidden {
 public:
  Hidden() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~Hidden() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

Login kept_login() {
  std::ifstream file(file_path());
  Login login;
  if (!std::getline(file, login.server) || !std::getline(file, login.token)) {
    throw UserError(
        "nobody is logged in here; run: latchkey sell log-in --server http://127.0.0.1:8080 --user NAME");
  }
  return login;
}

void keep_login(const Login& login) {
  const std::filesystem::path path = file_path();
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) throw UserError(path.string() + ": the log-in cannot be kept there");
  ::fchmod(file, S_IRUSR | S_IWUSR);
  const std::string text = login.server + "\n" + login.token + "\n";
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (!written) throw UserError(path.string() + ": the log-in cannot be written");
}

void forget_login() {
  std::error_code error;
  std::filesystem::remove(file_path(), error);
}

std::string read_password(const std::string& path) {
  std::string password;
  if (!path.empty()) {
    std::ifstream file(path);
    if (!std::getline(file, password))
      throw UserError(path + ": no password can be read from its first line");
    return password;
  }
  std::fputs("Password: ", stderr);
  const Hidden hidden;
  std::getline(std::cin, password);
  std::fputs("\n", stderr);
  return password;
}

}  // namespace lk::tools::sell
