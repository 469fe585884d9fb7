package dev.socketserver.operation;

import java.util.List;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates expressions in the context of sessions. An application has one only if its
 * properties ask for it.
 */
@FunctionalInterface
public interface SessionEvaluator {

	/**
	 * Evaluates input in the context of a session, never at the same time as another
	 * evaluation there. Writes nothing to the session's connection. Waits for the
	 * outcome, but not for ever.
	 * @param session the session
	 * @param input one expression or several
	 * @return the outcome
	 * @throws BadParameterException if the input is too long, or not whole
	 * @throws RefusedOperationException if it cannot be evaluated now, or takes too long
	 */
	Evaluation evaluate(SocketSession session, String input);

	/**
	 * The outcome of an evaluation.
	 *
	 * @param values the values of the expressions as texts, in order, up to the first
	 * that failed
	 * @param output what was printed
	 * @param error why an expression failed, or {@code null}
	 */
	record Evaluation(List<String> values, String output, @Nullable String error) {

		public Evaluation {
			values = List.copyOf(values);
		}

	}

}
