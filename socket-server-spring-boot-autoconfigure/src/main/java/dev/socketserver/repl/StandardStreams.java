package dev.socketserver.repl;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Standard output and error of the JVM, of which each evaluation's own goes where it
 * wants it. While something is evaluated, streams stand in for {@link System#out} and
 * {@link System#err} that look at the thread that prints; all other threads, those that
 * an evaluation starts included, print where they did before. When nothing is evaluated
 * the original streams are back, and who has kept a stand-in prints to the original.
 * <p>
 * It is the JVM's, like the streams, whatever number of applications is in it. The
 * monitor of the class guards which streams stand in.
 */
final class StandardStreams {

	/** Where the appenders of logs are that write to whatever the stream is now. */
	private static final List<String> LOGS = List.of("ch.qos.logback.", "org.apache.logging.", "java.util.logging.");

	/** How near to the stream they are. */
	private static final int APPENDER_DEPTH = 12;

	private static final StackWalker STACK = StackWalker.getInstance();

	/** What evaluating threads print to. */
	private static final Map<Thread, Redirection> redirections = new ConcurrentHashMap<>();

	private static int evaluations;

	private static @Nullable StandIn out;

	private static @Nullable StandIn err;

	private StandardStreams() {
	}

	/**
	 * Has what the calling thread prints go elsewhere, until the result is closed.
	 * @param out where standard output goes
	 * @param err where standard error goes
	 * @return closes on the same thread; what was redirected before is so again
	 */
	static Redirection redirect(PrintStream out, PrintStream err) {
		Thread thread = Thread.currentThread();
		Redirection redirection = new Redirection(thread, out, err, redirections.get(thread));
		redirections.put(thread, redirection);
		install();
		return redirection;
	}

	/**
	 * Whether the calling thread keeps a stream for itself, as it does while it prints a
	 * stack trace: all others that print one wait for it.
	 */
	static boolean isHeld() {
		return Thread.holdsLock(System.out) || Thread.holdsLock(System.err);
	}

	/** Whether a log's appender is the one that writes. */
	private static boolean isLogging() {
		return STACK.walk((frames) -> frames.limit(APPENDER_DEPTH)
			.map(StackWalker.StackFrame::getClassName)
			.anyMatch((name) -> LOGS.stream().anyMatch(name::startsWith)));
	}

	private static synchronized void install() {
		evaluations++;
		// The application may have replaced them meanwhile.
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

	/** Where a thread's output goes. */
	static final class Redirection {

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

		/** Ends it; on the thread that began it. */
		void close() {
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
	 * Passes every call on. Nothing is buffered, and no lock is held: an application's
	 * print must not wait for a console that is not read.
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
		 * A log that goes to the console is still the application's, whichever thread
		 * logs; it is written as bytes.
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
			// What an evaluation closes is not the application's.
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
		public void write(byte[] bytes) {
			bytesTarget().write(bytes, 0, bytes.length);
		}

		@Override
		public void writeBytes(byte[] bytes) {
			bytesTarget().writeBytes(bytes);
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
		public PrintStream printf(String format, @Nullable Object... args) {
			return format(format, args);
		}

		@Override
		public PrintStream printf(@Nullable Locale locale, String format, @Nullable Object... args) {
			return format(locale, format, args);
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

		@Override
		public PrintStream append(@Nullable CharSequence text) {
			target().append(text);
			return this;
		}

		@Override
		public PrintStream append(@Nullable CharSequence text, int start, int end) {
			target().append(text, start, end);
			return this;
		}

		@Override
		public PrintStream append(char value) {
			target().append(value);
			return this;
		}

	}

}
