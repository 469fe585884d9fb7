package dev.socketserver.netty;

import java.io.File;

/** The file descriptors of this JVM. */
final class Descriptors {

	private Descriptors() {
	}

	/** How many are open; 0 where the system does not say. */
	static int open() {
		String[] open = new File("/proc/self/fd").list();
		return (open != null) ? open.length : 0;
	}

}
