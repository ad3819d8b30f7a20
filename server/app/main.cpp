// SPDX-License-Identifier: Apache-2.0
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "server/app/check.hpp"
#include "server/app/configuration.hpp"
#include "server/app/server.hpp"
#include "server/app/version.hpp"
#include "server/customers/password.hpp"
#include "server/customers/users.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace {

struct Told : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct NewUser {
  std::string name;
  std::string role = "operator";
  std::string customer;
  std::string password_file;
};

lk::app::Configuration configuration_of(const std::string& path) {
  auto configuration = lk::app::read_configuration(path);
  if (!configuration) throw Told(configuration.error());
  return *configuration;
}

void add_user(const lk::app::Configuration& configuration, const NewUser& user) {
  std::ifstream file(user.password_file);
  std::string password;
  if (!std::getline(file, password))
    throw Told(user.password_file + ": no password can be read from its first line");
  if (password.size() < 10)
    throw Told(user.password_file + ": the password must have at least 10 characters");
  if (!lk::customers::is_user_name(user.name)) throw Told("--user must be letters, digits and . _ - @");
  if ((user.role == "tenant") == user.customer.empty())
    throw Told("--customer goes with --role tenant, and only with it");
  lk::app::prepare_database(configuration);
  lk::store::Session session(configuration.database);
  session.begin();
  const auto added = lk::customers::add_user(
      session, {user.name, lk::customers::hash_password(password), user.role, user.customer},
      lk::store::system_clock()());
  if (!added) {
    throw Told(added.error() == lk::customers::UserRefusal::exists ? "user " + user.name + " exists already"
                                                                   : "there is no customer " + user.customer);
  }
  session.commit();
  std::printf("user %s added\n", user.name.c_str());
}

int run(int argc, char** argv) {
  CLI::App app{"Latchkey's server: customers, meters, sale of electricity, ledger, pages", "latchkey-server"};
  app.set_version_flag("--version", std::string(lk::app::version));
  app.require_subcommand(1);
  std::string path = "server.toml";
  const auto with_config = [&](CLI::App* command) {
    command->add_option("--config", path, "configuration file")->capture_default_str();
    return command;
  };
  CLI::App* serve = with_config(app.add_subcommand("serve", "serve until SIGTERM"));
  CLI::App* migrate = with_config(app.add_subcommand("migrate", "make the database, or bring it up to date"));
  CLI::App* check =
      with_config(app.add_subcommand("check", "check configuration, vault, database and ledger"));
  CLI::App* user = app.add_subcommand("user", "log-ins");
  user->require_subcommand(1);
  CLI::App* add = with_config(user->add_subcommand("add", "add a log-in"));
  NewUser asked;
  add->add_option("--user", asked.name, "name")->required();
  add->add_option("--role", asked.role, "operator or tenant")->check(CLI::IsMember({"operator", "tenant"}));
  add->add_option("--customer", asked.customer, "id of the tenant's customer");
  add->add_option("--password-file", asked.password_file, "file with the password in its first line")
      ->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const lk::app::Configuration configuration = configuration_of(path);
  if (serve->parsed()) lk::app::serve(configuration);
  if (migrate->parsed()) lk::app::prepare_database(configuration);
  if (add->parsed()) add_user(configuration, asked);
  if (check->parsed()) return lk::app::check(configuration) ? 0 : 1;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("latchkey-server"));
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "latchkey-server: %s\n", error.what());
    return 2;
  }
}
