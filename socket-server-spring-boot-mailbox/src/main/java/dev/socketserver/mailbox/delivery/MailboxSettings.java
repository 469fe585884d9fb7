package dev.socketserver.mailbox.delivery;

import java.time.Duration;

/**
 * What holds for all letters of this node.
 *
 * @param ttl how long a letter may wait, if nothing is said
 * @param maxTtl how long it may wait at most
 * @param capacity how many letters of an identity may not be final
 * @param keep how long final letters are kept
 * @param poll how often to look for letters that others have posted
 */
public record MailboxSettings(Duration ttl, Duration maxTtl, int capacity, Duration keep, Duration poll) {

}
