package dev.socketserver.engine.server;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.management.UnixOperatingSystemMXBean;
import org.jspecify.annotations.Nullable;

/**
 * How many connections this process can have. Each needs a descriptor, and a process
 * without any left can neither read a file nor load a class.
 */
public final class DescriptorLimit {

	/**
	 * The part of all descriptors that is left to the application, with a least and a
	 * greatest number.
	 */
	private static final int RESERVED_PART = 8;

	private static final long MIN_RESERVED = 16;

	private static final long MAX_RESERVED = 1_024;

	private static final Path PROC = Path.of("/proc/self");

	private static final String MAX_OPEN_FILES = "Max open files";

	private DescriptorLimit() {
	}

	/** Returns how many connections may be added to what is open now; at least one. */
	public static int connections() {
		Integer limit = limitOfProc(PROC);
		return (limit != null) ? limit : limitOfBean();
	}

	/**
	 * Asks Linux. That is faster than the management bean, which first looks for the
	 * limits of containers: 12 ms in a JVM that has just started.
	 * @param process the process's directory
	 * @return how many connections may be added, or {@code null} if it does not say
	 */
	static @Nullable Integer limitOfProc(Path process) {
		String[] open = process.resolve("fd").toFile().list();
		if (open == null) {
			return null;
		}
		try {
			for (String line : Files.readAllLines(process.resolve("limits"))) {
				if (line.startsWith(MAX_OPEN_FILES)) {
					String max = line.substring(MAX_OPEN_FILES.length()).trim().split(" ", 2)[0];
					return connections(max.equals("unlimited") ? -1 : Long.parseLong(max), open.length);
				}
			}
		}
		catch (IOException | NumberFormatException ex) {
			// The management bean may know.
		}
		return null;
	}

	static int limitOfBean() {
		try {
			if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
				return connections(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount());
			}
		}
		catch (LinkageError ex) {
			// A runtime image may lack that module: then the number is unknown.
		}
		return Integer.MAX_VALUE;
	}

	/**
	 * Returns how many connections may be added.
	 * @param max how many descriptors there may be; negative if unknown
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
