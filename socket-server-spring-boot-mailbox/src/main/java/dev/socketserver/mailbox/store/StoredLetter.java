package dev.socketserver.mailbox.store;

import dev.socketserver.mailbox.Letter;

/**
 * A letter in a list.
 *
 * @param letter the letter
 * @param bytes how many bytes its payload has
 */
public record StoredLetter(Letter letter, int bytes) {

}
