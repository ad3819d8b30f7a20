// SPDX-License-Identifier: Apache-2.0
// Where programs plug into a line: listeners and pseudo-terminals of the operating system. Each function
// throws std::system_error or std::runtime_error with a sentence that names what could not be had.
#pragma once

#include <string>

#include "firmware/host/configuration.hpp"
#include "firmware/host/descriptor.hpp"

namespace lk::host {

// A listening TCP socket, non-blocking.
[[nodiscard]] Descriptor listen_tcp(const TcpListener& where);
// A listening Unix socket at `path`, non-blocking, for this user only; a socket left by an earlier process
// that has ended is replaced, any other file is not.
[[nodiscard]] Descriptor listen_unix(const std::string& path);
// The next connection of a listener, non-blocking; not open where there is none.
[[nodiscard]] Descriptor accept_connection(const Descriptor& listener);

// The near end of a new pseudo-terminal in raw mode, non-blocking, with a symbolic link at `link` to its far
// end. A link left from before is replaced, any other file is not.
[[nodiscard]] Descriptor open_pseudo_terminal(const std::string& link);
// True while a program has the far end open.
[[nodiscard]] bool has_far_end(const Descriptor& pseudo_terminal);

}  // namespace lk::host
