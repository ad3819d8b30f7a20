// SPDX-License-Identifier: Apache-2.0
// How a tariff set reaches a meter: cut into chunks that sealed orders carry (verb `tariff_chunk`), then one
// order (`tariff_activate`) that names size, SHA-256 and the instant from which it prices. Nothing of it
// takes effect before the whole was found right; a set that is not never becomes the spare one.
//
//   platform                                      meter
//   tariff_chunk version, 0, 40 bytes  ──────►  Receiver.accept    answers which chunks are there
//   …
//   tariff_activate version, size, instant, SHA-256 ─►  finish: size, SHA-256, CRC, format, sense, version
//                                                        ─► Sets.spare, activation
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "bytes/bytes.hpp"
#include "crypto/sha256.hpp"
#include "tariff/codec.hpp"
#include "tariff/pricer.hpp"

namespace lk::tariff {

inline constexpr std::size_t chunk_bytes = 40;
inline constexpr std::size_t chunk_max = (set_max_bytes + chunk_bytes - 1) / chunk_bytes;
static_assert(chunk_max <= 32, "a bit each in Receiver");

enum class TransferError : std::uint8_t {
  chunk,       // an index or a size that no set has
  incomplete,  // a chunk of this version is missing: send those that are not there
  digest,      // the whole is not what was announced
  damaged,     // CRC or format: see DecodeError
  faulty,      // a set that makes no sense, or whose own version is another one
  stale,       // the version is not above that of the current set
};

// The chunk `index` of a set's bytes; empty where there is none.
[[nodiscard]] std::span<const std::byte> chunk_of(std::span<const std::byte> set, std::size_t index);

// Collects the chunks of one version. A plain value that the owner stores with the order's record, so that an
// order that was answered is never forgotten.
class Receiver {
 public:
  static constexpr std::size_t stored_bytes = 8 + chunk_max * chunk_bytes;

  // Takes a chunk in; chunks may come in any order and twice. One of another version than the last forgets
  // what was collected. All but a set's last chunk have `chunk_bytes` bytes. Returns which are there, a bit
  // each.
  std::expected<std::uint32_t, TransferError> accept(std::uint32_t version, std::uint8_t index,
                                                     std::span<const std::byte> chunk);
  // The set that was collected, where all is right; the chunks stay until others come.
  [[nodiscard]] std::expected<TariffSet, TransferError> finish(std::uint32_t version, std::size_t size_bytes,
                                                               const crypto::Sha256::Digest& digest) const;

  [[nodiscard]] std::uint32_t version() const { return version_; }
  [[nodiscard]] std::uint32_t present() const { return present_; }

  void encode(bytes::Writer& to) const;
  // False where there are too few bytes; this is then unchanged.
  [[nodiscard]] bool decode(bytes::Reader& from);

  bool operator==(const Receiver&) const = default;

 private:
  std::uint32_t version_ = 0;
  std::uint32_t present_ = 0;
  std::array<std::byte, chunk_max * chunk_bytes> bytes_{};
};

// Finishes a transfer and makes its set the spare one, in place of another spare. On an error `sets` is
// unchanged. An activation in the past is at once: the next `advance` switches before it prices.
[[nodiscard]] std::expected<void, TransferError> activate(Sets& sets, const Receiver& received,
                                                          std::uint32_t version, std::size_t size_bytes,
                                                          const crypto::Sha256::Digest& digest,
                                                          quantity::Instant activation);

}  // namespace lk::tariff
