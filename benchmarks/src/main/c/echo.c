/*
 * Sends every line back, as plainly as the system allows: one thread, epoll, one read and one write for whatever lines have
 * come. The yardstick for the others, not a server: a peer that does not read its replies stops it.
 *
 *   echo
 *
 * Listens on a free port of the loopback address, prints "port N", and ends with its standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_LINE 65536
#define EVENTS 256

struct connection {
	int fd;
	/* The beginning of a line whose end has not come; memory is there only with it. */
	char *rest;
	size_t rest_bytes;
};

static char input[2 * MAX_LINE];
static char output[2 * MAX_LINE];

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static void end(struct connection *connection) {
	close(connection->fd);
	free(connection->rest);
	free(connection);
}

static int write_all(int fd, const char *bytes, size_t length) {
	while (length > 0) {
		ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);
		if (written < 0) {
			return -1;
		}
		bytes += written;
		length -= (size_t) written;
	}
	return 0;
}

static void serve(struct connection *connection) {
	size_t before = connection->rest_bytes;
	ssize_t length = recv(connection->fd, input + before, MAX_LINE, 0);
	if (length <= 0) {
		end(connection);
		return;
	}
	if (before > 0) {
		memcpy(input, connection->rest, before);
		free(connection->rest);
		connection->rest = NULL;
		connection->rest_bytes = 0;
	}
	const char *line = input;
	const char *limit = input + before + length;
	const char *search = input + before;
	char *reply = output;
	const char *line_end;
	while (search < limit && (line_end = memchr(search, '\n', (size_t) (limit - search))) != NULL) {
		size_t bytes = (size_t) (line_end - line);
		memcpy(reply, line, bytes);
		reply[bytes] = '\n';
		reply += bytes + 1;
		line = line_end + 1;
		search = line;
	}
	size_t rest = (size_t) (limit - line);
	if (rest > MAX_LINE || write_all(connection->fd, output, (size_t) (reply - output)) != 0) {
		end(connection);
		return;
	}
	if (rest > 0) {
		connection->rest = malloc(rest);
		if (connection->rest == NULL) {
			end(connection);
			return;
		}
		memcpy(connection->rest, line, rest);
		connection->rest_bytes = rest;
	}
}

static void watch(int epoll, int fd, void *data) {
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = data };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		fail("epoll_ctl");
	}
}

static void accept_one(int epoll, int listener) {
	int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		return;
	}
	struct connection *connection = calloc(1, sizeof(struct connection));
	if (connection == NULL) {
		fail("calloc");
	}
	connection->fd = fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	watch(epoll, fd, connection);
}

int main(void) {
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *) &address, length) != 0 || listen(listener, 1024) != 0
			|| getsockname(listener, (struct sockaddr *) &address, &length) != 0) {
		fail("listen");
	}
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0) {
		fail("epoll_create1");
	}
	/* Their addresses tell these two from connections. */
	static char listening;
	static char parent;
	watch(epoll, listener, &listening);
	watch(epoll, STDIN_FILENO, &parent);
	printf("port %d\n", ntohs(address.sin_port));
	fflush(stdout);
	struct epoll_event events[EVENTS];
	for (;;) {
		int ready = epoll_wait(epoll, events, EVENTS, -1);
		if (ready < 0 && errno != EINTR) {
			fail("epoll_wait");
		}
		for (int i = 0; i < ready; i++) {
			if (events[i].data.ptr == &listening) {
				accept_one(epoll, listener);
			}
			else if (events[i].data.ptr == &parent) {
				if (read(STDIN_FILENO, input, sizeof input) <= 0) {
					return 0;
				}
			}
			else {
				serve(events[i].data.ptr);
			}
		}
	}
}
