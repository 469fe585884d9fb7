package dev.socketserver.autoconfigure;

import dev.socketserver.SessionSpec.Side;

/**
 * The part of the properties that has the entries of one side, one for each name.
 */
enum Section {

	/** {@code socket.servers}. */
	SERVERS(Side.SERVER, "@SocketHandler"),

	/** {@code socket.clients}. */
	CLIENTS(Side.CLIENT, "@SocketClientHandler");

	/** What all servers inherit. */
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

	/** What an entry is, such as {@code server}. */
	String word() {
		return this.side.word();
	}

	/** What entries are, such as {@code servers}. */
	String words() {
		return word() + "s";
	}

	/** What marks handlers, as it is written. */
	String annotation() {
		return this.annotation;
	}

	/** The same with a name. */
	String annotation(String name) {
		return "%s(\"%s\")".formatted(this.annotation, name);
	}

	/** The section's own name. */
	String property() {
		return "socket." + words();
	}

	/** The name of an entry. */
	String property(String name) {
		return property() + "." + name;
	}

	/** The name of a key of an entry. */
	String property(String name, String key) {
		return property(name) + "." + key;
	}

}
