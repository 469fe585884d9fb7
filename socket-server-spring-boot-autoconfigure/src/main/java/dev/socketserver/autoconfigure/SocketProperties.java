package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.socketserver.ExecutionMode;
import dev.socketserver.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of socket servers.
 *
 * @param enabled Whether to start any socket server.
 * @param servers Servers by name. A name is a lower-case letter, then lower-case letters,
 * digits and dashes; plain lower-case names can be overridden by environment variables
 * without surprises. Takes the keys of socket.server-defaults and, for each server, port,
 * handler and args.
 * @param serverDefaults What a server inherits where its own entry is silent.
 */
@ConfigurationProperties("socket")
public record SocketProperties(@DefaultValue("true") boolean enabled, @DefaultValue Map<String, Server> servers,
		@DefaultValue ServerDefaults serverDefaults) {

	/**
	 * One server.
	 *
	 * @param enabled Whether to start the server.
	 * @param port Port to listen on, 0 for a free one.
	 * @param address Host name or address to listen on; any or * for every interface.
	 * @param handler Name of the bean that serves the sessions, if it is not the one
	 * whose SocketHandler annotation names the server.
	 * @param args Arguments that the handler finds in its sessions.
	 * @param framing How messages are delimited: raw, line or length-field.
	 * @param limits Limits.
	 * @param timeouts Timeouts.
	 * @param execution Which threads run the handler.
	 * @param transport How the operating system is asked for I/O.
	 */
	public record Server(@Nullable Boolean enabled, @Nullable String port, @Nullable String address,
			@Nullable String handler, @DefaultValue List<String> args, @Nullable String framing,
			@DefaultValue Limits limits, @DefaultValue Timeouts timeouts, @DefaultValue Execution execution,
			@Nullable Transport transport) {

		ServerDefaults inheritable() {
			return new ServerDefaults(this.enabled, this.address, this.framing, this.limits, this.timeouts,
					this.execution, this.transport);
		}

	}

	/**
	 * What servers inherit.
	 *
	 * @param enabled Whether to start a server.
	 * @param address Host name or address to listen on; any or * for every interface.
	 * @param framing How messages are delimited: raw, line or length-field. By default
	 * raw for stream and connection handlers, line for handlers of text.
	 * @param limits Limits.
	 * @param timeouts Timeouts.
	 * @param execution Which threads run the handler.
	 * @param transport How the operating system is asked for I/O; auto is epoll where its
	 * native library loads, else nio.
	 */
	public record ServerDefaults(@Nullable Boolean enabled, @Nullable String address, @Nullable String framing,
			@DefaultValue Limits limits, @DefaultValue Timeouts timeouts, @DefaultValue Execution execution,
			@Nullable Transport transport) {

	}

	/**
	 * Limits of a server.
	 *
	 * @param sessions Most sessions at a time; further connections are refused. Fewer by
	 * default for stream handlers on platform threads.
	 * @param frame Longest frame, bytes if without a unit. A longer one closes its
	 * session without being buffered.
	 */
	public record Limits(@Nullable Integer sessions, @Nullable DataSize frame) {

	}

	/**
	 * Timeouts of a server.
	 *
	 * @param idle Time without a byte from the peer after which a session is closed,
	 * milliseconds if without a unit; 0 for never.
	 */
	public record Timeouts(@Nullable Duration idle) {

	}

	/**
	 * Which threads run a server's handler.
	 *
	 * @param mode Kind of threads that run the handler. Auto is virtual threads where
	 * spring.threads.virtual.enabled is on, and on Java 24 and later unless it is off;
	 * else a pool.
	 */
	public record Execution(@Nullable ExecutionMode mode) {

	}

}
