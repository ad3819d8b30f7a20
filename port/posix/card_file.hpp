// SPDX-License-Identifier: Apache-2.0
// A card in software that is kept in a file: the operating system of libs/card on a file as its memory. It
// can be in one reader at a time: a second process that opens the file is refused. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "card/operating_system.hpp"
#include "port/posix/file_flash.hpp"

namespace lk::posix {

class CardFile {
 public:
  // Makes a blank card in a file that is not there yet. Errors are sentences for a person.
  [[nodiscard]] static std::expected<void, std::string> make(const std::string& path, std::uint64_t serial);
  // Opens the file of a card, and gives the card its first reset.
  [[nodiscard]] static std::expected<std::unique_ptr<CardFile>, std::string> open(const std::string& path);

  [[nodiscard]] card::OperatingSystem& card() { return card_; }
  // As after power on, with entropy of this machine.
  [[nodiscard]] bool reset();

 private:
  explicit CardFile(std::unique_ptr<FileFlash> memory) : memory_(std::move(memory)), card_(*memory_) {}

  std::unique_ptr<FileFlash> memory_;
  card::OperatingSystem card_;
};

}  // namespace lk::posix
