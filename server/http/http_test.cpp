// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/http/static_files.hpp"

namespace lk::http {
namespace {

TEST(Fields, NamesTheFieldAtFault) {
  struct Row {
    const char* body;
    const char* name;  // of the problem, or "" for none
    const char* field;
  };
  for (const Row& row : std::initializer_list<Row>{
           {R"({"id":"01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f","amount":"1.5"})", "", ""},
           {R"({"amount":"1.5"})", "bad_field", "id"},
           {R"({"id":7,"amount":"1.5"})", "bad_field", "id"},
           {R"({"id":"7","amount":"1.5"})", "bad_field", "id"},
           {R"({"id":"01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f","amount":1.5})", "bad_field", "amount"},
           {R"({"id":"01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f","amount":"1.000001"})", "bad_field", "amount"},
           {R"({"id":"01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f","amount":"1","mony":1})", "unknown_field",
            "mony"},
           {R"({"id":"01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f","amount":"1","amount":"2"})", "bad_json", ""},
           {"{", "bad_json", ""},
           {"[]", "bad_json", ""},
           {"", "bad_json", ""},
           {"{\"id\":\"\xff\"}", "bad_json", ""},
       }) {
    Fields fields(row.body);
    fields.uuid("id");
    fields.money("amount");
    const auto problem = fields.problem();
    EXPECT_EQ(problem ? problem->name : "", row.name) << row.body;
    EXPECT_EQ(problem ? problem->field : "", row.field) << row.body;
  }
}

TEST(Fields, GivesUuidsInLowerCase) {
  Fields fields(R"({"id":"01929BD4-7F3A-7C44-9E52-0A1B2C3D4E5F"})");
  EXPECT_EQ(fields.uuid("id"), "01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f");
}

TEST(Fields, RefusesDeepNesting) {
  Fields fields(std::string(10'000, '['));
  EXPECT_TRUE(fields.problem());
}

TEST(Target, IsDecodedOnce) {
  Request request;
  ASSERT_TRUE(parse_target("/a%20b/%2e%2e?x=1%262&y=a+b&z", request));
  EXPECT_EQ(request.path, "/a b/..");
  EXPECT_EQ(*request.asked("x"), "1&2");
  EXPECT_EQ(*request.asked("y"), "a b");
  EXPECT_EQ(*request.asked("z"), "");
  for (const char* bad : {"", "a", "/%", "/%2", "/%zz", "/%00"}) {
    Request other;
    EXPECT_FALSE(parse_target(bad, other)) << bad;
  }
}

TEST(Router, TellsNotFoundFromOtherMethod) {
  Router router;
  router.add({"GET", "/api/v1/meters/{number}", Access::open, Read{}});
  Request request{.method = "GET", .path = "/api/v1/meters/07"};
  ASSERT_TRUE(router.match(request));
  EXPECT_EQ(request.parameter("number"), "07");
  for (const auto& [method, path, status] : std::initializer_list<std::tuple<const char*, const char*, int>>{
           {"POST", "/api/v1/meters/07", 405},
           {"GET", "/api/v1/meters", 404},
           {"GET", "/api/v1/meters/", 404},
           {"GET", "/api/v1/meters/07/", 404},
           {"GET", "/api/v1/meters/07/x", 404},
       }) {
    Request other{.method = method, .path = path};
    const auto match = router.match(other);
    ASSERT_FALSE(match) << path;
    EXPECT_EQ(match.error().status, status) << path;
  }
}

class Pages : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root / "dist/assets");
    std::ofstream(root / "dist/index.html") << "index";
    std::ofstream(root / "dist/assets/app-1.js") << "script";
    std::ofstream(root / "secret.txt") << "secret";
    std::filesystem::create_symlink(root / "secret.txt", root / "dist/link.txt");
  }
  void TearDown() override { std::filesystem::remove_all(root); }
  Response get(const std::string& path) { return files.serve({.method = "GET", .path = path}); }

  std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("lk-pages-" + std::to_string(::getpid()));
  StaticFiles files{root / "dist"};
};

TEST_F(Pages, ServesFilesWithTheirType) {
  EXPECT_EQ(get("/").body, "index");
  EXPECT_EQ(get("/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(get("/assets/app-1.js").body, "script");
  EXPECT_EQ(get("/assets/app-1.js").content_type, "text/javascript; charset=utf-8");
}

TEST_F(Pages, GivesTheIndexForAPlaceInThePagesButNotForAMissingFile) {
  EXPECT_EQ(get("/meters/07").body, "index");
  EXPECT_EQ(get("/assets/app-2.js").status, 404);
}

TEST_F(Pages, NeverLeavesTheirFolder) {
  for (const char* path : {"/../secret.txt", "/assets/../../secret.txt", "/link.txt", "/..", "/./secret.txt",
                           "//etc/passwd", "/\\..\\secret.txt"}) {
    EXPECT_NE(get(path).body, "secret") << path;
    EXPECT_EQ(get(path).body.find("root:"), std::string::npos) << path;
  }
}

TEST_F(Pages, AreNotSentAgainWhereUnchanged) {
  const Response first = get("/");
  const std::string etag = first.headers.at(0).second;
  EXPECT_EQ(files.serve({.method = "GET", .path = "/", .if_none_match = etag}).status, 304);
}

}  // namespace
}  // namespace lk::http
