package dev.socketserver.engine.handlers;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.socketserver.engine.log.LoggedFailure;
import org.jspecify.annotations.Nullable;

/**
 * A frame that is being prepared for the handler, or has been. Confined to the lane, but
 * for {@link #prepared}.
 */
final class PreparedFrame {

	/** Stands for a reply that came too late, and is no message. */
	static final CompletionStage<?> LATE_REPLY = CompletableFuture.completedFuture(null);

	private final Object frame;

	private final int bytes;

	private boolean late;

	/** Written before {@link #done}, by the thread that has prepared the frame. */
	private @Nullable Object payload;

	private @Nullable Throwable failure;

	private volatile boolean done;

	/**
	 * Creates a frame.
	 * @param frame what was decoded
	 * @param bytes how many bytes it had
	 */
	PreparedFrame(Object frame, int bytes) {
		this.frame = frame;
		this.bytes = bytes;
	}

	Object frame() {
		return this.frame;
	}

	int bytes() {
		return this.bytes;
	}

	/**
	 * Waits for what prepares the frame.
	 * @param stage completes when it is prepared
	 * @param then is run then, on any thread, unless that is so already
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the handler gets what it throws
	void await(CompletionStage<?> stage, Runnable then) {
		if (stage == LATE_REPLY) {
			this.late = true;
			this.done = true;
		}
		else if (stage instanceof CompletableFuture<?> future && future.isDone()) {
			future.whenComplete(this::prepared);
		}
		else {
			stage.whenComplete((result, thrown) -> {
				prepared(result, thrown);
				then.run();
			});
		}
	}

	/** The frame is prepared, or that has failed. Any thread. */
	void prepared(@Nullable Object result, @Nullable Throwable thrown) {
		this.payload = result;
		this.failure = (thrown != null) ? LoggedFailure.cause(thrown) : null;
		this.done = true;
	}

	boolean isDone() {
		return this.done;
	}

	boolean isLateReply() {
		return this.late;
	}

	/**
	 * Returns what the handler is given.
	 * @return what was prepared
	 * @throws Exception why it could not be
	 */
	Object payload() throws Exception {
		if (this.failure instanceof Error error) {
			throw error;
		}
		if (this.failure != null) {
			throw (Exception) this.failure;
		}
		if (this.payload == null) {
			throw new IllegalStateException("A message was prepared, and is null");
		}
		return this.payload;
	}

}
