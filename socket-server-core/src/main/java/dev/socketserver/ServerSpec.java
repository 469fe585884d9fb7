package dev.socketserver;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a server, validated and immutable. The engine reads nothing else.
 *
 * @param name the server's name: a lower-case letter, then lower-case letters, digits and
 * dashes
 * @param handler the user code
 * @param host where to listen: a host name or address, {@code "any"} for every interface;
 * default the IPv4 loopback address
 * @param port the port, 0 for a free one
 * @param args handed to the handler as {@link SocketSession#args()}; default none
 * @param framing delimits frames; default {@linkplain Framing#raw() raw} for stream
 * handlers and those that take bytes as they come, {@linkplain Framing#line() line} for
 * handlers of text; required for others
 * @param charset for text that is sent; default UTF-8
 * @param transport how the operating system is asked for I/O; default
 * {@link Transport#AUTO}
 * @param execution which threads run the handler; default {@link ExecutionMode#AUTO}
 * @param maxSessions most sessions at a time, further connections are refused; default
 * 10,000, but 500 for stream handlers on platform threads
 * @param maxFrameBytes longest payload, in bytes; a longer frame closes the session with
 * {@link CloseReason#FRAME_TOO_LARGE} without being buffered; default 64 KiB
 * @param readBufferBytes most bytes handed to a raw handler at once; default 8 KiB
 * @param inboundFrames most frames waiting for the handler of a session; at the limit its
 * socket is not read; default 64
 * @param inboundBytes most bytes of such frames; default 256 KiB
 * @param outboundWrites most unsent writes of a session; default 1,024
 * @param outboundBytes most unsent bytes of a session; one longer write is admitted when
 * nothing else is pending; default 256 KiB
 * @param idleTimeout closes a session from which no byte came for that long; {@code null}
 * for never, which is the default
 * @param drainTimeout how long {@link SocketServer#stop()} lets sessions end; default 27
 * s
 * @param daemon whether the JVM may exit while the server listens; default {@code false}
 */
public record ServerSpec(String name, ServerHandler handler, String host, int port, List<String> args, Framing framing,
		Charset charset, Transport transport, ExecutionMode execution, int maxSessions, int maxFrameBytes,
		int readBufferBytes, int inboundFrames, int inboundBytes, int outboundWrites, int outboundBytes,
		@Nullable Duration idleTimeout, Duration drainTimeout, boolean daemon) {

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

	/** What a server's name must look like, for people. */
	public static final String NAME_RULE = "a lower-case letter, then lower-case letters, digits and dashes";

	private static final Duration MIN_IDLE = Duration.ofMillis(1);

	private static final Duration MAX_IDLE = Duration.ofDays(36_525);

	/** The host that stands for every interface. */
	public static final String ANY_HOST = "any";

	/** Not the JVM's loopback address, which may be that of IPv6. */
	private static final String LOOPBACK = "127.0.0.1";

	public ServerSpec {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(framing, "framing");
		Objects.requireNonNull(charset, "charset");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(execution, "execution");
		Objects.requireNonNull(drainTimeout, "drainTimeout");
		args = List.copyOf(args);
		check(isName(name), "name", name, "must be " + NAME_RULE);
		check(!host.isBlank(), "host", host, "must not be blank");
		check(port >= 0 && port <= 65535, "port", port, "must be between 0 and 65535");
		check(maxSessions > 0, "maxSessions", maxSessions, "must be positive");
		check(maxFrameBytes > 0, "maxFrameBytes", maxFrameBytes, "must be positive");
		check(readBufferBytes > 0, "readBufferBytes", readBufferBytes, "must be positive");
		check(inboundFrames > 0, "inboundFrames", inboundFrames, "must be positive");
		check(inboundBytes > 0, "inboundBytes", inboundBytes, "must be positive");
		check(outboundWrites > 0, "outboundWrites", outboundWrites, "must be positive");
		check(outboundBytes > 0, "outboundBytes", outboundBytes, "must be positive");
		check(idleTimeout == null || (idleTimeout.compareTo(MIN_IDLE) >= 0 && idleTimeout.compareTo(MAX_IDLE) <= 0),
				"idleTimeout", idleTimeout, "must be at least a millisecond and at most 100 years");
		check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "must not be negative");
		checkFraming(handler, framing);
		check(!(handler instanceof ServerHandler.Streams && execution == ExecutionMode.EVENT_LOOP), "execution",
				execution, "would block the I/O threads of a stream handler");
	}

	private static void checkFraming(ServerHandler handler, Framing framing) {
		if (handler instanceof ServerHandler.Messages messages) {
			check(messages.bytesAsTheyCome() || !framing.passThrough() || messages.input().type() != String.class,
					"framing", framing.type(),
					"has no boundaries, and a handler of text needs whole texts: " + "use a framing such as line");
		}
		else {
			check(framing.passThrough(), "framing", framing.type(),
					"would take the boundaries out of a stream: a stream handler reads raw bytes");
		}
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		if (!valid) {
			throw new InvalidSpecException(component, value, rule);
		}
	}

	/**
	 * Whether a server may have a name.
	 * @param name the name
	 * @return whether it is as {@link #NAME_RULE} says
	 */
	public static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	/**
	 * Whether the server listens on every interface.
	 * @return {@code true} if {@link #host()} is {@value #ANY_HOST}
	 */
	public boolean anyHost() {
		return this.host.equals(ANY_HOST);
	}

	/**
	 * Begins a specification.
	 * @param name the server's name
	 * @return the builder; a handler must be given to it
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * A component of a specification has a value it cannot have.
	 */
	public static final class InvalidSpecException extends IllegalArgumentException {

		private static final long serialVersionUID = 1L;

		private final String component;

		private final String rule;

		InvalidSpecException(String component, @Nullable Object value, String rule) {
			super(component + " is " + value + ", but " + rule);
			this.component = component;
			this.rule = rule;
		}

		/**
		 * Returns the component's name.
		 * @return the name, as in {@link ServerSpec}
		 */
		public String component() {
			return this.component;
		}

		/**
		 * Returns the rule that the value breaks.
		 * @return the rule, a phrase without a subject
		 */
		public String rule() {
			return this.rule;
		}

	}

	/**
	 * Collects the components of a specification; what is not given gets its default. Not
	 * safe for use by several threads.
	 */
	public static final class Builder {

		private final String name;

		private @Nullable ServerHandler handler;

		private String host = LOOPBACK;

		private int port;

		private List<String> args = List.of();

		private @Nullable Framing framing;

		private Charset charset = StandardCharsets.UTF_8;

		private Transport transport = Transport.AUTO;

		private ExecutionMode execution = ExecutionMode.AUTO;

		private @Nullable Integer maxSessions;

		private int maxFrameBytes = 64 * 1024;

		private int readBufferBytes = 8 * 1024;

		private int inboundFrames = 64;

		private int inboundBytes = 256 * 1024;

		private int outboundWrites = 1024;

		private int outboundBytes = 256 * 1024;

		private @Nullable Duration idleTimeout;

		private Duration drainTimeout = Duration.ofSeconds(27);

		private boolean daemon;

		private Builder(String name) {
			this.name = name;
		}

		/**
		 * Sets {@link ServerSpec#handler()}.
		 * @param handler the value
		 * @return this builder
		 */
		public Builder handler(ServerHandler handler) {
			this.handler = handler;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#host()}.
		 * @param host the value
		 * @return this builder
		 */
		public Builder host(String host) {
			this.host = host;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			this.port = port;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#args()}.
		 * @param args the value
		 * @return this builder
		 */
		public Builder args(List<String> args) {
			this.args = args;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#framing()}.
		 * @param framing the value
		 * @return this builder
		 */
		public Builder framing(Framing framing) {
			this.framing = framing;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#charset()}.
		 * @param charset the value
		 * @return this builder
		 */
		public Builder charset(Charset charset) {
			this.charset = charset;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#transport()}.
		 * @param transport the value
		 * @return this builder
		 */
		public Builder transport(Transport transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#execution()}.
		 * @param execution the value
		 * @return this builder
		 */
		public Builder execution(ExecutionMode execution) {
			this.execution = execution;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#maxSessions()}.
		 * @param maxSessions the value
		 * @return this builder
		 */
		public Builder maxSessions(int maxSessions) {
			this.maxSessions = maxSessions;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#maxFrameBytes()}.
		 * @param maxFrameBytes the value
		 * @return this builder
		 */
		public Builder maxFrameBytes(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#readBufferBytes()}.
		 * @param readBufferBytes the value
		 * @return this builder
		 */
		public Builder readBufferBytes(int readBufferBytes) {
			this.readBufferBytes = readBufferBytes;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#inboundFrames()}.
		 * @param inboundFrames the value
		 * @return this builder
		 */
		public Builder inboundFrames(int inboundFrames) {
			this.inboundFrames = inboundFrames;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#inboundBytes()}.
		 * @param inboundBytes the value
		 * @return this builder
		 */
		public Builder inboundBytes(int inboundBytes) {
			this.inboundBytes = inboundBytes;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#outboundWrites()}.
		 * @param outboundWrites the value
		 * @return this builder
		 */
		public Builder outboundWrites(int outboundWrites) {
			this.outboundWrites = outboundWrites;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#outboundBytes()}.
		 * @param outboundBytes the value
		 * @return this builder
		 */
		public Builder outboundBytes(int outboundBytes) {
			this.outboundBytes = outboundBytes;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#idleTimeout()}.
		 * @param idleTimeout the value
		 * @return this builder
		 */
		public Builder idleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#drainTimeout()}.
		 * @param drainTimeout the value
		 * @return this builder
		 */
		public Builder drainTimeout(Duration drainTimeout) {
			this.drainTimeout = drainTimeout;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#daemon()}.
		 * @param daemon the value
		 * @return this builder
		 */
		public Builder daemon(boolean daemon) {
			this.daemon = daemon;
			return this;
		}

		/**
		 * Creates the specification.
		 * @return the specification
		 * @throws InvalidSpecException if a component has a value it cannot have
		 */
		public ServerSpec build() {
			ServerHandler handler = this.handler;
			if (handler == null) {
				throw new InvalidSpecException("handler", null, "is required");
			}
			return new ServerSpec(this.name, handler, this.host, this.port, this.args, framingFor(handler),
					this.charset, this.transport, this.execution, maxSessionsFor(handler), this.maxFrameBytes,
					this.readBufferBytes, this.inboundFrames, this.inboundBytes, this.outboundWrites,
					this.outboundBytes, this.idleTimeout, this.drainTimeout, this.daemon);
		}

		private int maxSessionsFor(ServerHandler handler) {
			if (this.maxSessions != null) {
				return this.maxSessions;
			}
			boolean threadPerSession = handler instanceof ServerHandler.Streams;
			return (threadPerSession && this.execution.resolve() != ExecutionMode.VIRTUAL) ? 500 : 10_000;
		}

		private Framing framingFor(ServerHandler handler) {
			if (this.framing != null) {
				return this.framing;
			}
			if (!(handler instanceof ServerHandler.Messages messages) || messages.bytesAsTheyCome()) {
				return Framing.raw();
			}
			if (messages.input().type() == String.class) {
				return Framing.line();
			}
			throw new InvalidSpecException("framing", null,
					"is required for a handler of bytes: line, length-field, or raw for bytes as they come");
		}

	}

}
