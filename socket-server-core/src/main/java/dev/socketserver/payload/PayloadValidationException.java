package dev.socketserver.payload;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A payload was read, and does not satisfy the constraints that it declares. Its cause is
 * what the validator gave. Neither the message nor the violations hold values of the
 * payload, except where the text of a constraint asks for them.
 */
public class PayloadValidationException extends PayloadException {

	private static final long serialVersionUID = 1L;

	/** How many paths the message names. */
	private static final int MOST = 5;

	private final transient List<Violation> violations;

	/**
	 * Creates the exception.
	 * @param violations what is wrong, in the order in which it is to be reported
	 * @param cause what the validator gave
	 */
	public PayloadValidationException(List<Violation> violations, Throwable cause) {
		super("a payload is not valid: " + paths(violations), cause);
		this.violations = List.copyOf(violations);
	}

	private static String paths(List<Violation> violations) {
		String paths = violations.stream()
			.map(Violation::path)
			.map((path) -> path.isEmpty() ? "the whole" : path)
			.distinct()
			.limit(MOST)
			.collect(Collectors.joining(", "));
		return (violations.size() > MOST) ? paths + " and more, " + violations.size() + " violations" : paths;
	}

	/**
	 * Returns what is wrong with the payload.
	 * @return the violations, ordered by path
	 */
	public List<Violation> violations() {
		return (this.violations != null) ? this.violations : List.of();
	}

	/**
	 * A constraint that a payload does not satisfy.
	 *
	 * @param path the way from the payload to what is wrong, such as
	 * {@code lines[2].price}, without keys of maps; empty for the payload itself
	 * @param message the text of the constraint, for people
	 */
	public record Violation(String path, String message) {

		public Violation {
			Objects.requireNonNull(path, "path");
			Objects.requireNonNull(message, "message");
		}

	}

}
