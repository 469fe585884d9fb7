package dev.socketserver.mailbox;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A letter as it was when it was looked at, without its payload. All instants are of the
 * clock of the store, to the millisecond.
 *
 * @param type what kind of identity it is for, for example {@code device}
 * @param id the identity itself
 * @param key what distinguishes it from other letters of the identity
 * @param state what has become of it
 * @param attempts how often it was sent, the attempt that is under way included. What has
 * not left is no attempt
 * @param postedAt when it was posted
 * @param expiresAt when it expires
 * @param endedAt when it reached its final state, or {@code null}
 * @param detail why it is in its state, for people, or {@code null}
 */
public record Letter(String type, String id, String key, LetterState state, int attempts, Instant postedAt,
		Instant expiresAt, @Nullable Instant endedAt, @Nullable String detail) {

}
