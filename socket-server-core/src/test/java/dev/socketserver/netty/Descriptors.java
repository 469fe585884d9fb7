package dev.socketserver.netty;

import java.io.File;
import java.util.Objects;

/** The file descriptors of this JVM. */
public final class Descriptors {

	private Descriptors() {
	}

	/** How many are open; 0 where the system does not say. */
	public static int open() {
		File own = new File("/proc/self/fd");
		if (!own.isDirectory()) {
			return 0;
		}
		return Objects.requireNonNull(own.list(), "none is left to look at them").length;
	}

}
