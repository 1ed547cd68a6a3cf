#ifndef ISSPLUS_BENCH_CSENDER_H
#define ISSPLUS_BENCH_CSENDER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A gateway that does nothing but send: it accepts one WebSocket client, answers CONNECT with `connected` and the first
/// SUBSCRIBE with its RECEIPT, and then writes the messages again and again, with the id of that subscription in each.
/// Ends when the client goes away.
struct sender_plan {
  /// STOMP frame that answers CONNECT.
  const uint8_t *connected;
  size_t connected_length;
  /// STOMP frames, each with its length in four bytes, little endian, in front; `SUBSCRIPTION` stands for the id.
  const uint8_t *messages;
  size_t messages_length;
  /// So many of them, from the first on, are written once only: a snapshot does not come again in the midst of updates.
  size_t once;
  /// PEM files; NULL serves ws://.
  const char *certificate;
  const char *key;
  /// Pause between messages in nanoseconds, with the time of day in place of the first 1000000000000000000 in each;
  /// 0 sends as fast as it can.
  int64_t pause;
};

/// Listens on a free port of loopback, serves one client on a thread of its own, and returns the port; -1 on an error.
int sender_start(const struct sender_plan *plan);

/// Bytes a second that a thread reads from a socket of loopback into 64 KiB and throws away, while another one writes.
double socket_read_bandwidth(void);

/// Connects to a sender as a client without a library and writes down for `count` messages the stamp in each and the
/// time at which a read has returned with it, in nanoseconds of the day. -1 on an error.
int bare_latency(int port, int secure, int count, int64_t *stamps, int64_t *times);

/// When the kernel handed the message with that stamp to the receiver, in nanoseconds of the day; 0 when it has not said.
/// Senders with a pause only.
int64_t sender_arrival(int64_t stamp);

/// How many messages have been written since the start.
uint64_t sender_messages(void);

#ifdef __cplusplus
}
#endif
#endif
