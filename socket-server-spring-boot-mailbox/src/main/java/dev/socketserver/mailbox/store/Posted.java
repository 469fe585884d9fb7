package dev.socketserver.mailbox.store;

import dev.socketserver.mailbox.Letter;

/**
 * What became of posting a letter.
 *
 * @param letter the letter that has the key
 * @param stored whether it was stored now; else it was there
 */
public record Posted(Letter letter, boolean stored) {

}
