package dev.socketserver;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.socketserver.SessionSpec.Execution;
import dev.socketserver.SessionSpec.ExecutionMode;
import dev.socketserver.SessionSpec.Heartbeat;
import dev.socketserver.SessionSpec.Inbound;
import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.SessionSpec.Outbound;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SessionSpec.Timeouts;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * Collects the components of a specification. Components that are not set keep their
 * defaults. Not safe for use by several threads.
 *
 * @param <B> the type of the builder
 */
public abstract class SessionSpecBuilder<B extends SessionSpecBuilder<B>> {

	private final Side side;

	private final String name;

	private @Nullable ServerHandler handler;

	private @Nullable Heartbeat heartbeat;

	private @Nullable Function<Object, @Nullable Object> correlator;

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
	 * Creates the builder.
	 * @param side whose sessions they are
	 * @param name the name of the server or client
	 * @param outboundOverflow the default of {@link Outbound#overflow()}
	 */
	protected SessionSpecBuilder(Side side, String name, OutboundOverflow outboundOverflow) {
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
	 * Returns the charset as it is set now.
	 * @return the charset
	 */
	protected final Charset charset() {
		return this.charset;
	}

	/**
	 * Whether a handler has been set.
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
	 * @throws InvalidSpecException if a component has an invalid value
	 */
	protected final SessionSpec session() {
		ServerHandler given = handler();
		return new SessionSpec(this.side, this.name, given, this.args, framingFor(given), this.charset, this.converters,
				new Execution(this.execution, this.executionThreads, this.executionQueue, this.executor),
				this.maxFrameBytes, this.readBufferBytes,
				new Inbound(this.inboundFrames, this.inboundBytes, this.inboundOverflow),
				new Outbound(this.outboundWrites, this.outboundBytes, this.outboundOverflow),
				new Timeouts(this.firstFrameTimeout, this.frameTimeout, this.idleTimeout, this.writeTimeout,
						this.sessionTimeout, this.handlerTimeout),
				this.requestsPerSession, this.heartbeat, this.correlator);
	}

	/**
	 * Sets {@link SessionSpec#correlator()}.
	 * @param correlator the value
	 */
	protected final void keysOf(@Nullable Function<Object, @Nullable Object> correlator) {
		this.correlator = correlator;
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
