package dev.socketserver.engine.replies;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import dev.socketserver.engine.lane.Lane;
import org.jspecify.annotations.Nullable;

/**
 * What a handler has returned in place of a single reply: several replies, or ones that
 * arrive later. Whoever sends them takes one after the other, in their order, when there
 * is room for it. On the lane of the session, except for what stages and publishers call.
 */
public abstract sealed class Replies permits AskedReplies, FollowedReplies, ListedReplies {

	/** What there is to send. */
	public enum Next {

		/** One is there: {@link Replies#take()} returns it. */
		REPLY,

		/**
		 * None is there yet. Whoever waits is notified on the lane when that may change.
		 */
		LATER,

		/** There are no more. */
		NONE

	}

	/**
	 * Checks what a handler returned.
	 * @param reply what it returned
	 * @param lane the lane of the session; {@code null} if they are sent elsewhere
	 * @param goOn runs a change where they are sent, and then has the sender look again;
	 * called by any thread
	 * @return the replies, or {@code null} if it is a single one that is there
	 */
	public static @Nullable Replies of(Object reply, @Nullable Lane lane, Executor goOn) {
		if (reply instanceof String || reply instanceof byte[]) {
			return null;
		}
		if (reply instanceof List<?> several) {
			return new ListedReplies(several.iterator(), null);
		}
		if (reply instanceof Stream<?> several) {
			return new ListedReplies(several.iterator(), several);
		}
		if (reply instanceof CompletionStage<?> later) {
			return new LaterReply(lane, goOn, later);
		}
		if (reply instanceof Flow.Publisher<?> published) {
			return new PublishedReplies(lane, goOn, published);
		}
		return null;
	}

	/**
	 * Says what there is to send now, and asks for more where there may be some.
	 * @return whether one is there
	 * @throws Throwable what user code threw, or reported as its failure
	 */
	public abstract Next next() throws Throwable;

	/**
	 * Takes the next one, which is there. It may be made only now.
	 * @return the reply
	 */
	public abstract Object take();

	/**
	 * Whether this is one value that may itself stand for several. The frames behind it
	 * wait for it even after the connection is lost.
	 */
	public boolean isSingle() {
		return false;
	}

	/** Nothing more will be asked for: everything was sent, or nothing more can be. */
	public void close() {
	}

}
