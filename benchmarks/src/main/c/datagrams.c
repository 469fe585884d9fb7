/*
 * Sends datagrams from many addresses, so that a server has many sessions.
 *
 *   datagrams PORT WORD
 *
 * One socket sends them all, from as many addresses of 127.0.0.0/8, to PORT of the loopback address. The first datagram of an
 * address says WORD-INDEX behind four bytes with its length. What comes back is not read: what exceeds the buffer of the socket is dropped by the kernel.
 *
 * Takes commands on its standard input, a line each, answers each with a number on a line, and ends with its standard input:
 *
 *   open COUNT RATE      sends from further addresses until there are COUNT, RATE in a second at most; answers COUNT
 *   repeat RATE          sends from all addresses again, for those whose datagram was dropped; answers how many there are
 *   cpu PID              answers the CPU time that another process has used, in nanoseconds
 *
 * Fails with a message on standard error.
 */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The addresses from 127.1.0.1 on. */
#define FIRST_ADDRESS ((127u << 24) + (1u << 16) + 1)
#define MOST_ADDRESSES 4000000

static void send_one(int fd, int port, const char *word, long index) {
	char line[128];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int length = snprintf(line + 4, sizeof line - 4, "%s-%ld", word, index);
	uint32_t prefix = htonl((uint32_t) length);
	memcpy(line, &prefix, sizeof prefix);
	struct iovec part = { .iov_base = line, .iov_len = (size_t) length + 4 };
	union {
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr aligned;
	} control;
	memset(&control, 0, sizeof control);
	struct msghdr message = { .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1,
			.msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = IPPROTO_IP;
	header->cmsg_type = IP_PKTINFO;
	header->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
	struct in_pktinfo from = { .ipi_spec_dst.s_addr = htonl(FIRST_ADDRESS + (uint32_t) index) };
	memcpy(CMSG_DATA(header), &from, sizeof from);
	if (sendmsg(fd, &message, 0) < 0) {
		fail("datagram %ld: %s", index, strerror(errno));
	}
}

static void send_all(int fd, int port, const char *word, long from, long to, long rate) {
	int64_t start = now(CLOCK_MONOTONIC);
	for (long index = from; index < to; index++) {
		pause_nanos(start + (index - from) * (BILLION / rate) - now(CLOCK_MONOTONIC));
		send_one(fd, port, word, index);
	}
}

int main(int argument_count, char **arguments) {
	if (argument_count != 3) {
		fail("usage: %s PORT WORD", arguments[0]);
	}
	int port = atoi(arguments[1]);
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *) &any, sizeof any) != 0) {
		fail("no socket: %s", strerror(errno));
	}
	long count = 0;
	char line[256];
	long first;
	long second;
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "open %ld %ld", &first, &second) == 2 && first <= MOST_ADDRESSES && second > 0) {
			send_all(fd, port, arguments[2], count, first, second);
			count = first > count ? first : count;
			printf("%ld\n", count);
		}
		else if (sscanf(line, "repeat %ld", &second) == 1 && second > 0) {
			send_all(fd, port, arguments[2], 0, count, second);
			printf("%ld\n", count);
		}
		else if (sscanf(line, "cpu %ld", &first) == 1) {
			printf("%lld\n", (long long) cpu(first));
		}
		else {
			fail("no such command: %s", line);
		}
		fflush(stdout);
	}
	return 0;
}
