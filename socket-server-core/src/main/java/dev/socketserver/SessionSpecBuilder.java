package dev.socketserver;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.SessionSpec.Side;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingProvider;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Execution;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.Requests;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.Timeouts;
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

	private Requests requests = Requests.DEFAULTS;

	private List<String> args = List.of();

	private @Nullable Framing framing;

	private Charset charset = StandardCharsets.UTF_8;

	private List<PayloadConverter<?>> converters = List.of();

	private int readBuffer = 8 * 1024;

	private Execution execution = Execution.DEFAULT;

	private Inbound inbound = Inbound.DEFAULT;

	private Outbound outbound;

	/** In place of that where there are datagrams. */
	private Outbound datagramOutbound;

	private Timeouts timeouts = Timeouts.DEFAULT;

	private int requestsPerSession;

	private boolean datagrams;

	private SocketTransport transport = SocketTransport.AUTO;

	private SocketOptions options = SocketOptions.DEFAULT;

	private Duration drainTimeout = Duration.ofSeconds(27);

	/**
	 * Creates the builder.
	 * @param side whose sessions they are
	 * @param name the name of the server or client
	 * @param overflow the default of {@link Outbound#overflow()} for streams
	 * @param ofDatagrams the default for datagrams
	 */
	protected SessionSpecBuilder(Side side, String name, OutboundOverflow overflow, OutboundOverflow ofDatagrams) {
		this.side = side;
		this.name = name;
		this.outbound = outbound(overflow);
		this.datagramOutbound = outbound(ofDatagrams);
	}

	private static Outbound outbound(OutboundOverflow overflow) {
		return new Outbound(Outbound.DEFAULT.capacity(), Outbound.DEFAULT.bytes(), overflow);
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
	 * Returns the I/O interface as it is set now.
	 * @return the interface
	 */
	protected final SocketTransport transport() {
		return this.transport;
	}

	/**
	 * Returns the options of the sockets as they are set now.
	 * @return the options
	 */
	protected final SocketOptions options() {
		return this.options;
	}

	/**
	 * Returns the time for sessions to end as it is set now.
	 * @return the time
	 */
	protected final Duration drainTimeout() {
		return this.drainTimeout;
	}

	/**
	 * Whether a handler has been set.
	 * @return {@code false} if there is none yet
	 */
	protected final boolean hasHandler() {
		return this.handler != null;
	}

	String name() {
		return this.name;
	}

	ServerHandler handler() {
		ServerHandler given = this.handler;
		if (given == null) {
			throw new InvalidSpecException("handler", null, "is required");
		}
		return given;
	}

	ExecutionMode executionMode() {
		return this.execution.mode();
	}

	/**
	 * Creates the specification of the sessions.
	 * @param frame the greatest length of a payload, in bytes
	 * @return the specification
	 * @throws InvalidSpecException if a component has an invalid value
	 */
	protected final SessionSpec session(int frame) {
		return session(frame, "", this.name, this.datagrams, this.framing);
	}

	/**
	 * Returns the framing of the listeners of a server that have none of their own.
	 * @param besideStreams whether it is for datagrams, and others have streams
	 * @return the framing; {@code null} for the default
	 */
	final @Nullable Framing sharedFraming(boolean besideStreams) {
		// It may be switchable for the others.
		return (this.framing != null && besideStreams) ? FramingProvider.BUILT_IN.datagrams(this.framing)
				: this.framing;
	}

	/**
	 * Creates the specification of the sessions of a client, or of those that come by one
	 * listener of a server.
	 * @param frame the greatest length of a payload, in bytes
	 * @param listener the name of the listener; empty for a client
	 * @param label what logs call it
	 * @param datagrams whether they are of UDP
	 * @param framing the framing; {@code null} for the default
	 * @return the specification
	 * @throws InvalidSpecException if a component has an invalid value
	 */
	final SessionSpec session(int frame, String listener, String label, boolean datagrams, @Nullable Framing framing) {
		ServerHandler given = handler();
		Framing used;
		Inbound in = this.inbound;
		Timeouts times = this.timeouts;
		if (datagrams) {
			checkDatagrams(given, framing, label.equals(this.name));
			used = FramingProvider.BUILT_IN.datagrams((framing != null) ? framing : Framing.raw());
			in = in.overflow().drops() ? in : in.overflow(InboundOverflow.DROP_NEWEST);
			// Sessions of a server end by the time of its port.
			times = times.firstFrame(null).frame(null).idle((this.side == Side.CLIENT) ? times.idle() : null);
		}
		else {
			used = (framing != null) ? framing : framingFor(given);
		}
		return new SessionSpec(this.side, this.name, listener, label, given, this.args, used, this.charset,
				this.converters, this.execution, frame, this.readBuffer, in,
				datagrams ? this.datagramOutbound : this.outbound, times, this.requestsPerSession, this.heartbeat,
				this.correlator, this.requests);
	}

	/**
	 * Checks what UDP cannot have.
	 * @param alone whether what has no meaning for UDP was said of it alone
	 */
	private void checkDatagrams(ServerHandler handler, @Nullable Framing framing, boolean alone) {
		InvalidSpecException.check(!(handler instanceof ServerHandler.Streams), "protocol", "udp",
				"has no streams, and the handler reads one: use a handler of messages or frames");
		InvalidSpecException.check(framing == null || !framing.switchable(), "framing",
				(framing != null) ? framing.type() : null,
				"must not be switchable for UDP, where datagrams come in any order");
		InboundOverflow overflow = this.inbound.overflow();
		InvalidSpecException.check(overflow != InboundOverflow.CLOSE || !alone, "inbound.overflow", overflow,
				"would have whoever forges an address end the session: use drop-newest or drop-oldest");
	}

	/**
	 * Sets {@link SessionSpec#correlator()}.
	 * @param correlator the value
	 */
	protected final void keysOf(@Nullable Function<Object, @Nullable Object> correlator) {
		this.correlator = correlator;
	}

	private static Framing framingFor(ServerHandler handler) {
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
	 * Sets {@link SessionSpec#readBuffer()}.
	 * @param readBuffer the value
	 * @return this builder
	 */
	public B readBuffer(int readBuffer) {
		this.readBuffer = readBuffer;
		return self();
	}

	/**
	 * Sets {@link SessionSpec#execution()}.
	 * @param execution the value
	 * @return this builder
	 */
	public B execution(Execution execution) {
		this.execution = execution;
		return self();
	}

	/**
	 * Sets components of {@link SessionSpec#execution()}; the others stay as they are.
	 * @param execution sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B execution(UnaryOperator<Execution> execution) {
		return execution(execution.apply(this.execution));
	}

	/**
	 * Sets {@link SessionSpec#inbound()}.
	 * @param inbound the value
	 * @return this builder
	 */
	public B inbound(Inbound inbound) {
		this.inbound = inbound;
		return self();
	}

	/**
	 * Sets components of {@link SessionSpec#inbound()}; the others stay as they are.
	 * @param inbound sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B inbound(UnaryOperator<Inbound> inbound) {
		return inbound(inbound.apply(this.inbound));
	}

	/**
	 * Sets {@link SessionSpec#outbound()}.
	 * @param outbound the value
	 * @return this builder
	 */
	public B outbound(Outbound outbound) {
		this.outbound = outbound;
		this.datagramOutbound = outbound;
		return self();
	}

	/**
	 * Sets components of {@link SessionSpec#outbound()}; the others stay as they are.
	 * @param outbound sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B outbound(UnaryOperator<Outbound> outbound) {
		this.outbound = outbound.apply(this.outbound);
		this.datagramOutbound = outbound.apply(this.datagramOutbound);
		return self();
	}

	/**
	 * Sets {@link SessionSpec#timeouts()}.
	 * @param timeouts the value
	 * @return this builder
	 */
	public B timeouts(Timeouts timeouts) {
		this.timeouts = timeouts;
		return self();
	}

	/**
	 * Sets components of {@link SessionSpec#timeouts()}; the others stay as they are.
	 * @param timeouts sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B timeouts(UnaryOperator<Timeouts> timeouts) {
		return timeouts(timeouts.apply(this.timeouts));
	}

	/**
	 * Sets whether the sessions are of UDP: a payload is a datagram, or with a framing
	 * each datagram has one or more frames. What has not come in time ends no session,
	 * and what is too much for the handler is dropped.
	 * @param datagrams the value; default {@code false}
	 * @return this builder
	 */
	public B datagrams(boolean datagrams) {
		this.datagrams = datagrams;
		return self();
	}

	/**
	 * Sets which I/O interface of the operating system is used.
	 * @param transport the value; default {@link SocketTransport#AUTO}
	 * @return this builder
	 */
	public B transport(SocketTransport transport) {
		this.transport = transport;
		return self();
	}

	/**
	 * Sets the options of the sockets.
	 * @param options the value; default {@link SocketOptions#DEFAULT}
	 * @return this builder
	 */
	public B options(SocketOptions options) {
		this.options = options;
		return self();
	}

	/**
	 * Sets options of the sockets; the others stay as they are.
	 * @param options sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B options(UnaryOperator<SocketOptions> options) {
		return options(options.apply(this.options));
	}

	/**
	 * Sets how much time sessions have to end when the server or client stops.
	 * @param drainTimeout the value; default 27 s
	 * @return this builder
	 */
	public B drainTimeout(Duration drainTimeout) {
		this.drainTimeout = drainTimeout;
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
	 * Sets {@link SessionSpec#requests()}.
	 * @param requests the value
	 * @return this builder
	 */
	public B requests(Requests requests) {
		this.requests = requests;
		return self();
	}

	/**
	 * Sets components of {@link SessionSpec#requests()}; the others stay as they are.
	 * @param requests sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B requests(UnaryOperator<Requests> requests) {
		return requests(requests.apply(this.requests));
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

	/**
	 * Sets components of {@link SessionSpec#heartbeat()}; the others stay as they are, or
	 * have their defaults.
	 * @param heartbeat sets them
	 * @return this builder
	 * @throws InvalidSpecException if a value is invalid
	 */
	public B heartbeat(UnaryOperator<Heartbeat> heartbeat) {
		return heartbeat(heartbeat.apply((this.heartbeat != null) ? this.heartbeat : Heartbeat.NONE));
	}

}
