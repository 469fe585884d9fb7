package dev.socketserver.mailbox;

/**
 * Decides what a reply to a letter means. A bean of this type is asked for each reply;
 * without one, any reply delivers its letter. It is called on one of the few threads that
 * ask the store: several calls that wait delay all letters and posts. Letters of other
 * identities may be judged at the same time.
 */
@FunctionalInterface
public interface LetterJudge {

	/**
	 * Judges a reply.
	 * @param letter the letter, {@link LetterState#SENT}
	 * @param reply what the peer has replied, of the type that the handler of the server
	 * takes
	 * @return {@link LetterState#DELIVERED}; {@link LetterState#REFUSED}; or
	 * {@link LetterState#WAITING} to try again, as after an attempt without a reply. What
	 * it throws, and any other state, counts as the latter
	 */
	LetterState judge(Letter letter, Object reply);

}
