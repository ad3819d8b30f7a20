// SPDX-License-Identifier: Apache-2.0
#include "port/posix/card_file.hpp"

#include <filesystem>

#include "port/posix/system.hpp"

namespace lk::posix {

std::expected<void, std::string> CardFile::make(const std::string& path, std::uint64_t serial) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return std::unexpected(path + ": there is something already; a card is made in a file of its own");
  }
  auto memory = FileFlash::open(path, card::OperatingSystem::usual_geometry);
  if (!memory) return std::unexpected(std::move(memory.error()));
  card::OperatingSystem card(**memory);
  if (!card.make(serial)) return std::unexpected(path + ": the card cannot be written there");
  return {};
}

std::expected<std::unique_ptr<CardFile>, std::string> CardFile::open(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return std::unexpected(path + ": no such card; make one with `latchkey card make`");
  }
  auto memory = FileFlash::open(path, card::OperatingSystem::usual_geometry);
  if (!memory) return std::unexpected(std::move(memory.error()));
  std::unique_ptr<CardFile> file(new CardFile(std::move(*memory)));
  if (!file->reset()) return std::unexpected(path + ": is not the file of a card");
  return file;
}

bool CardFile::reset() {
  card::Challenge entropy{};
  fill_random(entropy);
  return card_.reset(entropy);
}

}  // namespace lk::posix
