// SPDX-License-Identifier: Apache-2.0
#include "gateway/line/master.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "modbus/master.hpp"

namespace lk::gateway {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::size_t exception_reply_bytes = 5;
constexpr std::chrono::milliseconds settle_silence{30};
constexpr std::chrono::milliseconds settle_most{500};

}  // namespace

Master::Master(const asio::any_io_executor& executor, Channel& channel, const LineConfiguration& line)
    : channel_(channel), timer_(executor), timing_(modbus::timing_of(line.baud)), timeout_(line.timeout_ms) {}

std::chrono::microseconds Master::wire_time(std::size_t size_bytes) const {
  return std::chrono::microseconds{timing_.character_us} * static_cast<std::int64_t>(size_bytes);
}

asio::awaitable<void> Master::keep_silence() {
  const SteadyTime free_at = last_activity_ + std::chrono::microseconds{timing_.t3_5_us};
  if (steady_clock::now() >= free_at) co_return;
  timer_.expires_at(free_at);
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

// After damage the rest of it, and answers that are still coming, are let pass.
asio::awaitable<void> Master::settle() {
  std::array<std::byte, modbus::max_frame_bytes> rest{};
  const SteadyTime end = steady_clock::now() + settle_most;
  while (steady_clock::now() < end) {
    const auto more = co_await channel_.read(rest, steady_clock::now() + settle_silence);
    if (!more) break;
  }
  last_activity_ = steady_clock::now();
}

asio::awaitable<std::expected<std::size_t, Fault>> Master::receive(Frame request, std::span<std::byte> room) {
  const std::size_t expected = modbus::expected_reply_bytes(request);
  const SteadyTime deadline = steady_clock::now() + wire_time(request.size() + expected) + timeout_;
  std::size_t have = 0;
  while (have < expected) {
    const auto more = co_await channel_.read(room.subspan(have), deadline);
    if (!more && more.error() == Channel::ReadError::gone)
      co_return std::unexpected(Fault{Fault::Kind::line_down});
    if (!more) co_return std::unexpected(Fault{have == 0 ? Fault::Kind::timeout : Fault::Kind::garbled});
    have += *more;
    last_activity_ = steady_clock::now();
    const bool is_exception = have >= 2 && (std::to_integer<unsigned>(room[1]) & modbus::exception_bit) != 0;
    if (is_exception && have >= exception_reply_bytes) break;
  }
  co_return have;
}

asio::awaitable<std::expected<std::vector<std::byte>, Fault>> Master::transact(Frame request) {
  co_await keep_silence();
  channel_.discard_input();
  if (!co_await channel_.write(request)) co_return std::unexpected(Fault{Fault::Kind::line_down});
  last_activity_ = steady_clock::now() + wire_time(request.size());
  std::array<std::byte, modbus::max_frame_bytes + 1> room{};
  const auto size = co_await receive(request, room);
  if (!size) {
    if (size.error().kind == Fault::Kind::garbled) co_await settle();
    co_return std::unexpected(size.error());
  }
  const auto reply = modbus::parse_reply(request, std::span{room}.first(*size));
  if (!reply) {
    co_await settle();
    co_return std::unexpected(Fault{Fault::Kind::garbled});
  }
  if (reply->exception != modbus::Exception::none) {
    co_return std::unexpected(Fault{Fault::Kind::exception, reply->exception});
  }
  co_return std::vector<std::byte>{reply->data.begin(), reply->data.end()};
}

asio::awaitable<std::expected<std::vector<std::byte>, Fault>> Master::read(std::uint8_t unit, Block block) {
  std::array<std::byte, modbus::max_frame_bytes> frame{};
  const std::size_t size =
      modbus::read_request(frame, unit, modbus::Function::read_holding_registers, block.address, block.count);
  co_return co_await transact(std::span{frame}.first(size));
}

asio::awaitable<std::expected<void, Fault>> Master::write(std::uint8_t unit, std::uint16_t address,
                                                          std::span<const std::byte> registers) {
  std::array<std::byte, modbus::max_frame_bytes> frame{};
  const std::size_t size = modbus::write_request(frame, unit, address, registers);
  const auto answer = co_await transact(std::span{frame}.first(size));
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::expected<void, Fault>{};
}

}  // namespace lk::gateway
