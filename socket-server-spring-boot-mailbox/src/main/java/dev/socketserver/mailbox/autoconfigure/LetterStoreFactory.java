package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties.Store;
import dev.socketserver.mailbox.store.LetterStore;

/**
 * Makes a store that the application can have.
 */
interface LetterStoreFactory {

	/** Which one. */
	Store type();

	/** Makes it; it may be out of reach. */
	LetterStore create(MailboxStoreProperties properties);

}
