package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.time.Duration;

import dev.socketserver.autoconfigure.SocketProperties.Execution;
import dev.socketserver.autoconfigure.SocketProperties.Heartbeat;
import dev.socketserver.autoconfigure.SocketProperties.Inbound;
import dev.socketserver.autoconfigure.SocketProperties.Options;
import dev.socketserver.autoconfigure.SocketProperties.Outbound;
import dev.socketserver.autoconfigure.SocketProperties.Shutdown;
import dev.socketserver.autoconfigure.SocketProperties.Timeouts;
import dev.socketserver.handler.Payload;
import dev.socketserver.spec.SocketTransport;
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
	 * Heartbeats, with length-field framing.
	 */
	private @Nullable Heartbeat heartbeat;

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
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

}
