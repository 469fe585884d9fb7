/*
 * Sends a line to all of its connections, as plainly as the system allows: one thread, and one send for each. The yardstick
 * for a broadcast, not a server: it reads nothing, and sends again only to those who have room for the whole line.
 *
 *   fanout
 *
 * Listens on a free port of the loopback address and prints it on a line. Takes commands on its standard input, a line each,
 * answers each with a number on a line, and ends with its standard input:
 *
 *   sessions          answers how many connections there are
 *   broadcast TEXT    sends TEXT and a line feed to each; answers to how many
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1000000
#define BACKLOG 4096
#define COMMAND "broadcast "

static int *connections;
static long count;

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static int listen_anywhere(void) {
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *) &address, length) != 0 || listen(listener, BACKLOG) != 0
			|| getsockname(listener, (struct sockaddr *) &address, &length) != 0) {
		fail("listen");
	}
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return listener;
}

static void accept_one(int listener) {
	int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0 || count == MAX_CONNECTIONS) {
		fail("accept");
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	connections[count++] = fd;
}

static long broadcast(const char *line, size_t length) {
	long sent = 0;
	for (long i = 0; i < count; i++) {
		sent += send(connections[i], line, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t) length;
	}
	return sent;
}

int main(void) {
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	connections = malloc(MAX_CONNECTIONS * sizeof(int));
	if (connections == NULL) {
		fail("malloc");
	}
	/* Not buffered, or lines would wait there while poll says that there are none. */
	setvbuf(stdin, NULL, _IONBF, 0);
	struct pollfd sources[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = listen_anywhere(), .events = POLLIN } };
	char line[1024];
	while (poll(sources, 2, -1) >= 0) {
		if (sources[1].revents != 0) {
			accept_one(sources[1].fd);
			continue;
		}
		if (fgets(line, sizeof line, stdin) == NULL) {
			return 0;
		}
		if (strncmp(line, COMMAND, strlen(COMMAND)) == 0) {
			const char *text = line + strlen(COMMAND);
			printf("%ld\n", broadcast(text, strlen(text)));
		}
		else {
			printf("%ld\n", count);
		}
		fflush(stdout);
	}
	fail("poll");
	return 1;
}
