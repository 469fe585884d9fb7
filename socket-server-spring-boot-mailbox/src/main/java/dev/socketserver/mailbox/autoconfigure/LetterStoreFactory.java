package dev.socketserver.mailbox.autoconfigure;

import java.util.function.Function;

import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties.Store;
import dev.socketserver.mailbox.store.LetterStore;

/**
 * Makes a store that the application can have.
 *
 * @param type which one
 * @param create makes it; it may be out of reach
 */
record LetterStoreFactory(Store type, Function<MailboxStoreProperties, LetterStore> create) {

}
