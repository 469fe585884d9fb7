package dev.socketserver.engine.handlers;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/** The reply, or replies, that a {@link CompletionStage} will give. */
final class LaterReply extends AskedReplies {

	private final CompletionStage<?> stage;

	private @Nullable Object value;

	LaterReply(ReplySender sender, CompletionStage<?> stage) {
		super(sender);
		this.stage = stage;
	}

	@Override
	boolean send() throws Throwable {
		if (progress() == ReplyProgress.NEW) {
			ask(this::askStage);
		}
		if (progress() != ReplyProgress.COMPLETE) {
			// Of a lost connection only the frames that came after wait for it.
			return sender().isDisconnected() && !sender().hasFurtherFrames();
		}
		Throwable failure = failure();
		if (failure != null) {
			throw unwrapped(failure);
		}
		if (this.value != null) {
			sender().reply(this.value);
		}
		return true;
	}

	/**
	 * Notifies whoever works on the reply that nobody waits any more, if there is a way
	 * to. A future of the application is not cancelled: others may wait for it, too.
	 */
	@Override
	void close() {
		boolean waits = progress() != ReplyProgress.COMPLETE;
		super.close();
		if (waits && this.stage instanceof Flow.Subscription work) {
			work.cancel();
		}
	}

	/**
	 * Asks the stage to say when it is complete. A stage need not be able to say whether
	 * it is.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // failures reach complete
	private void askStage() {
		this.stage.whenComplete((result, problem) -> {
			if (atOnce()) {
				complete(result, problem);
			}
			else {
				sender().later(() -> complete(result, problem));
			}
		});
	}

	private void complete(@Nullable Object result, @Nullable Throwable problem) {
		this.value = result;
		failed(problem);
		complete();
	}

	private static Throwable unwrapped(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : null;
		return (cause != null) ? cause : failure;
	}

}
