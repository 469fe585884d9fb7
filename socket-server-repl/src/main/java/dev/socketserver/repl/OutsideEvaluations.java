package dev.socketserver.repl;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import dev.socketserver.repl.evaluate.RunningEvaluation;
import dev.socketserver.repl.terminal.ClientOutput;
import org.jspecify.annotations.Nullable;

/**
 * Runs evaluations that were not typed in a console, each on a thread of its own, so that
 * one that does not end keeps no thread of its caller.
 */
final class OutsideEvaluations {

	/** How long an evaluation may take. */
	static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * How many evaluations may run, including those that do not react to their interrupt.
	 */
	private static final int MAX = 16;

	/** The most that is kept of what one prints, in bytes. */
	private static final int MAX_PRINTED = 64 * 1024;

	/** The most that is kept of the values of one, in characters. */
	private static final int MAX_VALUES = 1024 * 1024;

	private static final SafeLogger logger = SafeLogger.of(OutsideEvaluations.class);

	private final ScheduledExecutorService timer;

	private final ThreadFactory threads;

	private final Duration timeout;

	private final Semaphore permits = new Semaphore(MAX);

	/**
	 * Creates an object without evaluations.
	 * @param timer runs what is to happen later
	 * @param threads makes a thread for each
	 * @param timeout how long each may take
	 */
	OutsideEvaluations(ScheduledExecutorService timer, ThreadFactory threads, Duration timeout) {
		this.timer = timer;
		this.threads = threads;
		this.timeout = timeout;
	}

	Evaluation evaluate(Workspace workspace, String input) {
		if (!this.permits.tryAcquire()) {
			throw new RefusedOperationException(MAX + " evaluations are already running");
		}
		CompletableFuture<Evaluation> outcome = new CompletableFuture<>();
		RunningEvaluation running = new RunningEvaluation(this.timer, (stuck) -> report(workspace, stuck));
		Thread thread = this.threads.newThread(() -> run(workspace, input, running, outcome));
		thread.setName("repl evaluation " + workspace.id());
		thread.setDaemon(true);
		start(thread);
		try {
			Evaluation done = await(outcome, this.timeout);
			if (done == null) {
				running.giveUp();
				done = await(outcome, RunningEvaluation.PATIENCE);
			}
			if (done == null) {
				throw new RefusedOperationException(
						"The evaluation has not ended, and does not react to its interrupt");
			}
			return done;
		}
		catch (InterruptedException ex) {
			running.giveUp();
			Thread.currentThread().interrupt();
			throw new RefusedOperationException("Interrupted while the evaluation was running", ex);
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			if (cause instanceof BadParameterException wrong) {
				throw wrong;
			}
			String message = (cause instanceof Workspace.BusyException || cause instanceof Workspace.GoneException)
					? cause.getMessage() : null;
			throw new RefusedOperationException((message != null) ? message : "Nothing was evaluated: " + cause, cause);
		}
	}

	private void start(Thread thread) {
		try {
			thread.start();
		}
		catch (OutOfMemoryError ex) {
			this.permits.release();
			throw new RefusedOperationException("The system has no thread for the evaluation", ex);
		}
	}

	private static @Nullable Evaluation await(CompletableFuture<Evaluation> outcome, Duration timeout)
			throws InterruptedException, ExecutionException {
		try {
			return outcome.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			return null;
		}
	}

	private void run(Workspace workspace, String input, RunningEvaluation running,
			CompletableFuture<Evaluation> outcome) {
		Runnable completes;
		running.begin();
		try {
			Evaluation done = evaluated(workspace, input, running);
			completes = () -> outcome.complete(done);
		}
		catch (InterruptedException ex) {
			Exception busy = workspace.busy();
			completes = () -> outcome.completeExceptionally(busy);
		}
		catch (Workspace.BusyException | RuntimeException | Error ex) {
			completes = () -> outcome.completeExceptionally(ex);
		}
		finally {
			running.end();
			// Whoever has the outcome may ask again.
			this.permits.release();
		}
		completes.run();
	}

	private Evaluation evaluated(Workspace workspace, String input, RunningEvaluation running)
			throws InterruptedException, Workspace.BusyException {
		Collected collected = new Collected();
		List<String> parts = workspace.parts(input);
		if (parts == null) {
			throw new BadParameterException("The expression has an open bracket or quote", "Expression not whole");
		}
		workspace.evaluate(parts, collected);
		boolean interrupted = running.end();
		return collected
			.evaluation(interrupted ? "Interrupted after " + this.timeout.toSeconds() + " s" : collected.error);
	}

	private static void report(Workspace workspace, Thread thread) {
		logger.warn("Session {}: an evaluation does not react to its interrupt; its thread stays busy until the "
				+ "code returns", workspace.id(), RunningEvaluation.stackOf(thread));
	}

	/** Collects the outcome of an evaluation. */
	private static final class Collected implements Workspace.Console {

		private final Printed printed = new Printed();

		private final PrintStream stream = new PrintStream(this.printed, false, StandardCharsets.UTF_8);

		private final List<String> values = new ArrayList<>();

		/** How many characters the values may still have. */
		private int left = MAX_VALUES;

		private @Nullable String error;

		@Override
		public PrintStream out() {
			return this.stream;
		}

		@Override
		public PrintStream err() {
			return this.stream;
		}

		@Override
		public void value(String text) {
			boolean fits = text.length() <= this.left;
			this.values.add(fits ? text : "...");
			this.left -= fits ? text.length() : 0;
		}

		@Override
		public void failed(Throwable cause, String text) {
			this.error = text;
		}

		Evaluation evaluation(@Nullable String why) {
			this.stream.flush();
			return new Evaluation(this.values, this.printed.text(), why);
		}

	}

	/** Keeps the beginning of what an evaluation prints. */
	private static final class Printed extends ByteArrayOutputStream {

		private boolean full;

		@Override
		public synchronized void write(int value) {
			write(new byte[] { (byte) value }, 0, 1);
		}

		@Override
		public synchronized void write(byte[] source, int offset, int length) {
			int room = MAX_PRINTED - size();
			this.full |= length > room;
			super.write(source, offset, Math.min(length, room));
		}

		synchronized String text() {
			String text = toString(StandardCharsets.UTF_8);
			return this.full ? text + "\n" + ClientOutput.noMoreOutput(MAX_PRINTED) : text;
		}

	}

}
