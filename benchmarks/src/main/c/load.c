/*
 * Sends lines over many connections and checks that every one comes back, byte by byte and in order. Tells how much CPU
 * time the server, another process, has used meanwhile.
 *
 *   load PORT SERVER-PID CONNECTIONS IN-FLIGHT LINE-BYTES MESSAGES SECONDS
 *
 * Keeps IN-FLIGHT lines under way on each connection until MESSAGES are answered, and prints one line: key=value pairs,
 * times in nanoseconds. Fails with a message on standard error, at the latest after SECONDS. One thread; an end of the
 * standard input is the end of whoever started it, and ends it too.
 *
 * A line is a sequence number, the number of its connection, letters, and a line feed:
 *
 *   000000000017-0003-abcdefghijklm\n
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DIGITS 12
#define MIN_LINE 20
/* What is under way on a connection must fit into the buffers of its sockets, or a write would wait for the server. */
#define MAX_UNDER_WAY 65536
#define MAX_CONNECTIONS 9999
#define EVENTS 256
#define PARENT UINT32_MAX

/* Latencies: 32 steps for each power of two, so to 3 %. */
#define STEP_BITS 5
#define STEPS (1 << STEP_BITS)

struct connection {
	int fd;
	/* The line to send next, and the one whose reply comes next. */
	char *next;
	char *expected;
	/* How much of that reply has come. */
	size_t matched;
	/* Numbers of lines sent and of replies. */
	long sent;
	long answered;
	/* When each line under way was sent; by its number modulo their count. */
	int64_t *sent_at;
};

static int connections;
static int in_flight;
static size_t line_bytes;
static long messages;
static int64_t deadline;

static struct connection *all;
static char *batch;
static long sent;
static long answered;
static long latencies[64 * STEPS];
static int64_t longest;

static void fail(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static int64_t now(clockid_t clock) {
	struct timespec time;
	if (clock_gettime(clock, &time) != 0) {
		fail("cannot read a clock: %s", strerror(errno));
	}
	return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *allocate(size_t count, size_t size) {
	void *memory = calloc(count, size);
	if (memory == NULL) {
		fail("out of memory");
	}
	return memory;
}

static void record(int64_t latency) {
	uint64_t value = latency > 0 ? (uint64_t) latency : 1;
	int shift = 63 - __builtin_clzll(value) - STEP_BITS;
	latencies[shift <= 0 ? value : (uint64_t) shift * STEPS + (value >> shift)]++;
	if (latency > longest) {
		longest = latency;
	}
}

/* Returns the latency that a part of all replies stayed below, as the lower end of its step. */
static int64_t percentile(double part) {
	long rank = (long) (part * (double) answered);
	long seen = 0;
	for (int i = 0; i < 64 * STEPS; i++) {
		seen += latencies[i];
		if (seen > rank) {
			int shift = i / STEPS - 1;
			return shift <= 0 ? i : (int64_t) (i - shift * STEPS) << shift;
		}
	}
	return longest;
}

/* Adds one to the sequence number at the beginning of a line. */
static void increment(char *line) {
	int i = DIGITS - 1;
	while (line[i] == '9') {
		line[i--] = '0';
	}
	line[i]++;
}

static char *first_line(int connection) {
	char *line = allocate(line_bytes, 1);
	char numbers[32];
	size_t length = (size_t) snprintf(numbers, sizeof numbers, "%0*d-%04d-", DIGITS, 0, connection);
	memcpy(line, numbers, length);
	for (size_t i = length; i < line_bytes - 1; i++) {
		line[i] = (char) ('a' + (i - length) % 26);
	}
	line[line_bytes - 1] = '\n';
	return line;
}

static void send_lines(struct connection *connection, long count, int64_t time) {
	for (long i = 0; i < count; i++) {
		memcpy(batch + (size_t) i * line_bytes, connection->next, line_bytes);
		increment(connection->next);
		connection->sent_at[connection->sent++ % in_flight] = time;
	}
	size_t bytes = (size_t) count * line_bytes;
	ssize_t written = send(connection->fd, batch, bytes, MSG_NOSIGNAL);
	if (written != (ssize_t) bytes) {
		fail("connection %td: could not send %zu bytes: %s", connection - all, bytes,
				written < 0 ? strerror(errno) : "cut short");
	}
	sent += count;
}

static void mismatch(struct connection *connection, const char *bytes, size_t length) {
	size_t at = 0;
	while (at < length && bytes[at] == connection->expected[connection->matched + at]) {
		at++;
	}
	fail("connection %td, reply %ld, byte %zu: expected 0x%02x, got 0x%02x", connection - all, connection->answered,
			connection->matched + at, (unsigned char) connection->expected[connection->matched + at],
			(unsigned char) bytes[at]);
}

/* Compares what came with what must come, and returns how many replies are complete with it. */
static long check(struct connection *connection, const char *bytes, size_t length, int64_t time) {
	long complete = 0;
	while (length > 0) {
		if (connection->answered == connection->sent) {
			fail("connection %td: a reply that nothing was sent for, after %ld", connection - all,
					connection->answered);
		}
		size_t part = line_bytes - connection->matched;
		if (part > length) {
			part = length;
		}
		if (memcmp(bytes, connection->expected + connection->matched, part) != 0) {
			mismatch(connection, bytes, part);
		}
		bytes += part;
		length -= part;
		connection->matched += part;
		if (connection->matched == line_bytes) {
			connection->matched = 0;
			increment(connection->expected);
			record(time - connection->sent_at[connection->answered++ % in_flight]);
			complete++;
		}
	}
	return complete;
}

/* Keeps at most `depth` lines under way on each connection until `count` more have been answered. */
static void exchange(int epoll, long count, int depth) {
	static char buffer[MAX_UNDER_WAY];
	struct epoll_event events[EVENTS];
	long last = sent + count;
	int64_t time = now(CLOCK_MONOTONIC);
	for (int i = 0; i < connections && sent < last; i++) {
		send_lines(&all[i], last - sent < depth ? last - sent : depth, time);
	}
	while (answered < last) {
		int ready = epoll_wait(epoll, events, EVENTS, 1000);
		if (ready < 0 && errno != EINTR) {
			fail("cannot wait for replies: %s", strerror(errno));
		}
		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 == PARENT) {
				if (read(STDIN_FILENO, buffer, sizeof buffer) <= 0) {
					fail("the standard input has ended");
				}
				continue;
			}
			struct connection *connection = &all[events[i].data.u32];
			ssize_t length = recv(connection->fd, buffer, sizeof buffer, 0);
			if (length <= 0) {
				fail("connection %td, after reply %ld: %s", connection - all, connection->answered,
						length == 0 ? "closed by the server" : strerror(errno));
			}
			time = now(CLOCK_MONOTONIC);
			long complete = check(connection, buffer, (size_t) length, time);
			answered += complete;
			if (complete > last - sent) {
				complete = last - sent;
			}
			if (complete > 0) {
				send_lines(connection, complete, time);
			}
		}
		if (now(CLOCK_MONOTONIC) > deadline) {
			fail("%ld of %ld replies came in time", answered, messages);
		}
	}
}

static void open_connection(int epoll, int number, int port) {
	struct connection *connection = &all[number];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;
	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *) &address, sizeof address) != 0
			|| setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
		fail("connection %d: %s", number, strerror(errno));
	}
	connection->next = first_line(number);
	connection->expected = first_line(number);
	connection->sent_at = allocate((size_t) in_flight, sizeof(int64_t));
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t) number };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
		fail("connection %d: %s", number, strerror(errno));
	}
}

static long argument(char *text, long least, long most) {
	char *end;
	long value = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || value < least || value > most) {
		fail("'%s' is not a number from %ld to %ld", text, least, most);
	}
	return value;
}

int main(int count, char **arguments) {
	if (count != 8) {
		fail("usage: %s PORT SERVER-PID CONNECTIONS IN-FLIGHT LINE-BYTES MESSAGES SECONDS", arguments[0]);
	}
	int port = (int) argument(arguments[1], 1, 65535);
	pid_t server = (pid_t) argument(arguments[2], 1, INT32_MAX);
	connections = (int) argument(arguments[3], 1, MAX_CONNECTIONS);
	in_flight = (int) argument(arguments[4], 1, MAX_UNDER_WAY / MIN_LINE);
	line_bytes = (size_t) argument(arguments[5], MIN_LINE, MAX_UNDER_WAY / in_flight);
	messages = argument(arguments[6], 1, 1000000000);
	unsigned seconds = (unsigned) argument(arguments[7], 1, 86400);
	deadline = now(CLOCK_MONOTONIC) + (int64_t) seconds * 1000000000;
	/* For the calls that the deadline is not looked at in. */
	alarm(seconds + 5);

	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0) {
		fail("no epoll: %s", strerror(errno));
	}
	/* Refused for a file or /dev/null, which do not end before we do. */
	struct epoll_event parent = { .events = EPOLLIN, .data.u32 = PARENT };
	epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &parent);
	clockid_t server_clock;
	int error = clock_getcpuclockid(server, &server_clock);
	if (error != 0) {
		fail("the CPU time of process %d cannot be read: %s", (int) server, strerror(error));
	}
	all = allocate((size_t) connections, sizeof(struct connection));
	batch = allocate((size_t) in_flight, line_bytes);
	for (int i = 0; i < connections; i++) {
		open_connection(epoll, i, port);
	}
	/* One line on each: accepting connections is not what is measured. */
	exchange(epoll, connections, 1);
	memset(latencies, 0, sizeof latencies);
	answered = 0;
	sent = 0;
	longest = 0;

	int64_t cpu_before = now(server_clock);
	int64_t before = now(CLOCK_MONOTONIC);
	exchange(epoll, messages, in_flight);
	int64_t elapsed = now(CLOCK_MONOTONIC) - before;
	int64_t cpu = now(server_clock) - cpu_before;

	printf("messages=%ld elapsed=%lld cpu=%lld p50=%lld p99=%lld p999=%lld max=%lld\n", answered, (long long) elapsed,
			(long long) cpu, (long long) percentile(0.5), (long long) percentile(0.99), (long long) percentile(0.999),
			(long long) longest);
	return 0;
}
