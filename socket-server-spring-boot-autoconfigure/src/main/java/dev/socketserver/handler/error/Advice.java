package dev.socketserver.handler.error;

import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.FailureHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.error.ErrorMethods.Answer;
import org.jspecify.annotations.Nullable;

/**
 * Has the advices of a handler answer its failures: the first one that has a method for a
 * failure. For all sessions of the handler.
 */
public final class Advice implements FailureHandler {

	private final List<Supplier<ErrorMethods>> advices;

	private final boolean answersBadFrames;

	/**
	 * Creates the advice of a handler.
	 * @param advices give the methods of each advice, in the order in which they are
	 * asked
	 * @param answersBadFrames whether one of them has a method for what is no frame
	 */
	public Advice(List<Supplier<ErrorMethods>> advices, boolean answersBadFrames) {
		this.advices = List.copyOf(advices);
		this.answersBadFrames = answersBadFrames;
	}

	@Override
	public boolean answersBadFrames() {
		return this.answersBadFrames;
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		for (Supplier<ErrorMethods> advice : this.advices) {
			Answer answer = advice.get().find(failure, null);
			if (answer != null) {
				return give(answer, session);
			}
		}
		throw failure;
	}

	private static @Nullable Object give(Answer answer, SocketSession session) throws Exception {
		try {
			return answer.give(session);
		}
		catch (Exception ex) {
			// Whatever a method of an advice throws is a failure of that.
			throw answer.failed(ex);
		}
	}

}
