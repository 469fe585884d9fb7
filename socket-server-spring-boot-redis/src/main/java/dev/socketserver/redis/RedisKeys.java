package dev.socketserver.redis;

import java.nio.charset.StandardCharsets;

import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.spi.Identity;

/**
 * The keys and channels of a cluster. All of them begin with its name in braces, so that
 * a Redis Cluster keeps them on one of its nodes. Text of the application is escaped: a
 * key means one identity only.
 *
 * @param prefix what they begin with
 */
record RedisKeys(String prefix) {

	static RedisKeys of(String cluster) {
		return new RedisKeys("socket-server:{" + cluster + "}:");
	}

	String nodes() {
		return this.prefix + "nodes";
	}

	String meta() {
		return this.prefix + "meta";
	}

	String owned() {
		return this.prefix + "owned";
	}

	String graves() {
		return this.prefix + "graves";
	}

	String index(NodeId node) {
		return this.prefix + "own:" + node.name() + ":" + node.incarnation();
	}

	String channel(NodeId node) {
		return this.prefix + "node:" + node.name() + ":" + node.incarnation();
	}

	String identity(String type, String id) {
		return this.prefix + "id:" + escaped(type) + ":" + escaped(id);
	}

	/** The name of an owner in the hash of its identity. */
	static String field(DirectoryEntry entry) {
		return escaped(entry.identity().server()) + " " + entry.node().name() + " " + entry.node().incarnation() + " "
				+ escaped(entry.session());
	}

	/** The name of an entry in the index of its node. */
	static String member(Identity identity, String session) {
		return escaped(identity.server()) + " " + escaped(session) + " " + escaped(identity.type()) + " "
				+ escaped(identity.id());
	}

	/**
	 * Reads an entry of an index.
	 * @throws IllegalArgumentException if it is none
	 */
	static DirectoryEntry indexed(NodeId node, String member, long token) {
		String[] parts = parts(member, 4);
		return new DirectoryEntry(new Identity(unescaped(parts[0]), unescaped(parts[2]), unescaped(parts[3])), node,
				unescaped(parts[1]), token);
	}

	/**
	 * Reads an owner.
	 * @throws IllegalArgumentException if it is none
	 */
	static DirectoryEntry owner(String type, String id, String field, long token) {
		String[] parts = parts(field, 4);
		return new DirectoryEntry(new Identity(unescaped(parts[0]), type, id), new NodeId(parts[1], parts[2]),
				unescaped(parts[3]), token);
	}

	static String[] parts(String text, int count) {
		String[] parts = text.split(" ", -1);
		if (parts.length != count) {
			throw new IllegalArgumentException("Redis has '" + text + "' where " + count + " words were expected");
		}
		return parts;
	}

	/**
	 * Writes other characters than letters, digits, dots, dashes and underscores as %XX.
	 */
	static String escaped(String text) {
		StringBuilder escaped = new StringBuilder(text.length());
		for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
			boolean plain = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9')
					|| one == '.' || one == '-' || one == '_';
			if (plain) {
				escaped.append((char) one);
			}
			else {
				escaped.append('%')
					.append(Character.forDigit((one >> 4) & 0xf, 16))
					.append(Character.forDigit(one & 0xf, 16));
			}
		}
		// An empty text would be lost among the words of a line.
		return escaped.isEmpty() ? "%" : escaped.toString();
	}

	static String unescaped(String text) {
		if (text.indexOf('%') < 0) {
			return text;
		}
		if (text.equals("%")) {
			return "";
		}
		byte[] bytes = new byte[text.length()];
		int length = 0;
		for (int i = 0; i < text.length(); i++) {
			char one = text.charAt(i);
			if (one == '%') {
				bytes[length++] = (byte) Integer.parseInt(text, i + 1, Math.min(i + 3, text.length()), 16);
				i += 2;
			}
			else {
				bytes[length++] = (byte) one;
			}
		}
		return new String(bytes, 0, length, StandardCharsets.UTF_8);
	}

}
