/*
 * What the programs have in common that the benchmarks run beside servers: they fail with a message on standard error, and read
 * clocks in nanoseconds.
 */
#ifndef COMMON_H
#define COMMON_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BILLION 1000000000L

static inline void fail(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static inline int64_t now(clockid_t clock) {
	struct timespec time;
	if (clock_gettime(clock, &time) != 0) {
		fail("cannot read a clock: %s", strerror(errno));
	}
	return (int64_t) time.tv_sec * BILLION + time.tv_nsec;
}

static inline void pause_nanos(int64_t nanos) {
	if (nanos > 0) {
		struct timespec time = { .tv_sec = nanos / BILLION, .tv_nsec = nanos % BILLION };
		nanosleep(&time, NULL);
	}
}

/* The CPU time that another process has used. */
static inline int64_t cpu(long process) {
	clockid_t clock;
	int error = clock_getcpuclockid((pid_t) process, &clock);
	if (error != 0) {
		fail("the CPU time of process %ld cannot be read: %s", process, strerror(error));
	}
	return now(clock);
}

#endif
