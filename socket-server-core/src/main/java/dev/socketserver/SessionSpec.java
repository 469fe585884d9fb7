package dev.socketserver;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.codec.HeartbeatFraming;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * How the sessions of a server, or the connections of a client, are served: everything
 * that does not depend on which side has connected to the other. It is validated when it
 * is created, and immutable.
 *
 * @param side whose sessions they are
 * @param name the name of the server or client: a lower-case letter, followed by
 * lower-case letters, digits and dashes
 * @param handler the code of the application that serves the sessions
 * @param args arguments that the handler can read with {@link SocketSession#args()};
 * default none
 * @param framing how bytes are divided into frames; default {@linkplain Framing#raw()
 * raw} for stream handlers and others that can take bytes as they come,
 * {@linkplain Framing#line() line} for handlers of text. All others must set it
 * @param charset the charset in which text is sent; default UTF-8
 * @param converters convert payloads that are sent. One for exactly the type of a payload
 * is preferred, then text and bytes are sent as they are, and else the first converter
 * that fits is used; default none
 * @param execution which threads run the handler
 * @param maxFrameBytes greatest length of a payload, in bytes; a frame with a longer one
 * closes the session with {@link CloseReason#FRAME_TOO_LARGE} without being buffered;
 * default 64 KiB
 * @param readBufferBytes greatest number of bytes that a handler is given at once with
 * raw framing; default 8 KiB
 * @param inbound how much received data may wait for the handler of a session
 * @param outbound how much output of a session may wait for its peer
 * @param timeouts how long things may take
 * @param requestsPerSession how many frames a session handles before it closes with
 * {@link CloseReason#REQUESTS_DONE}, after the replies to the last one; 0, the default,
 * for no limit
 * @param heartbeat heartbeats, by which each side sees that the other is still there;
 * {@code null}, the default, for none
 * @param correlator gives a request to the peer and its reply the same key, for
 * {@link SocketSession#ask}; {@code null}, the default, if replies come in order. It is
 * called for requests on the threads that ask, and for what is received on a background
 * thread, or on the I/O thread in {@link ExecutionMode#EVENT_LOOP}; it must be safe for
 * use by several threads, and quick
 */
public record SessionSpec(Side side, String name, ServerHandler handler, List<String> args, Framing framing,
		Charset charset, List<PayloadConverter<?>> converters, Execution execution, int maxFrameBytes,
		int readBufferBytes, Inbound inbound, Outbound outbound, Timeouts timeouts, int requestsPerSession,
		@Nullable Heartbeat heartbeat, @Nullable Function<Object, @Nullable Object> correlator) {

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

	/** The rule for names, as a phrase for people to read. */
	public static final String NAME_RULE = "a lower-case letter, then lower-case letters, digits and dashes";

	static final String POSITIVE = "must be positive";

	private static final byte[] LINE_FEED = { '\n' };

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public SessionSpec {
		Objects.requireNonNull(side, "side");
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(framing, "framing");
		Objects.requireNonNull(charset, "charset");
		Objects.requireNonNull(execution, "execution");
		Objects.requireNonNull(inbound, "inbound");
		Objects.requireNonNull(outbound, "outbound");
		Objects.requireNonNull(timeouts, "timeouts");
		args = List.copyOf(args);
		converters = List.copyOf(converters);
		check(isName(name), "name", name, "must be " + NAME_RULE);
		check(requestsPerSession >= 0, "requestsPerSession", requestsPerSession, "must not be negative");
		check(maxFrameBytes > 0, "limits.frame", maxFrameBytes, POSITIVE);
		check(readBufferBytes > 0, "readBufferBytes", readBufferBytes, POSITIVE);
		checkFraming(handler, framing);
		check(charset.canEncode(), "charset", charset, "can only decode text: replies could not be encoded");
		check(!framing.type().equals("line") || Arrays.equals("\n".getBytes(charset), LINE_FEED), "charset", charset,
				"does not encode the end of a line as the single byte 0A, which ends a frame of framing line: use one "
						+ "that is compatible with ASCII, such as UTF-8, or another framing");
		check(!framing.passThrough() || !inbound.overflow().drops(), "inbound.overflow", inbound.overflow(),
				"would lose bytes within a stream: raw framing allows block and close");
		check(!framing.switchable() || inbound.overflow() == InboundOverflow.BLOCK, "inbound.overflow",
				inbound.overflow(), "has no effect if the framing is switchable: frames are cut one at a time");
		check(handler instanceof ServerHandler.Messages || execution.mode() != ExecutionMode.EVENT_LOOP,
				"execution.mode", execution.mode(), "would block the I/O threads: the handler occupies a thread");
		check(correlator == null || handler instanceof ServerHandler.Messages, "correlator", correlator,
				"has no effect: the handler reads the connection itself");
		check(correlator == null || !framing.passThrough() || framing.switchable(), "correlator", correlator,
				"has no effect: raw framing has no messages, of which one could be a reply");
		if (heartbeat != null) {
			String problem = HeartbeatFraming.problem(framing);
			check(problem == null, "heartbeat.period", heartbeat.period(), "is not possible: " + problem);
		}
	}

	private static void checkFraming(ServerHandler handler, Framing framing) {
		if (handler instanceof ServerHandler.Streams) {
			check(framing.passThrough(), "framing", framing.type(),
					"cannot be used with a stream handler, which reads raw bytes");
			check(!framing.switchable(), "framing", framing.type(),
					"must not be switchable for a stream handler, which reads raw bytes at all times");
		}
		else {
			check(handler.bytesAsTheyCome() || !framing.passThrough() || !handler.input().text(), "framing",
					framing.type(),
					"has no boundaries, and a handler of text needs whole texts: use a framing such as line");
		}
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Whether a server or client may have a name.
	 * @param name the name
	 * @return whether the name follows {@link #NAME_RULE}
	 */
	public static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	/**
	 * Whether bytes are handed on as they come, at all times and in all sessions, so that
	 * there are no frames.
	 * @return whether the framing {@linkplain Framing#passThrough() passes bytes on} and
	 * sessions cannot change theirs
	 */
	public boolean unframed() {
		return this.framing.passThrough() && !this.framing.switchable();
	}

	/**
	 * Returns the server or client that the sessions belong to, for messages.
	 * @return such as <code>server 'orders'</code>
	 */
	public String owner() {
		return this.side.word() + " '" + this.name + "'";
	}

	/**
	 * Returns the same as {@link #owner()}, for the beginning of a sentence.
	 * @return such as <code>Server 'orders'</code>
	 */
	public String title() {
		return this.side.title() + " '" + this.name + "'";
	}

	/**
	 * Returns a copy with another handler, which must be of the same kind.
	 * @param other the handler
	 * @return the specification
	 * @throws InvalidSpecException if the handler does not fit the other components
	 */
	public SessionSpec with(ServerHandler other) {
		return new SessionSpec(this.side, this.name, other, this.args, this.framing, this.charset, this.converters,
				this.execution, this.maxFrameBytes, this.readBufferBytes, this.inbound, this.outbound, this.timeouts,
				this.requestsPerSession, this.heartbeat, this.correlator);
	}

	/**
	 * Which side of its connections this specification is for.
	 */
	public enum Side {

		/** A server: peers connect to it. */
		SERVER("Server"),

		/** A client: it connects to peers. */
		CLIENT("Client");

		private final String title;

		Side(String title) {
			this.title = title;
		}

		private String title() {
			return this.title;
		}

		/**
		 * Returns the word for this side in messages.
		 * @return the word, in lower case
		 */
		public String word() {
			return this.title.toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Which threads run the handler.
	 *
	 * @param mode which kind of threads; default {@link ExecutionMode#AUTO}
	 * @param threads greatest number of threads in the pool; default 200
	 * @param queue greatest number of sessions that wait for a thread of the pool;
	 * further ones are aborted with {@link CloseReason#EXECUTOR_REJECTED}; default 10,000
	 * @param executor an executor of the application that runs message handlers instead,
	 * and that the engine never shuts down; {@code null}, the default, for none
	 */
	public record Execution(ExecutionMode mode, int threads, int queue, @Nullable Executor executor) {

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Execution {
			Objects.requireNonNull(mode, "mode");
			check(threads > 0, "execution.threads", threads, POSITIVE);
			check(queue > 0, "execution.queue", queue, POSITIVE);
			check(executor == null || mode != ExecutionMode.EVENT_LOOP, "execution.executor", executor,
					"is not used if the handler runs on the event loop");
		}

	}

	/**
	 * How much received data may wait between the socket and the handler of a session.
	 *
	 * @param capacity greatest number of frames that wait; default 64
	 * @param bytes greatest number of bytes of all these frames; default 256 KiB
	 * @param overflow what happens when either limit is reached; default
	 * {@link InboundOverflow#BLOCK}
	 */
	public record Inbound(int capacity, int bytes, InboundOverflow overflow) {

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Inbound {
			check(capacity > 0, "inbound.capacity", capacity, POSITIVE);
			check(bytes > 0, "inbound.bytes", bytes, POSITIVE);
			Objects.requireNonNull(overflow, "overflow");
		}

	}

	/**
	 * How much output may wait between a session and its socket.
	 *
	 * @param capacity greatest number of unsent writes; default 1,024
	 * @param bytes greatest number of unsent bytes; a single longer write is admitted
	 * when nothing else waits; default 256 KiB
	 * @param overflow what {@link SocketSession#send} does when either limit is reached;
	 * default {@link OutboundOverflow#FAIL}; of a client {@link OutboundOverflow#BLOCK}
	 */
	public record Outbound(int capacity, int bytes, OutboundOverflow overflow) {

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Outbound {
			check(capacity > 0, "outbound.capacity", capacity, POSITIVE);
			check(bytes > 0, "outbound.bytes", bytes, POSITIVE);
			Objects.requireNonNull(overflow, "overflow");
		}

	}

	/**
	 * How long things may take in a session: each at least a millisecond and at most 100
	 * years, or {@code null} for no limit. One timer checks all sessions, so that a limit
	 * may be exceeded by a little before something happens.
	 *
	 * @param firstFrame time within which the first frame of a session must be complete,
	 * or the session closes with {@link CloseReason#FIRST_FRAME_TIMEOUT}; default
	 * {@code null}
	 * @param frame time from the first byte of a frame to its last, after which the
	 * session closes with {@link CloseReason#FRAME_TIMEOUT}; default 30 s
	 * @param idle time without a byte from the peer after which the session closes with
	 * {@link CloseReason#IDLE_TIMEOUT}; default {@code null}
	 * @param write time in which a write must make progress, or the session is aborted
	 * with {@link CloseReason#WRITE_TIMEOUT}; default 30 s
	 * @param session the age, give or take a tenth, at which a session closes with
	 * {@link CloseReason#SESSION_TIMEOUT}; default {@code null}
	 * @param handler time after which a call of a message handler is reported as stuck;
	 * it is not interrupted; default 10 s
	 */
	public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler) {

		private static final Duration MIN = Duration.ofMillis(1);

		private static final Duration MAX = Duration.ofDays(36_525);

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Timeouts {
			checkTimeout(firstFrame, "timeouts.firstFrame");
			checkTimeout(frame, "timeouts.frame");
			checkTimeout(idle, "timeouts.idle");
			checkTimeout(write, "timeouts.write");
			checkTimeout(session, "timeouts.session");
			checkTimeout(handler, "timeouts.handler");
		}

		static final String RULE = "must be at least a millisecond and at most 100 years";

		private static void checkTimeout(@Nullable Duration timeout, String component) {
			check(timeout == null || possible(timeout), component, timeout, RULE);
		}

		static boolean possible(Duration timeout) {
			return timeout.compareTo(MIN) >= 0 && timeout.compareTo(MAX) <= 0;
		}

	}

	/**
	 * Heartbeats: frames with an empty payload, by which a side that has nothing to send
	 * shows that it is still there. They are neither given to the handler nor counted as
	 * messages, and the application cannot send an empty payload itself. Both sides
	 * should be configured alike. The framing must be a {@link Framing#lengthField()
	 * length-field} one that allows empty frames.
	 *
	 * @param period how long nothing must have been sent before a heartbeat is sent; at
	 * least 10 milliseconds and at most a year
	 * @param timeout time without a byte from the peer after which its session is aborted
	 * with {@link CloseReason#HEARTBEAT_TIMEOUT}; time during which the session does not
	 * read from its socket is not counted. Must be longer than the period, and should be
	 * at least twice as long
	 */
	public record Heartbeat(Duration period, Duration timeout) {

		private static final Duration MIN = Duration.ofMillis(10);

		private static final Duration MAX = Duration.ofDays(366);

		private static final int PERIODS = 4;

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Heartbeat {
			check(period.compareTo(MIN) >= 0 && period.compareTo(MAX) <= 0, "heartbeat.period", period,
					"must be at least 10 milliseconds and at most a year");
			check(timeout.compareTo(period) > 0, "heartbeat.timeout", timeout, "must be longer than heartbeat.period, "
					+ period.toMillis() + " ms: a peer that sends its heartbeats in time would be cut");
			check(Timeouts.possible(timeout), "heartbeat.timeout", timeout, Timeouts.RULE);
		}

		/**
		 * Returns heartbeats with the default timeout, which is four periods.
		 * @param period the period
		 * @return the component
		 * @throws InvalidSpecException if the period is not possible
		 */
		public static Heartbeat of(Duration period) {
			boolean possible = !period.isNegative() && period.compareTo(MAX) <= 0;
			return new Heartbeat(period, possible ? period.multipliedBy(PERIODS) : period);
		}

	}

	/**
	 * What happens when more frames wait for the handler of a session than may wait.
	 */
	public enum InboundOverflow {

		/** The socket is not read until there is room: TCP makes the peer wait. */
		BLOCK,

		/** The frame that has just arrived is dropped, and counted. */
		DROP_NEWEST,

		/** The frame that has waited longest is dropped, and counted. */
		DROP_OLDEST,

		/** The session closes with {@link CloseReason#OVERFLOW}. */
		CLOSE;

		/**
		 * Whether frames get lost.
		 * @return {@code true} for the policies that drop
		 */
		public boolean drops() {
			return this == DROP_NEWEST || this == DROP_OLDEST;
		}

	}

	/**
	 * What {@link SocketSession#send} does when a session has more unsent output than it
	 * may have. Replies, and what stream and conversation handlers write, are never
	 * refused and never dropped: they wait.
	 */
	public enum OutboundOverflow {

		/** The send fails at once with {@link OutboundFullException}. */
		FAIL,

		/**
		 * The sender waits for room, after those who wait already. The send fails with
		 * {@link SessionClosedException} if the session closes meanwhile, and with
		 * {@link java.io.InterruptedIOException} if the thread is interrupted, which it
		 * still is afterwards. A thread that does I/O must not wait, and a broadcast does
		 * not: there it acts as {@link #FAIL}.
		 */
		BLOCK,

		/**
		 * The new write is dropped, and counted; it fails with
		 * {@link OutboundFullException}.
		 */
		DROP_NEWEST,

		/**
		 * The oldest sends that have not begun to leave are dropped, and counted, until
		 * there is room; they fail with {@link OutboundFullException}. Where that would
		 * not make room, the new one is dropped instead.
		 */
		DROP_OLDEST,

		/**
		 * The session closes with {@link CloseReason#SLOW_CONSUMER}, and what is unsent
		 * is lost: the peer sees a reset. The send fails with
		 * {@link OutboundFullException}.
		 */
		CLOSE

	}

	/**
	 * Which threads run a server's handler.
	 */
	public enum ExecutionMode {

		/**
		 * {@link #VIRTUAL} on Java 24 and later, where {@code synchronized} no longer
		 * pins a carrier thread (JEP 491); {@link #POOL} before.
		 */
		AUTO,

		/**
		 * A virtual thread each time a session has something to handle. Needs Java 21.
		 */
		VIRTUAL,

		/** A bounded pool of platform threads. */
		POOL,

		/**
		 * The I/O thread itself: for handlers that never block. A handler that does block
		 * stops every other session of that thread.
		 */
		EVENT_LOOP;

		private static final int FIRST_WITHOUT_PINNING = 24;

		/**
		 * Returns the mode that this one stands for on this JVM.
		 * @return this mode; for {@link #AUTO}, {@link #VIRTUAL} or {@link #POOL}
		 */
		public ExecutionMode resolve() {
			if (this != AUTO) {
				return this;
			}
			return (Runtime.version().feature() >= FIRST_WITHOUT_PINNING) ? VIRTUAL : POOL;
		}

	}

}
