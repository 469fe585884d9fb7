package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.time.Duration;

import dev.socketserver.Transport;
import dev.socketserver.autoconfigure.SocketProperties.Execution;
import dev.socketserver.autoconfigure.SocketProperties.Heartbeat;
import dev.socketserver.autoconfigure.SocketProperties.Inbound;
import dev.socketserver.autoconfigure.SocketProperties.Options;
import dev.socketserver.autoconfigure.SocketProperties.Outbound;
import dev.socketserver.autoconfigure.SocketProperties.Shutdown;
import dev.socketserver.autoconfigure.SocketProperties.Timeouts;
import dev.socketserver.handler.Payload;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The properties that servers and clients have in common.
 */
public abstract class SessionProperties {

	/**
	 * Whether the server or client of this entry is made at all.
	 */
	private @Nullable Boolean enabled;

	/**
	 * How messages are delimited: the word of a type or a preset, the name of a Framing
	 * bean, or a block with a type and its keys. By default raw for stream and connection
	 * handlers, line for handlers of text and JSON.
	 */
	private @Nullable String framing;

	/**
	 * What a message becomes for the handler: auto, text, bytes or json.
	 */
	private @Nullable Payload payload;

	/**
	 * Charset of text.
	 */
	private @Nullable Charset charset;

	/**
	 * Most bytes handed to a raw handler at once, bytes if without a unit.
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
	 * How the operating system is asked for I/O; auto is epoll where its native library
	 * loads, else nio.
	 */
	private @Nullable Transport transport;

	/**
	 * Options of the sockets.
	 */
	private @Nullable Options options;

	/**
	 * How the server or client stops.
	 */
	private @Nullable Shutdown shutdown;

	/**
	 * Time that a graceful stop leaves to sessions, milliseconds if without a unit. By
	 * default the timeout of the shutdown phase, less three seconds.
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

	public @Nullable Transport getTransport() {
		return this.transport;
	}

	public void setTransport(@Nullable Transport transport) {
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
