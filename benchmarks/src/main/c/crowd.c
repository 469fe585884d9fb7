/*
 * Opens many connections that log in and are silent from then on.
 *
 *   crowd PORT NUMBER WORD [frames|tls]
 *
 * Connects to PORT of the loopback address, from addresses of its own that come of NUMBER, so that ports suffice for any number
 * of these programs. A new connection says "WORD-NUMBER-INDEX\n"; with the WORD "-" it says nothing. With "frames", four bytes
 * with the length stand before the text, in place of the line end. With "tls", if compiled with -DTLS, all of that is within TLS
 * 1.3, whatever certificate the server has.
 *
 * Takes commands on its standard input, a line each, answers each with a number on a line, and ends with its standard input:
 *
 *   open COUNT RATE      opens connections until there are COUNT, RATE in a second at most; answers COUNT
 *   receive BYTES SECONDS  waits until BYTES have come on each connection; answers how many have brought them
 *   close                ends all connections; answers how many there were
 *   cpu PID              answers the CPU time that another process has used, in nanoseconds
 *
 * It looks for what has come every few milliseconds and never waits for a connection. A peer that waits is woken by who sends,
 * which costs a sender more the slower it is; peers on other machines cost nothing of the kind.
 *
 * Fails with a message on standard error, also if a connection is closed by the other side.
 */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#define MAX_CONNECTIONS 1000000
/* Far less than the system has ports for a pair of addresses. */
#define CONNECTIONS_OF_ADDRESS 5000
#define LOOK_NANOS 5000000

static int port;
static int number;
static const char *word;
static int frames;
static int *connections;
static long count;
#ifdef TLS
/* Without "tls" there is none. */
static SSL_CTX *tls;
static SSL **secured;

static void prepare_tls(void) {
	tls = SSL_CTX_new(TLS_client_method());
	secured = malloc(MAX_CONNECTIONS * sizeof(SSL *));
	if (tls == NULL || secured == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1) {
		fail("no TLS 1.3: %s", ERR_error_string(ERR_get_error(), NULL));
	}
	/* Peers that are silent need no buffers. */
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
}

static void secure(int fd, long index) {
	SSL *one = SSL_new(tls);
	if (one == NULL || SSL_set_fd(one, fd) != 1 || SSL_connect(one) != 1) {
		fail("connection %ld: no handshake: %s", index, ERR_error_string(ERR_get_error(), NULL));
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	secured[index] = one;
}
#endif

/* Returns the number of bytes, or a negative one with errno set. */
static ssize_t send_to(long index, const char *bytes, size_t length) {
#ifdef TLS
	if (tls != NULL) {
		return SSL_write(secured[index], bytes, (int) length);
	}
#endif
	return send(connections[index], bytes, length, MSG_NOSIGNAL);
}

static ssize_t receive_from(long index, char *buffer, size_t size) {
#ifdef TLS
	if (tls != NULL) {
		int length = SSL_read(secured[index], buffer, (int) size);
		if (length > 0) {
			return length;
		}
		errno = EAGAIN;
		return SSL_get_error(secured[index], length) == SSL_ERROR_WANT_READ ? -1 : 0;
	}
#endif
	return recv(connections[index], buffer, size, MSG_DONTWAIT);
}

static int connect_one(long index) {
	int on = 1;
	uint32_t own = (127u << 24) + ((uint32_t) (number + 1) << 16) + (uint32_t) (1 + index / CONNECTIONS_OF_ADDRESS);
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(own) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		fail("connection %ld: %s (more processes with fewer connections need fewer descriptors each)", index,
				strerror(errno));
	}
	/* The port is chosen together with the other end, not before. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	if (bind(fd, (struct sockaddr *) &from, sizeof from) != 0 || connect(fd, (struct sockaddr *) &to, sizeof to) != 0) {
		fail("connection %ld: %s", index, strerror(errno));
	}
	return fd;
}

static void log_in(long index) {
	char line[128];
	int length = snprintf(line + 4, sizeof line - 4, "%s-%d-%ld%s", word, number, index, frames ? "" : "\n");
	uint32_t prefix = htonl((uint32_t) length);
	memcpy(line, &prefix, sizeof prefix);
	char *begin = frames ? line : line + 4;
	length += frames ? 4 : 0;
	if (send_to(index, begin, (size_t) length) != length) {
		fail("connection %ld cannot log in: %s", index, strerror(errno));
	}
}

static long open_until(long wanted, long rate) {
	int64_t start = now(CLOCK_MONOTONIC);
	for (long opened = 0; count < wanted; opened++) {
		pause_nanos(start + opened * (BILLION / rate) - now(CLOCK_MONOTONIC));
		connections[count] = connect_one(count);
#ifdef TLS
		if (tls != NULL) {
			secure(connections[count], count);
		}
#endif
		if (strcmp(word, "-") != 0) {
			log_in(count);
		}
		count++;
	}
	return count;
}

static long receive(long bytes, long seconds) {
	static char buffer[65536];
	int64_t deadline = now(CLOCK_MONOTONIC) + seconds * BILLION;
	long *missing = malloc((size_t) count * sizeof(long) + 1);
	if (missing == NULL) {
		fail("out of memory");
	}
	for (long i = 0; i < count; i++) {
		missing[i] = bytes;
	}
	long whole = 0;
	while (whole < count && now(CLOCK_MONOTONIC) < deadline) {
		pause_nanos(LOOK_NANOS);
		for (long i = 0; i < count; i++) {
			if (missing[i] == 0) {
				continue;
			}
			ssize_t length = receive_from(i, buffer, sizeof buffer);
			if (length == 0 || (length < 0 && errno != EAGAIN)) {
				fail("connection %ld ended: %s", i, length == 0 ? "closed by the other side" : strerror(errno));
			}
			if (length > missing[i]) {
				fail("connection %ld: %zd bytes where %ld were missing", i, length, missing[i]);
			}
			missing[i] -= length > 0 ? length : 0;
			whole += missing[i] == 0;
		}
	}
	free(missing);
	return whole;
}

static long close_all(void) {
	long before = count;
	while (count > 0) {
		close(connections[--count]);
#ifdef TLS
		if (tls != NULL) {
			SSL_free(secured[count]);
		}
#endif
	}
	return before;
}

/* The server knows how many descriptors it may have, and so should we. */
static void raise_limit(void) {
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argument_count, char **arguments) {
	frames = argument_count == 5 && strcmp(arguments[4], "frames") == 0;
	int encrypted = argument_count == 5 && strcmp(arguments[4], "tls") == 0;
	if (argument_count != 4 && !frames && !encrypted) {
		fail("usage: %s PORT NUMBER WORD [frames|tls]", arguments[0]);
	}
	if (encrypted) {
#ifdef TLS
		prepare_tls();
#else
		fail("compiled without TLS");
#endif
	}
	port = atoi(arguments[1]);
	number = atoi(arguments[2]);
	word = arguments[3];
	if (port < 1 || port > 65535 || number < 0 || number > 253) {
		fail("PORT is from 1 to 65535, and NUMBER from 0 to 253");
	}
	raise_limit();
	connections = malloc(MAX_CONNECTIONS * sizeof(int));
	if (connections == NULL) {
		fail("out of memory");
	}
	char line[256];
	long first;
	long second;
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "open %ld %ld", &first, &second) == 2 && first <= MAX_CONNECTIONS && second > 0) {
			printf("%ld\n", open_until(first, second));
		}
		else if (sscanf(line, "receive %ld %ld", &first, &second) == 2) {
			printf("%ld\n", receive(first, second));
		}
		else if (sscanf(line, "cpu %ld", &first) == 1) {
			printf("%lld\n", (long long) cpu(first));
		}
		else if (strcmp(line, "close\n") == 0) {
			printf("%ld\n", close_all());
		}
		else {
			fail("no such command: %s", line);
		}
		fflush(stdout);
	}
	return 0;
}
