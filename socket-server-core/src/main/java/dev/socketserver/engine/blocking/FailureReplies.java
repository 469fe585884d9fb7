package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.replies.Replies;
import dev.socketserver.engine.replies.Replies.Next;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is replied to the failure of a handler that blocks, on the thread of that
 * handler: it waits for room, and for replies that come later, until the session ends.
 */
final class FailureReplies implements Executor {

	private final InvokedSession session;

	private final BlockingOutput output;

	/** What other threads have to change in the replies. */
	private final BlockingQueue<Runnable> changes = new LinkedBlockingQueue<>();

	/** Nothing takes the changes any more. Guarded by this. */
	private boolean over;

	/** The session was closed in the call that makes the replies: they are the last. */
	private boolean closing;

	FailureReplies(InvokedSession session, BlockingOutput output) {
		this.session = session;
		this.output = output;
	}

	/**
	 * Sends a reply; or, if it stands for several or for later ones, all of them.
	 * @param reply the reply, or {@code null} for none
	 * @throws Throwable what user code threw, or reported as its failure
	 */
	void send(@Nullable Object reply) throws Throwable {
		if (reply == null) {
			return;
		}
		// Callbacks have the lane, beside the thread of the handler.
		Replies several = Replies.of(reply, null, this);
		if (several == null) {
			this.session.reply(reply);
			return;
		}
		try {
			send(several);
		}
		finally {
			several.close();
			endChanges();
		}
	}

	/** What has come too late finds the replies closed, and ends what gives them. */
	private void endChanges() {
		synchronized (this) {
			this.over = true;
		}
		Runnable left = this.changes.poll();
		while (left != null) {
			left.run();
			left = this.changes.poll();
		}
	}

	private void send(Replies several) throws Throwable {
		while (sends()) {
			Next next = several.next();
			if (next == Next.NONE) {
				return;
			}
			if (next == Next.LATER) {
				this.changes.take().run();
			}
			else if (several.isSingle()) {
				send(several.take());
				return;
			}
			else {
				sendOne(several.take());
			}
		}
	}

	private void sendOne(Object reply) throws IOException {
		this.output.awaitRoom();
		this.session.reply(reply);
	}

	private boolean sends() {
		return this.session.end().sends() && (this.closing || !this.session.end().isSettled());
	}

	/** Notes that the handler closes the session. On its thread. */
	void closing() {
		this.closing = true;
	}

	/** Why this waits may have changed. Any thread. */
	void checkAgain() {
		execute(() -> {
		});
	}

	/**
	 * Changes replies on the thread of the handler, until they are closed. Any thread.
	 */
	@Override
	public void execute(Runnable change) {
		synchronized (this) {
			if (!this.over) {
				this.changes.add(change);
				return;
			}
		}
		change.run();
	}

}
