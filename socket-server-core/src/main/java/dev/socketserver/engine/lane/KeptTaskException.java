package dev.socketserver.engine.lane;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * An executor has no thread for a task now. It keeps the task, and runs it when it has
 * one, unless the task is taken back.
 */
@SuppressWarnings("serial") // it is never serialized
public final class KeptTaskException extends RejectedExecutionException {

	private final BooleanSupplier takeBack;

	private KeptTaskException(RejectedExecutionException cause, BooleanSupplier takeBack) {
		super(cause.getMessage(), cause);
		this.takeBack = takeBack;
	}

	/**
	 * Returns such an exception. Who throws it as what it is here has this class loaded
	 * before there is one.
	 * @param cause says what is missing
	 * @param takeBack forgets the task, and returns {@code false} if it has begun
	 * @return the exception
	 */
	public static RejectedExecutionException of(RejectedExecutionException cause, BooleanSupplier takeBack) {
		return new KeptTaskException(cause, takeBack);
	}

	/**
	 * Has the executor forget the task, which can then run elsewhere.
	 * @return {@code false} if it has begun
	 */
	boolean takeBack() {
		return this.takeBack.getAsBoolean();
	}

}
