package dev.socketserver.autoconfigure;

import dev.socketserver.SessionSpec.Side;

/**
 * A part of the properties with one entry for each name: the servers, or the clients.
 */
enum Section {

	/** {@code socket.servers}. */
	SERVERS(Side.SERVER, "@SocketHandler"),

	/** {@code socket.clients}. */
	CLIENTS(Side.CLIENT, "@SocketClientHandler");

	/** The property whose values all servers inherit. */
	static final String DEFAULTS = "socket.server-defaults";

	private final Side side;

	private final String annotation;

	Section(Side side, String annotation) {
		this.side = side;
		this.annotation = annotation;
	}

	Side side() {
		return this.side;
	}

	/** The word for one entry, such as {@code server}. */
	String word() {
		return this.side.word();
	}

	/** The word for several entries, such as {@code servers}. */
	String words() {
		return word() + "s";
	}

	/** The annotation of handlers, as it is written. */
	String annotation() {
		return this.annotation;
	}

	/** The annotation of handlers with the name of an entry. */
	String annotation(String name) {
		return "%s(\"%s\")".formatted(this.annotation, name);
	}

	/** The property of the section. */
	String property() {
		return "socket." + words();
	}

	/** The property of an entry. */
	String property(String name) {
		return property() + "." + name;
	}

	/** The property of a key of an entry. */
	String property(String name, String key) {
		return property(name) + "." + key;
	}

}
