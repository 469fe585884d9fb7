package dev.socketserver.mailbox.store;

import java.time.Duration;

/**
 * Who wants to send a letter.
 *
 * @param token the fencing token of the session that has the identity
 * @param holder this mailbox, among all that use the store
 * @param fenced whether tokens of all holders are of one cluster: then a claim with a
 * lower token than one that the identity has seen is of a former owner, and gets nothing
 * @param hold how long the letter is the claimer's; after that it waits again
 * @param attempts how often a letter is sent before it is refused
 */
public record Claimer(long token, String holder, boolean fenced, Duration hold, int attempts) {

}
