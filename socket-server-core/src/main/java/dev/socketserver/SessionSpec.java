package dev.socketserver;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;

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
import dev.socketserver.spec.Requests;
import dev.socketserver.spec.Timeouts;
import dev.socketserver.spec.Timeouts.OnFrame;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rates;
import org.jspecify.annotations.Nullable;

/**
 * How the sessions of a server, or the connections of a client, are served: everything
 * that does not depend on which side has connected to the other. It is validated when it
 * is created, and immutable.
 *
 * @param side whose sessions they are
 * @param name the name of the server or client: a lower-case letter, followed by
 * lower-case letters, digits and dashes
 * @param listener the name of the listener by which the sessions of a server come; empty
 * for a client
 * @param label what logs call the server or client: its name, and of a server with
 * several listeners that of the listener behind a slash
 * @param handler the code of the application that serves the sessions
 * @param args arguments that the handler can read with {@link SocketSession#args()};
 * default none
 * @param framing how bytes are divided into frames; default {@linkplain Framing#raw()
 * raw} for stream handlers and others that can take bytes as they are received,
 * {@linkplain Framing#line() line} for handlers of text. All others must set it
 * @param charset the charset in which text is sent; default UTF-8
 * @param converters convert payloads that are sent. One for exactly the type of a payload
 * is preferred, then text and bytes are sent as they are, and else the first converter
 * that fits is used; default none
 * @param execution which threads run the handler
 * @param maxFrameBytes greatest length of a payload, in bytes; a frame with a longer one
 * closes the session with {@link CloseReason#FRAME_TOO_LARGE} without being buffered;
 * default 64 KiB
 * @param readBuffer greatest number of bytes that a handler is given at once with raw
 * framing; default 8 KiB
 * @param inbound how much received data may wait for the handler of a session
 * @param outbound how much output of a session may wait for its peer
 * @param timeouts how long things may take
 * @param requestsPerSession how many frames a session handles before it closes with
 * {@link CloseReason#REQUESTS_DONE}, after the replies to the last one; 0, the default,
 * for no limit
 * @param heartbeat heartbeats, by which each side sees that the other is still there;
 * {@code null}, the default, for none
 * @param correlator gives a request to the peer and its reply the same key, for
 * {@link SocketSession#ask}; {@code null}, the default, if replies arrive in order. It is
 * called for requests on the threads that ask, and for what is received on a background
 * thread, or on the I/O thread in {@link ExecutionMode#EVENT_LOOP}; it must be safe for
 * use by several threads, and quick
 * @param requests how requests of {@link SocketSession#ask} follow each other; not with a
 * correlator
 */
public record SessionSpec(Side side, String name, String listener, String label, ServerHandler handler,
		List<String> args, Framing framing, Charset charset, List<PayloadConverter<?>> converters, Execution execution,
		int maxFrameBytes, int readBuffer, Inbound inbound, Outbound outbound, Timeouts timeouts,
		int requestsPerSession, @Nullable Heartbeat heartbeat, @Nullable Function<Object, @Nullable Object> correlator,
		Requests requests) {

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

	/** The rule for names, as a phrase for people to read. */
	public static final String NAME_RULE = "a lower-case letter, then lower-case letters, digits and dashes";

	private static final byte[] LINE_FEED = { '\n' };

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public SessionSpec {
		Objects.requireNonNull(side, "side");
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(listener, "listener");
		Objects.requireNonNull(label, "label");
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(framing, "framing");
		Objects.requireNonNull(charset, "charset");
		Objects.requireNonNull(execution, "execution");
		Objects.requireNonNull(inbound, "inbound");
		Objects.requireNonNull(outbound, "outbound");
		Objects.requireNonNull(timeouts, "timeouts");
		Objects.requireNonNull(requests, "requests");
		args = List.copyOf(args);
		converters = List.copyOf(converters);
		check(isName(name), "name", name, "must be " + NAME_RULE);
		execution.check();
		requests.check();
		check(requestsPerSession >= 0, "requestsPerSession", requestsPerSession, "must not be negative");
		InvalidSpecException.checkPositive("limits.frame", maxFrameBytes);
		InvalidSpecException.checkPositive("readBuffer", readBuffer);
		checkFraming(handler, framing);
		check(charset.canEncode(), "charset", charset, "can only decode text: replies could not be encoded");
		check(!framing.type().equals("line") || Arrays.equals("\n".getBytes(charset), LINE_FEED), "charset", charset,
				"does not encode the end of a line as the single byte 0A, which ends a frame of framing line: use one "
						+ "that is compatible with ASCII, such as UTF-8, or another framing");
		check(!framing.passThrough() || !inbound.overflow().drops(), "inbound.overflow", inbound.overflow(),
				"would lose bytes within a stream: raw framing allows block and close");
		check(!framing.switchable() || inbound.overflow() == InboundOverflow.BLOCK, "inbound.overflow",
				inbound.overflow(), "has no effect if the framing is switchable: frames are cut one at a time");
		check(timeouts.onFrame() != OnFrame.DISCARD || !framing.switchable(), "timeouts.onFrame", timeouts.onFrame(),
				"is not possible if the framing is switchable, since what follows has another");
		check(handler instanceof ServerHandler.Messages || execution.mode() != ExecutionMode.EVENT_LOOP,
				"execution.mode", execution.mode(), "would block the I/O threads: the handler occupies a thread");
		check(correlator == null || handler instanceof ServerHandler.Messages, "correlator", correlator,
				"has no effect: the handler reads the connection itself");
		check(correlator == null || !framing.passThrough() || framing.switchable(), "correlator", correlator,
				"has no effect: raw framing has no messages, of which one could be a reply");
		if (requests.oneAtATime()) {
			checkRequests(requests, correlator == null);
			check(handler instanceof ServerHandler.Messages, "requests", requests.order(),
					"has no effect: the handler reads the connection itself");
			check(!framing.passThrough() || framing.switchable(), "requests", requests.order(),
					"has no effect: raw framing has no messages, of which one could be a reply");
		}
		if (heartbeat != null) {
			heartbeat.check();
			FramingProvider.BUILT_IN.check(heartbeat, framing, charset);
		}
	}

	/**
	 * Checks that nothing is dropped while a handler may still ask for TLS.
	 * @param inbound what happens to frames that wait
	 * @param steady whether a handler may not
	 * @throws InvalidSpecException if something may be dropped
	 */
	public static void checkTls(Inbound inbound, boolean steady) {
		check(steady || inbound.overflow() == InboundOverflow.BLOCK, "inbound.overflow", inbound.overflow(),
				"has no effect with ssl.mode on-request: frames are cut one at a time until there is TLS");
	}

	/** Checks that what is to happen to a peer that sends too fast can happen. */
	void check(@Nullable Rates rates) {
		if (rates == null) {
			return;
		}
		OnExceeded action = rates.onExceeded();
		boolean single = action == OnExceeded.DROP || action == OnExceeded.ERROR;
		check(!single || !unframed(), "rate.onExceeded", action,
				"needs a framing, since bytes without boundaries cannot be left out: use pause or close");
		check(action != OnExceeded.ERROR || this.handler instanceof ServerHandler.Messages, "rate.onExceeded", action,
				"needs a handler of messages, which can be notified: use pause or close");
	}

	private static void checkFraming(ServerHandler handler, Framing framing) {
		// In this order, since most take messages, and need no other class at the start.
		if (!(handler instanceof ServerHandler.Messages) && handler instanceof ServerHandler.Streams) {
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

	/**
	 * Checks that requests in turn have no keys.
	 * @param requests how requests follow each other
	 * @param keyless whether there is no correlator
	 * @throws InvalidSpecException if there is one, though one request is under way at a
	 * time
	 */
	public static void checkRequests(Requests requests, boolean keyless) {
		check(!requests.oneAtATime() || keyless, "requests", requests.order(),
				"cannot be used with a correlator, by whose keys any number of requests may be under way");
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
	 * Whether bytes are handed on as they are received, at all times and in all sessions,
	 * so that there are no frames.
	 * @return whether the framing {@linkplain Framing#passThrough() passes bytes on} and
	 * sessions cannot change theirs
	 */
	public boolean unframed() {
		return this.framing.passThrough() && !this.framing.switchable();
	}

	/**
	 * Whether payloads arrive and leave in datagrams, and not in a stream.
	 * @return {@code true} for UDP
	 */
	public boolean datagrams() {
		return FramingProvider.BUILT_IN.ofDatagrams(this.framing);
	}

	/**
	 * Returns the server or client that the sessions belong to, for messages.
	 * @return such as <code>server 'orders'</code>
	 */
	public String owner() {
		return this.side.word() + " '" + this.label + "'";
	}

	/**
	 * Returns the same as {@link #owner()}, for the beginning of a sentence.
	 * @return such as <code>Server 'orders'</code>
	 */
	public String title() {
		return this.side.title() + " '" + this.label + "'";
	}

	/**
	 * Returns a copy with another handler, which must be of the same kind.
	 * @param other the handler
	 * @return the specification
	 * @throws InvalidSpecException if the handler does not fit the other components
	 */
	public SessionSpec with(ServerHandler other) {
		return new SessionSpec(this.side, this.name, this.listener, this.label, other, this.args, this.framing,
				this.charset, this.converters, this.execution, this.maxFrameBytes, this.readBuffer, this.inbound,
				this.outbound, this.timeouts, this.requestsPerSession, this.heartbeat, this.correlator, this.requests);
	}

	/**
	 * Returns a copy for sessions that have begun with this, when other settings are in
	 * force: with the new times, and how much may wait now.
	 * @param next what sessions are made from that begin now
	 * @return the specification
	 */
	public SessionSpec followedBy(SessionSpec next) {
		Timeouts times = this.framing.switchable() ? next.timeouts.onFrame(this.timeouts.onFrame()) : next.timeouts;
		Inbound in = new Inbound(next.inbound.capacity(), next.inbound.bytes(), this.inbound.overflow());
		Outbound out = new Outbound(next.outbound.capacity(), next.outbound.bytes(), this.outbound.overflow());
		return new SessionSpec(this.side, this.name, this.listener, this.label, this.handler, this.args, this.framing,
				this.charset, this.converters, this.execution, this.maxFrameBytes, this.readBuffer, in, out, times,
				this.requestsPerSession, this.heartbeat, this.correlator, this.requests);
	}

	/**
	 * Returns a copy that logs call otherwise.
	 * @param other what they call it
	 * @return the specification
	 */
	public SessionSpec labelled(String other) {
		return other.equals(this.label) ? this
				: new SessionSpec(this.side, this.name, this.listener, other, this.handler, this.args, this.framing,
						this.charset, this.converters, this.execution, this.maxFrameBytes, this.readBuffer,
						this.inbound, this.outbound, this.timeouts, this.requestsPerSession, this.heartbeat,
						this.correlator, this.requests);
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

}
