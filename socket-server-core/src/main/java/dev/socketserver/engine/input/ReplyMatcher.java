package dev.socketserver.engine.input;

import java.util.function.ObjIntConsumer;

/**
 * Takes replies to requests out of what is decoded, before it waits for the handler.
 */
public interface ReplyMatcher {

	/**
	 * Whether a reply is expected: a request waits, or a late reply has a place. On the
	 * loop.
	 * @return {@code true} if a full input is read on for it
	 */
	boolean expectsReplies();

	/**
	 * Whether a reply may arrive: one is expected, or may come so late that it has no
	 * place. On the loop.
	 * @return {@code false} if everything that is decoded is for the handler
	 */
	boolean mayReceiveReplies();

	/**
	 * Whether matching runs code of the application, which must not run on the loop.
	 * @return {@code true} if {@link #match} must be used
	 */
	boolean runsUserCode();

	/**
	 * Takes a payload if it is a reply. On the loop, unless {@link #runsUserCode}.
	 * @param payload the payload
	 * @return whether it was one, also if it arrived too late
	 */
	boolean take(Object payload);

	/**
	 * Takes the replies out of a batch on another thread.
	 * @param payloads the payloads
	 * @param then is given the others on that thread: they are the first of the array, in
	 * their order; and how many they are
	 */
	void match(Object[] payloads, ObjIntConsumer<Object[]> then);

}
