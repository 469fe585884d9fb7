package dev.socketserver.autoconfigure.properties;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The properties of one server: those that it can inherit, and those of its own.
 */
public class ServerProperties extends ServerDefaults implements NamesHandler {

	/**
	 * Port to listen on, 0 for a free port, or the name of a service in the services
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

	/**
	 * The Unix socket to listen on, in place of a port and an address.
	 */
	private @Nullable DomainSocket domainSocket;

	/**
	 * Listening socket of systemd that the server inherits: its FileDescriptorName, or
	 * fd: and the number of its descriptor.
	 */
	private @Nullable String inherit;

	/**
	 * Further places in which the server listens, by name. What one does not set is the
	 * server's.
	 */
	private Map<String, ListenerProperties> listeners = new LinkedHashMap<>();

	private final Set<String> inherited = new HashSet<>();

	public @Nullable String getPort() {
		return this.port;
	}

	public void setPort(@Nullable String port) {
		this.port = Written.orNone(port);
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

	public @Nullable DomainSocket getDomainSocket() {
		return this.domainSocket;
	}

	public void setDomainSocket(@Nullable DomainSocket domainSocket) {
		this.domainSocket = domainSocket;
	}

	public @Nullable String getInherit() {
		return this.inherit;
	}

	public void setInherit(@Nullable String inherit) {
		this.inherit = Written.orNone(inherit);
	}

	public Map<String, ListenerProperties> getListeners() {
		return this.listeners;
	}

	public void setListeners(Map<String, ListenerProperties> listeners) {
		this.listeners = listeners;
	}

	/**
	 * Returns where the server listens beside its own place.
	 * @return the listeners that are not disabled, by name
	 */
	public Map<String, ListenerProperties> listening() {
		if (this.listeners.isEmpty()) {
			return this.listeners;
		}
		Map<String, ListenerProperties> listening = new LinkedHashMap<>(this.listeners);
		listening.values().removeIf((listener) -> !listener.isListening());
		return listening;
	}

	/**
	 * Whether the server has a place of its own to listen in.
	 * @return whether there is a port, a path, or a socket that is inherited
	 */
	public boolean hasPlace() {
		return this.port != null || this.inherit != null
				|| (this.domainSocket != null && this.domainSocket.path() != null);
	}

	/** Notes that the values of keys are from the shared defaults, or from the server. */
	void inherits(String... keys) {
		this.inherited.addAll(List.of(keys));
	}

	/**
	 * Returns the value of a key.
	 * @param own what is set here
	 * @param other what is inherited otherwise
	 */
	<T> @Nullable T either(String key, @Nullable T own, @Nullable T other) {
		if (own == null && other != null) {
			inherits(key);
		}
		return (own != null) ? own : other;
	}

	/**
	 * Returns whether the value of a key is from the shared defaults, or from the server.
	 * @param key the key, such as {@code limits.frame}
	 * @return whether it is inherited
	 */
	public boolean isInherited(String key) {
		return this.inherited.contains(key);
	}

	/**
	 * The Unix socket on which a server listens.
	 *
	 * @param path Absolute path of the socket, or @ and a name in the abstract namespace
	 * of Linux. At most 107 bytes.
	 * @param mode Mode of the file, in quotes: three or four octal digits.
	 * @param group Name or id of the group of the file. The default is the group of the
	 * process.
	 * @param allowUsers Names or ids of the users whose processes may connect. By
	 * default, all may that the mode lets in.
	 * @param allowGroups Names or ids of groups whose processes may connect, beside the
	 * allowed users.
	 */
	public record DomainSocket(@Nullable String path, @Nullable String mode, @Nullable String group,
			@Nullable List<String> allowUsers, @Nullable List<String> allowGroups) {

		/** Takes what is empty as if it were not there. */
		public DomainSocket {
			path = Written.orNone(path);
			mode = Written.orNone(mode);
			group = Written.orNone(group);
			allowUsers = (allowUsers != null && allowUsers.isEmpty()) ? null : allowUsers;
			allowGroups = (allowGroups != null && allowGroups.isEmpty()) ? null : allowGroups;
		}

		/**
		 * Whether anything is set.
		 * @return {@code true} if the server is to listen on a Unix socket
		 */
		public boolean isSet() {
			return this.path != null || this.mode != null || this.group != null || this.allowUsers != null
					|| this.allowGroups != null;
		}

	}

}
