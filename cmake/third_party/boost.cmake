# Boost.Asio and Boost.Beast compiled once (their own "separate compilation"), with their headers precompiled: programs
# link lk::boost and include the headers as usual.
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Threads REQUIRED)
add_library(lk_boost STATIC ${CMAKE_CURRENT_LIST_DIR}/boost.cpp)
add_library(lk::boost ALIAS lk_boost)
target_compile_definitions(lk_boost PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_NO_TS_EXECUTORS)
target_include_directories(lk_boost SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
target_link_libraries(lk_boost PUBLIC Threads::Threads OpenSSL::SSL OpenSSL::Crypto)
if(LK_SANITIZE)
  target_compile_options(lk_boost PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=all)
endif()
