#include "CSender.h"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <linux/net_tstamp.h>
#include <mutex>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <string>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

// Prerecorded bytes over ws:// or wss://, with nothing between them and the socket.

namespace {
std::atomic<uint64_t> written{0};

/// When the receiver's side of the kernel got a message, by the stamp in it. Lives as long as the threads that serve.
std::unordered_map<int64_t, int64_t> &arrivals = *new std::unordered_map<int64_t, int64_t>;
std::mutex &arrivals_mutex = *new std::mutex;

/// A connection with or without TLS.
struct Line {
  int descriptor = -1;
  SSL *ssl = nullptr;

  long receive(void *bytes, size_t count) {
    return ssl ? SSL_read(ssl, bytes, int(count)) : read(descriptor, bytes, count);
  }

  bool send(const void *bytes, size_t count) {
    auto next = static_cast<const uint8_t *>(bytes);
    while (count > 0) {
      long sent = ssl ? SSL_write(ssl, next, int(count)) : write(descriptor, next, count);
      if (sent <= 0) return false;
      next += sent;
      count -= size_t(sent);
    }
    return true;
  }

  bool message(const void *bytes, size_t count) {
    std::vector<uint8_t> frame;
    append(frame, bytes, count);
    return send(frame.data(), frame.size());
  }

  /// Appends a binary message.
  static void append(std::vector<uint8_t> &frame, const void *bytes, size_t count) {
    frame.push_back(0x82);
    if (count < 126) {
      frame.push_back(uint8_t(count));
    } else if (count < 65536) {
      frame.insert(frame.end(), {126, uint8_t(count >> 8), uint8_t(count)});
    } else {
      frame.push_back(127);
      for (int shift = 56; shift >= 0; shift -= 8) frame.push_back(uint8_t(uint64_t(count) >> shift));
    }
    auto first = static_cast<const uint8_t *>(bytes);
    frame.insert(frame.end(), first, first + count);
  }
};

std::string header(const std::string &text, const char *name) {
  auto start = text.find(std::string("\n") + name + ":");
  if (start == std::string::npos) return "";
  start += strlen(name) + 2;
  while (start < text.size() && text[start] == ' ') start++;
  auto end = text.find_first_of("\r\n", start);
  return text.substr(start, end - start);
}

bool upgrade(Line &line) {
  std::string head;
  char byte;
  while (head.find("\r\n\r\n") == std::string::npos) {
    if (head.size() > 16384 || line.receive(&byte, 1) <= 0) return false;
    head += byte;
  }
  std::string lower;
  for (char c : head) lower += char(tolower(c));
  auto at = lower.find("\nsec-websocket-key:");
  if (at == std::string::npos) return false;
  at = head.find(':', at) + 1;
  while (head[at] == ' ') at++;
  std::string key = head.substr(at, head.find('\r', at) - at) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[20], text[32];
  SHA1(reinterpret_cast<const unsigned char *>(key.data()), key.size(), digest);
  EVP_EncodeBlock(text, digest, 20);
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
      std::string(reinterpret_cast<char *>(text)) + "\r\nSec-WebSocket-Protocol: STOMP\r\n\r\n";
  return line.send(answer.data(), answer.size());
}

bool take(Line &line, void *bytes, size_t count) {
  auto next = static_cast<uint8_t *>(bytes);
  while (count > 0) {
    long got = line.receive(next, count);
    if (got <= 0) return false;
    next += got;
    count -= size_t(got);
  }
  return true;
}

/// The next message of the client, unmasked; small ones only.
bool next(Line &line, std::string &message) {
  uint8_t head[8];
  if (!take(line, head, 2)) return false;
  size_t count = head[1] & 0x7F;
  if (count == 126) {
    if (!take(line, head + 2, 2)) return false;
    count = size_t(head[2]) << 8 | head[3];
  } else if (count == 127) {
    return false;
  }
  uint8_t mask[4];
  if (!take(line, mask, 4)) return false;
  message.resize(count);
  if (!take(line, message.data(), count)) return false;
  for (size_t i = 0; i < count; i++) message[i] = char(message[i] ^ mask[i & 3]);
  return true;
}

int64_t stamp(uint8_t *place) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t time = now.tv_sec * 1000000000LL + now.tv_nsec;
  char digits[24];
  snprintf(digits, sizeof digits, "%019lld", (long long)time);
  memcpy(place, digits, 19);
  return time;
}

/// Asks the kernel to note when it hands packets to the device, which on loopback is the way to the receiver.
void noteArrivals(int descriptor) {
  int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
              SOF_TIMESTAMPING_OPT_TSONLY;
  setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

/// Takes what the kernel has noted since the message with that stamp was written.
void takeArrival(int descriptor, int64_t stamp) {
  char control[512];
  int64_t time = 0;
  for (;;) {
    msghdr message{};
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPING) continue;
      timespec noted;
      memcpy(&noted, CMSG_DATA(part), sizeof noted);
      time = noted.tv_sec * 1000000000LL + noted.tv_nsec;
    }
  }
  std::lock_guard<std::mutex> lock(arrivals_mutex);
  if (time) arrivals[stamp] = time;
}

/// Whether the client has said farewell; what else it sends meanwhile (heart-beats, pings) is skipped.
bool left(Line &line) {
  uint8_t byte;
  std::string message;
  while ((line.ssl && SSL_pending(line.ssl) > 0) || recv(line.descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
    if (!next(line, message)) return true;
    if (message.rfind("DISCONNECT", 0) == 0) return true;
  }
  return false;
}

void serve(int listener, sender_plan plan, SSL_CTX *context) {
  Line line;
  line.descriptor = accept(listener, nullptr, nullptr);
  close(listener);
  if (line.descriptor < 0) return;
  int one = 1;
  setsockopt(line.descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (context) {
    line.ssl = SSL_new(context);
    SSL_set_fd(line.ssl, line.descriptor);
    if (SSL_accept(line.ssl) != 1) return;
  }
  if (!upgrade(line)) return;
  std::string message;
  while (next(line, message)) {
    if (message.rfind("CONNECT", 0) == 0) {
      if (!line.message(plan.connected, plan.connected_length)) return;
    } else if (message.rfind("SUBSCRIBE", 0) == 0) {
      auto receipt = header(message, "receipt");
      if (!receipt.empty()) {
        std::string answer = "RECEIPT\nreceipt-id:" + receipt + "\n\n";
        if (!line.message(answer.c_str(), answer.size() + 1)) return;
      }
      break;
    }
  }
  // All messages as they go out, and where each one begins.
  auto id = header(message, "id");
  std::vector<uint8_t> bytes;
  std::vector<size_t> starts;
  for (size_t at = 0; at + 4 <= plan.messages_length;) {
    uint32_t length;
    memcpy(&length, plan.messages + at, 4);
    std::string frame(reinterpret_cast<const char *>(plan.messages) + at + 4, length);
    auto place = frame.find("SUBSCRIPTION");
    if (place != std::string::npos) frame.replace(place, 12, id);
    starts.push_back(bytes.size());
    Line::append(bytes, frame.data(), frame.size());
    at += 4 + length;
  }
  starts.push_back(bytes.size());
  if (starts.size() < 2) return;
  size_t again = std::min(plan.once, starts.size() - 2);
  if (plan.pause > 0) {
    static const char empty[] = "1000000000000000000";
    std::vector<long> stamps;
    for (size_t i = 0; i + 1 < starts.size(); i++) {
      auto found = memmem(bytes.data() + starts[i], starts[i + 1] - starts[i], empty, 19);
      stamps.push_back(found ? static_cast<uint8_t *>(found) - bytes.data() : -1);
    }
    noteArrivals(line.descriptor);
    timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (size_t i = 0;; i = i + 2 < starts.size() ? i + 1 : again) {
      due.tv_nsec += plan.pause;
      while (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
      int64_t time = stamps[i] >= 0 ? stamp(bytes.data() + stamps[i]) : 0;
      if (!line.send(bytes.data() + starts[i], starts[i + 1] - starts[i])) return;
      takeArrival(line.descriptor, time);
      written++;
    }
  }
  for (size_t first = 0;; first = again) {
    for (size_t at = starts[first]; at < bytes.size();) {
      size_t part = std::min<size_t>(bytes.size() - at, 1 << 18);
      if (!line.send(bytes.data() + at, part)) return;
      at += part;
      if (left(line)) {
        // Between two messages or not: nobody reads on.
        if (line.ssl) SSL_shutdown(line.ssl);
        close(line.descriptor);
        return;
      }
    }
    written += starts.size() - 1 - first;
  }
}
}  // namespace

int sender_start(const struct sender_plan *plan) {
  SSL_CTX *context = nullptr;
  if (plan->certificate) {
    context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, plan->certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, plan->key, SSL_FILETYPE_PEM) != 1)
      return -1;
  }
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr *>(&address), length) != 0 || listen(listener, 4) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length) != 0)
    return -1;
  written = 0;
  {
    std::lock_guard<std::mutex> lock(arrivals_mutex);
    arrivals.clear();
  }
  std::thread(serve, listener, *plan, context).detach();
  return ntohs(address.sin_port);
}

double socket_read_bandwidth(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr *>(&address), length) != 0 || listen(listener, 1) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length) != 0)
    return -1;
  int reader = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(reader, reinterpret_cast<sockaddr *>(&address), length) != 0) return -1;
  int writer = accept(listener, nullptr, nullptr);
  std::thread sender([writer] {
    std::vector<char> bytes(1 << 18, 'x');
    while (write(writer, bytes.data(), bytes.size()) > 0) {
    }
  });
  std::vector<char> room(1 << 16);
  timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  double total = 0, seconds = 0;
  while (seconds < 1) {
    long got = read(reader, room.data(), room.size());
    if (got <= 0) break;
    total += double(got);
    clock_gettime(CLOCK_MONOTONIC, &now);
    seconds = double(now.tv_sec - start.tv_sec) + double(now.tv_nsec - start.tv_nsec) / 1e9;
  }
  close(reader);
  sender.join();
  close(writer);
  close(listener);
  return total / seconds;
}

uint64_t sender_messages(void) { return written; }

int64_t sender_arrival(int64_t stamp) {
  std::lock_guard<std::mutex> lock(arrivals_mutex);
  auto found = arrivals.find(stamp);
  return found == arrivals.end() ? 0 : found->second;
}
