package dev.socketserver.operation;

import java.time.Duration;
import java.util.List;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates expressions in the context of sessions. An application has one only if its
 * properties ask for it.
 */
@FunctionalInterface
public interface SessionEvaluator {

	/** The longest that an evaluation is waited for: 15 s. */
	Duration PATIENCE = Duration.ofSeconds(15);

	/**
	 * Evaluates input in the context of a session, never at the same time as another
	 * evaluation there. Writes nothing to the session's connection. Waits for the
	 * outcome: that of {@code socket-server-repl} interrupts an evaluation after 10
	 * seconds, and gives up after {@link #PATIENCE}. Called on the thread of the request,
	 * which may block.
	 * @param session the session
	 * @param input one expression or several
	 * @return the outcome
	 * @throws BadParameterException if the input is too long, or not whole
	 * @throws RefusedOperationException if the session has ended, if too many evaluations
	 * are running, or if this one does not react to its interrupt
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
