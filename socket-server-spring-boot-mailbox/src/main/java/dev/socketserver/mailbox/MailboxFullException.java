package dev.socketserver.mailbox;

/**
 * A letter was not stored: its identity has as many that are not final as it may have.
 */
public final class MailboxFullException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String identity;

	private final int capacity;

	/**
	 * Creates an exception.
	 * @param identity the type and id of the identity, with a colon between them
	 * @param capacity how many letters it may have
	 */
	public MailboxFullException(String identity, int capacity) {
		super("The letter to " + identity + " was not stored: " + capacity
				+ " letters wait for it already, which is socket.mailbox.capacity");
		this.identity = identity;
		this.capacity = capacity;
	}

	/**
	 * Returns the identity.
	 * @return its type and id, with a colon between them
	 */
	public String identity() {
		return this.identity;
	}

	/**
	 * Returns how many letters it may have.
	 * @return {@code socket.mailbox.capacity}
	 */
	public int capacity() {
		return this.capacity;
	}

}
