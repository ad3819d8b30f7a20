// SPDX-License-Identifier: Apache-2.0
#include "server/http/static_files.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

namespace lk::http {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t most_bytes = 32U << 20U;

std::string etag_of(const fs::path& file, std::uintmax_t size_bytes) {
  std::error_code error;
  const auto changed = fs::last_write_time(file, error).time_since_epoch().count();
  std::ostringstream text;
  text << '"' << std::hex << size_bytes << '-' << changed << '"';
  return text.str();
}

// A part like ".." or ".git" never names a page.
bool is_plain(const std::string& path) {
  return path.find("/.") == std::string::npos && path.find('\\') == std::string::npos &&
         path.find('\0') == std::string::npos;
}

Response no_pages(const std::string& path) {
  if (path == "/") {
    return {200,
            "Latchkey's server runs, but its pages are not built: see `pages` in server.toml. The interface "
            "is described "
            "in /openapi.yaml.\n",
            "text/plain; charset=utf-8",
            {}};
  }
  return response_of({404, "not_found", "There is nothing at this path.", ""});
}

}  // namespace

std::string content_type_of(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
      {".yaml", "application/yaml"},
  }};
  for (const auto& [ending, type] : types) {
    if (name.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

std::optional<fs::path> StaticFiles::find(const std::string& path) const {
  if (!is_plain(path)) return std::nullopt;
  std::error_code error;
  const fs::path root = fs::canonical(root_, error);
  if (error) return std::nullopt;
  const fs::path file = fs::canonical(root / path.substr(1), error);
  if (error || !fs::is_regular_file(file, error)) return std::nullopt;
  // A link may lead out of the folder.
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (end != root.end()) return std::nullopt;
  return file;
}

Response StaticFiles::serve(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return response_of({405, "method_not_allowed", "Pages are only read.", ""});
  }
  const std::string wanted = request.path == "/" ? "/index.html" : request.path;
  auto file = find(wanted);
  const bool is_place = wanted.find('.', wanted.rfind('/')) == std::string::npos;
  if (!file && is_place) file = find("/index.html");
  if (!file) return no_pages(request.path);

  std::error_code error;
  const auto size_bytes = fs::file_size(*file, error);
  if (error || size_bytes > most_bytes) return no_pages(request.path);
  const std::string etag = etag_of(*file, size_bytes);
  const bool for_ever = wanted.starts_with("/assets/");
  Response response;
  response.content_type = content_type_of(file->string());
  response.headers = {{"ETag", etag},
                      {"Cache-Control", for_ever ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (request.if_none_match == etag) {
    response.status = 304;
    return response;
  }
  std::ifstream stream(*file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  response.body = std::move(content).str();
  return response;
}

}  // namespace lk::http
