// SPDX-License-Identifier: Apache-2.0
#include <winscard.h>

#include <array>
#include <string_view>

#include "tools/latchkey/card/reader.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools::cards {
namespace {

[[noreturn]] void fail(const std::string& what, LONG code) {
  throw DeviceError(what + ": " + pcsc_stringify_error(code));
}

// The connection to the PC/SC service.
class Context {
 public:
  Context() {
    const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &handle_);
    if (code != SCARD_S_SUCCESS) fail("no PC/SC service answers (is pcscd running?)", code);
  }
  ~Context() { SCardReleaseContext(handle_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] SCARDCONTEXT get() const { return handle_; }

  [[nodiscard]] std::vector<std::string> readers() const {
    DWORD size = 0;
    LONG code = SCardListReaders(handle_, nullptr, nullptr, &size);
    if (code == SCARD_E_NO_READERS_AVAILABLE) return {};
    std::string names(size, '\0');
    if (code == SCARD_S_SUCCESS) code = SCardListReaders(handle_, nullptr, names.data(), &size);
    if (code != SCARD_S_SUCCESS) fail("the readers cannot be listed", code);
    std::vector<std::string> list;
    for (std::size_t at = 0; at < names.size() && names[at] != '\0';) {
      list.emplace_back(names.c_str() + at);
      at += list.back().size() + 1;
    }
    return list;
  }

 private:
  SCARDCONTEXT handle_ = 0;
};

class PcscReader final : public OpenReader {
 public:
  // Connects to the card in a reader, for itself alone.
  PcscReader(std::unique_ptr<Context> context, const std::string& reader) : context_(std::move(context)) {
    DWORD protocol = 0;
    const LONG code = SCardConnect(context_->get(), reader.c_str(), SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0,
                                   &card_, &protocol);
    if (code != SCARD_S_SUCCESS) fail(reader, code);
  }
  ~PcscReader() override { SCardDisconnect(card_, SCARD_RESET_CARD); }
  PcscReader(const PcscReader&) = delete;
  PcscReader& operator=(const PcscReader&) = delete;

  std::optional<std::span<const std::byte>> transmit(
      std::span<const std::byte> command, std::span<std::byte, card::response_max_bytes> room) override {
    auto response = exchange(command, room);
    // Readers differ in who asks for what waits: some leave 61xx and 6Cxx of T=0 to the program.
    for (int again = 0; again < 4 && response && response->size() == 2; ++again) {
      const auto sw1 = std::to_integer<unsigned>((*response)[0]);
      const std::byte count = (*response)[1];
      std::array<std::byte, card::command_max_bytes> follow{};
      std::size_t size = 5;
      if (sw1 == 0x61) {
        follow = {std::byte{0}, std::byte{0xC0}, std::byte{0}, std::byte{0}, count};
      } else if (sw1 == 0x6C && command.size() >= size) {
        std::ranges::copy(command.first(4), follow.begin());
        follow[4] = count;
      } else {
        break;
      }
      response = exchange(std::span{follow}.first(size), room);
    }
    return response;
  }

 private:
  std::optional<std::span<const std::byte>> exchange(std::span<const std::byte> command,
                                                     std::span<std::byte, card::response_max_bytes> room) {
    auto size = static_cast<DWORD>(room.size());
    const LONG code = SCardTransmit(card_, SCARD_PCI_T0, reinterpret_cast<const BYTE*>(command.data()),
                                    static_cast<DWORD>(command.size()), nullptr,
                                    reinterpret_cast<BYTE*>(room.data()), &size);
    if (code != SCARD_S_SUCCESS) return std::nullopt;
    return room.first(size);
  }

  std::unique_ptr<Context> context_;
  SCARDHANDLE card_ = 0;
};

bool holds_card(const Context& context, const std::string& reader, DWORD wait_ms) {
  SCARD_READERSTATE state{};
  state.szReader = reader.c_str();
  state.dwCurrentState = SCARD_STATE_UNAWARE;
  if (SCardGetStatusChange(context.get(), 0, &state, 1) != SCARD_S_SUCCESS) return false;
  if ((state.dwEventState & SCARD_STATE_PRESENT) != 0) return true;
  state.dwCurrentState = state.dwEventState;
  if (wait_ms == 0 || SCardGetStatusChange(context.get(), wait_ms, &state, 1) != SCARD_S_SUCCESS)
    return false;
  return (state.dwEventState & SCARD_STATE_PRESENT) != 0;
}

}  // namespace

std::vector<std::string> list_readers() {
  return Context().readers();
}

std::unique_ptr<OpenReader> open_pcsc(const std::string& name, int wait_s) {
  auto context = std::make_unique<Context>();
  std::vector<std::string> fitting;
  for (const std::string& reader : context->readers()) {
    if (reader.starts_with(name)) fitting.push_back(reader);
  }
  if (fitting.empty())
    throw DeviceError(name.empty() ? "there is no card reader" : name + ": there is no such reader");
  for (const std::string& reader : fitting) {
    if (holds_card(*context, reader, 0)) return std::make_unique<PcscReader>(std::move(context), reader);
  }
  constexpr DWORD ms_per_s = 1000;
  if (holds_card(*context, fitting.front(), static_cast<DWORD>(wait_s) * ms_per_s)) {
    return std::make_unique<PcscReader>(std::move(context), fitting.front());
  }
  throw DeviceError(fitting.front() + ": no card was put in");
}

}  // namespace lk::tools::cards
