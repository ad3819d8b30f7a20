# Writes OUTPUT, a C++ file with the text of FILE as interface_description().
file(READ ${FILE} text)
file(WRITE ${OUTPUT} "// Made by embed.cmake.\n#include \"server/app/interface.hpp\"\n\nnamespace lk::app {\nstd::string_view interface_description() {\n  return R\"yaml(${text})yaml\";\n}\n}  // namespace lk::app\n")
