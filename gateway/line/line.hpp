// SPDX-License-Identifier: Apache-2.0
// One RS485 line at work: one coroutine that opens the wire, asks the scheduler what is next, does it, and
// reports. All of it on one thread, that of the io_context; several lines share it, since a line mostly
// waits.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/command/command.hpp"
#include "gateway/line/channel.hpp"
#include "gateway/line/master.hpp"
#include "gateway/line/reports.hpp"
#include "gateway/polling/scheduler.hpp"

namespace lk::gateway {

class Line {
 public:
  // An uncertain command waits this long behind its expiry for its meter to tell what became of it.
  static constexpr std::int64_t uncertain_grace_ms = 24LL * 3600 * 1000;

  // `last_events` are the numbers up to which events were taken over; meters that are not in it were never
  // heard.
  Line(const boost::asio::any_io_executor& executor, const LineConfiguration& configuration, Reports& reports,
       const std::map<std::string, std::int64_t>& last_events);

  // Runs until `stop`. Start it once.
  boost::asio::awaitable<void> run();
  void stop();
  // Takes a command for a meter of this line; `sent` where its frames may have gone out in an earlier life.
  void submit(Command command, bool sent);
  [[nodiscard]] bool has(std::string_view meter) const;

 private:
  struct Work {  // a command and how far it got
    Command command;
    bool uncertain = false;  // a frame went out and nothing told what became of it
    bool marked = false;     // `may_send` was asked
    std::int64_t attempts = 0;
    std::int64_t backoff_ms = 0;
  };
  struct Meter {
    std::string number;
    std::uint8_t address = 0;
    std::optional<std::int64_t> last_event;
    std::int64_t known_until_ms = 0;  // who answers there was asked not long ago
    std::string fault;                // why it did not answer, the last time that it did not
    std::optional<bool> link;         // what was told last, and why
    std::string link_reason;
    std::deque<Work> work;
  };
  enum class Step : std::uint8_t { answered, unanswered, refused, line_down };

  boost::asio::awaitable<bool> open();
  boost::asio::awaitable<void> pause(std::int64_t until_ms);
  boost::asio::awaitable<void> perform(Job job);
  boost::asio::awaitable<Step> poll(Meter& meter);
  boost::asio::awaitable<Step> take_events(Meter& meter, std::int64_t event_count);
  boost::asio::awaitable<std::expected<std::vector<Event>, Fault>> read_log(Meter& meter, std::int64_t first,
                                                                            std::int64_t last);
  boost::asio::awaitable<std::expected<void, Fault>> select(Meter& meter, dictionary::Id id,
                                                            std::int64_t value);
  boost::asio::awaitable<Step> probe(Meter& meter);
  boost::asio::awaitable<Step> work_on(std::size_t index);
  boost::asio::awaitable<Step> attempt(std::size_t index, Work& work);
  boost::asio::awaitable<Step> read_back(std::size_t index, Work& work, bool confirmed);

  Step step_of(Meter& meter, const Fault& fault);
  void settle(std::size_t index, Step step, std::int64_t begun_ms);
  void tell_link(Meter& meter, bool reachable, const std::string& reason);
  void line_is_down(const std::string& why);
  void end(std::size_t index, const CommandResult& result);
  void later(std::size_t index, Work& work, std::int64_t least_ms);
  void expire();
  void tell_status();

  LineConfiguration configuration_;
  Reports& reports_;
  Channel channel_;
  Master master_;
  boost::asio::steady_timer timer_;
  std::vector<Meter> meters_;
  std::vector<Block> plan_;
  Scheduler scheduler_;
  bool stopping_ = false;
  std::int64_t reopen_backoff_ms_ = 0;
  std::int64_t told_cycle_ms_ = -1;
  std::size_t told_reachable_ = 0;
};

}  // namespace lk::gateway
