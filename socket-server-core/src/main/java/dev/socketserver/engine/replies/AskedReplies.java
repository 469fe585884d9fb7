package dev.socketserver.engine.replies;

import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.Lane;
import org.jspecify.annotations.Nullable;

/** Replies that are asked for, and may be given on any thread. */
abstract sealed class AskedReplies extends Replies permits LaterReply, PublishedReplies {

	/** Absent if nothing is answered at once. */
	private final @Nullable Lane lane;

	private final Executor goOn;

	private ReplyProgress progress = ReplyProgress.NEW;

	/** Why there are no more, if something has failed. */
	private @Nullable Throwable failure;

	AskedReplies(@Nullable Lane lane, Executor goOn) {
		this.lane = lane;
		this.goOn = goOn;
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
		return this.lane != null && this.lane.runsHere() && this.progress == ReplyProgress.ASKING;
	}

	/** Changes something on the lane, and has the sender look again. Any thread. */
	final void later(Runnable change) {
		this.goOn.execute(change);
	}

	/** How far they have progressed. */
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
	public void close() {
		this.progress = this.progress.closes();
	}

}
