// The system's names for addresses and for pieces of memory.
#pragma once

#ifdef _WIN32

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstddef>

/// As POSIX has it; Winsock's WSABUF has its members the other way round.
struct iovec {
  void* iov_base;
  std::size_t iov_len;
};

#else

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#endif
