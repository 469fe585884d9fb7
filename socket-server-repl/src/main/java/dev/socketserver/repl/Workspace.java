package dev.socketserver.repl;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.socketserver.SocketSession;
import dev.socketserver.repl.evaluate.Interpreter;
import dev.socketserver.repl.evaluate.RunningEvaluation;
import dev.socketserver.repl.evaluate.ValueText;
import dev.socketserver.repl.terminal.StandardStreams;
import org.jspecify.annotations.Nullable;

/**
 * Where the expressions of a session are evaluated, with its variables and last results.
 * Created when somebody first evaluates or looks there; lives as long as the session.
 * There is one evaluation at a time, also if other consoles are attached to the session.
 */
final class Workspace {

	/** How long an evaluation waits for another one. */
	static final Duration TURN = Duration.ofSeconds(10);

	private final SocketSession session;

	private final Interpreter interpreter;

	private final ClassLoader classLoader;

	private final Duration patience;

	private final ReentrantLock turn = new ReentrantLock(true);

	/** Whether nothing is to be evaluated here any more. */
	private volatile boolean over;

	/**
	 * Creates the workspace of a session.
	 * @param session the session
	 * @param interpreter evaluates
	 * @param classLoader the one that evaluations see
	 * @param patience how long each waits for another one
	 */
	Workspace(SocketSession session, Interpreter interpreter, ClassLoader classLoader, Duration patience) {
		this.session = session;
		this.interpreter = interpreter;
		this.classLoader = classLoader;
		this.patience = patience;
	}

	String id() {
		return this.session.id();
	}

	/**
	 * Checks that input may be evaluated here: the session has not ended.
	 * @throws GoneException if it has
	 */
	void checkOpen() {
		if (this.over || this.session.closed().isDone() || this.session.info().closed() != null) {
			throw new GoneException(id());
		}
	}

	/**
	 * Splits input into parts; see {@link Interpreter#parts}.
	 * @throws GoneException if the session has ended, also while this waited
	 */
	@Nullable List<String> parts(String input) throws InterruptedException, BusyException {
		return this.<@Nullable List<String>>inTurn(() -> {
			checkOpen();
			return this.interpreter.parts(input);
		});
	}

	/** Completes a name; see {@link Interpreter#completions}. */
	List<String> completions(String input) throws InterruptedException, BusyException {
		return inTurn(() -> this.interpreter.completions(input));
	}

	/** Returns the variables, as texts, by their names. */
	Map<String, String> state() throws InterruptedException, BusyException {
		return inTurn(() -> {
			Map<String, String> state = new TreeMap<>();
			this.interpreter.variables().forEach((name, value) -> state.put(name, text(value)));
			return state;
		});
	}

	/**
	 * Returns a value as text. If that fails, the other values are shown nevertheless.
	 */
	private static String text(@Nullable Object value) {
		try {
			return ValueText.of(value);
		}
		catch (RuntimeException | Error ex) {
			return "(" + ValueText.of(ex, false) + ")";
		}
	}

	/**
	 * Evaluates one part after the other, up to the first that fails or is interrupted,
	 * on the calling thread.
	 * @param parts the parts
	 * @param console takes the outcome
	 * @throws BusyException if another evaluation takes too long; nothing was evaluated
	 * @throws GoneException if the session has ended, also while this waited; nothing was
	 * evaluated
	 */
	void evaluate(List<String> parts, Console console) throws InterruptedException, BusyException {
		inTurn(() -> {
			checkOpen();
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			thread.setContextClassLoader(this.classLoader);
			StandardStreams.Redirection redirection = StandardStreams.redirect(console.out(), console.err());
			try {
				for (String part : parts) {
					if (!evaluate(part, console) || RunningEvaluation.interrupted()) {
						return null;
					}
				}
				return null;
			}
			finally {
				redirection.close();
				thread.setContextClassLoader(before);
			}
		});
	}

	private boolean evaluate(String part, Console console) {
		try {
			Object value = this.interpreter.evaluate(part);
			if (value != Interpreter.NOTHING) {
				String text = ValueText.of(value);
				console.out().flush();
				console.value(text);
			}
			return true;
		}
		catch (Throwable ex) {
			// Errors, too: the session goes on whatever the code does.
			Interpreter.Failure failure = this.interpreter.failed(ex);
			console.out().flush();
			console.err().flush();
			console.failed(failure.cause(), failure.text());
			return false;
		}
	}

	private <T extends @Nullable Object> T inTurn(Supplier<T> action) throws InterruptedException, BusyException {
		if (!this.turn.tryLock(this.patience.toMillis(), TimeUnit.MILLISECONDS)) {
			throw busy();
		}
		try {
			return action.get();
		}
		finally {
			this.turn.unlock();
			closeIfOver();
		}
	}

	/** Returns the exception for another evaluation that takes too long. */
	BusyException busy() {
		return new BusyException(id(), this.patience);
	}

	/**
	 * Has nothing more evaluated here, and frees what the interpreter holds as soon as no
	 * evaluation is running.
	 */
	void close() {
		this.over = true;
		closeIfOver();
	}

	private void closeIfOver() {
		if (this.over && !this.turn.isHeldByCurrentThread() && this.turn.tryLock()) {
			try {
				this.interpreter.close();
			}
			finally {
				this.turn.unlock();
			}
		}
	}

	/** Takes the outcome of an evaluation, on its thread. */
	interface Console {

		/** Returns where standard output goes. */
		PrintStream out();

		/** Returns where standard error goes. */
		PrintStream err();

		/**
		 * Called when an expression has a value.
		 * @param text the value as text
		 */
		void value(String text);

		/**
		 * Called when an expression has failed.
		 * @param cause what it threw
		 * @param text what to say about it
		 */
		void failed(Throwable cause, String text);

	}

	/** Another evaluation in the same workspace takes too long. */
	static final class BusyException extends Exception {

		private static final long serialVersionUID = 1L;

		BusyException(String session, Duration waited) {
			super("Session " + session + " is evaluating something else, and has been for " + waited.toSeconds()
					+ " s: nothing was evaluated");
		}

	}

	/** The session has ended: nothing is evaluated in its place. */
	static final class GoneException extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		GoneException(String session) {
			super("Session '" + session + "' has ended");
		}

	}

}
