package dev.socketserver.engine.handlers;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What a handler has returned in place of a single reply: several replies, or ones that
 * come later. They are sent in their order, when there is room. Confined to the lane of
 * the session, except for what stages and publishers call.
 */
abstract class Replies {

	private final ReplySender sender;

	Replies(ReplySender sender) {
		this.sender = sender;
	}

	/** Sends them. */
	final ReplySender sender() {
		return this.sender;
	}

	/**
	 * Checks what a handler returned.
	 * @param reply what it returned
	 * @param sender sends replies
	 * @return the replies, or {@code null} if it is a single one that is there
	 */
	static @Nullable Replies of(Object reply, ReplySender sender) {
		if (reply instanceof String || reply instanceof byte[]) {
			return null;
		}
		if (reply instanceof List<?> several) {
			return new ListedReplies(sender, several.iterator(), null);
		}
		if (reply instanceof Stream<?> several) {
			return new ListedReplies(sender, several.iterator(), several);
		}
		if (reply instanceof CompletionStage<?> later) {
			return new LaterReply(sender, later);
		}
		if (reply instanceof Flow.Publisher<?> published) {
			return new PublishedReplies(sender, published);
		}
		return null;
	}

	/**
	 * Sends what is there and has room.
	 * @return whether that was all; if not, it is called again when there may be more
	 * @throws Throwable what user code threw, or reported as its failure
	 */
	abstract boolean send() throws Throwable;

	/** Nothing more will be asked for: everything was sent, or nothing more can be. */
	void close() {
	}

}
