package dev.socketserver.mailbox;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Letters for identities, kept until their peer is there. A bean. Any thread may call its
 * methods, none of which waits, except that {@link #post} writes at once within a
 * transaction. All futures fail with a {@link MailboxUnavailableException} if the store
 * cannot be used or does not answer, also if it has not when the application ends. They
 * complete on a thread of the mailbox; at that end on the thread that closes it, and
 * behind it on the one that ends a transaction.
 */
public interface SocketMailbox {

	/**
	 * Posts a letter. It goes to the newest session of the identity, now or when there is
	 * one, behind the letters that were posted before.
	 * <p>
	 * Within a transaction of the store's {@code DataSource} the letter is part of it:
	 * the future completes when that has committed, and fails when it has rolled back.
	 * Waiting for it within the transaction throws {@link IllegalStateException}.
	 * @param type what kind of identity, for example {@code device}
	 * @param id the identity itself
	 * @param key what distinguishes the letter from others of the identity. If there is
	 * one with that key, final or not, nothing is stored
	 * @param payload text, {@code byte[]}, or what a server of that type of identity
	 * converts; may be changed as soon as this method has returned
	 * @param ttl how long the letter may wait before it expires, or {@code null} for
	 * {@code socket.mailbox.ttl}
	 * @return completes with the letter when it is stored, or with the one that has the
	 * key; fails with a {@link MailboxFullException} if too many letters wait for the
	 * identity, and with an {@link IllegalArgumentException} if there is no converter for
	 * the payload, it is longer than {@code limits.frame} or than its table takes, or the
	 * time is not positive or longer than {@code socket.mailbox.max-ttl}
	 */
	CompletableFuture<Letter> post(String type, String id, String key, Object payload, @Nullable Duration ttl);

	/**
	 * Looks a letter up. Final ones are kept for {@code socket.mailbox.keep}.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param key the key of the letter
	 * @return completes with the letter, or empty if there is none
	 */
	CompletableFuture<Optional<Letter>> letter(String type, String id, String key);

	/**
	 * Returns the letters of an identity that are not final.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return completes with the letters, the oldest first
	 */
	CompletableFuture<List<Letter>> letters(String type, String id);

	/**
	 * Cancels a letter that waits.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param key the key of the letter
	 * @return completes with whether this call has cancelled it: {@code false} if there
	 * is none, it is being sent, or it is final
	 */
	CompletableFuture<Boolean> cancel(String type, String id, String key);

}
