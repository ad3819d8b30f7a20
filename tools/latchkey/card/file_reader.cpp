// SPDX-License-Identifier: Apache-2.0
#include "port/posix/card_file.hpp"
#include "tools/latchkey/card/reader.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools::cards {
namespace {

class FileReader final : public OpenReader {
 public:
  explicit FileReader(std::unique_ptr<posix::CardFile> file) : file_(std::move(file)) {}
  std::optional<std::span<const std::byte>> transmit(
      std::span<const std::byte> command, std::span<std::byte, card::response_max_bytes> room) override {
    return file_->card().serve(command, room);
  }

 private:
  std::unique_ptr<posix::CardFile> file_;
};

}  // namespace

std::unique_ptr<OpenReader> open_file(const std::string& path) {
  auto file = posix::CardFile::open(path);
  if (!file) throw UserError(file.error());
  return std::make_unique<FileReader>(std::move(*file));
}

}  // namespace lk::tools::cards
