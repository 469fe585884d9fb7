package dev.socketserver.operation;

import java.util.List;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates expressions in the context of sessions. Only an application that has asked
 * for it has one.
 */
@FunctionalInterface
public interface SessionEvaluator {

	/**
	 * Evaluates input for a session, serially with other evaluations there. Nothing is
	 * written to the session's connection. Waits for the end, and not for ever.
	 * @param session the session
	 * @param input one expression or several
	 * @return what came of it
	 * @throws BadParameterException if the input is too long, or not whole
	 * @throws RefusedOperationException if it cannot be evaluated now, or takes too long
	 */
	Evaluation evaluate(SocketSession session, String input);

	/**
	 * What came of an evaluation.
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
