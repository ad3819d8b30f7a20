// SPDX-License-Identifier: Apache-2.0
// The audit of a vault: a line for each use of a key and for each act of an officer, never changed, each with
// the hash of the one before it (docs/formats/vault-file.md). The groups' usage is the sum of these lines, so
// what is counted and what is told cannot differ, and both are on disk together.
//
//   append ──► in memory, numbered, chained ──► settle: written and synchronised, many callers' entries at
//   once
//
// All functions may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/vault/audit_entry.hpp"
#include "server/vault/file.hpp"
#include "server/vault/key_group.hpp"
#include "server/vault/refusal.hpp"

namespace lk::vault {

class Audit {
 public:
  static constexpr std::uint64_t segment_bytes_max = 32ULL << 20U;  // what an opening has to read
  // Opens a folder for one process, or begins it; reads the last segment, checks its chain, and cuts off a
  // line that a power cut left half. Refused: in_use, damaged, or a folder of another vault.
  [[nodiscard]] static Answer<std::unique_ptr<Audit>> open(
      const std::string& folder, const VaultId& vault, std::uint64_t segment_max_bytes = segment_bytes_max);

  // Adds an entry, if the group's limits still allow its uses, units and money; else refuses with
  // limit_passed and adds nothing. Returns its number. Entries without a group are under no limit.
  [[nodiscard]] Answer<std::uint64_t> append(const AuditEntry& entry, const Limits& limits = {});
  // Returns when all entries so far are on disk. After a failure everything is refused until the vault is
  // opened anew, but where the disk was only full: then the next call tries again.
  [[nodiscard]] Answer<void> settle();

  [[nodiscard]] Usage usage(const GroupName& group, std::int64_t unix_ms) const;
  // The highest serial of the vault file that an officer's entry has told of.
  [[nodiscard]] std::uint64_t file_serial() const;
  // Number and hash of the last entry: noted elsewhere, they prove that nothing was cut off behind them.
  [[nodiscard]] AuditHead head() const;

 private:
  struct Chunk {
    std::uint64_t segment;
    std::string text;
  };

  Audit(std::string folder, std::uint64_t segment_max_bytes)
      : folder_(std::move(folder)), segment_max_bytes_(segment_max_bytes) {}
  [[nodiscard]] Answer<void> read_last_segment(const VaultId& vault);
  [[nodiscard]] Answer<void> write(const std::vector<Chunk>& chunks);
  [[nodiscard]] Answer<void> open_segment(std::uint64_t segment);
  void begin_segment(std::int64_t unix_ms);
  void put(const AuditEntry& entry);

  std::string folder_;
  std::uint64_t segment_max_bytes_;
  Descriptor lock_;
  VaultId vault_{};

  mutable std::mutex mutex_;
  std::condition_variable settled_;
  AuditTally tally_;
  AuditHead head_;
  std::vector<Chunk> waiting_;
  std::uint64_t segment_ = 0;
  std::uint64_t segment_bytes_ = 0;  // with what is waiting
  std::uint64_t settled_number_ = 0;
  bool is_settling_ = false;
  std::string broken_;  // why nothing can be recorded any more

  // Of the one thread that settles.
  Descriptor file_;
  std::uint64_t file_segment_ = 0;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace lk::vault
