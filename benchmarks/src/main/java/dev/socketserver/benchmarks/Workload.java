package dev.socketserver.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load of one visit.
 *
 * @param kind what the load generator does
 * @param connections how many connections there are at a time
 * @param inFlight how many messages are under way at a time on each connection
 * @param messageBytes the length of a message in bytes, with the end of the line or the
 * length in front
 */
record Workload(Kind kind, int connections, int inFlight, int messageBytes) {

	private static final Pattern FORM = Pattern.compile(
			"(?:(frames|words|stored|blocking|broadcast|ask|cluster|tls|handshake|resume|crowd|connect|arrive|door|fair):)?(\\d{1,4})(?:x(\\d{1,4})(?:x(\\d{1,5}))?)?");

	private static final String NONE = "none";

	private static final int MESSAGE_BYTES = 32;

	/** See load.c. */
	private static final int MIN_MESSAGE_BYTES = 20;

	/** See load.c. */
	private static final int WORD_BYTES = 5;

	/** See load.c. */
	private static final int MAX_UNDER_WAY = 64 * 1024;

	private static final int MESSAGES_ONE_BY_ONE = 200_000;

	private static final int MAX_MESSAGES = 1_000_000;

	private static final int MAX_CONNECTS = 10_000;

	private static final int SENDS = 20_000;

	private static final int ARRIVALS = 500;

	private static final int QUIET_LINES = 100;

	private static final int HANDSHAKES = 3_000;

	/**
	 * How many messages a connection can have answered in a second, if it waits for each.
	 */
	private static final int BLOCKING_MESSAGES = 1000 / Service.BLOCKING_MILLIS;

	Workload {
		int least = MIN_MESSAGE_BYTES + ((kind == Kind.FRAMES) ? Integer.BYTES : (kind == Kind.WORDS) ? WORD_BYTES : 0);
		if (connections < 1 || inFlight < 1 || messageBytes < least || messageBytes * inFlight > MAX_UNDER_WAY) {
			throw new BenchmarkException(connections + " connections with " + inFlight + " messages of " + messageBytes
					+ " bytes: there must be one connection, one message of " + least + " bytes, and at most "
					+ MAX_UNDER_WAY + " bytes on each");
		}
	}

	/**
	 * Parses workloads.
	 * @param text {@code none}, or workloads, separated by commas. Each consists of its
	 * kind, unless that is lines; the number of connections, of messages in flight and,
	 * unless that is 32, of bytes in a message, separated by {@code x}
	 * @return the workloads
	 * @throws BenchmarkException if the text is anything else
	 */
	static List<Workload> parse(String text) {
		List<Workload> workloads = new ArrayList<>();
		if (text.equals(NONE)) {
			return workloads;
		}
		for (String each : text.split(",", -1)) {
			Matcher matcher = FORM.matcher(each);
			if (!matcher.matches() || (matcher.group(3) == null) != List
				.of("connect", "arrive", "door", "handshake", "resume", "crowd")
				.contains(String.valueOf(matcher.group(1)))) {
				throw new BenchmarkException("A workload is written as 64x16 (connections, lines in flight on each), "
						+ "64x16x1024 (and bytes of a line), frames:64x16, words:64x16, stored:64x16, blocking:64x1, broadcast:64x16, "
						+ "ask:64x16, cluster:64x4, tls:64x16, fair:1000x16, connect:64, arrive:1000, door:1000, handshake:64, resume:64 or crowd:64, and 'none' for no "
						+ "workload, not '" + each + "'");
			}
			Kind kind = (matcher.group(1) != null) ? Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT))
					: Kind.LINES;
			workloads.add(new Workload(kind, Integer.parseInt(matcher.group(2)), number(matcher.group(3), 1),
					number(matcher.group(4), MESSAGE_BYTES)));
		}
		return workloads;
	}

	private static int number(String text, int otherwise) {
		return (text != null) ? Integer.parseInt(text) : otherwise;
	}

	/**
	 * Returns the service that handles these messages.
	 * @return the service
	 */
	Service service() {
		return switch (this.kind) {
			case LINES, CONNECT, ARRIVE, DOOR, FAIR -> Service.LINES;
			case FRAMES -> Service.FRAMES;
			case WORDS -> Service.WORDS;
			case STORED -> Service.STORED;
			case BLOCKING -> Service.BLOCKING;
			case BROADCAST -> Service.BROADCAST;
			case ASK -> Service.ASK;
			case CLUSTER -> Service.CLUSTER;
			case TLS, HANDSHAKE, RESUME, CROWD -> Service.TLS;
		};
	}

	/**
	 * Returns how many messages make a visit last about a second: long enough to be
	 * measured, and short enough for the machine to be in the same state when the next
	 * server is visited.
	 * @return the number of messages, where a broadcast counts as often as it is
	 * delivered, or the number of connections if these are what is counted
	 */
	int defaultMessages() {
		return switch (this.kind) {
			case LINES, FRAMES, WORDS, STORED, BROADCAST, ASK, TLS ->
				(int) Math.min((long) MESSAGES_ONE_BY_ONE * this.inFlight, MAX_MESSAGES);
			case BLOCKING -> this.connections * BLOCKING_MESSAGES;
			case CLUSTER -> SENDS;
			case CONNECT -> MAX_CONNECTS;
			case ARRIVE -> ARRIVALS;
			case DOOR -> QUIET_LINES;
			case FAIR -> QUIET_LINES;
			case HANDSHAKE, RESUME, CROWD -> HANDSHAKES;
		};
	}

	/**
	 * Returns the word for what is counted.
	 * @return the word
	 */
	String unit() {
		return switch (this.kind) {
			case LINES, FRAMES, WORDS, STORED, BLOCKING, TLS -> "message";
			case BROADCAST -> "delivered line";
			case ASK -> "request";
			case CLUSTER -> "send";
			case CONNECT -> "connection";
			case ARRIVE, DOOR -> "newcomer";
			case FAIR -> "quiet line";
			case HANDSHAKE, RESUME, CROWD -> "handshake";
		};
	}

	@Override
	public String toString() {
		if (this.kind == Kind.CONNECT) {
			return "connections that come and go, " + this.connections + " at a time";
		}
		if (this.kind == Kind.HANDSHAKE || this.kind == Kind.RESUME) {
			return "connections over TLS 1.3 that come and go, " + this.connections + " at a time, "
					+ ((this.kind == Kind.RESUME) ? "with a session that is resumed" : "with a handshake each");
		}
		if (this.kind == Kind.CROWD) {
			return this.connections
					+ " connections over TLS 1.3 with a line every 10 ms, beside 1,000 handshakes at once";
		}
		if (this.kind == Kind.ARRIVE) {
			return "newcomers, 50 at a time, beside " + this.connections + " busy connections";
		}
		if (this.kind == Kind.DOOR) {
			return "newcomers, one after the other, beside " + this.connections + " busy connections";
		}
		if (this.kind == Kind.FAIR) {
			return "one quiet connection beside " + this.connections + " at full speed, " + this.inFlight
					+ " in flight";
		}
		return this.connections + ((this.connections == 1) ? " connection, " : " connections, ") + this.inFlight
				+ " in flight, " + this.messageBytes + "-byte " + ((this.kind == Kind.FRAMES) ? "frames" : "lines")
				+ switch (this.kind) {
					case WORDS -> " with a word, one of eight";
					case STORED -> " that are acknowledged";
					case BLOCKING -> ", a handler that blocks " + Service.BLOCKING_MILLIS + " ms";
					case BROADCAST -> " of one of them to all";
					case ASK -> " with which the server asks";
					case CLUSTER -> " to sessions of another node";
					case TLS -> " over TLS 1.3";
					case LINES, FRAMES, CONNECT, ARRIVE, DOOR, FAIR, HANDSHAKE, RESUME, CROWD -> "";
				};
	}

	/** What the load generator does. */
	enum Kind {

		/** Exchanges lines. */
		LINES,

		/** Exchanges frames that begin with their length. */
		FRAMES,

		/** Exchanges lines that begin with one of eight words. */
		WORDS,

		/** Exchanges lines that may have to be stored. */
		STORED,

		/** Exchanges lines with a handler that blocks. */
		BLOCKING,

		/** Sends lines on one connection and gets them on all. */
		BROADCAST,

		/** Sends back the lines with which the server asks. */
		ASK,

		/** Sends lines to one node and gets them from another. */
		CLUSTER,

		/** Exchanges lines over TLS. */
		TLS,

		/** Opens connections, exchanges a line and closes them. */
		CONNECT,

		/** The same over TLS, with a handshake each. */
		HANDSHAKE,

		/** The same over TLS, with a session that is resumed. */
		RESUME,

		/** Begins many handshakes at once beside established connections. */
		CROWD,

		/** Opens many connections at once beside busy ones. */
		ARRIVE,

		/** Opens one connection after the other beside busy ones. */
		DOOR,

		/** Sends a line now and then beside connections at full speed. */
		FAIR;

		/**
		 * Returns the word of the load generator for this kind.
		 * @return the word
		 */
		String load() {
			return ((this == BLOCKING || this == STORED) ? LINES : this).name().toLowerCase(Locale.ROOT);
		}

	}

}
