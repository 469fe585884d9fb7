package dev.socketserver.engine.log;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

/**
 * Stands in the log for a failure whose message, with those of its causes, is too long,
 * or has control characters, which a terminal or a reader of logs may obey. What a peer
 * has sent often gets into messages, such as that of a {@link NumberFormatException}, and
 * could forge lines.
 */
public final class LoggedFailure extends Throwable {

	private static final long serialVersionUID = 1L;

	/** So many texts of those that are cut are no more than one line may have. */
	private static final int MOST_TEXTS = LogText.MOST_OF_LINE / LogText.MOST;

	private LoggedFailure(Throwable failure, @Nullable Throwable cause) {
		super(failure.getClass().getName() + ": " + LogText.of(message(failure)), cause, true, true);
		setStackTrace(failure.getStackTrace());
	}

	/**
	 * Returns what to log of a failure: as a rule, itself.
	 * @param failure the failure
	 * @return the failure, or what stands for it and its causes
	 */
	public static Throwable of(Throwable failure) {
		try {
			List<String> texts = new ArrayList<>();
			addTexts(failure, seen(), texts);
			Throwable copy = isPlain(texts) ? null : copy(failure, seen());
			return (copy != null) ? copy : failure;
		}
		catch (Throwable ex) {
			// It is user code: asked for its message, it may throw. So may who logs it.
			return failure;
		}
	}

	/**
	 * Asks a failure for its message.
	 * @param failure the failure, which may be user code
	 * @return its message; another where it throws when it is asked
	 */
	public static @Nullable String message(Throwable failure) {
		try {
			return failure.getMessage();
		}
		catch (Throwable ex) {
			return failure.getClass().getName() + ", which cannot be shown";
		}
	}

	/**
	 * Returns what a future has failed with, which one that depends on it sees within a
	 * {@link CompletionException}.
	 * @param failure as either of them has it
	 * @return the failure of the first
	 */
	public static Throwable cause(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : null;
		return (cause != null) ? cause : failure;
	}

	private static Set<Throwable> seen() {
		return Collections.newSetFromMap(new IdentityHashMap<>());
	}

	private static void addTexts(@Nullable Throwable failure, Set<Throwable> seen, List<String> texts) {
		if (failure == null || !seen.add(failure)) {
			return;
		}
		String text = failure.toString();
		if (text != null) {
			texts.add(text);
		}
		for (Throwable suppressed : failure.getSuppressed()) {
			addTexts(suppressed, seen, texts);
		}
		addTexts(failure.getCause(), seen, texts);
	}

	/** How long they are is looked at first: that is known at once. */
	private static boolean isPlain(List<String> texts) {
		return texts.stream().mapToLong(String::length).sum() <= LogText.MOST_OF_LINE
				&& texts.stream().noneMatch(LoggedFailure::hasControls);
	}

	/** By parts: what is longer is shortened, which changes it too. */
	private static boolean hasControls(String text) {
		for (int i = 0; i < text.length(); i += LogText.MOST / 2) {
			String part = text.substring(i, Math.min(i + LogText.MOST / 2, text.length()));
			if (!part.equals(LogText.of(part))) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable Throwable copy(@Nullable Throwable failure, Set<Throwable> seen) {
		if (failure == null || seen.size() >= MOST_TEXTS || !seen.add(failure)) {
			return null;
		}
		LoggedFailure copy = new LoggedFailure(failure, copy(failure.getCause(), seen));
		for (Throwable suppressed : failure.getSuppressed()) {
			Throwable other = copy(suppressed, seen);
			if (other != null) {
				copy.addSuppressed(other);
			}
		}
		return copy;
	}

	@Override
	public String toString() {
		return String.valueOf(getMessage());
	}

}
