// SPDX-License-Identifier: Apache-2.0
#include "tariff/transfer.hpp"

#include <algorithm>

namespace lk::tariff {
namespace {

constexpr std::uint32_t bits_of(std::size_t count) {
  return count >= 32 ? 0xFFFF'FFFF : (1U << count) - 1;
}

}  // namespace

std::span<const std::byte> chunk_of(std::span<const std::byte> set, std::size_t index) {
  if (index >= chunk_max || index * chunk_bytes >= set.size()) return {};
  const auto rest = set.subspan(index * chunk_bytes);
  return rest.first(std::min(rest.size(), chunk_bytes));
}

std::expected<std::uint32_t, TransferError> Receiver::accept(std::uint32_t version, std::uint8_t index,
                                                             std::span<const std::byte> chunk) {
  if (index >= chunk_max || chunk.empty() || chunk.size() > chunk_bytes) {
    return std::unexpected(TransferError::chunk);
  }
  if (version != version_) *this = {};
  version_ = version;
  const auto place = std::span{bytes_}.subspan(index * chunk_bytes, chunk_bytes);
  std::ranges::fill(place, std::byte{0});
  std::ranges::copy(chunk, place.begin());
  present_ |= 1U << index;
  return present_;
}

std::expected<TariffSet, TransferError> Receiver::finish(std::uint32_t version, std::size_t size_bytes,
                                                         const crypto::Sha256::Digest& digest) const {
  if (size_bytes == 0 || size_bytes > set_max_bytes) return std::unexpected(TransferError::chunk);
  const std::uint32_t wanted = bits_of((size_bytes + chunk_bytes - 1) / chunk_bytes);
  if (version != version_ || (present_ & wanted) != wanted) {
    return std::unexpected(TransferError::incomplete);
  }
  const auto whole = std::span{bytes_}.first(size_bytes);
  if (crypto::Sha256::of(whole) != digest) return std::unexpected(TransferError::digest);
  const auto set = tariff::decode(whole);
  if (!set) {
    const bool is_faulty = set.error() == DecodeError::faulty;
    return std::unexpected(is_faulty ? TransferError::faulty : TransferError::damaged);
  }
  if (set->version != version) return std::unexpected(TransferError::faulty);
  return *set;
}

void Receiver::encode(bytes::Writer& to) const {
  to.little(version_);
  to.little(present_);
  to.copy(bytes_);
}

bool Receiver::decode(bytes::Reader& from) {
  Receiver read;
  read.version_ = from.little<std::uint32_t>();
  read.present_ = from.little<std::uint32_t>();
  const auto data = from.take(read.bytes_.size());
  if (!from.ok()) return false;
  std::ranges::copy(data, read.bytes_.begin());
  read.present_ &= bits_of(chunk_max);
  *this = read;
  return true;
}

std::expected<void, TransferError> activate(Sets& sets, const Receiver& received, std::uint32_t version,
                                            std::size_t size_bytes, const crypto::Sha256::Digest& digest,
                                            quantity::Instant activation) {
  if (version <= sets.current.version) return std::unexpected(TransferError::stale);
  const auto set = received.finish(version, size_bytes, digest);
  if (!set) return std::unexpected(set.error());
  sets.spare = *set;
  sets.has_spare = true;
  sets.activation = activation;
  return {};
}

}  // namespace lk::tariff
