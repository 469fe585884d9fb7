package dev.socketserver.autoconfigure.properties;

import dev.socketserver.SessionSpec.Side;

/**
 * A part of the properties with one entry for each name: the servers, or the clients.
 */
public enum Section {

	/** {@code socket.servers}. */
	SERVERS(Side.SERVER, "@SocketHandler", "Set it to a port between 1 and 65535, or to 0 for a free one"),

	/** {@code socket.clients}. */
	CLIENTS(Side.CLIENT, "@SocketClientHandler", "Set it to the server's port, between 1 and 65535");

	/** The property whose values all servers inherit. */
	public static final String DEFAULTS = "socket.server-defaults";

	private final Side side;

	private final String annotation;

	private final String portRemedy;

	Section(Side side, String annotation, String portRemedy) {
		this.side = side;
		this.annotation = annotation;
		this.portRemedy = portRemedy;
	}

	public Side side() {
		return this.side;
	}

	/** The word for one entry, such as {@code server}. */
	public String word() {
		return this.side.word();
	}

	/** The word for several entries, such as {@code servers}. */
	public String words() {
		return word() + "s";
	}

	/** The annotation of handlers, as it is written. */
	public String annotation() {
		return this.annotation;
	}

	/** The annotation of handlers with the name of an entry. */
	public String annotation(String name) {
		return "%s(\"%s\")".formatted(this.annotation, name);
	}

	/** What to do about a wrong port, without a full stop. */
	public String portRemedy() {
		return this.portRemedy;
	}

	/** The property of the section. */
	public String property() {
		return "socket." + words();
	}

	/** The property of an entry. */
	public String property(String name) {
		return property() + "." + name;
	}

	/** The property of a key of an entry. */
	public String property(String name, String key) {
		return property(name) + "." + key;
	}

}
