package dev.socketserver.engine.replies;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.log.LoggedFailure;
import org.jspecify.annotations.Nullable;

/** The reply, or replies, that a {@link CompletionStage} will give. */
final class LaterReply extends AskedReplies {

	private final CompletionStage<?> stage;

	private @Nullable Object value;

	LaterReply(@Nullable Lane lane, Executor goOn, CompletionStage<?> stage) {
		super(lane, goOn);
		this.stage = stage;
	}

	@Override
	public Next next() throws Throwable {
		if (progress() == ReplyProgress.NEW) {
			ask(this::askStage);
		}
		if (progress() != ReplyProgress.COMPLETE) {
			return Next.LATER;
		}
		Throwable failure = failure();
		if (failure != null) {
			throw LoggedFailure.cause(failure);
		}
		return (this.value != null) ? Next.REPLY : Next.NONE;
	}

	@Override
	public Object take() {
		return Objects.requireNonNull(this.value);
	}

	@Override
	public boolean isSingle() {
		return true;
	}

	/**
	 * Notifies whoever works on the reply that it is not awaited any more, if there is a
	 * way to. A future of the application is not cancelled: others may wait for it, too.
	 */
	@Override
	public void close() {
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
				later(() -> complete(result, problem));
			}
		});
	}

	private void complete(@Nullable Object result, @Nullable Throwable problem) {
		this.value = result;
		failed(problem);
		complete();
	}

}
