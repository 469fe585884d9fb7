/*
 * Sends messages over many connections and checks that every one comes back, byte by byte and in order. Tells how much CPU
 * time the server, another process, has used meanwhile, and how often its threads were switched.
 *
 *   load WHAT PORT SERVER-PID CONNECTIONS IN-FLIGHT MESSAGE-BYTES MESSAGES SECONDS WAITING BEGINNING
 *
 * WHAT is one of
 *
 *   lines    keeps IN-FLIGHT lines under way on each connection until MESSAGES are answered
 *   frames   the same with frames, of which the first four bytes say how many follow
 *   words    the same as lines, each of which begins with a word, one of eight; a connection has the same each time
 *   broadcast  has the first connection send lines, IN-FLIGHT of which are under way to any of the others, until MESSAGES
 *            have come, each line on all connections
 *   ask      sends IN-FLIGHT lines on each connection, and then sends back whatever comes, until MESSAGES lines have been sent
 *            back and have come again; the latencies are those from a line that was sent back to the next one in its place
 *   cluster  opens CONNECTIONS to each of two nodes, the other one on OTHER_NODE and the same port, with a line each; then sends
 *            lines to the first node, each of which comes on the connection to the other node that has the same number
 *   tls      the same as lines over TLS 1.3, if compiled with -DTLS; takes whatever certificate the server has
 *   connect  opens and ends MESSAGES connections, CONNECTIONS at a time, with one line on each
 *   handshake  the same as connect over TLS, each connection with a handshake of its own
 *   resume   the same, but each connection resumes the session of the one before it
 *   crowd    sends a line every PACE on each connection, over TLS, and meanwhile has CROWD more begin a handshake at once, until
 *            MESSAGES of these are done; the latencies are those of the lines, from when each was due
 *   arrive   keeps one line under way on each connection and meanwhile opens NEWCOMERS more at once, with one line on each, until
 *            MESSAGES of these are answered; the latencies are those of newcomers, from the begin of their connect
 *   door     keeps one line under way on each connection and meanwhile opens one newcomer after the other, with a pause behind
 *            each and one line on it, until MESSAGES of these are answered; the latencies are those of newcomers, from the begin
 *            of their connect, and a reply to one is looked for before those to the others
 *   fair     keeps IN-FLIGHT lines under way on each connection, and meanwhile sends a line on one more, now and then, until
 *            MESSAGES of these are answered; the latencies are those of this one
 *   idle     opens the connections, exchanges one line on each, prints "ready" and keeps them until its standard input ends
 *   idle-tls the same over TLS
 *
 * WAITING is "busy" or "asleep". Who sleeps is woken by the server, whose CPU time that is, and the more often the slower the
 * server is; a peer on another machine costs a server nothing of the kind. Who is busy needs a core for itself.
 *
 * BEGINNING is what connections begin with: "plain" for nothing, "proxy" for a header of the PROXY protocol.
 *
 * Prints one line: key=value pairs, times in nanoseconds. Fails with a message on standard error, at the latest after
 * SECONDS. One thread; an end of the standard input is the end of whoever started it, and ends it too.
 *
 * A line is a sequence number, the number of its connection, letters, and a line feed; a frame has four bytes before it and
 * no line feed:
 *
 *   000000000017-0003-abcdefghijklm\n
 */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#endif

#define DIGITS 12
#define MIN_LINE 20
/* What is under way on a connection must fit into the buffers of its sockets, or a write would wait for the server. */
#define MAX_UNDER_WAY 65536
#define HEAD 4
/* How many words there are, and how long they are, with the blank behind. */
#define WORDS 8
#define WORD 5
#define MAX_CONNECTIONS 9999
#define NEWCOMERS 50
/* 127.0.0.2 */
#define OTHER_NODE (INADDR_LOOPBACK + 1)
#define CROWD 1000
/* So many of a crowd are begun before replies are read again. */
#define TOGETHER 8
#define PACE_NANOS 10000000
/* Lines that a connection beside a crowd has under way at most: what is due in two and a half seconds. */
#define MOST_DUE 256
/* So many replies to others are handled before that to a newcomer is looked for again. */
#define GLANCE 8
/* How long the quiet connection, or who is at the door, pauses behind each reply. */
#define PAUSE_NANOS 5000000
/* From whom a proxy would send on: a network for documentation. */
#define PROXY_HEADER "PROXY TCP4 192.0.2.1 127.0.0.1 40000 7000\r\n"
#define EVENTS 256
#define PARENT UINT32_MAX

/* Latencies: 32 steps for each power of two, so to 3 %. */
#define STEP_BITS 5
#define STEPS (1 << STEP_BITS)

struct connection {
	int fd;
#ifdef TLS
	SSL *tls;
	/* What the next connection here resumes. */
	SSL_SESSION *session;
#endif
	/* Whether the handshake, if there is one, is over. */
	int secured;
	/* Whose messages come here: those of the connection itself, or of the one that is sent on to all. */
	struct connection *sender;
	/* The message to send next, and the one whose reply comes next. */
	char *next;
	char *expected;
	/* How much of that reply has come. */
	size_t matched;
	/* Numbers of messages sent, and of the sender's that have come. */
	long sent;
	long answered;
	/* When the connection was begun, or its next message is due. */
	union {
		int64_t opened;
		int64_t due;
	};
	/* When each message under way was sent; by its number modulo their count. */
	int64_t *sent_at;
	/* What the server has asked with and was not sent back. */
	char *kept;
	size_t kept_bytes;
};

static int connections;
static int in_flight;
/* Where the sequence number begins: behind the length or the word, if there is one. */
static size_t head;
static int ends_with_line_feed;
static size_t message_bytes;
static int port;
static long messages;
static int64_t deadline;
/* How long to sleep when there is nothing to do; 0 to be busy. */
static int patience_millis;
/* Whether each connection begins with a header of the PROXY protocol. */
static int proxy;
/* How many connections each message comes to. */
static int listeners = 1;
/* From which number on connections are to the other node, and have the same numbers once more. */
static int other_node = INT_MAX;

static struct connection *all;
static char *batch;
static long sent;
static long answered;
static long recorded;
static long latencies[64 * STEPS];
static int64_t longest;
static int recording = 1;

#ifdef TLS
/* NULL for plain connections. */
static SSL_CTX *tls;
/* Whether handshakes are waited for with everything else, so that many are under way at a time. */
static int together;
static int resumes;
#endif

static void *allocate(size_t count, size_t size) {
	void *memory = calloc(count, size);
	if (memory == NULL) {
		fail("out of memory");
	}
	return memory;
}

static void record(int64_t latency) {
	if (!recording) {
		return;
	}
	uint64_t value = latency > 0 ? (uint64_t) latency : 1;
	int shift = 63 - __builtin_clzll(value) - STEP_BITS;
	latencies[shift <= 0 ? value : (uint64_t) shift * STEPS + (value >> shift)]++;
	recorded++;
	if (latency > longest) {
		longest = latency;
	}
}

/* Returns the latency that a part of those recorded stayed below, as the lower end of its step. */
static int64_t percentile(double part) {
	long rank = (long) (part * (double) recorded);
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

/* Adds one to the sequence number at the beginning of a message. */
static void increment(char *message) {
	char *line = message + head;
	int i = DIGITS - 1;
	while (line[i] == '9') {
		line[i--] = '0';
	}
	line[i]++;
}

static char *first_message(int connection) {
	char *message = allocate(message_bytes, 1);
	char numbers[32];
	if (ends_with_line_feed) {
		snprintf(numbers, sizeof numbers, "KEY%d ", 1 + connection % WORDS);
		memcpy(message, numbers, head);
	}
	else {
		uint32_t following = htonl((uint32_t) (message_bytes - HEAD));
		memcpy(message, &following, head);
	}
	size_t length = head + (size_t) snprintf(numbers, sizeof numbers, "%0*d-%04d-", DIGITS, 0, connection);
	memcpy(message + head, numbers, length - head);
	for (size_t i = length; i < message_bytes; i++) {
		message[i] = (char) ('a' + (i - length) % 26);
	}
	if (ends_with_line_feed) {
		message[message_bytes - 1] = '\n';
	}
	return message;
}

/* As send and recv; EAGAIN where something has come that is nothing to read. */
static ssize_t put(struct connection *connection, const char *bytes, size_t length) {
#ifdef TLS
	if (connection->tls != NULL) {
		return SSL_write(connection->tls, bytes, (int) length);
	}
#endif
	return send(connection->fd, bytes, length, MSG_NOSIGNAL);
}

static ssize_t get(struct connection *connection, char *buffer, size_t size) {
#ifdef TLS
	if (connection->tls != NULL) {
		int length = SSL_read(connection->tls, buffer, (int) size);
		if (length <= 0) {
			int error = SSL_get_error(connection->tls, length);
			if (error == SSL_ERROR_ZERO_RETURN) {
				return 0;
			}
			errno = error == SSL_ERROR_WANT_READ ? EAGAIN : EPROTO;
			return -1;
		}
		return length;
	}
#endif
	return recv(connection->fd, buffer, size, 0);
}

static void send_messages(struct connection *connection, long count, int64_t time) {
	for (long i = 0; i < count; i++) {
		memcpy(batch + (size_t) i * message_bytes, connection->next, message_bytes);
		increment(connection->next);
		connection->sent_at[connection->sent++ % in_flight] = time;
	}
	size_t bytes = (size_t) count * message_bytes;
	ssize_t written = put(connection, batch, bytes);
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
	struct connection *sender = connection->sender;
	long complete = 0;
	while (length > 0) {
		if (connection->answered == sender->sent) {
			fail("connection %td: a reply that nothing was sent for, after %ld", connection - all,
					connection->answered);
		}
		size_t part = message_bytes - connection->matched;
		if (part > length) {
			part = length;
		}
		if (memcmp(bytes, connection->expected + connection->matched, part) != 0) {
			mismatch(connection, bytes, part);
		}
		bytes += part;
		length -= part;
		connection->matched += part;
		if (connection->matched == message_bytes) {
			connection->matched = 0;
			increment(connection->expected);
			record(time - sender->sent_at[connection->answered++ % in_flight]);
			complete++;
		}
	}
	return complete;
}

/* Waits for something to happen, until the deadline or the end of the standard input. */
static int await(int epoll, struct epoll_event *events) {
	static char nothing[64];
	int ready = epoll_wait(epoll, events, EVENTS, patience_millis);
	if (ready < 0 && errno != EINTR) {
		fail("cannot wait for replies: %s", strerror(errno));
	}
	for (int i = 0; i < ready; i++) {
		if (events[i].data.u32 == PARENT && read(STDIN_FILENO, nothing, sizeof nothing) <= 0) {
			fail("the standard input has ended");
		}
	}
	if (now(CLOCK_MONOTONIC) > deadline) {
		fail("%ld of %ld replies came in time", answered, messages);
	}
	return ready;
}

/* Reads what has come on a connection, and returns how many replies are complete with it; -1 if the server has closed. */
static long receive(struct connection *connection, int64_t *time) {
	static char buffer[MAX_UNDER_WAY];
	ssize_t length = get(connection, buffer, sizeof buffer);
	if (length < 0 && errno == EAGAIN) {
		return 0;
	}
	if (length < 0) {
		fail("connection %td, after reply %ld: %s", connection - all, connection->answered, strerror(errno));
	}
	*time = now(CLOCK_MONOTONIC);
	if (length == 0) {
		return -1;
	}
	long complete = check(connection, buffer, (size_t) length, *time);
	answered += complete;
	return complete;
}

/* How many of its sender's messages have come on a connection and wherever else they are to come. */
static long arrived(struct connection *connection) {
	long least = connection->answered;
	for (int i = 0; listeners > 1 && i < listeners; i++) {
		if (all[i].answered < least) {
			least = all[i].answered;
		}
	}
	return least;
}

/* Keeps at most `depth` messages of each of the first connections under way until `count` more have been answered. */
static void exchange(int epoll, struct connection *first, int senders, long count, int depth) {
	struct epoll_event events[EVENTS];
	long last = sent + count;
	long last_answered = answered + count * listeners;
	int64_t time = now(CLOCK_MONOTONIC);
	for (int i = 0; i < senders && sent < last; i++) {
		send_messages(&first[i], last - sent < depth ? last - sent : depth, time);
	}
	while (answered < last_answered) {
		int ready = await(epoll, events);
		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 == PARENT) {
				continue;
			}
			struct connection *connection = &all[events[i].data.u32];
			long complete = receive(connection, &time);
			if (complete < 0) {
				fail("connection %td, after reply %ld: closed by the server", connection - all, connection->answered);
			}
			struct connection *sender = connection->sender;
			long room = complete > 0 ? depth - (sender->sent - arrived(connection)) : 0;
			if (room > last - sent) {
				room = last - sent;
			}
			if (room > 0) {
				send_messages(sender, room, time);
			}
		}
	}
}

/* Takes lines with which the server asks, and keeps them. */
static void take(struct connection *connection, int64_t time) {
	size_t room = (size_t) in_flight * message_bytes;
	size_t lines = connection->kept_bytes / message_bytes;
	ssize_t length = get(connection, connection->kept + connection->kept_bytes, room + 1 - connection->kept_bytes);
	if (length <= 0) {
		fail("connection %td, after line %ld: %s", connection - all, connection->answered,
				length < 0 ? strerror(errno) : "closed by the server");
	}
	connection->kept_bytes += (size_t) length;
	if (connection->kept_bytes > room) {
		fail("connection %td, after line %ld: a line that nothing was sent for", connection - all, connection->answered);
	}
	for (; lines < connection->kept_bytes / message_bytes; lines++) {
		char *line = connection->kept + lines * message_bytes;
		if (memchr(line, '\n', message_bytes) != line + message_bytes - 1) {
			fail("connection %td, after line %ld: a line of another length", connection - all, connection->answered);
		}
		record(time - connection->sent_at[connection->answered++ % in_flight]);
		answered++;
	}
}

/* Sends back the lines that are kept, as long as fewer than `last` have been sent. */
static void send_back(struct connection *connection, long last, int64_t time) {
	long count = (long) (connection->kept_bytes / message_bytes);
	if (count > last - sent) {
		count = last - sent;
	}
	if (count == 0) {
		return;
	}
	size_t bytes = (size_t) count * message_bytes;
	if (put(connection, connection->kept, bytes) != (ssize_t) bytes) {
		fail("connection %td: could not send %zu bytes", connection - all, bytes);
	}
	connection->kept_bytes -= bytes;
	memmove(connection->kept, connection->kept + bytes, connection->kept_bytes);
	for (long i = 0; i < count; i++) {
		connection->sent_at[connection->sent++ % in_flight] = time;
	}
	sent += count;
}

/* Sends back what the server asks with until `last` lines have been sent, and waits until each of them has come again. */
static void answer(int epoll, long last) {
	struct epoll_event events[EVENTS];
	int64_t time = now(CLOCK_MONOTONIC);
	for (int i = 0; i < connections; i++) {
		send_back(&all[i], last, time);
	}
	while (answered < last) {
		int ready = await(epoll, events);
		time = now(CLOCK_MONOTONIC);
		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 != PARENT) {
				struct connection *connection = &all[events[i].data.u32];
				take(connection, time);
				send_back(connection, last, time);
			}
		}
	}
}

/* Sends the lines that the server asks with from then on, and keeps them when they have come. */
static void begin_asking(int epoll) {
	for (int i = 0; i < connections; i++) {
		all[i].kept = allocate((size_t) in_flight * message_bytes + 1, 1);
		send_messages(&all[i], in_flight, now(CLOCK_MONOTONIC));
	}
	answer(epoll, sent);
}

#ifdef TLS
/* Goes on with the handshake, if there is one, and returns whether it is over. */
static int secure(struct connection *connection) {
	if (connection->tls == NULL) {
		connection->secured = 1;
		return 1;
	}
	int result = SSL_connect(connection->tls);
	if (result != 1 && !(together && SSL_get_error(connection->tls, result) == SSL_ERROR_WANT_READ)) {
		fail("connection %td: no TLS: %s", connection - all, ERR_error_string(ERR_get_error(), NULL));
	}
	connection->secured = result == 1;
	if (connection->secured && connection->session != NULL && !SSL_session_reused(connection->tls)) {
		fail("connection %td: the session was not resumed", connection - all);
	}
	return connection->secured;
}

/* Keeps what the server has sent for the next connection in this place. */
static void keep_session(struct connection *connection) {
	SSL_SESSION *session = resumes ? SSL_get1_session(connection->tls) : NULL;
	if (session != NULL && SSL_SESSION_is_resumable(session)) {
		SSL_SESSION_free(connection->session);
		connection->session = session;
	}
	else {
		SSL_SESSION_free(session);
	}
}
#else
static int secure(struct connection *connection) {
	connection->secured = 1;
	return 1;
}
#endif

static void end_output(struct connection *connection) {
#ifdef TLS
	if (connection->tls != NULL) {
		keep_session(connection);
		SSL_shutdown(connection->tls);
	}
#endif
	shutdown(connection->fd, SHUT_WR);
}

static void close_connection(struct connection *connection) {
#ifdef TLS
	SSL_free(connection->tls);
	connection->tls = NULL;
#endif
	close(connection->fd);
}

static void open_connection(int epoll, int number) {
	struct connection *connection = &all[number];
	int other = number >= other_node;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port),
			.sin_addr.s_addr = htonl(other ? OTHER_NODE : INADDR_LOOPBACK) };
	int on = 1;
	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *) &address, sizeof address) != 0
			|| setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
		fail("connection %d: %s", number, strerror(errno));
	}
	if (proxy && send(connection->fd, PROXY_HEADER, sizeof PROXY_HEADER - 1, MSG_NOSIGNAL) != sizeof PROXY_HEADER - 1) {
		fail("connection %d: no header sent: %s", number, strerror(errno));
	}
#ifdef TLS
	if (tls != NULL) {
		connection->tls = SSL_new(tls);
		if (connection->tls == NULL || SSL_set_fd(connection->tls, connection->fd) != 1
				|| (connection->session != NULL && SSL_set_session(connection->tls, connection->session) != 1)) {
			fail("connection %d: no TLS: %s", number, ERR_error_string(ERR_get_error(), NULL));
		}
		if (together) {
			fcntl(connection->fd, F_SETFL, O_NONBLOCK);
		}
	}
#endif
	secure(connection);
	if (connection->next == NULL) {
		connection->sender = connection;
		connection->next = first_message(other ? number - other_node : number);
		connection->expected = first_message(other ? number - other_node : number);
		connection->sent_at = allocate((size_t) in_flight, sizeof(int64_t));
	}
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t) number };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
		fail("connection %d: %s", number, strerror(errno));
	}
}

/* Opens the connections to the other node, where what is sent on those to the first one will come. */
static void join_other_node(int epoll) {
	other_node = connections;
	for (int i = connections; i < 2 * connections; i++) {
		open_connection(epoll, i);
	}
	exchange(epoll, &all[connections], connections, connections, 1);
	for (int i = 0; i < connections; i++) {
		all[connections + i].sender = &all[i];
		all[connections + i].answered = 0;
		memcpy(all[connections + i].expected, all[i].expected, message_bytes);
	}
}

/* Begins with whichever message has come first on a connection; false if too little of it has come. */
static int begin(struct connection *connection) {
	char digits[DIGITS + 1] = "";
	if (recv(connection->fd, digits, DIGITS, MSG_PEEK) != DIGITS) {
		return 0;
	}
	/* A number that was not sent is seen when the message is compared. */
	long first = strtol(digits, NULL, 10);
	for (; connection->answered < first && connection->answered < connection->sender->sent; connection->answered++) {
		increment(connection->expected);
	}
	return 1;
}

/*
 * Opens all connections, the first of which sends messages, one at a time, until one has come on each of them: the server may
 * know of a connection later than we do, but then sends on to it for good.
 */
static void join_all(int epoll) {
	struct epoll_event events[EVENTS];
	char *joined = allocate((size_t) connections, 1);
	int count = 0;
	int64_t time;
	for (int i = 0; i < connections; i++) {
		open_connection(epoll, i);
		all[i].sender = all;
		memcpy(all[i].expected, all->expected, message_bytes);
	}
	listeners = connections;
	while (count < connections || arrived(all) < all->sent) {
		if (count < connections && all->answered == all->sent) {
			send_messages(all, 1, now(CLOCK_MONOTONIC));
		}
		int ready = await(epoll, events);
		for (int i = 0; i < ready; i++) {
			uint32_t number = events[i].data.u32;
			if (number == PARENT || (!joined[number] && !begin(&all[number]))) {
				continue;
			}
			count += !joined[number];
			joined[number] = 1;
			if (receive(&all[number], &time) < 0) {
				fail("connection %u, after reply %ld: closed by the server", number, all[number].answered);
			}
		}
	}
	free(joined);
}

#ifdef TLS
static void use_tls(int at_once, int resume) {
	together = at_once;
	resumes = resume;
	signal(SIGPIPE, SIG_IGN);
	tls = SSL_CTX_new(TLS_client_method());
	/* One cipher, since servers differ in which they prefer. */
	if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1
			|| SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256") != 1) {
		fail("no TLS 1.3: %s", ERR_error_string(ERR_get_error(), NULL));
	}
	/* Else a read would wait for data behind a ticket. */
	SSL_CTX_clear_mode(tls, SSL_MODE_AUTO_RETRY);
	/* Not every server says good-bye. */
	SSL_CTX_set_options(tls, SSL_OP_IGNORE_UNEXPECTED_EOF);
}
#else
static void use_tls(int at_once, int resume) {
	(void) at_once;
	(void) resume;
	fail("compiled without TLS");
}
#endif

/* Opens a connection, and sends a message as soon as it can. */
static void begin_exchange(int epoll, int number) {
	struct connection *connection = &all[number];
	connection->opened = now(CLOCK_MONOTONIC);
	open_connection(epoll, number);
	if (connection->secured) {
		send_messages(connection, 1, connection->opened);
	}
}

/*
 * Opens `count` connections, one behind the other in each of so many places, exchanges a message on each, ends the output and
 * waits for the server to close.
 */
static void storm(int epoll, long count) {
	struct epoll_event events[EVENTS];
	long begun = 0;
	long over = 0;
	int64_t time;
	for (int i = 0; i < connections && begun < count; i++) {
		begin_exchange(epoll, i);
		begun++;
	}
	while (over < count) {
		int ready = await(epoll, events);
		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 == PARENT) {
				continue;
			}
			struct connection *connection = &all[events[i].data.u32];
			if (!connection->secured) {
				if (secure(connection)) {
					send_messages(connection, 1, connection->opened);
				}
				continue;
			}
			long complete = receive(connection, &time);
			if (complete > 0) {
				end_output(connection);
			}
			else if (complete < 0) {
				if (connection->answered != connection->sent) {
					fail("connection %td: closed by the server before it had answered", connection - all);
				}
				close_connection(connection);
				over++;
				if (begun < count) {
					begin_exchange(epoll, (int) (connection - all));
					begun++;
				}
			}
		}
	}
}

/* Answers a busy connection with its next lines, which are not counted; returns 1 for a reply to one behind these. */
static int next_or_counted(struct connection *connection, int64_t *time) {
	long counted = answered;
	recording = connection >= all + connections;
	long complete = receive(connection, time);
	if (complete < 0) {
		fail("connection %td, after reply %ld: closed by the server", connection - all, connection->answered);
	}
	if (recording) {
		return complete > 0;
	}
	if (complete > 0) {
		send_messages(connection, complete, *time);
	}
	answered = counted;
	return 0;
}

/* Keeps the connections busy, and has one more send a line now and then until `count` of these are answered. */
static void watch_quiet(int epoll, long count) {
	struct epoll_event events[EVENTS];
	struct connection *quiet = &all[connections];
	int64_t time = now(CLOCK_MONOTONIC);
	int64_t next = time;
	open_connection(epoll, connections);
	for (int i = 0; i < connections; i++) {
		send_messages(&all[i], in_flight, time);
	}
	while (answered < count) {
		time = now(CLOCK_MONOTONIC);
		if (quiet->sent == quiet->answered && time >= next) {
			send_messages(quiet, 1, time);
		}
		int ready = await(epoll, events);
		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 != PARENT && next_or_counted(&all[events[i].data.u32], &time)) {
				next = time + PAUSE_NANOS;
			}
		}
	}
}

/* Keeps the connections busy, and has newcomers arrive together until `count` of them are answered. */
static void arrive(int epoll, long count) {
	struct epoll_event events[EVENTS];
	int64_t time = now(CLOCK_MONOTONIC);
	for (int i = 0; i < connections; i++) {
		send_messages(&all[i], 1, time);
	}
	while (answered < count) {
		int waiting = NEWCOMERS;
		for (int i = connections; i < connections + NEWCOMERS; i++) {
			time = now(CLOCK_MONOTONIC);
			open_connection(epoll, i);
			send_messages(&all[i], 1, time);
		}
		while (waiting > 0) {
			int ready = await(epoll, events);
			for (int i = 0; i < ready; i++) {
				if (events[i].data.u32 != PARENT) {
					waiting -= next_or_counted(&all[events[i].data.u32], &time);
				}
			}
		}
		for (int i = connections; i < connections + NEWCOMERS; i++) {
			close(all[i].fd);
		}
	}
}

/* Whether the reply to the newcomer has come, which then goes; says when the next one may come. */
static int served(struct connection *newcomer, int64_t *next) {
	char peek;
	int64_t time;
	if ((recv(newcomer->fd, &peek, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN)
			|| !next_or_counted(newcomer, &time)) {
		return 0;
	}
	close(newcomer->fd);
	*next = time + PAUSE_NANOS;
	return 1;
}

/* Keeps the connections busy, and has one newcomer after the other come until `count` of them are answered. */
static void come_to_door(int epoll, long count) {
	struct epoll_event events[EVENTS];
	struct connection *newcomer = &all[connections];
	int64_t time = now(CLOCK_MONOTONIC);
	int64_t next = time;
	int waits = 0;
	for (int i = 0; i < connections; i++) {
		send_messages(&all[i], 1, time);
	}
	while (answered < count) {
		if (!waits && now(CLOCK_MONOTONIC) >= next) {
			time = now(CLOCK_MONOTONIC);
			open_connection(epoll, connections);
			epoll_ctl(epoll, EPOLL_CTL_DEL, newcomer->fd, NULL);
			send_messages(newcomer, 1, time);
			waits = 1;
		}
		int ready = await(epoll, events);
		for (int i = 0; i < ready; i++) {
			if (events[i].data.u32 != PARENT) {
				next_or_counted(&all[events[i].data.u32], &time);
			}
			if (i % GLANCE == GLANCE - 1) {
				waits = waits && !served(newcomer, &next);
			}
		}
		waits = waits && !served(newcomer, &next);
	}
}

/* Sends the lines that are due, whether those before them are answered or not. */
static void send_due(void) {
	int64_t time = now(CLOCK_MONOTONIC);
	for (int i = 0; i < connections; i++) {
		while (time >= all[i].due && all[i].sent - all[i].answered < in_flight) {
			send_messages(&all[i], 1, all[i].due);
			all[i].due += PACE_NANOS;
		}
	}
}

/* Closes a connection once its handshake is done, which may be before anybody waits for that; returns 1 if it is. */
static int close_if_secured(struct connection *connection) {
	if (connection->secured) {
		close_connection(connection);
	}
	return connection->secured;
}

/*
 * Sends a line on each connection every PACE, and has crowds begin a handshake at once until `count` of these are done. A
 * crowd is begun a few connections at a time, since what the client does itself for them is not the server's delay.
 */
static void crowd(int epoll, long count) {
	struct epoll_event events[EVENTS];
	int64_t time = now(CLOCK_MONOTONIC);
	int idle_patience = patience_millis;
	long begun = 0;
	long done = 0;
	for (int i = 0; i < connections; i++) {
		all[i].due = time + i * (PACE_NANOS / connections);
	}
	while (done < count || done < begun) {
		int opens = done == begun || begun % CROWD != 0;
		for (int i = 0; opens && i < TOGETHER; i++) {
			int number = connections + (int) (begun++ % CROWD);
			send_due();
			open_connection(epoll, number);
			done += close_if_secured(&all[number]);
		}
		send_due();
		patience_millis = opens ? 0 : idle_patience;
		int ready = await(epoll, events);
		for (int i = 0; i < ready; i++) {
			struct connection *connection = &all[events[i].data.u32];
			if (events[i].data.u32 == PARENT) {
				continue;
			}
			if (!connection->secured) {
				send_due();
				secure(connection);
				done += close_if_secured(connection);
			}
			else if (receive(connection, &time) < 0) {
				fail("connection %td, after reply %ld: closed by the server", connection - all, connection->answered);
			}
		}
	}
	answered = done;
}

/* How often the threads that a process has now have been switched. */
static long switches(pid_t process) {
	char name[300];
	char line[256];
	long sum = 0;
	snprintf(name, sizeof name, "/proc/%d/task", (int) process);
	DIR *tasks = opendir(name);
	if (tasks == NULL) {
		return 0;
	}
	for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
		snprintf(name, sizeof name, "/proc/%d/task/%s/status", (int) process, task->d_name);
		FILE *status = task->d_name[0] != '.' ? fopen(name, "r") : NULL;
		while (status != NULL && fgets(line, sizeof line, status) != NULL) {
			long value;
			if (sscanf(line, "voluntary_ctxt_switches: %ld", &value) == 1
					|| sscanf(line, "nonvoluntary_ctxt_switches: %ld", &value) == 1) {
				sum += value;
			}
		}
		if (status != NULL) {
			fclose(status);
		}
	}
	closedir(tasks);
	return sum;
}

/*
 * The CPU time that a process has used, once it has nothing to do: while a thread runs, the system adds to it at ticks only,
 * which are up to 10 ms apart, and for what comes behind the last reply somebody has to pay as well.
 */
static int64_t used(clockid_t process) {
	struct timespec tick = { .tv_nsec = 10000000 };
	nanosleep(&tick, NULL);
	return now(process);
}

/* Keeps the connections until the standard input ends. */
static void keep(void) {
	static char nothing[64];
	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, nothing, sizeof nothing) > 0) {
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
	if (count != 11) {
		fail("usage: %s WHAT PORT SERVER-PID CONNECTIONS IN-FLIGHT MESSAGE-BYTES MESSAGES SECONDS WAITING BEGINNING",
				arguments[0]);
	}
	const char *what = arguments[1];
	int frames = strcmp(what, "frames") == 0;
	int words = strcmp(what, "words") == 0;
	int storms = strcmp(what, "connect") == 0;
	int idle_secured = strcmp(what, "idle-tls") == 0;
	int idle = idle_secured || strcmp(what, "idle") == 0;
	int arrivals = strcmp(what, "arrive") == 0;
	int door = strcmp(what, "door") == 0;
	int fair = strcmp(what, "fair") == 0;
	int asks = strcmp(what, "ask") == 0;
	int broadcasts = strcmp(what, "broadcast") == 0;
	int clusters = strcmp(what, "cluster") == 0;
	int crowds = strcmp(what, "crowd") == 0;
	int resumptions = strcmp(what, "resume") == 0;
	int handshakes = resumptions || strcmp(what, "handshake") == 0;
	int encrypted = handshakes || crowds || idle_secured || strcmp(what, "tls") == 0;
	storms |= handshakes;
	if (!frames && !words && !storms && !idle && !broadcasts && !encrypted && !arrivals && !door && !fair && !asks && !clusters
			&& strcmp(what, "lines") != 0) {
		fail("'%s' is none of lines, frames, words, broadcast, ask, cluster, tls, connect, handshake, resume, crowd, arrive, door, fair, idle, idle-tls", what);
	}
	if (encrypted) {
		use_tls(handshakes, resumptions);
	}
	head = frames ? HEAD : words ? WORD : 0;
	ends_with_line_feed = !frames;
	port = (int) argument(arguments[2], 1, 65535);
	pid_t server = (pid_t) argument(arguments[3], 1, INT32_MAX);
	connections = (int) argument(arguments[4], 1, MAX_CONNECTIONS);
	in_flight = (int) argument(arguments[5], 1, MAX_UNDER_WAY / MIN_LINE);
	message_bytes = (size_t) argument(arguments[6], MIN_LINE + (long) head, MAX_UNDER_WAY / in_flight);
	messages = argument(arguments[7], 1, 1000000000);
	unsigned seconds = (unsigned) argument(arguments[8], 1, 86400);
	deadline = now(CLOCK_MONOTONIC) + (int64_t) seconds * 1000000000;
	int busy = strcmp(arguments[9], "busy") == 0;
	if (!busy && strcmp(arguments[9], "asleep") != 0) {
		fail("'%s' is none of busy, asleep", arguments[9]);
	}
	proxy = strcmp(arguments[10], "proxy") == 0;
	if (!proxy && strcmp(arguments[10], "plain") != 0) {
		fail("'%s' is none of plain, proxy", arguments[10]);
	}
	patience_millis = busy ? 0 : crowds ? 1 : 1000;
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
	all = allocate((size_t) connections + (crowds ? CROWD : clusters ? connections : NEWCOMERS), sizeof(struct connection));
	if (crowds) {
		in_flight = MOST_DUE;
	}
	batch = allocate((size_t) in_flight, message_bytes);
	if (broadcasts) {
		join_all(epoll);
	}
	else if (!storms) {
		for (int i = 0; i < connections; i++) {
			open_connection(epoll, i);
		}
		if (clusters) {
			join_other_node(epoll);
		}
		/* One message on each: accepting connections is not what is measured. */
		if (asks) {
			begin_asking(epoll);
		}
		else {
			exchange(epoll, all, connections, connections, 1);
		}
	}
	if (idle) {
		keep();
		return 0;
	}
	memset(latencies, 0, sizeof latencies);
	answered = 0;
	recorded = 0;
	sent = 0;
	longest = 0;
#ifdef TLS
	/* Those that are established have shaken hands before. */
	together |= crowds;
#endif

	long switched = switches(server);
	int64_t cpu_before = used(server_clock);
	int64_t before = now(CLOCK_MONOTONIC);
	if (storms) {
		storm(epoll, messages);
	}
	else if (arrivals) {
		arrive(epoll, messages);
	}
	else if (door) {
		come_to_door(epoll, messages);
	}
	else if (crowds) {
		crowd(epoll, messages);
	}
	else if (fair) {
		watch_quiet(epoll, messages);
	}
	else if (asks) {
		answer(epoll, messages);
	}
	else {
		exchange(epoll, all, broadcasts ? 1 : connections, (messages + listeners - 1) / listeners, in_flight);
	}
	int64_t elapsed = now(CLOCK_MONOTONIC) - before;
	int64_t cpu = used(server_clock) - cpu_before;
	switched = switches(server) - switched;

	printf("messages=%ld elapsed=%lld cpu=%lld switches=%ld p50=%lld p99=%lld p999=%lld max=%lld\n", answered,
			(long long) elapsed, (long long) cpu, switched > 0 ? switched : 0, (long long) percentile(0.5),
			(long long) percentile(0.99), (long long) percentile(0.999), (long long) longest);
	return 0;
}
