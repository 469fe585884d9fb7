/*
 * Sends every line or frame back, as plainly as the system allows: one thread, epoll, one read and one write for whatever
 * has come, or a write to each connection. The yardstick for the others, not a server: a peer that does not read its replies stops it.
 *
 *   echo SERVICE...
 *
 * A service is "lines", "frames" (four bytes that say how many follow), "broadcast" (lines that are sent to all its
 * connections) or "ask" (lines, whose peer sends them back, too). Listens on a free port of the loopback address for each, prints "port N..." in their order, and ends with its standard input.
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

#define MAX_MESSAGE 65536
#define EVENTS 256
#define HEAD 4
#define MAX_MEMBERS 10000

enum kind { PARENT, LISTENER, CONNECTION };

enum service { LINES, FRAMES, BROADCAST, ASK };

/* What epoll tells of. */
struct source {
	enum kind kind;
	int fd;
	enum service service;
	/* Its place among the members, if it is one. */
	int member;
	/* The beginning of a message whose end has not come; memory is there only with it. */
	char *rest;
	size_t rest_bytes;
};

/* The connections that get what is broadcast. */
static struct source *members[MAX_MEMBERS];
static int member_count;

static char input[2 * MAX_MESSAGE];
static char output[2 * MAX_MESSAGE];

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static void end(struct source *connection) {
	if (connection->service == BROADCAST) {
		members[connection->member] = members[--member_count];
		members[connection->member]->member = connection->member;
	}
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

/* Sends replies to whom they are for. Those who cannot take what others send are ended when they are read from. */
static int answer(struct source *connection, const char *bytes, size_t length) {
	if (connection->service != BROADCAST) {
		return write_all(connection->fd, bytes, length);
	}
	for (int i = 0; i < member_count && length > 0; i++) {
		write_all(members[i]->fd, bytes, length);
	}
	return 0;
}

/* Returns how long the message at the start is with all that is around it, 0 if it is not whole, or -1 if it is too long. */
static long message(int frames, const char *start, const char *limit, const char *search) {
	if (!frames) {
		const char *line_end = memchr(search, '\n', (size_t) (limit - search));
		return line_end != NULL ? line_end + 1 - start : 0;
	}
	if (limit - start < HEAD) {
		return 0;
	}
	uint32_t length;
	memcpy(&length, start, HEAD);
	length = ntohl(length);
	if (length > MAX_MESSAGE) {
		return -1;
	}
	return limit - start >= (long) (HEAD + length) ? (long) (HEAD + length) : 0;
}

static void serve(struct source *connection) {
	size_t before = connection->rest_bytes;
	ssize_t length = recv(connection->fd, input + before, MAX_MESSAGE, 0);
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
	const char *start = input;
	const char *limit = input + before + length;
	const char *search = input + before;
	char *reply = output;
	long bytes = 0;
	while (start < limit && (bytes = message(connection->service == FRAMES, start, limit, search)) > 0) {
		memcpy(reply, start, (size_t) bytes);
		reply += bytes;
		start += bytes;
		search = start;
	}
	size_t rest = (size_t) (limit - start);
	if (rest > MAX_MESSAGE || bytes < 0 || answer(connection, output, (size_t) (reply - output)) != 0) {
		end(connection);
		return;
	}
	if (rest > 0) {
		connection->rest = malloc(rest);
		if (connection->rest == NULL) {
			end(connection);
			return;
		}
		memcpy(connection->rest, start, rest);
		connection->rest_bytes = rest;
	}
}

static struct source *watch(int epoll, enum kind kind, int fd, enum service service) {
	struct source *source = calloc(1, sizeof(struct source));
	if (source == NULL) {
		fail("calloc");
	}
	source->kind = kind;
	source->fd = fd;
	source->service = service;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		fail("epoll_ctl");
	}
	return source;
}

static void accept_one(int epoll, struct source *listener) {
	int on = 1;
	int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		return;
	}
	if (listener->service == BROADCAST && member_count == MAX_MEMBERS) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	struct source *connection = watch(epoll, CONNECTION, fd, listener->service);
	if (connection->service == BROADCAST) {
		connection->member = member_count;
		members[member_count++] = connection;
	}
}

static enum service service_of(const char *name) {
	static const char *const names[] = { [LINES] = "lines", [FRAMES] = "frames", [BROADCAST] = "broadcast",
			[ASK] = "ask" };
	for (int i = LINES; i <= ASK; i++) {
		if (strcmp(name, names[i]) == 0) {
			return (enum service) i;
		}
	}
	fprintf(stderr, "There is no service '%s'\n", name);
	exit(1);
}

static int listen_for(int epoll, const char *name) {
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	enum service service = service_of(name);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *) &address, length) != 0 || listen(listener, 4096) != 0
			|| getsockname(listener, (struct sockaddr *) &address, &length) != 0) {
		fail("listen");
	}
	watch(epoll, LISTENER, listener, service);
	return ntohs(address.sin_port);
}

int main(int count, char **arguments) {
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0) {
		fail("epoll_create1");
	}
	watch(epoll, PARENT, STDIN_FILENO, LINES);
	printf("port");
	for (int i = 1; i < count; i++) {
		printf(" %d", listen_for(epoll, arguments[i]));
	}
	printf("\n");
	fflush(stdout);
	struct epoll_event events[EVENTS];
	for (;;) {
		int ready = epoll_wait(epoll, events, EVENTS, -1);
		if (ready < 0 && errno != EINTR) {
			fail("epoll_wait");
		}
		for (int i = 0; i < ready; i++) {
			struct source *source = events[i].data.ptr;
			switch (source->kind) {
			case LISTENER:
				accept_one(epoll, source);
				break;
			case PARENT:
				if (read(STDIN_FILENO, input, sizeof input) <= 0) {
					return 0;
				}
				break;
			case CONNECTION:
				serve(source);
				break;
			}
		}
	}
}
