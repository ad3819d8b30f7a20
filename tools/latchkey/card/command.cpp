// SPDX-License-Identifier: Apache-2.0
// `latchkey card`: a card in software, kept in a file, that behaves as docs/formats/card.md specifies.
#include "tools/latchkey/command.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <memory>

#include "port/posix/card_file.hpp"
#include "port/posix/system.hpp"
#include "tools/latchkey/card/picture.hpp"
#include "tools/latchkey/card/virtual_reader.hpp"

namespace lk::tools {
namespace {

struct Options {
  std::string file;
  std::string serial;
  std::string reader = "127.0.0.1:35963";
};

std::uint64_t serial_of(const std::string& text) {
  std::uint64_t serial = 0;
  if (text.empty()) {
    posix::fill_random(std::as_writable_bytes(std::span{&serial, 1}));
    return serial == 0 ? 1 : serial;
  }
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), serial, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || serial == 0) {
    throw UserError("--serial " + text + ": 1 to 16 hexadecimal digits, not all zero");
  }
  return serial;
}

void make(const Options& options) {
  const std::uint64_t serial = serial_of(options.serial);
  if (const auto made = posix::CardFile::make(options.file, serial); !made) throw UserError(made.error());
  std::printf("%s\n", cards::serial_text(serial).c_str());
}

std::unique_ptr<posix::CardFile> open(const Options& options) {
  auto card = posix::CardFile::open(options.file);
  if (!card) throw UserError(card.error());
  return std::move(*card);
}

void show(const Options& options) {
  std::fputs(cards::picture_of(open(options)->card()).c_str(), stdout);
}

cards::ReaderAddress address_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  if (colon == std::string::npos || std::from_chars(text.data() + colon + 1, end, port).ptr != end ||
      port == 0) {
    throw UserError(text + ": must be like 127.0.0.1:35963");
  }
  return {text.substr(0, colon), port};
}

void serve(const Options& options) {
  const auto card = open(options);
  cards::serve_virtual_reader(*card, address_of(options.reader));
}

}  // namespace

void add_card_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* card = app.add_subcommand("card", "a card in software, kept in a file");
  card->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, void (*run)(const Options&)) {
    CLI::App* command = card->add_subcommand(name, what);
    command->add_option("file", options->file, "the card's file")->required();
    command->callback([run, options] { run(*options); });
    return command;
  };
  add("make", "make a blank card; prints its serial", make)
      ->add_option("--serial", options->serial, "16 hexadecimal digits; random where it is absent");
  add("show", "what stands on it", show);
  add("serve", "put it into the virtual reader of vsmartcard, until that or this program ends", serve)
      ->add_option("--reader", options->reader, "where the reader listens")
      ->capture_default_str();
}

}  // namespace lk::tools
