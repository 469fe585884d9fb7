package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.socketserver.ExecutionMode;
import dev.socketserver.InboundOverflow;
import dev.socketserver.OutboundOverflow;
import dev.socketserver.Transport;
import dev.socketserver.handler.Payload;
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
	 * @param framing How messages are delimited: a word, or a block with a type and its
	 * keys, which is not bound here.
	 * @param payload What a message becomes for the handler: auto, text, bytes or json.
	 * @param charset Charset of text.
	 * @param readBuffer Most bytes handed to a raw handler at once, bytes if without a
	 * unit.
	 * @param inbound What may wait for the handler of a session.
	 * @param outbound What may wait for the peer of a session.
	 * @param limits Limits.
	 * @param timeouts Timeouts.
	 * @param execution Which threads run the handler.
	 * @param transport How the operating system is asked for I/O.
	 */
	public record Server(@Nullable Boolean enabled, @Nullable String port, @Nullable String address,
			@Nullable String handler, @DefaultValue List<String> args, @Nullable String framing,
			@Nullable Payload payload, @Nullable Charset charset, @Nullable DataSize readBuffer,
			@DefaultValue Inbound inbound, @DefaultValue Outbound outbound, @DefaultValue Limits limits,
			@DefaultValue Timeouts timeouts, @DefaultValue Execution execution, @Nullable Transport transport) {

		ServerDefaults inheritable() {
			return new ServerDefaults(this.enabled, this.address, this.framing, this.payload, this.charset,
					this.readBuffer, this.inbound, this.outbound, this.limits, this.timeouts, this.execution,
					this.transport);
		}

	}

	/**
	 * What servers inherit.
	 *
	 * @param enabled Whether to start a server.
	 * @param address Host name or address to listen on; any or * for every interface.
	 * @param framing How messages are delimited: the word of a type or a preset, the name
	 * of a Framing bean, or a block with a type and its keys. By default raw for stream
	 * and connection handlers, line for handlers of text and JSON.
	 * @param payload What a message becomes for the handler: auto, text, bytes or json.
	 * @param charset Charset of text.
	 * @param readBuffer Most bytes handed to a raw handler at once, bytes if without a
	 * unit.
	 * @param inbound What may wait for the handler of a session.
	 * @param outbound What may wait for the peer of a session.
	 * @param limits Limits.
	 * @param timeouts Timeouts.
	 * @param execution Which threads run the handler.
	 * @param transport How the operating system is asked for I/O; auto is epoll where its
	 * native library loads, else nio.
	 */
	public record ServerDefaults(@Nullable Boolean enabled, @Nullable String address, @Nullable String framing,
			@Nullable Payload payload, @Nullable Charset charset, @Nullable DataSize readBuffer,
			@DefaultValue Inbound inbound, @DefaultValue Outbound outbound, @DefaultValue Limits limits,
			@DefaultValue Timeouts timeouts, @DefaultValue Execution execution, @Nullable Transport transport) {

	}

	/**
	 * What may wait for the handler of a session.
	 *
	 * @param capacity Most messages that wait for the handler of a session.
	 * @param bytes Most bytes of such messages, bytes if without a unit.
	 * @param overflow What happens when more arrive. Block stops reading the socket. Raw
	 * framing allows block and close.
	 */
	public record Inbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable InboundOverflow overflow) {

	}

	/**
	 * What may wait for the peer of a session.
	 *
	 * @param capacity Most unsent writes of a session.
	 * @param bytes Most unsent bytes of a session, bytes if without a unit. One longer
	 * write is admitted when nothing else is pending.
	 * @param overflow What sending does when there is more. Replies are never refused:
	 * they wait, and reading pauses meanwhile.
	 */
	public record Outbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable OutboundOverflow overflow) {

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
	 * @param handler Time after which a call of a message handler is reported as stuck,
	 * milliseconds if without a unit; 0 for never. It interrupts nothing.
	 */
	public record Timeouts(@Nullable Duration idle, @Nullable Duration handler) {

	}

	/**
	 * Which threads run a server's handler.
	 *
	 * @param mode Kind of threads that run the handler. Auto is virtual threads where
	 * spring.threads.virtual.enabled is on, and on Java 24 and later unless it is off;
	 * else a pool.
	 * @param threads Most threads of the pool.
	 * @param queue Most sessions that wait for a thread of the pool; further ones are
	 * cut.
	 * @param executor Name of an executor bean that runs message handlers instead.
	 */
	public record Execution(@Nullable ExecutionMode mode, @Nullable Integer threads, @Nullable Integer queue,
			@Nullable String executor) {

	}

}
