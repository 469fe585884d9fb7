package dev.socketserver;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.HeartbeatFraming;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * What makes the sessions of a server, or those of a client, which are its connections:
 * all that does not depend on who has connected to whom. Validated and immutable.
 *
 * @param side whose sessions they are
 * @param name the name of the server or client: a lower-case letter, then lower-case
 * letters, digits and dashes
 * @param handler the user code
 * @param args handed to the handler as {@link SocketSession#args()}; default none
 * @param framing delimits frames; default {@linkplain Framing#raw() raw} for stream
 * handlers and those that take bytes as they come, {@linkplain Framing#line() line} for
 * handlers of text; required for others
 * @param charset for text that is sent; default UTF-8
 * @param converters write what is sent and is neither text nor bytes, the first that fits
 * first; default none
 * @param execution which threads run the handler
 * @param maxFrameBytes longest payload, in bytes; a longer frame closes the session with
 * {@link CloseReason#FRAME_TOO_LARGE} without being buffered; default 64 KiB
 * @param readBufferBytes most bytes handed to a raw handler at once; default 8 KiB
 * @param inbound what may wait for the handler of a session
 * @param outbound what may wait for the peer of a session
 * @param timeouts what must not take too long
 * @param requestsPerSession how many frames a session handles before it closes with
 * {@link CloseReason#REQUESTS_DONE}, behind the last one's replies; 0 for any number,
 * which is the default
 * @param heartbeat whether empty frames show each side that the other is there;
 * {@code null} for no, which is the default
 */
public record SessionSpec(Side side, String name, ServerHandler handler, List<String> args, Framing framing,
		Charset charset, List<PayloadConverter<?>> converters, Execution execution, int maxFrameBytes,
		int readBufferBytes, Inbound inbound, Outbound outbound, Timeouts timeouts, int requestsPerSession,
		@Nullable Heartbeat heartbeat) {

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

	/** What a name must look like, for people. */
	public static final String NAME_RULE = "a lower-case letter, then lower-case letters, digits and dashes";

	static final String POSITIVE = "must be positive";

	private static final byte[] LINE_FEED = { '\n' };

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
		check(charset.canEncode(), "charset", charset, "can be read only: replies could not be written in it");
		check(!framing.type().equals("line") || Arrays.equals("\n".getBytes(charset), LINE_FEED), "charset", charset,
				"does not write the end of a line as the one byte 0A, which ends a frame of framing line: use one "
						+ "that has ASCII in it, such as UTF-8, or another framing");
		check(!framing.passThrough() || !inbound.overflow().drops(), "inbound.overflow", inbound.overflow(),
				"would tear holes into a stream: raw framing allows block and close");
		check(!framing.switchable() || inbound.overflow() == InboundOverflow.BLOCK, "inbound.overflow",
				inbound.overflow(), "has nothing to do where the framing is switchable: frames are cut one at a time");
		check(handler instanceof ServerHandler.Messages || execution.mode() != ExecutionMode.EVENT_LOOP,
				"execution.mode", execution.mode(), "would block the I/O threads: the handler occupies a thread");
		if (heartbeat != null) {
			String problem = HeartbeatFraming.problem(framing);
			check(problem == null, "heartbeat.period", heartbeat.period(), "is not possible: " + problem);
		}
	}

	private static void checkFraming(ServerHandler handler, Framing framing) {
		if (handler instanceof ServerHandler.Streams) {
			check(framing.passThrough(), "framing", framing.type(),
					"would take the boundaries out of a stream: a stream handler reads raw bytes");
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
	 * @return whether it is as {@link #NAME_RULE} says
	 */
	public static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	/**
	 * Returns whose sessions they are, for people.
	 * @return such as <code>server 'orders'</code>
	 */
	public String owner() {
		return this.side.word() + " '" + this.name + "'";
	}

	/**
	 * Returns whose sessions they are, for the beginning of a sentence.
	 * @return such as <code>Server 'orders'</code>
	 */
	public String title() {
		return this.side.title() + " '" + this.name + "'";
	}

	/**
	 * Returns the same with another handler, of the same kind.
	 * @param other the handler
	 * @return the specification
	 */
	public SessionSpec with(ServerHandler other) {
		return new SessionSpec(this.side, this.name, other, this.args, this.framing, this.charset, this.converters,
				this.execution, this.maxFrameBytes, this.readBufferBytes, this.inbound, this.outbound, this.timeouts,
				this.requestsPerSession, this.heartbeat);
	}

	/**
	 * Which side of a connection is ours.
	 */
	public enum Side {

		/** Others connect to us. */
		SERVER("Server"),

		/** We connect to others. */
		CLIENT("Client");

		private final String title;

		Side(String title) {
			this.title = title;
		}

		private String title() {
			return this.title;
		}

		/**
		 * Returns the word that texts have for it.
		 * @return the word, in lower case
		 */
		public String word() {
			return this.title.toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Which threads run the handler.
	 *
	 * @param mode what kind; default {@link ExecutionMode#AUTO}
	 * @param threads most threads of a pool; default 200
	 * @param queue most sessions that wait for a thread of the pool, further ones are cut
	 * with {@link CloseReason#EXECUTOR_REJECTED}; default 10,000
	 * @param executor runs message handlers instead of threads of ours, and is never shut
	 * down by us; {@code null} for none, which is the default
	 */
	public record Execution(ExecutionMode mode, int threads, int queue, @Nullable Executor executor) {

		public Execution {
			Objects.requireNonNull(mode, "mode");
			check(threads > 0, "execution.threads", threads, POSITIVE);
			check(queue > 0, "execution.queue", queue, POSITIVE);
			check(executor == null || mode != ExecutionMode.EVENT_LOOP, "execution.executor", executor,
					"has nothing to run while the handler runs on the event loop");
		}

	}

	/**
	 * What may wait between the socket and the handler of a session.
	 *
	 * @param capacity most frames; default 64
	 * @param bytes most bytes of such frames; default 256 KiB
	 * @param overflow what happens at either limit; default {@link InboundOverflow#BLOCK}
	 */
	public record Inbound(int capacity, int bytes, InboundOverflow overflow) {

		public Inbound {
			check(capacity > 0, "inbound.capacity", capacity, POSITIVE);
			check(bytes > 0, "inbound.bytes", bytes, POSITIVE);
			Objects.requireNonNull(overflow, "overflow");
		}

	}

	/**
	 * What may wait between a session and its socket.
	 *
	 * @param capacity most unsent writes; default 1,024
	 * @param bytes most unsent bytes; one longer write is admitted when nothing else is
	 * pending; default 256 KiB
	 * @param overflow what {@link SocketSession#send} does at either limit; default
	 * {@link OutboundOverflow#FAIL}
	 */
	public record Outbound(int capacity, int bytes, OutboundOverflow overflow) {

		public Outbound {
			check(capacity > 0, "outbound.capacity", capacity, POSITIVE);
			check(bytes > 0, "outbound.bytes", bytes, POSITIVE);
			Objects.requireNonNull(overflow, "overflow");
		}

	}

	/**
	 * What must not take too long; {@code null} for what may.
	 *
	 * @param firstFrame time to a session's first frame, which else closes with
	 * {@link CloseReason#FIRST_FRAME_TIMEOUT}; default {@code null}
	 * @param frame time from a frame's first byte to its last, or the session closes with
	 * {@link CloseReason#FRAME_TIMEOUT}; default 30 s
	 * @param idle time without a byte from the peer, after which a session closes with
	 * {@link CloseReason#IDLE_TIMEOUT}; default {@code null}
	 * @param write time in which a write must make progress, or the session is cut with
	 * {@link CloseReason#WRITE_TIMEOUT}; default 30 s
	 * @param session a session's greatest age, give or take a tenth, at which it closes
	 * with {@link CloseReason#SESSION_TIMEOUT}; default {@code null}
	 * @param handler a call of a message handler that lasts longer is reported as stuck,
	 * and not interrupted; default 10 s
	 */
	public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler) {

		private static final Duration MIN = Duration.ofMillis(1);

		private static final Duration MAX = Duration.ofDays(36_525);

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
	 * Heartbeats: frames with an empty payload, which show that a side is there while it
	 * has nothing to say. They are neither handled nor counted as messages, and no empty
	 * payload can be sent. Both sides should be configured alike. The framing is a
	 * {@link Framing#lengthField() length-field} that has empty frames.
	 *
	 * @param period time without anything to send after which a heartbeat is sent; at
	 * least 10 milliseconds
	 * @param timeout time without a byte from the peer after which its session is cut
	 * with {@link CloseReason#HEARTBEAT_TIMEOUT}; time in which we do not read does not
	 * count. More than the period, and better twice as much
	 */
	public record Heartbeat(Duration period, Duration timeout) {

		private static final Duration MIN = Duration.ofMillis(10);

		private static final Duration MAX = Duration.ofDays(366);

		private static final int PERIODS = 4;

		public Heartbeat {
			check(period.compareTo(MIN) >= 0 && period.compareTo(MAX) <= 0, "heartbeat.period", period,
					"must be at least 10 milliseconds and at most a year");
			check(timeout.compareTo(period) > 0, "heartbeat.timeout", timeout, "must be longer than heartbeat.period, "
					+ period.toMillis() + " ms: a peer that sends its heartbeats in time would be cut");
			check(Timeouts.possible(timeout), "heartbeat.timeout", timeout, Timeouts.RULE);
		}

		/**
		 * Heartbeats whose timeout is four periods, which is the default.
		 * @param period the period
		 * @return the component
		 */
		public static Heartbeat of(Duration period) {
			boolean possible = !period.isNegative() && period.compareTo(MAX) <= 0;
			return new Heartbeat(period, possible ? period.multipliedBy(PERIODS) : period);
		}

	}

	/**
	 * Collects the components of a specification; what is not given gets its default. Not
	 * safe for use by several threads.
	 *
	 * @param <B> the type of the builder
	 */
	public abstract static class Builder<B extends Builder<B>> {

		private final Side side;

		private final String name;

		private @Nullable ServerHandler handler;

		private @Nullable Heartbeat heartbeat;

		private List<String> args = List.of();

		private @Nullable Framing framing;

		private Charset charset = StandardCharsets.UTF_8;

		private List<PayloadConverter<?>> converters = List.of();

		private ExecutionMode execution = ExecutionMode.AUTO;

		private int executionThreads = 200;

		private int executionQueue = 10_000;

		private @Nullable Executor executor;

		private int maxFrameBytes = 64 * 1024;

		private int readBufferBytes = 8 * 1024;

		private int inboundFrames = 64;

		private int inboundBytes = 256 * 1024;

		private InboundOverflow inboundOverflow = InboundOverflow.BLOCK;

		private int outboundWrites = 1024;

		private int outboundBytes = 256 * 1024;

		private OutboundOverflow outboundOverflow;

		private @Nullable Duration idleTimeout;

		private @Nullable Duration handlerTimeout = Duration.ofSeconds(10);

		private @Nullable Duration firstFrameTimeout;

		private @Nullable Duration frameTimeout = Duration.ofSeconds(30);

		private @Nullable Duration writeTimeout = Duration.ofSeconds(30);

		private @Nullable Duration sessionTimeout;

		private int requestsPerSession;

		/**
		 * Begins a specification.
		 * @param side whose sessions they are
		 * @param name the name of the server or client
		 * @param outboundOverflow what sends do beyond the limits, if nothing else is
		 * said
		 */
		protected Builder(Side side, String name, OutboundOverflow outboundOverflow) {
			this.side = side;
			this.name = name;
			this.outboundOverflow = outboundOverflow;
		}

		/**
		 * Returns this builder.
		 * @return this builder
		 */
		protected abstract B self();

		/**
		 * Returns the charset that was given.
		 * @return the charset
		 */
		protected final Charset charset() {
			return this.charset;
		}

		/**
		 * Whether a handler was given.
		 * @return {@code false} if there is none yet
		 */
		protected final boolean hasHandler() {
			return this.handler != null;
		}

		ServerHandler handler() {
			ServerHandler given = this.handler;
			if (given == null) {
				throw new InvalidSpecException("handler", null, "is required");
			}
			return given;
		}

		ExecutionMode executionMode() {
			return this.execution;
		}

		/**
		 * Creates the specification of the sessions.
		 * @return the specification
		 * @throws InvalidSpecException if a component has a value it cannot have
		 */
		protected final SessionSpec session() {
			ServerHandler given = handler();
			return new SessionSpec(this.side, this.name, given, this.args, framingFor(given), this.charset,
					this.converters,
					new Execution(this.execution, this.executionThreads, this.executionQueue, this.executor),
					this.maxFrameBytes, this.readBufferBytes,
					new Inbound(this.inboundFrames, this.inboundBytes, this.inboundOverflow),
					new Outbound(this.outboundWrites, this.outboundBytes, this.outboundOverflow),
					new Timeouts(this.firstFrameTimeout, this.frameTimeout, this.idleTimeout, this.writeTimeout,
							this.sessionTimeout, this.handlerTimeout),
					this.requestsPerSession, this.heartbeat);
		}

		private Framing framingFor(ServerHandler handler) {
			if (this.framing != null) {
				return this.framing;
			}
			PayloadConverter<?> input = handler.input();
			if (handler.bytesAsTheyCome()) {
				return Framing.raw();
			}
			if (input.text()) {
				return Framing.line();
			}
			throw new InvalidSpecException("framing", null,
					"is required for a handler of bytes: line, length-field, or raw for bytes as they come");
		}

		/**
		 * Sets {@link SessionSpec#handler()}.
		 * @param handler the value
		 * @return this builder
		 */
		public B handler(ServerHandler handler) {
			this.handler = handler;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#args()}.
		 * @param args the value
		 * @return this builder
		 */
		public B args(List<String> args) {
			this.args = args;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#framing()}.
		 * @param framing the value
		 * @return this builder
		 */
		public B framing(Framing framing) {
			this.framing = framing;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#charset()}.
		 * @param charset the value
		 * @return this builder
		 */
		public B charset(Charset charset) {
			this.charset = charset;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#converters()}.
		 * @param converters the value
		 * @return this builder
		 */
		public B converters(List<PayloadConverter<?>> converters) {
			this.converters = converters;
			return self();
		}

		/**
		 * Sets {@link Execution#mode()}.
		 * @param execution the value
		 * @return this builder
		 */
		public B execution(ExecutionMode execution) {
			this.execution = execution;
			return self();
		}

		/**
		 * Sets {@link Execution#threads()}.
		 * @param executionThreads the value
		 * @return this builder
		 */
		public B executionThreads(int executionThreads) {
			this.executionThreads = executionThreads;
			return self();
		}

		/**
		 * Sets {@link Execution#queue()}.
		 * @param executionQueue the value
		 * @return this builder
		 */
		public B executionQueue(int executionQueue) {
			this.executionQueue = executionQueue;
			return self();
		}

		/**
		 * Sets {@link Execution#executor()}.
		 * @param executor the value
		 * @return this builder
		 */
		public B executor(@Nullable Executor executor) {
			this.executor = executor;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#maxFrameBytes()}.
		 * @param maxFrameBytes the value
		 * @return this builder
		 */
		public B maxFrameBytes(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#readBufferBytes()}.
		 * @param readBufferBytes the value
		 * @return this builder
		 */
		public B readBufferBytes(int readBufferBytes) {
			this.readBufferBytes = readBufferBytes;
			return self();
		}

		/**
		 * Sets {@link Inbound#capacity()}.
		 * @param inboundFrames the value
		 * @return this builder
		 */
		public B inboundFrames(int inboundFrames) {
			this.inboundFrames = inboundFrames;
			return self();
		}

		/**
		 * Sets {@link Inbound#bytes()}.
		 * @param inboundBytes the value
		 * @return this builder
		 */
		public B inboundBytes(int inboundBytes) {
			this.inboundBytes = inboundBytes;
			return self();
		}

		/**
		 * Sets {@link Inbound#overflow()}.
		 * @param inboundOverflow the value
		 * @return this builder
		 */
		public B inboundOverflow(InboundOverflow inboundOverflow) {
			this.inboundOverflow = inboundOverflow;
			return self();
		}

		/**
		 * Sets {@link Outbound#capacity()}.
		 * @param outboundWrites the value
		 * @return this builder
		 */
		public B outboundWrites(int outboundWrites) {
			this.outboundWrites = outboundWrites;
			return self();
		}

		/**
		 * Sets {@link Outbound#bytes()}.
		 * @param outboundBytes the value
		 * @return this builder
		 */
		public B outboundBytes(int outboundBytes) {
			this.outboundBytes = outboundBytes;
			return self();
		}

		/**
		 * Sets {@link Outbound#overflow()}.
		 * @param outboundOverflow the value
		 * @return this builder
		 */
		public B outboundOverflow(OutboundOverflow outboundOverflow) {
			this.outboundOverflow = outboundOverflow;
			return self();
		}

		/**
		 * Sets {@link Timeouts#idle()}.
		 * @param idleTimeout the value
		 * @return this builder
		 */
		public B idleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return self();
		}

		/**
		 * Sets {@link Timeouts#handler()}.
		 * @param handlerTimeout the value
		 * @return this builder
		 */
		public B handlerTimeout(@Nullable Duration handlerTimeout) {
			this.handlerTimeout = handlerTimeout;
			return self();
		}

		/**
		 * Sets {@link Timeouts#firstFrame()}.
		 * @param firstFrameTimeout the value
		 * @return this builder
		 */
		public B firstFrameTimeout(@Nullable Duration firstFrameTimeout) {
			this.firstFrameTimeout = firstFrameTimeout;
			return self();
		}

		/**
		 * Sets {@link Timeouts#frame()}.
		 * @param frameTimeout the value
		 * @return this builder
		 */
		public B frameTimeout(@Nullable Duration frameTimeout) {
			this.frameTimeout = frameTimeout;
			return self();
		}

		/**
		 * Sets {@link Timeouts#write()}.
		 * @param writeTimeout the value
		 * @return this builder
		 */
		public B writeTimeout(@Nullable Duration writeTimeout) {
			this.writeTimeout = writeTimeout;
			return self();
		}

		/**
		 * Sets {@link Timeouts#session()}.
		 * @param sessionTimeout the value
		 * @return this builder
		 */
		public B sessionTimeout(@Nullable Duration sessionTimeout) {
			this.sessionTimeout = sessionTimeout;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#requestsPerSession()}.
		 * @param requestsPerSession the value
		 * @return this builder
		 */
		public B requestsPerSession(int requestsPerSession) {
			this.requestsPerSession = requestsPerSession;
			return self();
		}

		/**
		 * Sets {@link SessionSpec#heartbeat()}.
		 * @param heartbeat the value
		 * @return this builder
		 */
		public B heartbeat(@Nullable Heartbeat heartbeat) {
			this.heartbeat = heartbeat;
			return self();
		}

	}

}
