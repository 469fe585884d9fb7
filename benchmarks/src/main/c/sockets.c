/*
 * Echoes datagrams, several with each call of the system, or puts load on an echo server by sockets of one kind:
 *
 *   sockets echo PORT                           listens on loopback until its standard input ends; says "ready"
 *   sockets load udp|tcp PORT PEERS MESSAGES    each peer sends 32 bytes, and waits for them, again and again
 *   sockets load unix PATH PEERS MESSAGES
 *
 * The last byte of a message is a line end. A datagram whose reply does not come within 200 ms is sent again.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SIZE 32
#define AT_ONCE 64
#define LONGEST 1401

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_in loopback(const char *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static int echo(const char *port)
{
	static char buffers[AT_ONCE][LONGEST];
	static struct sockaddr_in peers[AT_ONCE];
	static struct iovec pieces[AT_ONCE];
	static struct mmsghdr messages[AT_ONCE];
	struct sockaddr_in address = loopback(port);
	int server = socket(AF_INET, SOCK_DGRAM, 0);
	if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) < 0)
		fail("bind");
	struct pollfd watched[] = {{.fd = server, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
	puts("ready");
	fflush(stdout);
	while (poll(watched, 2, -1) >= 0 && !watched[1].revents) {
		for (int i = 0; i < AT_ONCE; i++) {
			pieces[i] = (struct iovec){.iov_base = buffers[i], .iov_len = LONGEST};
			messages[i].msg_hdr = (struct msghdr){.msg_name = &peers[i], .msg_namelen = sizeof peers[i],
				.msg_iov = &pieces[i], .msg_iovlen = 1};
		}
		int count = recvmmsg(server, messages, AT_ONCE, MSG_DONTWAIT, NULL);
		for (int i = 0; i < count; i++)
			pieces[i].iov_len = messages[i].msg_len;
		for (int sent = 0; sent < count;) {
			int taken = sendmmsg(server, messages + sent, count - sent, 0);
			sent += taken > 0 ? taken : 1;
		}
	}
	return 0;
}

static int connected(const char *kind, const char *where)
{
	int peer, one = 1;
	if (strcmp(kind, "unix") == 0) {
		struct sockaddr_un address = {.sun_family = AF_UNIX};
		strncpy(address.sun_path, where, sizeof address.sun_path - 1);
		peer = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(peer, (struct sockaddr *)&address, sizeof address) < 0)
			fail("connect");
		return peer;
	}
	struct sockaddr_in address = loopback(where);
	peer = socket(AF_INET, strcmp(kind, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM, 0);
	if (connect(peer, (struct sockaddr *)&address, sizeof address) < 0)
		fail("connect");
	if (strcmp(kind, "tcp") == 0)
		setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return peer;
}

static int load(const char *kind, const char *where, int peers, long messages)
{
	char message[SIZE], reply[LONGEST];
	int *sockets = calloc(peers, sizeof *sockets);
	struct epoll_event *events = calloc(peers, sizeof *events);
	int loop = epoll_create1(0);
	int datagrams = strcmp(kind, "udp") == 0;
	memset(message, 'x', SIZE - 1);
	message[SIZE - 1] = '\n';
	for (int i = 0; i < peers; i++) {
		sockets[i] = connected(kind, where);
		struct epoll_event event = {.events = EPOLLIN, .data.fd = sockets[i]};
		epoll_ctl(loop, EPOLL_CTL_ADD, sockets[i], &event);
		if (send(sockets[i], message, SIZE, 0) != SIZE)
			fail("send");
	}
	long received = 0;
	while (received < messages) {
		int count = epoll_wait(loop, events, peers, 200);
		if (count < 0 && errno != EINTR)
			fail("epoll_wait");
		for (int i = 0; datagrams && count == 0 && i < peers; i++)
			send(sockets[i], message, SIZE, 0);
		for (int i = 0; i < count; i++) {
			int peer = events[i].data.fd;
			ssize_t length = recv(peer, reply, sizeof reply, 0);
			if (length != SIZE || memcmp(reply, message, SIZE) != 0) {
				fprintf(stderr, "%zd bytes were received, and not what was sent\n", length);
				return 1;
			}
			received++;
			if (send(peer, message, SIZE, 0) != SIZE)
				fail("send");
		}
	}
	printf("%ld\n", received);
	return 0;
}

int main(int count, char **arguments)
{
	if (count == 3 && strcmp(arguments[1], "echo") == 0)
		return echo(arguments[2]);
	if (count == 6 && strcmp(arguments[1], "load") == 0)
		return load(arguments[2], arguments[3], atoi(arguments[4]), atol(arguments[5]));
	fprintf(stderr, "usage: sockets echo PORT | sockets load udp|tcp|unix PORT|PATH PEERS MESSAGES\n");
	return 2;
}
