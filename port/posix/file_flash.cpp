// SPDX-License-Identifier: Apache-2.0
#include "port/posix/file_flash.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "assert/assert.hpp"

namespace lk::posix {
namespace {

constexpr std::byte erased{0xFF};

// Closes what it holds unless that is released.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::unexpected<std::string> refusal(const std::string& path, const std::string& reason,
                                     const std::string& remedy) {
  return std::unexpected("flash file '" + path + "': " + reason + "; " + remedy);
}

std::unexpected<std::string> system_refusal(const std::string& path, const char* action, int error) {
  std::string remedy;
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      remedy = "create the directory it is to lie in, or name another path";
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      remedy = "give this user the right to read and write it, or name another path";
      break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      remedy = "free some space on that file system, or name a path on another one";
      break;
    case EISDIR:
      remedy = "name a file, not a directory";
      break;
    default:
      remedy = "look into the system's log, or name another path";
      break;
  }
  return refusal(path, std::string{"cannot "} + action + ": " + std::strerror(error), remedy);
}

std::size_t size_of(const port::FlashGeometry& geometry) {
  return std::size_t{geometry.page_size_bytes} * geometry.page_count;
}

bool write_all(int file, std::size_t offset, std::span<const std::byte> from) {
  while (!from.empty()) {
    const ssize_t written = ::pwrite(file, from.data(), from.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    offset += static_cast<std::size_t>(written);
    from = from.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_all(int file, std::span<std::byte> to) {
  std::size_t offset = 0;
  while (offset < to.size()) {
    const ssize_t got = ::pread(file, to.data() + offset, to.size() - offset, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    offset += static_cast<std::size_t>(got);
  }
  return true;
}

std::expected<Descriptor, std::string> open_locked(const std::string& path, int flags) {
  Descriptor file{::open(path.c_str(), flags | O_RDWR | O_CLOEXEC, 0600)};
  if (file.number() < 0) return system_refusal(path, "open it", errno);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    return refusal(path, "another process is using it",
                   "end that process, or give each meter a file of its own");
  }
  return file;
}

// Makes an erased file under another name and gives it its own only when it is whole. The lock goes along.
std::expected<Descriptor, std::string> create(const std::string& path, std::size_t size_bytes) {
  const std::string draft = path + ".new";
  auto file = open_locked(draft, O_CREAT);
  if (!file) return file;
  const std::vector<std::byte> content(size_bytes, erased);
  int error = ::ftruncate(file->number(), 0) == 0 ? 0 : errno;
  if (error == 0) error = ::posix_fallocate(file->number(), 0, static_cast<off_t>(size_bytes));
  if (error == 0 && !write_all(file->number(), 0, content)) error = errno;
  if (error == 0 && ::fsync(file->number()) != 0) error = errno;
  // `link`, because `rename` would replace a file that another process made meanwhile.
  if (error == 0 && ::link(draft.c_str(), path.c_str()) != 0) error = errno;
  ::unlink(draft.c_str());
  if (error != 0) return system_refusal(path, "make it", error);
  return file;
}

}  // namespace

std::expected<std::unique_ptr<FileFlash>, std::string> FileFlash::open(const std::string& path,
                                                                       const port::FlashGeometry& geometry,
                                                                       Durability durability) {
  const std::size_t size_bytes = size_of(geometry);
  const bool is_new = ::access(path.c_str(), F_OK) != 0 && errno == ENOENT;
  auto file = is_new ? create(path, size_bytes) : open_locked(path, 0);
  if (!file) return std::unexpected(file.error());

  struct stat status{};
  if (::fstat(file->number(), &status) != 0) return system_refusal(path, "look at it", errno);
  if (!S_ISREG(status.st_mode)) return refusal(path, "it is not a regular file", "name a regular file");
  if (std::cmp_not_equal(status.st_size, size_bytes)) {
    return refusal(
        path,
        "it has " + std::to_string(status.st_size) + " bytes where this flash has " +
            std::to_string(size_bytes),
        "it belongs to another configuration or is no flash file: name another path, or move it away");
  }
  std::vector<std::byte> bytes(size_bytes);
  errno = EIO;
  if (!read_all(file->number(), bytes)) return system_refusal(path, "read it", errno);
  return std::unique_ptr<FileFlash>{new FileFlash{file->release(), geometry, durability, std::move(bytes)}};
}

FileFlash::FileFlash(int file, const port::FlashGeometry& geometry, Durability durability,
                     std::vector<std::byte> bytes)
    : file_(file), geometry_(geometry), durability_(durability), bytes_(std::move(bytes)) {}

FileFlash::~FileFlash() {
  ::close(file_);
}

bool FileFlash::read(std::uint32_t offset, std::span<std::byte> to) {
  ensure(offset <= bytes_.size() && to.size() <= bytes_.size() - offset);
  std::copy_n(bytes_.begin() + offset, to.size(), to.begin());
  return true;
}

bool FileFlash::program(std::uint32_t offset, std::span<const std::byte> from) {
  ensure(offset % geometry_.program_size_bytes == 0 && from.size() % geometry_.program_size_bytes == 0);
  ensure(offset <= bytes_.size() && from.size() <= bytes_.size() - offset);
  const auto cells = std::span{bytes_}.subspan(offset, from.size());
  ensure(std::all_of(cells.begin(), cells.end(), [](std::byte cell) { return cell == erased; }));
  return write(offset, from);
}

bool FileFlash::erase(std::uint32_t page_index) {
  ensure(page_index < geometry_.page_count);
  const std::vector<std::byte> page(geometry_.page_size_bytes, erased);
  return write(page_index * geometry_.page_size_bytes, page);
}

bool FileFlash::write(std::uint32_t offset, std::span<const std::byte> from) {
  const bool written =
      write_all(file_, offset, from) && (durability_ == Durability::process_crash || ::fdatasync(file_) == 0);
  // After a failure the file holds some of it; the copy must say what the file says.
  const auto cells = std::span{bytes_}.subspan(offset, from.size());
  if (written) {
    std::copy(from.begin(), from.end(), cells.begin());
  } else {
    (void)read_all(file_, bytes_);
  }
  return written;
}

}  // namespace lk::posix
