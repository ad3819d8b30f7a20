// SPDX-License-Identifier: Apache-2.0
#include "server/vault/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace lk::vault {
namespace {

constexpr std::size_t file_max_bytes = 16U << 20U;

std::unexpected<Refusal> failure(const std::string& path, const char* what) {
  return refuse(Reason::module_failed, path + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}
Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Answer<std::vector<std::byte>> read_private_file(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0) {
    if (errno == ENOENT)
      return refuse(Reason::module_gone, path + ": there is no such file; latchkey vault init makes one");
    return failure(path, "cannot be read");
  }
  struct stat about{};
  if (::fstat(file.number(), &about) != 0) return failure(path, "cannot be read");
  if ((about.st_mode & 077U) != 0) {
    return refuse(Reason::module_failed, path + ": others may read or write it; run: chmod 600 " + path);
  }
  if (about.st_uid != ::geteuid()) {
    return refuse(Reason::module_failed, path + ": belongs to another user; run this as its owner");
  }
  if (!S_ISREG(about.st_mode) || static_cast<std::size_t>(about.st_size) > file_max_bytes) {
    return refuse(Reason::damaged, path + ": is no vault file");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(about.st_size));
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t count = ::read(file.number(), bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(path, "cannot be read");
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  bytes.resize(used);
  return bytes;
}

Answer<void> write_private_file(const std::string& path, std::span<const std::byte> bytes,
                                Overwrite overwrite) {
  const std::string neighbour = path + ".new." + std::to_string(::getpid());
  const Descriptor file{
      ::open(neighbour.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (file.number() < 0) return failure(path, "cannot be made");
  auto written = write_all(file, bytes, path);
  if (written && ::fsync(file.number()) != 0) written = failure(path, "cannot be written");
  if (written && overwrite == Overwrite::yes && ::rename(neighbour.c_str(), path.c_str()) != 0) {
    written = failure(path, "cannot be written");
  }
  // link, unlike rename, never takes the place of a file that is there.
  if (written && overwrite == Overwrite::no && ::link(neighbour.c_str(), path.c_str()) != 0) {
    written = errno == EEXIST ? refuse(Reason::mistaken,
                                       path + ": exists; a vault is never overwritten, name another file")
                              : failure(path, "cannot be made");
  }
  ::unlink(neighbour.c_str());
  if (!written) return written;
  return synchronise_folder_of(path);
}

Answer<void> write_all(const Descriptor& file, std::span<const std::byte> bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failure(name, "cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Answer<void> synchronise_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor directory{
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.number() < 0 || ::fsync(directory.number()) != 0)
    return failure(path, "its folder cannot be written");
  return {};
}

Answer<Descriptor> lock_file(const std::string& path, const std::string& what) {
  Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (file.number() < 0) return failure(path, "cannot be made");
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    return refuse(Reason::in_use,
                  what + ": another process works with it (a running server?); stop that first");
  }
  return file;
}

}  // namespace lk::vault
