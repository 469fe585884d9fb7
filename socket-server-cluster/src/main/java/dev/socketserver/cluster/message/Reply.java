package dev.socketserver.cluster.message;

import dev.socketserver.cluster.Delivery;

/**
 * What became of a request to another node.
 *
 * @param delivery the outcome
 * @param fields what the node has answered; empty if it has not
 */
public record Reply(Delivery delivery, Fields fields) {

	public static Reply of(Delivery delivery) {
		return new Reply(delivery, new Fields());
	}

	/**
	 * Returns the reply that has some fields.
	 * @param fields the fields
	 * @return the reply
	 */
	public static Reply read(Fields fields) {
		try {
			return new Reply(Delivery.valueOf(fields.text(Fields.OUTCOME)), fields);
		}
		catch (IllegalArgumentException ex) {
			// The node does not know what it was asked, or answers what only a newer
			// version knows.
			return new Reply(Delivery.NODE_UNREACHABLE, fields);
		}
	}

}
