// SPDX-License-Identifier: Apache-2.0
#include "server/vault/audit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "assert/assert.hpp"
#include "server/vault/audit_reader.hpp"

namespace lk::vault {

Answer<std::unique_ptr<Audit>> Audit::open(const std::string& folder, const VaultId& vault,
                                           std::uint64_t segment_max_bytes) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return refuse(Reason::audit_failed, folder + ": cannot be made: " + std::strerror(errno));
  }
  std::unique_ptr<Audit> audit(new Audit(folder, segment_max_bytes));
  auto lock = lock_file(folder + "/lock", folder);
  if (!lock) return std::unexpected(std::move(lock.error()));
  audit->lock_ = std::move(*lock);
  audit->vault_ = vault;
  if (auto read = audit->read_last_segment(vault); !read) return std::unexpected(std::move(read.error()));
  return audit;
}

Answer<void> Audit::read_last_segment(const VaultId& vault) {
  auto segments = audit_segments(folder_);
  Answer<AuditPart> read;
  while (true) {
    if (segments.empty()) return {};  // the first entry begins the first one
    segment_ = segments.back();
    read = read_segment(folder_, segment_, {});
    if (!read) return std::unexpected(std::move(read.error()));
    if (read->good_bytes > 0) break;
    // A power cut left a file without a whole line: nothing in it was ever settled.
    ::unlink(segment_path(folder_, segment_).c_str());
    segments.pop_back();
    segment_ = 0;
  }
  if (read->vault != hex(vault)) {
    return refuse(Reason::damaged, folder_ + ": is the audit of another vault; name another folder");
  }
  head_ = read->head;
  tally_ = std::move(read->tally);
  segment_bytes_ = read->good_bytes;
  settled_number_ = head_.number;
  if (auto opened = open_segment(segment_); !opened) return opened;
  if (read->torn_bytes == 0) return {};
  if (::ftruncate(file_.number(), static_cast<off_t>(read->good_bytes)) != 0) {
    return refuse(Reason::audit_failed, folder_ + ": a half line cannot be cut off: " + std::strerror(errno));
  }
  file_bytes_ = read->good_bytes;
  const std::lock_guard lock(mutex_);
  put({.act = Act::torn, .unix_ms = read->last_unix_ms, .tid = read->torn_bytes});
  return {};
}

Answer<std::uint64_t> Audit::append(const AuditEntry& entry, const Limits& limits) {
  const std::lock_guard lock(mutex_);
  if (!broken_.empty()) return refuse(Reason::audit_failed, broken_);
  if (const auto limit = tally_.passed(entry, limits)) {
    return refuse(Reason::limit_passed, "key group " + text(value_of(entry.group)) + ": its limit of " +
                                            std::string(*limit) + " is used up; an officer may raise it");
  }
  if (segment_ == 0 || segment_bytes_ >= segment_max_bytes_) begin_segment(entry.unix_ms);
  put(entry);
  return head_.number;
}

// A new file, which begins with all that a reader needs to know of those before.
void Audit::begin_segment(std::int64_t unix_ms) {
  ++segment_;
  segment_bytes_ = 0;
  put({.act = Act::segment, .unix_ms = unix_ms, .user = hex(vault_), .reference = hex(head_.hash)});
  for (const AuditEntry& entry : tally_.carried(unix_ms)) put(entry);
}

void Audit::put(const AuditEntry& entry) {
  if (waiting_.empty() || waiting_.back().segment != segment_) waiting_.push_back({segment_, {}});
  std::string line = line_of(entry, head_);
  segment_bytes_ += line.size();
  waiting_.back().text += line;
  tally_.add(entry);
}

Answer<void> Audit::settle() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = head_.number;
  while (true) {
    if (!broken_.empty()) return refuse(Reason::audit_failed, broken_);
    if (settled_number_ >= wanted) return {};
    if (!is_settling_) break;
    settled_.wait(lock);
  }
  // This thread writes for all that wait.
  is_settling_ = true;
  std::vector<Chunk> chunks = std::move(waiting_);
  waiting_.clear();
  const std::uint64_t reached = head_.number;
  lock.unlock();
  auto written = write(chunks);
  lock.lock();
  is_settling_ = false;
  if (written) {
    settled_number_ = reached;
  } else if (written.error().reason == Reason::audit_failed) {
    broken_ = written.error().text;
  } else {  // undone: the same lines are written first the next time
    if (!waiting_.empty() && waiting_.front().segment == chunks.back().segment) {
      chunks.back().text += waiting_.front().text;
      waiting_.erase(waiting_.begin());
    }
    waiting_.insert(waiting_.begin(), std::make_move_iterator(chunks.begin()),
                    std::make_move_iterator(chunks.end()));
    written.error().reason = Reason::audit_failed;
  }
  settled_.notify_all();
  return written;
}

// A disk that is full leaves nothing behind and is told as module_failed; any other fault as audit_failed.
Answer<void> Audit::write(const std::vector<Chunk>& chunks) {
  for (const Chunk& chunk : chunks) {
    if (chunk.segment != file_segment_) {
      // What is in the file before is on disk: each file is synchronised before the next is begun.
      if (auto opened = open_segment(chunk.segment); !opened) return opened;
    }
    if (auto written = write_all(file_, std::as_bytes(std::span{chunk.text}), folder_); !written) {
      const bool is_full = errno == ENOSPC || errno == EDQUOT;
      const bool is_first = &chunk == &chunks.front();
      if (is_full && is_first && ::ftruncate(file_.number(), static_cast<off_t>(file_bytes_)) == 0)
        return written;
      return refuse(Reason::audit_failed, written.error().text + "; open the vault anew when that is mended");
    }
    if (::fdatasync(file_.number()) != 0) {
      return refuse(Reason::audit_failed, folder_ + ": cannot be synchronised: " + std::strerror(errno));
    }
    file_bytes_ += chunk.text.size();
  }
  return {};
}

Answer<void> Audit::open_segment(std::uint64_t segment) {
  const std::string path = segment_path(folder_, segment);
  Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  struct stat about{};
  if (file.number() < 0 || ::fstat(file.number(), &about) != 0) {
    return refuse(Reason::audit_failed, path + ": cannot be opened: " + std::strerror(errno));
  }
  if (auto named = synchronise_folder_of(path); !named)
    return refuse(Reason::audit_failed, named.error().text);
  file_ = std::move(file);
  file_segment_ = segment;
  file_bytes_ = static_cast<std::uint64_t>(about.st_size);
  return {};
}

Usage Audit::usage(const GroupName& group, std::int64_t unix_ms) const {
  const std::lock_guard lock(mutex_);
  return tally_.usage(group, unix_ms);
}

std::uint64_t Audit::file_serial() const {
  const std::lock_guard lock(mutex_);
  return tally_.file_serial();
}

AuditHead Audit::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

}  // namespace lk::vault
