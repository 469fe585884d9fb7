package dev.socketserver.engine.handlers;

import org.jspecify.annotations.Nullable;

/** Replies for which somebody is asked, who may answer on any thread. */
abstract class AskedReplies extends Replies {

	private ReplyProgress progress = ReplyProgress.NEW;

	/** Why there are no more, if something has failed. */
	private @Nullable Throwable failure;

	AskedReplies(ReplySender sender) {
		super(sender);
	}

	/** Asks for replies, which may be given at once. */
	final void ask(Runnable question) {
		this.progress = this.progress.asks();
		try {
			question.run();
		}
		finally {
			this.progress = this.progress.returns();
		}
	}

	/** Whether this is called by who is being asked: at once, without a detour. */
	final boolean atOnce() {
		return sender().runsHere() && this.progress == ReplyProgress.ASKING;
	}

	/** How far they have come. */
	final ReplyProgress progress() {
		return this.progress;
	}

	/** Why there are no more, if something has failed. */
	final @Nullable Throwable failure() {
		return this.failure;
	}

	/** Something has failed, or {@code null}. */
	final void failed(@Nullable Throwable failure) {
		this.failure = failure;
	}

	/** There are no more. */
	final void complete() {
		this.progress = this.progress.completes();
	}

	@Override
	void close() {
		this.progress = this.progress.closes();
	}

}
