package dev.socketserver.netty;

import org.jspecify.annotations.Nullable;

/** Tells what is wrong with a PROXY header. */
final class ProxyHeaderException extends Exception {

	private static final long serialVersionUID = 1L;

	/** Without a stack: it is the peer's mistake, not ours. */
	ProxyHeaderException(@Nullable String problem) {
		super("PROXY header: " + problem, null, false, false);
	}

}
