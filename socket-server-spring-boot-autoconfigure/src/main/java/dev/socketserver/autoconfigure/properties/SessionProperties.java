package dev.socketserver.autoconfigure.properties;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;

import dev.socketserver.handler.dispatch.OnUnmapped;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.RequestOrder;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.Timeouts.OnFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The properties that servers and clients have in common.
 */
public abstract class SessionProperties {

	/**
	 * Whether to create the server or client.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Protocol below the framing. With udp, a datagram is a payload, or with a framing it
	 * has one or more frames.
	 */
	private @Nullable Protocol protocol;

	/**
	 * How messages are delimited: the name of a type, a preset or a Framing bean, or a
	 * block with a type and its keys. By default, raw for stream and connection handlers,
	 * and line for handlers of text and JSON.
	 */
	private @Nullable String framing;

	/**
	 * What a message is converted to for the handler. With auto, the declared type of the
	 * handler decides.
	 */
	private @Nullable Payload payload;

	/**
	 * How to find the key by which a method of the handler is chosen: word,
	 * bytes:offset:length, json:/pointer, type, or the name of a Function bean.
	 */
	private @Nullable String discriminator;

	/**
	 * What to do with a message that no method of the handler is for.
	 */
	private @Nullable OnUnmapped onUnmapped;

	/**
	 * Charset of text, in both directions.
	 */
	private @Nullable Charset charset;

	/**
	 * Maximum number of bytes that are passed to a raw handler at once. A size without a
	 * unit is in bytes.
	 */
	private @Nullable DataSize readBuffer;

	/**
	 * What may wait for the handler of a session.
	 */
	private @Nullable Inbound inbound;

	/**
	 * What may wait for the peer of a session.
	 */
	private @Nullable Outbound outbound;

	/**
	 * Timeouts.
	 */
	private @Nullable Timeouts timeouts;

	/**
	 * Name of the Correlator or Function bean that gives a request to the peer and its
	 * reply the same key. Without one, replies must arrive in the order of the requests.
	 */
	private @Nullable String correlator;

	/**
	 * When requests to the peer are sent, without a correlator. With one-at-a-time, one
	 * request of a session is under way, and later ones wait.
	 */
	private @Nullable RequestOrder requests;

	/**
	 * Time for which a late reply to a request that has timed out is dropped, with
	 * one-at-a-time. The next request waits for it. A duration without a unit is in
	 * milliseconds.
	 */
	private @Nullable Duration requestsLate;

	/**
	 * Name of the Predicate bean that accepts the payloads that are replies, with
	 * one-at-a-time. All others are messages.
	 */
	private @Nullable String requestsReply;

	/**
	 * Which threads run the handler.
	 */
	private @Nullable Execution execution;

	/**
	 * Mechanism of the operating system to use for I/O. Auto uses epoll if its native
	 * library can be loaded, otherwise nio.
	 */
	private @Nullable SocketTransport transport;

	/**
	 * Options of the sockets.
	 */
	private @Nullable Options options;

	/**
	 * How the server or client stops.
	 */
	private @Nullable Shutdown shutdown;

	/**
	 * Maximum time that a graceful stop waits for sessions to end or, for a client, until
	 * accepted payloads are sent and replies have arrived. A duration without a unit is
	 * in milliseconds. By default, the timeout of the shutdown phase less three seconds,
	 * but at least half of it.
	 */
	private @Nullable Duration drainTimeout;

	/**
	 * Heartbeats, by which each side sees that the other is there.
	 */
	private @Nullable Heartbeat heartbeat;

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable Protocol getProtocol() {
		return this.protocol;
	}

	public void setProtocol(@Nullable Protocol protocol) {
		this.protocol = protocol;
	}

	public @Nullable String getFraming() {
		return this.framing;
	}

	public void setFraming(@Nullable String framing) {
		this.framing = framing;
	}

	public @Nullable Payload getPayload() {
		return this.payload;
	}

	public void setPayload(@Nullable Payload payload) {
		this.payload = payload;
	}

	public @Nullable String getDiscriminator() {
		return this.discriminator;
	}

	public void setDiscriminator(@Nullable String discriminator) {
		this.discriminator = discriminator;
	}

	public @Nullable OnUnmapped getOnUnmapped() {
		return this.onUnmapped;
	}

	public void setOnUnmapped(@Nullable OnUnmapped onUnmapped) {
		this.onUnmapped = onUnmapped;
	}

	public @Nullable Charset getCharset() {
		return this.charset;
	}

	public void setCharset(@Nullable Charset charset) {
		this.charset = charset;
	}

	public @Nullable DataSize getReadBuffer() {
		return this.readBuffer;
	}

	public void setReadBuffer(@Nullable DataSize readBuffer) {
		this.readBuffer = readBuffer;
	}

	public @Nullable Inbound getInbound() {
		return this.inbound;
	}

	public void setInbound(@Nullable Inbound inbound) {
		this.inbound = inbound;
	}

	public @Nullable Outbound getOutbound() {
		return this.outbound;
	}

	public void setOutbound(@Nullable Outbound outbound) {
		this.outbound = outbound;
	}

	public @Nullable Timeouts getTimeouts() {
		return this.timeouts;
	}

	public void setTimeouts(@Nullable Timeouts timeouts) {
		this.timeouts = timeouts;
	}

	public @Nullable String getCorrelator() {
		return this.correlator;
	}

	public void setCorrelator(@Nullable String correlator) {
		this.correlator = correlator;
	}

	public @Nullable RequestOrder getRequests() {
		return this.requests;
	}

	public void setRequests(@Nullable RequestOrder requests) {
		this.requests = requests;
	}

	public @Nullable Duration getRequestsLate() {
		return this.requestsLate;
	}

	public void setRequestsLate(@Nullable Duration requestsLate) {
		this.requestsLate = requestsLate;
	}

	public @Nullable String getRequestsReply() {
		return this.requestsReply;
	}

	public void setRequestsReply(@Nullable String requestsReply) {
		this.requestsReply = requestsReply;
	}

	public @Nullable Execution getExecution() {
		return this.execution;
	}

	public void setExecution(@Nullable Execution execution) {
		this.execution = execution;
	}

	public @Nullable SocketTransport getTransport() {
		return this.transport;
	}

	public void setTransport(@Nullable SocketTransport transport) {
		this.transport = transport;
	}

	public @Nullable Options getOptions() {
		return this.options;
	}

	public void setOptions(@Nullable Options options) {
		this.options = options;
	}

	public @Nullable Shutdown getShutdown() {
		return this.shutdown;
	}

	public void setShutdown(@Nullable Shutdown shutdown) {
		this.shutdown = shutdown;
	}

	public @Nullable Duration getDrainTimeout() {
		return this.drainTimeout;
	}

	public void setDrainTimeout(@Nullable Duration drainTimeout) {
		this.drainTimeout = drainTimeout;
	}

	public @Nullable Heartbeat getHeartbeat() {
		return this.heartbeat;
	}

	public void setHeartbeat(@Nullable Heartbeat heartbeat) {
		this.heartbeat = heartbeat;
	}

	/** What is below the framing. */
	public enum Protocol {

		/** Connections of TCP, or of a Unix socket. */
		TCP,

		/** Datagrams of UDP. */
		UDP

	}

	/** How a server or client stops. */
	public enum Shutdown {

		/** Sessions have time to end. */
		GRACEFUL,

		/** Sessions are cut at once. */
		IMMEDIATE

	}

	/**
	 * What may wait for the handler of a session.
	 *
	 * @param capacity Maximum number of frames of a session that wait for the handler.
	 * @param bytes Maximum number of bytes of the frames of a session that wait for the
	 * handler. A size without a unit is in bytes.
	 * @param overflow What to do when more frames arrive than may wait: block stops
	 * reading the socket. Raw framing allows block and close.
	 */
	public record Inbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable InboundOverflow overflow) {

	}

	/**
	 * What may wait for the peer of a session.
	 *
	 * @param capacity Maximum number of unsent writes of a session.
	 * @param bytes Maximum number of unsent bytes of a session. A single longer write is
	 * admitted when nothing else is pending. A size without a unit is in bytes.
	 * @param overflow What to do when the application sends more than may be unsent.
	 * Replies are never refused: they wait, and reading pauses meanwhile.
	 */
	public record Outbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable OutboundOverflow overflow) {

	}

	/**
	 * Timeouts of a server or client.
	 *
	 * @param firstFrame Time after which a session is closed if its first frame has not
	 * arrived; 0 for never. A duration without a unit is in milliseconds.
	 * @param frame Maximum time from the first byte of a frame to its last, after which
	 * its session is closed; 0 for no limit. A duration without a unit is in
	 * milliseconds.
	 * @param idle Time without a byte from the peer after which a session is closed; 0
	 * for never. A duration without a unit is in milliseconds.
	 * @param write Time after which a session is cut if a write makes no progress; 0 for
	 * never. A duration without a unit is in milliseconds.
	 * @param session Age, plus or minus a tenth, at which a session is closed; 0 for
	 * never. A duration without a unit is in milliseconds.
	 * @param handler Time after which a call of a message handler is reported as stuck; 0
	 * for never. The call is not interrupted. A duration without a unit is in
	 * milliseconds.
	 * @param onFrame What to do when the time of a frame is over: close closes the
	 * session, discard drops what has come of the frame and goes on.
	 */
	public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler,
			@Nullable OnFrame onFrame) {

	}

	/**
	 * Which threads run the handler of a server or client.
	 *
	 * @param mode Kind of threads that run the handler. Auto uses virtual threads if
	 * spring.threads.virtual.enabled is true, and on Java 24 and later unless it is
	 * false; otherwise, it uses a pool.
	 * @param threads Maximum number of threads of the pool.
	 * @param queue Maximum number of sessions that wait for a thread of the pool; further
	 * ones are cut.
	 * @param executor Name of an executor bean that runs message handlers instead; empty
	 * for none.
	 */
	public record Execution(@Nullable ExecutionMode mode, @Nullable Integer threads, @Nullable Integer queue,
			@Nullable String executor) {

	}

	/**
	 * Options of the sockets of a server or client. An option that the platform does not
	 * support fails the start.
	 *
	 * @param tcpNoDelay Whether to send small writes at once.
	 * @param keepAlive Whether to probe idle connections.
	 * @param keepAliveIdle Time without traffic after which a connection is probed. A
	 * duration without a unit is in milliseconds.
	 * @param keepAliveInterval Time between probes of an idle connection. A duration
	 * without a unit is in milliseconds.
	 * @param keepAliveCount Number of unanswered probes after which a connection is
	 * considered dead.
	 * @param userTimeout Time for which sent data may remain unacknowledged. A duration
	 * without a unit is in milliseconds. The default is keep-alive-idle plus
	 * keep-alive-count times keep-alive-interval.
	 * @param reuseAddress Whether the port can be bound while old connections linger. The
	 * default is false on Windows, where other programs could then take over the port.
	 * @param reusePort Whether several sockets may listen on the port.
	 * @param receiveBuffer Size of the kernel's receive buffer. A size without a unit is
	 * in bytes. By default, the choice of the operating system.
	 * @param sendBuffer Size of the kernel's send buffer. A size without a unit is in
	 * bytes. By default, the choice of the operating system.
	 * @param multicastTtl Number of networks that a datagram to a group may cross. Of
	 * clients of UDP only.
	 * @param multicastInterface Name of the interface by which a datagram to a group
	 * leaves. By default, the choice of the operating system. Of clients of UDP only.
	 * @param multicastLoop Whether programs on this machine hear what is sent to a group
	 * that they have joined. Of clients of UDP only.
	 */
	public record Options(@Nullable Boolean tcpNoDelay, @Nullable Boolean keepAlive, @Nullable Duration keepAliveIdle,
			@Nullable Duration keepAliveInterval, @Nullable Integer keepAliveCount, @Nullable Duration userTimeout,
			@Nullable Boolean reuseAddress, @Nullable Boolean reusePort, @Nullable DataSize receiveBuffer,
			@Nullable DataSize sendBuffer, @Nullable Integer multicastTtl, @Nullable String multicastInterface,
			@Nullable Boolean multicastLoop) {

	}

	/**
	 * Heartbeats: empty frames of a length-field framing, or messages of the protocol.
	 *
	 * @param period Time without output after which a heartbeat is sent; 0 for none. Both
	 * sides should use the same period. A duration without a unit is in milliseconds.
	 * @param timeout Time without a byte from the peer after which its session is cut. A
	 * duration without a unit is in milliseconds. By default, four times the period.
	 * @param message Payload that is sent as a heartbeat: text, or bytes after "hex:". By
	 * default, an empty frame.
	 * @param reply How the peer's answer to it begins: text, or bytes after "hex:". Such
	 * frames are no messages.
	 * @param replyTimeout Time after which a session is cut whose peer has not answered a
	 * heartbeat. A duration without a unit is in milliseconds. By default, the period.
	 * @param answer What heartbeats of the peer are answered with. These are no messages.
	 * @param placeholder Position and length of a number in the message, which is one
	 * higher each time, such as "8:4".
	 */
	public record Heartbeat(@Nullable Duration period, @Nullable Duration timeout, @Nullable String message,
			@Nullable String reply, @Nullable Duration replyTimeout, @Nullable List<HeartbeatAnswer> answer,
			@Nullable String placeholder) {

	}

	/**
	 * What a heartbeat of the peer is answered with.
	 *
	 * @param to How the heartbeat begins: text, or bytes after "hex:".
	 * @param with Payload that it is answered with: text, or bytes after "hex:".
	 * @param copy Position and length of bytes that the answer takes from the heartbeat,
	 * such as "8:4", or "8:4&gt;0" to put them at another position.
	 */
	public record HeartbeatAnswer(@Nullable String to, @Nullable String with, @Nullable String copy) {

	}

}
