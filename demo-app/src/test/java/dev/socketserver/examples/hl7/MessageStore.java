package dev.socketserver.examples.hl7;

import java.io.IOException;

interface MessageStore {

	/**
	 * Stores a message, which is safe when the method returns. The same message may
	 * arrive again, and is stored once.
	 */
	void store(Hl7Message message) throws IOException;

}
