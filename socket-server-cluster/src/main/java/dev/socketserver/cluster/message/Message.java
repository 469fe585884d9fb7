package dev.socketserver.cluster.message;

import java.util.Map;

import dev.socketserver.cluster.directory.NodeId;

/**
 * What one node sends to another.
 *
 * @param kind what it is for, one of the constants of {@link Kind}, or what only a newer
 * version knows
 * @param id counts the requests of a sender; a reply has that of its request
 * @param from the sender
 * @param deadline when it is void, by the directory's clock in microseconds; 0 for never
 * @param fields the content
 */
public record Message(int kind, long id, NodeId from, long deadline, Fields fields) {

	/** The kinds of messages, by their numbers on the wire. */
	public static final class Kind {

		public static final int PING = 1;

		public static final int SEND = 2;

		public static final int ASK = 3;

		public static final int CLOSE = 4;

		public static final int BROADCAST = 5;

		/** A claim has removed the entry of a session. */
		public static final int EVICT = 6;

		/** A younger session has an identity too. */
		public static final int NEWER = 7;

		/** An operation on sessions, for operators. */
		public static final int OPERATE = 8;

		/**
		 * The sender has joined, drains or leaves: a check of the directory is worth
		 * while.
		 */
		public static final int CHANGED = 9;

		public static final int REPLY = 16;

		private static final Map<Integer, String> NAMES = Map.of(PING, "ping", SEND, "send", ASK, "ask", CLOSE, "close",
				BROADCAST, "broadcast", EVICT, "evict", NEWER, "newer", OPERATE, "operate", CHANGED, "changed", REPLY,
				"reply");

		private Kind() {
		}

		/**
		 * Whether the cluster itself needs it: it does not wait after what users send.
		 */
		public static boolean isUrgent(int kind) {
			return switch (kind) {
				case PING, EVICT, NEWER, CHANGED -> true;
				default -> false;
			};
		}

		public static String name(int kind) {
			return NAMES.getOrDefault(kind, "unknown");
		}

	}

}
