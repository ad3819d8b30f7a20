// SPDX-License-Identifier: Apache-2.0
// A software card in the virtual reader of vsmartcard (vpcd), as a client of its TCP port: messages, each
// behind its size in two bytes. One byte is an event of the contacts, more are a command.
//
//   reader ─► 00 01 │ 00 off, 01 on, 02 reset, 04 "your ATR?"        card ─► size │ ATR
//   reader ─► size  │ command                                        card ─► size │ response
#pragma once

#include <cstdint>
#include <string>

#include "port/posix/card_file.hpp"

namespace lk::tools::cards {

struct ReaderAddress {
  std::string host;  // an IPv4 address
  std::uint16_t port = 0;
};

// Puts the card into the reader that listens there, and lets it be used until the reader ends the connection
// or a signal ends the program. Throws DeviceError where no reader listens.
void serve_virtual_reader(posix::CardFile& card, const ReaderAddress& reader);

}  // namespace lk::tools::cards
