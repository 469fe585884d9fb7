package dev.socketserver.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * What servers do with a message. Each service has a port of its own. All of them send
 * the message back unchanged, unless something else is said here.
 */
enum Service implements Word {

	/** Lines end with a line feed. */
	LINES("lines", false),

	/** The first four bytes of a frame say how many follow. */
	FRAMES("frames", true),

	/** Lines that begin with a word, one of eight. */
	WORDS("words", false),

	/** Lines that may have to be stored before they are sent back. */
	STORED("stored", false),

	/** Lines, for each of which the application blocks for {@link #BLOCKING_MILLIS}. */
	BLOCKING("blocking", false),

	/** Lines, each of which is sent to all connections. */
	BROADCAST("broadcast", false),

	/** Lines over TLS 1.3. */
	TLS("tls", false),

	/**
	 * Lines with which the server asks its peer, which sends them back. A line that is no
	 * reply is one to ask with from then on, again and again.
	 */
	ASK("ask", false),

	/**
	 * Lines to one of two nodes, each of which is sent to the session of the other node
	 * that is named in it. A session there gets its name of its first line, which is sent
	 * back.
	 */
	CLUSTER("cluster", false);

	/** The address of the second node, on the port of the first; see load.c. */
	static final String OTHER_NODE = "127.0.0.2";

	/** How long a call blocks, in milliseconds. */
	static final int BLOCKING_MILLIS = 5;

	/** How long a reply to a request may take, in seconds. */
	static final int REPLY_SECONDS = 10;

	/** What requests, and so their replies, begin with. */
	private static final char REQUEST = '?';

	/** How many characters at the beginning of a line tell it from others; see load.c. */
	private static final int KEY_LENGTH = 12;

	private final String id;

	private final boolean frames;

	Service(String id, boolean frames) {
		this.id = id;
		this.frames = frames;
	}

	@Override
	public String id() {
		return this.id;
	}

	/** Whether messages are frames that begin with their length; else lines. */
	boolean frames() {
		return this.frames;
	}

	/**
	 * Does what the application does, the same for all servers.
	 * @param message a line without its end, or the payload of a frame
	 * @return the reply, without its end
	 */
	String reply(String message) {
		if (this == BLOCKING) {
			long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BLOCKING_MILLIS);
			for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
		}
		return message;
	}

	/**
	 * Makes a request of a line that is no reply.
	 * @param line the line
	 * @return the request, of the same length
	 */
	static String request(String line) {
		return REQUEST + line.substring(1);
	}

	/**
	 * Returns by what a reply is told from others under way on the same connection.
	 * @param line what was sent or received
	 * @return its beginning, or {@code null} if it is neither a request nor a reply
	 */
	static @Nullable String key(Object line) {
		String text = (String) line;
		return (text.charAt(0) == REQUEST) ? text.substring(0, KEY_LENGTH) : null;
	}

	/**
	 * Returns the session that is named in a line, by the number of its connection.
	 * @param line the line
	 * @return the number, in four digits
	 */
	static String receiver(String line) {
		return line.substring(KEY_LENGTH + 1, KEY_LENGTH + 5);
	}

	/**
	 * Finds a service by its name.
	 * @param id the name
	 * @return the service
	 * @throws BenchmarkException if there is none of that name
	 */
	static Service of(String id) {
		return Word.find("service", id, values());
	}

}
