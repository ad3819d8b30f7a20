// SPDX-License-Identifier: Apache-2.0
// The control socket: one line in, one line out, for tests and demonstrations (docs/processes.md). It moves
// the world round the meters (power, loads), never a meter's account.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "firmware/host/descriptor.hpp"
#include "firmware/host/poller.hpp"
#include "firmware/host/site.hpp"

namespace lk::host {

// Does one command and returns its answer, without the line's end: "ok", a line of JSON, or "error: …".
[[nodiscard]] std::string obey(Site& site, std::string_view command);

class ControlSocket {
 public:
  // Listens at `path`; throws as `attachment.hpp` says. `site` and `poller` must outlive it.
  ControlSocket(const std::string& path, Site& site, Poller& poller);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  struct Client {
    Descriptor descriptor;
    std::string received;
  };

  void accept_client();
  void read_from(int descriptor);
  [[nodiscard]] bool serve_lines(Client& client);

  std::string path_;
  Site& site_;
  Poller& poller_;
  Descriptor listener_;
  std::map<int, Client> clients_;
};

}  // namespace lk::host
