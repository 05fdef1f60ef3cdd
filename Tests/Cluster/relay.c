// A link between two namespaces of the network that delays packets: relay NAMESPACE NAMESPACE DEVICE MICROSECONDS
// Makes a TUN device of that name in each and carries packets between the two, each after so many microseconds, until it is ended.
// Prints a line once both devices are there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

// The longest packet, and how many are under way in a direction at most; more are lost, as on a link.
enum { LONGEST = 65536, MOST = 8192 };

struct packet {
  int64_t due;
  size_t size;
  char *bytes;
};

struct direction {
  int from, to;
  size_t first, count;
  struct packet packets[MOST];
};

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int device_in(const char *space, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/var/run/netns/%s", space);
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET) != 0) fail(path);
  close(descriptor);
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) fail("/dev/net/tun");
  struct ifreq request = {0};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  if (ioctl(device, TUNSETIFF, &request) != 0) fail(name);
  return device;
}

static void take(struct direction *way, int64_t delay) {
  static char bytes[LONGEST];
  for (;;) {
    const ssize_t size = read(way->from, bytes, sizeof bytes);
    if (size <= 0) return;
    if (way->count == MOST) continue;
    struct packet *packet = &way->packets[(way->first + way->count++) % MOST];
    packet->due = now() + delay;
    packet->size = (size_t)size;
    packet->bytes = malloc(packet->size);
    if (!packet->bytes) fail("memory");
    memcpy(packet->bytes, bytes, packet->size);
  }
}

static void give(struct direction *way) {
  while (way->count > 0 && way->packets[way->first].due <= now()) {
    struct packet *packet = &way->packets[way->first];
    // A device that is not up, or full, loses it.
    if (write(way->to, packet->bytes, packet->size) < 0 && errno != EAGAIN && errno != EIO) fail("write");
    free(packet->bytes);
    way->first = (way->first + 1) % MOST;
    way->count--;
  }
}

int main(int count, char **arguments) {
  if (count != 5) {
    fputs("usage: relay NAMESPACE NAMESPACE DEVICE MICROSECONDS\n", stderr);
    return 2;
  }
  const int one = device_in(arguments[1], arguments[3]), other = device_in(arguments[2], arguments[3]);
  const int64_t delay = atoll(arguments[4]) * 1000;
  static struct direction ways[2];
  ways[0].from = ways[1].to = one;
  ways[1].from = ways[0].to = other;
  // Before the ranks, which may have every processor: a link does not wait for those whose packets it carries. Without the right to
  // it packets come later.
  const struct sched_param first = {.sched_priority = 1};
  (void)!sched_setscheduler(0, SCHED_FIFO, &first);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int64_t next = INT64_MAX;
    for (int i = 0; i < 2; i++)
      if (ways[i].count > 0 && ways[i].packets[ways[i].first].due < next) next = ways[i].packets[ways[i].first].due;
    int64_t left = next == INT64_MAX ? 1000000000 : next - now();
    if (left < 0) left = 0;
    const struct timespec wait = {left / 1000000000, left % 1000000000};
    struct pollfd waited[2] = {{one, POLLIN, 0}, {other, POLLIN, 0}};
    if (ppoll(waited, 2, &wait, 0) < 0 && errno != EINTR) fail("poll");
    for (int i = 0; i < 2; i++) {
      take(&ways[i], delay);
      give(&ways[i]);
    }
  }
}
