package dev.socketserver.mailbox.store;

import java.time.Duration;

import dev.socketserver.mailbox.Letter;

/**
 * A letter that its claimer may send.
 *
 * @param letter the letter
 * @param payload its bytes
 * @param claim the right to end it
 * @param left how long it may still be sent, from when it was asked for
 */
public record ClaimedLetter(Letter letter, byte[] payload, Claim claim, Duration left) {

}
