package dev.socketserver.autoconfigure.properties;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The properties of one server: those that it can inherit, and those of its own.
 */
public class ServerProperties extends ServerDefaults implements NamesHandler {

	/**
	 * Port to listen on, 0 for a free port, or the name of a TCP service in the services
	 * database of the machine.
	 */
	private @Nullable String port;

	/**
	 * Name of the bean that handles the sessions, or echo, discard, daytime or repl. By
	 * default, the bean whose SocketHandler annotation names the server.
	 */
	private @Nullable String handler;

	/**
	 * Arguments that are passed to the handler in SocketSession.args().
	 */
	private List<String> args = List.of();

	private final Set<String> inherited = new HashSet<>();

	public @Nullable String getPort() {
		return this.port;
	}

	public void setPort(@Nullable String port) {
		this.port = port;
	}

	@Override
	public @Nullable String getHandler() {
		return this.handler;
	}

	public void setHandler(@Nullable String handler) {
		this.handler = Written.orNone(handler);
	}

	public List<String> getArgs() {
		return this.args;
	}

	public void setArgs(List<String> args) {
		this.args = args;
	}

	/** Notes that the value of a key is from the shared defaults. */
	void inherits(String key) {
		this.inherited.add(key);
	}

	/**
	 * Returns whether the value of a key is from the shared defaults.
	 * @param key the key, such as {@code limits.frame}
	 * @return whether it is inherited
	 */
	public boolean isInherited(String key) {
		return this.inherited.contains(key);
	}

}
