package dev.socketserver.mailbox;

/**
 * A letter has reached its final state. Published by the node that has brought it about,
 * on one of the few threads that ask the store: a listener that takes long delays the
 * next letter of the same identity, and several such calls delay all letters and posts.
 * It may come before the future of {@link SocketMailbox#post} completes. It is published
 * once, and not again after a restart: a listener that must not miss one asks
 * {@link SocketMailbox#letter} too.
 *
 * @param letter the letter
 */
public record SocketLetterEvent(Letter letter) {

}
