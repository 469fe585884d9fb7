package dev.socketserver.repl;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.repl.evaluate.Interpreter;
import dev.socketserver.repl.evaluate.RunningEvaluation;
import dev.socketserver.repl.evaluate.ValueText;
import dev.socketserver.repl.terminal.ClientOutput;
import dev.socketserver.repl.terminal.LoggedOutput;
import dev.socketserver.repl.terminal.Typed;
import org.jspecify.annotations.Nullable;

/**
 * One console: prompts, evaluates what is typed, and prints the outcome. Used by the
 * thread that calls the handler, except where a method says otherwise.
 */
final class ReplSession {

	private static final int MAX_NAME = 64;

	private static final String CONTINUED = "... ";

	private static final SafeLogger logger = SafeLogger.of(ReplSession.class);

	private final Repl repl;

	private final SocketSession session;

	private final ClientOutput output;

	private final Typed typed;

	private final Charset charset;

	private final RunningEvaluation running;

	/** Input that is not whole yet. */
	private final StringBuilder begun = new StringBuilder();

	private volatile @Nullable String name;

	/** The workspace of another session in which this console evaluates, if it does. */
	private volatile @Nullable Workspace attached;

	private boolean quit;

	ReplSession(Repl repl, SocketSession session, ClientOutput output, Typed typed, Charset charset) {
		this.repl = repl;
		this.session = session;
		this.output = output;
		this.typed = typed;
		this.charset = charset;
		this.running = new RunningEvaluation(repl.timer(), this::stuck);
	}

	/** Returns the evaluation that goes on, for the thread that reads interrupts. */
	RunningEvaluation running() {
		return this.running;
	}

	/**
	 * Asks for a name, if the settings say so, and evaluates one line after the other
	 * until the input ends or the console is asked to close.
	 */
	void converse() throws InterruptedException {
		if (this.repl.settings().askName()) {
			this.output.prompt("Name: ");
			Typed.Input input = this.typed.take();
			if (input.kind() != Typed.Kind.LINE) {
				return;
			}
			name(input.text());
		}
		while (!this.quit) {
			this.output.prompt(this.begun.isEmpty() ? prompt() : CONTINUED);
			Typed.Input input = this.typed.take(this.running);
			switch (input.kind()) {
				case LINE -> perform(input.text());
				case TOO_LONG -> drop("Input longer than " + Interpreter.MAX_INPUT + " characters was dropped");
				case INTERRUPT -> {
					this.output.print("\n");
					this.begun.setLength(0);
				}
				case END -> {
					if (!this.begun.isEmpty()) {
						this.output.println("Unfinished input was not evaluated");
					}
					return;
				}
			}
		}
	}

	/** Names this console, or takes its name away if the text is blank. */
	void name(String text) {
		String stripped = ValueText.logged(text.strip());
		this.name = stripped.isEmpty() ? null : LogText.truncate(stripped, MAX_NAME);
		if (this.name != null) {
			this.repl.audit().named(this.session, stripped);
		}
	}

	private String prompt() {
		String template = this.repl.settings().prompt();
		Workspace other = this.attached;
		if (other == null) {
			String own = this.name;
			return template.replace("{session}", (own != null) ? own : this.session.id());
		}
		return template.contains("{session}") ? template.replace("{session}", other.id()) : other.id() + " " + template;
	}

	private void drop(String why) {
		this.begun.setLength(0);
		this.output.println(why);
	}

	/**
	 * Performs what a line says. Whatever the outcome, the session goes on: code of the
	 * application may fail, and so may a parser, for example on ten thousand brackets.
	 */
	private void perform(String text) throws InterruptedException {
		String problem = null;
		InterruptedException interruption = null;
		try {
			line(text);
		}
		catch (Workspace.BusyException ex) {
			problem = String.valueOf(ex.getMessage());
		}
		catch (Workspace.GoneException ex) {
			problem = ended(workspace());
		}
		catch (InterruptedException ex) {
			problem = "Not evaluated";
			interruption = ex;
		}
		catch (RuntimeException | Error ex) {
			problem = ValueText.of(ex, false);
		}
		boolean interrupted = this.running.end();
		if (interruption != null && !interrupted) {
			// Not interrupted by the peer: the server is stopping.
			throw interruption;
		}
		if (problem != null) {
			this.output.freshLine();
			drop(problem);
		}
		if (interrupted) {
			this.output.freshLine();
			drop("Interrupted");
		}
	}

	private void line(String text) throws InterruptedException, Workspace.BusyException {
		String stripped = text.strip();
		boolean completes = this.begun.isEmpty() && text.endsWith("\t");
		if (stripped.equals(":quit") && !completes) {
			quit();
			return;
		}
		Workspace other = this.attached;
		if (other != null) {
			other.checkOpen();
		}
		if (!this.begun.isEmpty()) {
			this.begun.append('\n');
		}
		else if (stripped.isEmpty()) {
			return;
		}
		else if (completes) {
			this.repl.audit().evaluated(this.session, workspace().id(), stripped + "\t");
			complete(stripped);
			return;
		}
		else if (stripped.startsWith(":")) {
			this.repl.audit().evaluated(this.session, this.session.id(), stripped);
			new ReplCommands(this.repl, this).perform(stripped);
			return;
		}
		this.begun.append(text);
		evaluateIfWhole();
	}

	/**
	 * Goes back to the own session, and returns what to say of the input. Evaluating it
	 * here could do harm: it was meant for the other.
	 */
	private String ended(Workspace workspace) {
		boolean own = this.attached == null;
		this.attached = null;
		return "Session " + workspace.id() + " has ended: this was not evaluated"
				+ (own ? "" : ". You are back in " + this.session.id());
	}

	void quit() {
		if (this.begun.isEmpty()) {
			this.quit = true;
		}
		else {
			drop("Unfinished input was dropped");
		}
	}

	private void evaluateIfWhole() throws InterruptedException, Workspace.BusyException {
		if (this.begun.length() > Interpreter.MAX_INPUT) {
			drop("Input longer than " + Interpreter.MAX_INPUT + " characters was dropped");
			return;
		}
		Workspace workspace = workspace();
		String input = this.begun.toString();
		List<String> parts = workspace.parts(input);
		if (parts != null) {
			this.begun.setLength(0);
			this.repl.audit().evaluated(this.session, workspace.id(), input);
			workspace.evaluate(parts, new Answers());
			this.output.freshLine();
		}
	}

	/** Prints what a name may become. */
	void complete(String input) throws InterruptedException, Workspace.BusyException {
		List<String> found = input.startsWith(":") ? ReplCommands.completions(input) : workspace().completions(input);
		this.output.println(found.isEmpty() ? "Nothing begins like that" : String.join("  ", found));
	}

	/**
	 * Called when the application closes. If an expression of this session closes it,
	 * that waits for the server, and the server must not wait for the session.
	 */
	void applicationCloses() {
		if (this.running.spareIfItCloses()) {
			this.repl.servers()
				.server(this.session.server())
				.ifPresent((server) -> ServerOperations.of(server).beginStop(Duration.ZERO));
		}
	}

	/** Returns where expressions are evaluated now. */
	Workspace workspace() {
		Workspace other = this.attached;
		return (other != null) ? other : this.repl.workspace(this.session);
	}

	/**
	 * Makes expressions be evaluated in another workspace; {@code null} for this
	 * session's own.
	 */
	void attach(@Nullable Workspace other) {
		this.attached = other;
	}

	@Nullable Workspace attached() {
		return this.attached;
	}

	@Nullable String name() {
		return this.name;
	}

	/** Returns the session, to any thread. */
	SocketSession session() {
		return this.session;
	}

	ClientOutput output() {
		return this.output;
	}

	/**
	 * Closes the session if an evaluation does not react. Called on the timer's thread.
	 */
	private void stuck(Thread thread) {
		logger.warn(
				"Session {}: an evaluation does not react to its interrupt; the session closes, "
						+ "and its thread stays busy until the code returns",
				this.session.id(), RunningEvaluation.stackOf(thread));
		this.typed.end(true);
		this.session.close(CloseStatus.of(CloseReason.HANDLER_ERROR, "an evaluation does not react to its interrupt"));
	}

	/** Returns what the session's details say of this console, to any thread. */
	Map<String, ?> details() {
		Map<String, Object> details = new LinkedHashMap<>();
		String name = this.name;
		if (name != null) {
			details.put("name", name);
		}
		Workspace other = this.attached;
		if (other != null) {
			details.put("attached", other.id());
		}
		return details;
	}

	/** Prints the outcome of evaluations. */
	private final class Answers implements Workspace.Console {

		private final boolean bindErr = ReplSession.this.repl.settings().bindErr();

		private final PrintStream out = ReplSession.this.output.printed();

		private final PrintStream err = this.bindErr ? this.out
				: new LoggedOutput(ReplSession.this.session.id(), ReplSession.this.charset).stream();

		@Override
		public PrintStream out() {
			return this.out;
		}

		@Override
		public PrintStream err() {
			return this.err;
		}

		@Override
		public void value(String text) {
			ReplSession.this.output.freshLine();
			ReplSession.this.output.println(text);
		}

		@Override
		public void failed(Throwable cause, String text) {
			if (this.bindErr) {
				value(text);
			}
			else {
				logger.warn("Session {}: an evaluation failed", ReplSession.this.session.id(), cause);
			}
		}

	}

}
