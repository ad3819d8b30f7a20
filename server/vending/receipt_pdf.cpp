// SPDX-License-Identifier: Apache-2.0
#include <hpdf.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "server/vending/receipt.hpp"

namespace lk::vending {
namespace {

using Kind = ReceiptLine::Kind;

constexpr float point_mm = 72.0F / 25.4F;
constexpr float page_width = 58 * point_mm;
constexpr float margin = 4 * point_mm;
constexpr float line_height = 12;
constexpr float token_height = 18;
constexpr float text_size = 8;
constexpr float token_size = 10;

// libharu calls this where it cannot go on; the exception passes through its C frames only when these have
// unwind tables, so the code is kept and asked for at the end.
void keep_error(HPDF_STATUS, HPDF_STATUS, void*) {}

float height_of(const ReceiptLine& line) {
  return line.kind == Kind::token ? token_height : line_height;
}

class Page {
 public:
  explicit Page(const std::vector<ReceiptLine>& lines) : document_(HPDF_New(keep_error, nullptr), HPDF_Free) {
    if (!document_) throw std::runtime_error("no memory for a PDF");
    HPDF_UseUTFEncodings(document_.get());
    text_ = HPDF_GetFont(document_.get(), "Helvetica", "WinAnsiEncoding");
    digits_ = HPDF_GetFont(document_.get(), "Courier-Bold", "WinAnsiEncoding");
    page_ = HPDF_AddPage(document_.get());
    top_ = 2 * margin;
    for (const ReceiptLine& line : lines) top_ += height_of(line);
    HPDF_Page_SetWidth(page_, page_width);
    HPDF_Page_SetHeight(page_, top_);
    top_ -= margin;
    for (const ReceiptLine& line : lines) add(line);
  }

  [[nodiscard]] std::string bytes() {
    HPDF_SaveToStream(document_.get());
    if (HPDF_GetError(document_.get()) != HPDF_OK) throw std::runtime_error("a PDF could not be made");
    std::string all;
    std::array<HPDF_BYTE, 4096> piece{};
    while (true) {
      HPDF_UINT32 size = piece.size();
      const HPDF_STATUS status = HPDF_ReadFromStream(document_.get(), piece.data(), &size);
      all.append(reinterpret_cast<const char*>(piece.data()), size);
      if (status != HPDF_OK || size < piece.size()) return all;
    }
  }

 private:
  void add(const ReceiptLine& line) {
    top_ -= height_of(line);
    switch (line.kind) {
      case Kind::title:
        put(line.left, text_, text_size, 0.5F);
        break;
      case Kind::token:
        put(line.left, digits_, token_size, 0.5F);
        break;
      case Kind::pair:
        put(line.left, text_, text_size, 0);
        put(line.right, text_, text_size, 1);
        break;
      case Kind::rule:
        HPDF_Page_SetLineWidth(page_, 0.5F);
        HPDF_Page_MoveTo(page_, margin, top_ + line_height / 2);
        HPDF_Page_LineTo(page_, page_width - margin, top_ + line_height / 2);
        HPDF_Page_Stroke(page_);
        break;
    }
  }

  // `place` is 0 for the left, 1 for the right. What is too wide is set smaller. The built-in fonts have
  // Latin letters only: others become a question mark.
  void put(const std::string& words, HPDF_Font font, float size, float place) {
    if (words.empty()) return;
    std::string latin;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto c = static_cast<unsigned char>(words[i]);
      if (c < 0x80) {
        latin += words[i];
      } else if ((c == 0xC2 || c == 0xC3) && i + 1 < words.size()) {
        latin += static_cast<char>(((c & 3U) << 6U) | (static_cast<unsigned char>(words[++i]) & 0x3FU));
      } else if ((c & 0xC0U) == 0xC0U) {
        latin += '?';
      }
    }
    HPDF_Page_BeginText(page_);
    HPDF_Page_SetFontAndSize(page_, font, size);
    const float room = page_width - 2 * margin;
    float wide = HPDF_Page_TextWidth(page_, latin.c_str());
    if (wide > room) {
      HPDF_Page_SetFontAndSize(page_, font, size * room / wide);
      wide = room;
    }
    HPDF_Page_TextOut(page_, margin + (room - wide) * place, top_ + 3, latin.c_str());
    HPDF_Page_EndText(page_);
  }

  std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, decltype(&HPDF_Free)> document_;
  HPDF_Font text_ = nullptr;
  HPDF_Font digits_ = nullptr;
  HPDF_Page page_ = nullptr;
  float top_ = 0;
};

}  // namespace

std::string receipt_pdf(const ReceiptHead& head, const Purchase& purchase) {
  return Page(receipt_lines(head, purchase)).bytes();
}

}  // namespace lk::vending
