package dev.socketserver.netty;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * How many connections the operating system can let this process have: each needs a
 * descriptor, and a process without any left can neither read a file nor find a class.
 */
final class DescriptorLimit {

	/** What stays with the application, of all descriptors, at least and at most. */
	private static final int RESERVED_PART = 8;

	private static final long MIN_RESERVED = 16;

	private static final long MAX_RESERVED = 1_024;

	private DescriptorLimit() {
	}

	/** Returns how many connections may be added to what is open now; at least one. */
	static int connections() {
		try {
			if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
				return connections(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount());
			}
		}
		catch (LinkageError ex) {
			// A runtime image may do without that module: then nobody knows.
		}
		return Integer.MAX_VALUE;
	}

	/**
	 * Returns how many connections may be added.
	 * @param max how many descriptors there may be; negative if nobody knows
	 * @param open how many there are
	 */
	static int connections(long max, long open) {
		if (max < 0) {
			return Integer.MAX_VALUE;
		}
		long reserved = Math.min(MAX_RESERVED, Math.max(MIN_RESERVED, max / RESERVED_PART));
		return (int) Math.max(1, Math.min(Integer.MAX_VALUE, max - Math.max(0, open) - reserved));
	}

}
