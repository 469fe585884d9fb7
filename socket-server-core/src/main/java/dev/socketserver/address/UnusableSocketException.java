package dev.socketserver.address;

import java.io.IOException;

/**
 * What a server is to listen on cannot be used, such as a file that cannot be made.
 */
public final class UnusableSocketException extends IOException {

	private static final long serialVersionUID = 1L;

	private final String key;

	private final String remedy;

	/**
	 * Creates the exception.
	 * @param key the key of what is wrong, such as {@code domain-socket.path}
	 * @param problem what was found, a sentence without a full stop
	 * @param remedy what to do about it, a sentence without a full stop
	 */
	public UnusableSocketException(String key, String problem, String remedy) {
		super(problem);
		this.key = key;
		this.remedy = remedy;
	}

	/**
	 * Returns the key of what is wrong.
	 * @return the key
	 */
	public String key() {
		return this.key;
	}

	/**
	 * Returns what to do about it.
	 * @return the remedy, a sentence without a full stop
	 */
	public String remedy() {
		return this.remedy;
	}

}
