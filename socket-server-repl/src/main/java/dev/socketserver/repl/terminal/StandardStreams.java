package dev.socketserver.repl.terminal;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Redirects standard output and error of the JVM for each evaluation. While something is
 * evaluated, {@link System#out} and {@link System#err} are stand-ins that look at the
 * thread that prints. All other threads, including those that an evaluation starts, print
 * where they did before. When nothing is evaluated, the original streams are back, and
 * whoever has kept a stand-in prints to the original.
 * <p>
 * There is one for the JVM, like the streams, however many applications are in it. The
 * monitor of the class guards which stand-ins are in use.
 */
public final class StandardStreams {

	/**
	 * Beginnings of the names of classes of logs, whose appenders may write to whatever
	 * the stream is now.
	 */
	private static final List<String> LOGS = List.of("ch.qos.logback.", "org.apache.logging.", "java.util.logging.");

	/** How many frames near the stream are searched for an appender. */
	private static final int APPENDER_DEPTH = 12;

	private static final StackWalker STACK = StackWalker.getInstance();

	/** The redirections of evaluating threads. */
	private static final Map<Thread, Redirection> redirections = new ConcurrentHashMap<>();

	private static int evaluations;

	private static @Nullable StandIn out;

	private static @Nullable StandIn err;

	private StandardStreams() {
	}

	/**
	 * Redirects what the calling thread prints, until the result is closed.
	 * @param out where standard output goes
	 * @param err where standard error goes
	 * @return to be closed on the same thread, which restores the redirection before it
	 */
	public static Redirection redirect(PrintStream out, PrintStream err) {
		Thread thread = Thread.currentThread();
		Redirection redirection = new Redirection(thread, out, err, redirections.get(thread));
		redirections.put(thread, redirection);
		install();
		return redirection;
	}

	/**
	 * Whether the calling thread holds the monitor of a stream, as it does while it
	 * prints a stack trace: all other threads that print one wait for it.
	 */
	static boolean isHeld() {
		return Thread.holdsLock(System.out) || Thread.holdsLock(System.err);
	}

	/** Whether the appender of a log is what writes. */
	private static boolean isLogging() {
		return STACK.walk((frames) -> frames.limit(APPENDER_DEPTH)
			.map(StackWalker.StackFrame::getClassName)
			.anyMatch((name) -> LOGS.stream().anyMatch(name::startsWith)));
	}

	private static synchronized void install() {
		evaluations++;
		// The application may have replaced the streams meanwhile.
		if (System.out != out) {
			out = new StandIn(System.out, (redirection) -> redirection.out);
			System.setOut(out);
		}
		if (System.err != err) {
			err = new StandIn(System.err, (redirection) -> redirection.err);
			System.setErr(err);
		}
	}

	private static synchronized void uninstall() {
		evaluations--;
		if (evaluations > 0) {
			return;
		}
		if (out != null && System.out == out) {
			System.setOut(out.original);
		}
		if (err != null && System.err == err) {
			System.setErr(err.original);
		}
		out = null;
		err = null;
	}

	/** The redirection of one thread. */
	public static final class Redirection {

		private final Thread thread;

		private final PrintStream out;

		private final PrintStream err;

		private final @Nullable Redirection outer;

		private Redirection(Thread thread, PrintStream out, PrintStream err, @Nullable Redirection outer) {
			this.thread = thread;
			this.out = out;
			this.err = err;
			this.outer = outer;
		}

		/** Ends the redirection. Called on the thread that began it. */
		public void close() {
			if (this.outer != null) {
				redirections.put(this.thread, this.outer);
			}
			else {
				redirections.remove(this.thread);
			}
			uninstall();
			this.out.flush();
			this.err.flush();
		}

	}

	/**
	 * A stream that passes every call on. It buffers nothing, and holds no lock: when the
	 * application prints, it must not wait for a console that is not read.
	 */
	private static final class StandIn extends PrintStream {

		private final PrintStream original;

		private final Function<Redirection, PrintStream> redirected;

		StandIn(PrintStream original, Function<Redirection, PrintStream> redirected) {
			super(original);
			this.original = original;
			this.redirected = redirected;
		}

		private PrintStream target() {
			Redirection redirection = redirections.get(Thread.currentThread());
			return (redirection != null) ? this.redirected.apply(redirection) : this.original;
		}

		/**
		 * Returns where bytes go. A log that goes to standard output stays the
		 * application's, whichever thread logs; logs are written as bytes.
		 */
		private PrintStream bytesTarget() {
			PrintStream target = target();
			return (target != this.original && isLogging()) ? this.original : target;
		}

		@Override
		public void flush() {
			bytesTarget().flush();
		}

		@Override
		public void close() {
			// An evaluation must not close the application's stream.
			PrintStream target = target();
			if (target == this.original) {
				target.close();
			}
		}

		@Override
		public boolean checkError() {
			return target().checkError();
		}

		@Override
		public void write(int value) {
			bytesTarget().write(value);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			bytesTarget().write(bytes, offset, length);
		}

		@Override
		public void print(boolean value) {
			target().print(value);
		}

		@Override
		public void print(char value) {
			target().print(value);
		}

		@Override
		public void print(int value) {
			target().print(value);
		}

		@Override
		public void print(long value) {
			target().print(value);
		}

		@Override
		public void print(float value) {
			target().print(value);
		}

		@Override
		public void print(double value) {
			target().print(value);
		}

		@Override
		public void print(char[] value) {
			target().print(value);
		}

		@Override
		public void print(@Nullable String value) {
			target().print(value);
		}

		@Override
		public void print(@Nullable Object value) {
			target().print(value);
		}

		@Override
		public void println() {
			target().println();
		}

		@Override
		public void println(boolean value) {
			target().println(value);
		}

		@Override
		public void println(char value) {
			target().println(value);
		}

		@Override
		public void println(int value) {
			target().println(value);
		}

		@Override
		public void println(long value) {
			target().println(value);
		}

		@Override
		public void println(float value) {
			target().println(value);
		}

		@Override
		public void println(double value) {
			target().println(value);
		}

		@Override
		public void println(char[] value) {
			target().println(value);
		}

		@Override
		public void println(@Nullable String value) {
			target().println(value);
		}

		@Override
		public void println(@Nullable Object value) {
			target().println(value);
		}

		@Override
		public PrintStream format(String format, @Nullable Object... args) {
			target().format(format, args);
			return this;
		}

		@Override
		public PrintStream format(@Nullable Locale locale, String format, @Nullable Object... args) {
			target().format(locale, format, args);
			return this;
		}

	}

}
