// SPDX-License-Identifier: Apache-2.0
// Carries what the lines report to the broker and what the broker brings to the lines; the only one who
// writes to the store while the gateway runs, on a thread of its own, so that a slow disk stops neither wire
// nor network.
//
//   lines ──reports──► inbox ──► outbox ──► broker
//   broker ──command──► store (durable, then acknowledged) ──► lines ──ended──► store ──► broker
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/line/reports.hpp"
#include "gateway/store/store.hpp"
#include "gateway/uplink/broker.hpp"
#include "gateway/uplink/outbox.hpp"
#include "gateway/uplink/sequence.hpp"

namespace lk::gateway {

struct CourierSettings {
  std::string base;              // "latchkey/v1/<site>/<gateway>"
  std::set<std::string> meters;  // who commands may be for
  Outbox::Limits outbox;
  std::size_t in_flight = 64;  // messages handed to the broker and not confirmed
  std::int64_t status_ms = 10'000;
};

// The retained payload that the broker gives out when the gateway is gone.
[[nodiscard]] std::string offline_payload();

class Courier final : public Reports, public BrokerListener {
 public:
  // Brings a command to its line; called from any thread.
  using Deliver = std::function<void(const Command&, bool sent)>;

  Courier(Store& store, CourierSettings settings, Deliver deliver);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // Starts the thread. `broker` must outlive `stop`.
  void start(Broker& broker);
  // Puts everything on the disk and joins the thread.
  void stop();

  // Publishes the kept events that a command of kind `events` asks for, and then ends it. Any thread.
  void send_events_again(const Command& command);

  void reading(const std::string& meter, Readout readout, std::int64_t taken_ms) override;
  void events(const std::string& meter, NewEvents events, std::int64_t taken_ms) override;
  void link(const std::string& meter, bool reachable, const std::string& reason,
            std::int64_t now_ms) override;
  void ended(const Command& command, const CommandResult& result) override;
  void line_status(const LineStatus& status) override;
  bool may_send(const Command& command) override;

  void connected() override;
  void disconnected(const std::string& reason) override;
  void confirmed(int message_number) override;
  void command(std::string_view payload) override;

 private:
  using Task = std::function<void()>;
  struct OnTheWay {       // what a message number of the broker stands for
    std::string command;  // of a result; empty for a message of the outbox
    Lane lane = Lane::reading;
    std::int64_t id = 0;
  };
  struct Repetition {  // events on their way once more; the command ends behind them
    Command command;
    std::int64_t count = 0;
    std::int64_t last_id = 0;
  };
  struct Unstored {  // an end that the disk has not taken yet
    std::string id;
    std::string payload;
  };

  void post(Task task);
  void run();
  void tick(std::int64_t now_ms);
  void persist(std::int64_t now_ms);
  void pump();
  void send_results();
  void repeat_events(const Command& command);
  void end_repetitions(std::int64_t handed_out_id);
  void publish_status(std::int64_t now_ms);
  void publish_links();
  void finish(const Command& command, const std::string& payload);
  void retry_commands(std::int64_t now_ms);
  void take_command(const Command& command);
  [[nodiscard]] std::string meter_topic(const std::string& meter, const char* leaf) const;

  Store& store_;
  CourierSettings settings_;
  Deliver deliver_;
  Broker* broker_ = nullptr;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> inbox_;
  bool stopping_ = false;

  // All below belongs to the thread.
  Outbox outbox_;
  Sequence sequence_;
  bool connected_ = false;
  std::map<int, OnTheWay> on_the_way_;
  std::deque<StoredResult> results_;    // to be sent
  std::vector<std::string> published_;  // results that the broker has
  std::deque<Repetition> repetitions_;
  std::deque<Unstored> unstored_ends_;
  std::deque<Command> unstored_commands_;
  std::map<std::string, std::string> links_;  // by topic
  std::map<std::string, LineStatus> lines_;
  std::int64_t unnumbered_readings_ = 0;
  std::int64_t persist_at_ms_ = 0;
  std::int64_t forget_at_ms_ = 0;
  std::int64_t status_at_ms_ = 0;
  std::int64_t prune_at_ms_ = 0;
  std::int64_t retry_at_ms_ = 0;
};

}  // namespace lk::gateway
