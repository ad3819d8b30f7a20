// SPDX-License-Identifier: Apache-2.0
// Sells as fast as the server answers, from a number of clients that each keep one connection.
//
//     purchase_load PORT TOKEN METERS_FILE CLIENTS PURCHASES REPEATS
//
// Each client sends the next request of one list as soon as its last one is answered. With REPEATS above 1
// each request stands in the list that often, in disorder among a window of purchases, so that repeats also
// meet on several connections at once, and half of the replies are thrown away, though never all of one
// purchase. In the end the replies that were kept must tell one token an identity, and every identity's.
// Prints one line of JSON; "seconds" is until every purchase is answered and every repeat too. Light on
// purpose: the server has the processor.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "purchase_load: %s\n", what.c_str());
  std::exit(1);
}

class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail("no connection");
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The status; the body is put into `body`.
  int ask(const std::string& request, std::string& body) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      fail("the connection broke");
    }
    std::string text;
    std::array<char, 8192> piece{};
    std::size_t end = std::string::npos;
    std::size_t size = 0;
    while (end == std::string::npos || text.size() < end + size) {
      const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
      if (got <= 0) fail("the connection broke");
      text.append(piece.data(), static_cast<std::size_t>(got));
      if (end != std::string::npos) continue;
      const std::size_t blank = text.find("\r\n\r\n");
      if (blank == std::string::npos) continue;
      end = blank + 4;
      const std::size_t length = text.find("Content-Length: ");
      if (length < blank) std::from_chars(text.data() + length + 16, text.data() + blank, size);
    }
    body = text.substr(end);
    int status = 0;
    std::from_chars(text.data() + 9, text.data() + 12, status);
    return status;
  }

 private:
  int socket_;
};

struct Work {
  int port = 0;
  std::string token;
  std::vector<std::string> meters;
  int clients = 0;
  int purchases = 0;
  int repeats = 1;
};

std::string id_of(std::mt19937_64& random) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(random()),
                static_cast<unsigned>(random() & 0xFFFFU), static_cast<unsigned>(random() & 0xFFFU),
                static_cast<unsigned>(random() & 0xFFFU),
                static_cast<unsigned long long>(random() & 0xFFFF'FFFF'FFFFU));
  return text.data();
}

std::string request_of(const Work& work, const std::string& id, const std::string& meter) {
  const std::string body = R"({"id":")" + id + R"(","meter":")" + meter + R"(","amount":"10.00"})";
  return "POST /api/v1/purchases HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
         "application/json\r\nAuthorization: Bearer " +
         work.token + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string token_of(const std::string& body) {
  constexpr std::string_view key = R"("token":")";
  const std::size_t at = body.find(key);
  return at == std::string::npos ? std::string{} : body.substr(at + key.size(), 20);
}

// A request to be sent: which purchase, and whether its reply gets lost.
struct Step {
  std::size_t purchase = 0;
  bool lost = false;
};

struct Plan {
  std::vector<std::string> requests;  // one a purchase
  std::vector<Step> steps;
  std::atomic<std::size_t> next = 0;
};

void plan(const Work& work, Plan& plan) {
  constexpr std::size_t window = 256;
  std::mt19937_64 random(static_cast<std::uint64_t>(::getpid()));
  for (int i = 0; i < work.purchases; ++i) {
    plan.requests.push_back(request_of(work, id_of(random), work.meters[random() % work.meters.size()]));
    std::vector<Step> steps(static_cast<std::size_t>(work.repeats), Step{plan.requests.size() - 1, false});
    for (Step& step : steps) step.lost = work.repeats > 1 && random() % 2 == 0;
    steps[random() % steps.size()].lost = false;
    plan.steps.insert(plan.steps.end(), steps.begin(), steps.end());
  }
  const std::size_t size = window * static_cast<std::size_t>(work.repeats);
  for (std::size_t done = 0; done < plan.steps.size(); done += size) {
    const auto begin = plan.steps.begin() + static_cast<std::ptrdiff_t>(done);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(size, plan.steps.size() - done));
    std::shuffle(begin, end, random);
  }
}

struct Result {
  std::vector<std::int64_t> times_us;
  std::vector<std::pair<std::size_t, std::string>> tokens;  // by purchase, of the replies that came
  std::int64_t repeated = 0;
};

void client(const Work& work, Plan& plan, Result& result) {
  Connection connection(work.port);
  std::string body;
  while (true) {
    const std::size_t next = plan.next++;
    if (next >= plan.steps.size()) return;
    const Step& step = plan.steps[next];
    const auto begin = Clock::now();
    const int status = connection.ask(plan.requests[step.purchase], body);
    if (status != 201 && status != 200) fail("status " + std::to_string(status) + ": " + body);
    result.times_us.push_back(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count());
    result.repeated += status == 200 ? 1 : 0;
    if (!step.lost) result.tokens.emplace_back(step.purchase, token_of(body));
  }
}

void check(const Plan& plan, const std::vector<Result>& results) {
  std::vector<std::string> tokens(plan.requests.size());
  for (const Result& result : results) {
    for (const auto& [purchase, token] : result.tokens) {
      if (!tokens[purchase].empty() && tokens[purchase] != token) fail("two tokens for one identity");
      tokens[purchase] = token;
    }
  }
  if (std::ranges::any_of(tokens, [](const std::string& token) { return token.empty(); }))
    fail("an identity without an answer");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) fail("PORT TOKEN METERS_FILE CLIENTS PURCHASES REPEATS");
  Work work{std::atoi(argv[1]), argv[2], {}, std::atoi(argv[4]), std::atoi(argv[5]), std::atoi(argv[6])};
  std::ifstream file(argv[3]);
  for (std::string meter; std::getline(file, meter);) work.meters.push_back(meter);
  if (work.meters.empty() || work.clients < 1 || work.repeats < 1) fail("nothing to do");
  Plan planned;
  plan(work, planned);
  std::vector<Result> results(static_cast<std::size_t>(work.clients));
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < work.clients; ++i) {
      threads.emplace_back([&, i] { client(work, planned, results[static_cast<std::size_t>(i)]); });
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  check(planned, results);
  std::vector<std::int64_t> times;
  std::int64_t repeated = 0;
  for (const Result& result : results) {
    times.insert(times.end(), result.times_us.begin(), result.times_us.end());
    repeated += result.repeated;
  }
  std::ranges::sort(times);
  const auto sold = static_cast<std::int64_t>(times.size()) - repeated;
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
  };
  std::printf(
      "{\"purchases\": %lld, \"requests\": %zu, \"seconds\": %.3f, \"per_second\": %.1f, \"p50_ms\": %.2f, "
      "\"p99_ms\": %.2f, \"load_cpu_ms\": %.3f}\n",
      static_cast<long long>(sold), times.size(), seconds, static_cast<double>(sold) / seconds,
      static_cast<double>(times[times.size() / 2]) / 1000,
      static_cast<double>(times[times.size() * 99 / 100]) / 1000,
      (ms(used.ru_utime) + ms(used.ru_stime) - ms(before.ru_utime) - ms(before.ru_stime)) /
          static_cast<double>(sold));
  return 0;
}
