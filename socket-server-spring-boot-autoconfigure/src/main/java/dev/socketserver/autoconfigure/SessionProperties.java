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
 * What servers and clients have in common.
 */
interface SessionProperties {

	@Nullable Boolean enabled();

	@Nullable Payload payload();

	@Nullable Charset charset();

	@Nullable DataSize readBuffer();

	@Nullable Inbound inbound();

	@Nullable Outbound outbound();

	@Nullable Timeouts timeouts();

	@Nullable Execution execution();

	@Nullable Transport transport();

	@Nullable Options options();

	@Nullable Shutdown shutdown();

	@Nullable Duration drainTimeout();

	@Nullable Heartbeat heartbeat();

}
