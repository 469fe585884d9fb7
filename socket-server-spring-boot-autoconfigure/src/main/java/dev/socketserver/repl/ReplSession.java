package dev.socketserver.repl;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.DetailedHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One console. The thread that calls the handler prompts and evaluates. Another thread,
 * which lives as long, reads what is typed meanwhile, and so notices an interrupt, and
 * that the peer has left. Evaluating on the thread of the call lets code stop its own
 * server, and makes an evaluation that never ends keep its place among the server's
 * sessions.
 */
final class ReplSession implements StreamHandler, DetailedHandler {

	/** The longest input, over all its lines, in characters. */
	static final int MAX_INPUT = 64 * 1024;

	private static final int MAX_NAME = 64;

	private static final int PASSWORDS = 3;

	/** How long a peer may take to give the password. */
	private static final Duration LOGIN = Duration.ofSeconds(60);

	private static final String CONTINUED = "... ";

	/** The first byte of a TLS handshake, which nobody types. */
	private static final int TLS_RECORD = 0x16;

	private static final Logger logger = LoggerFactory.getLogger(ReplSession.class);

	private final Repl repl;

	private final Charset charset;

	private @Nullable SocketSession session;

	private @Nullable ClientOutput output;

	private @Nullable Typed typed;

	private final RunningEvaluation running;

	/** Input that is not whole yet. */
	private final StringBuilder begun = new StringBuilder();

	private volatile @Nullable String name;

	/** The workspace of another session in which this console evaluates, if it does. */
	private volatile @Nullable Workspace attached;

	private boolean quit;

	private boolean first = true;

	ReplSession(Repl repl, Charset charset) {
		this.repl = repl;
		this.charset = charset;
		this.running = new RunningEvaluation(repl.timer(), this::stuck);
	}

	@Override
	public void handle(InputStream in, OutputStream out, SocketSession session) throws InterruptedException {
		this.session = session;
		ClientOutput output = new ClientOutput(out, this.charset);
		this.output = output;
		Typed typed = new Typed(this.charset);
		this.typed = typed;
		PasswordEcho echo = new PasswordEcho(output);
		String refusal = this.repl.refusal(session);
		if (refusal != null) {
			this.repl.audit().refused(session, refusal);
			output.println("Refused: " + refusal);
			return;
		}
		Thread reader = new Thread(() -> read(in, session, new Keyboard(session, output, typed, echo)),
				Thread.currentThread().getName() + " input");
		reader.setDaemon(true);
		reader.start();
		this.repl.opened(this);
		try {
			if (login(echo)) {
				typed.known();
				if (askName()) {
					converse();
				}
			}
		}
		finally {
			this.repl.closed(this);
			output.flush();
			// Nothing is taken any more, and the thread that reads may be waiting for
			// that.
			typed.end(true);
		}
	}

	// What the thread of the call does.

	private boolean login(PasswordEcho echo) throws InterruptedException {
		PasswordCheck check = this.repl.passwordCheck();
		if (check == null) {
			return true;
		}
		for (int i = 0; i < PASSWORDS; i++) {
			echo.ask();
			output().print("Password: ");
			output().flush();
			output().prompted();
			Typed.Input input = typed().take(LOGIN);
			echo.typed();
			if (input == null || input.kind() != Typed.Kind.LINE || isForeign(input.text())) {
				return false;
			}
			Duration wait = check.turn(session().remoteAddress().getAddress());
			if (wait == null) {
				output().println("Too many attempts: try again in a minute");
				return false;
			}
			// The password of a peer that has left is not compared.
			if (!wait.isZero() && !typed().pause(wait)) {
				return false;
			}
			if (check.accepts(input.text(), session())) {
				this.repl.audit().admitted(session());
				return true;
			}
			output().println("Wrong password");
		}
		return false;
	}

	private boolean askName() throws InterruptedException {
		if (!this.repl.settings().askName()) {
			return true;
		}
		output().print("Name: ");
		output().flush();
		output().prompted();
		Typed.Input input = typed().take();
		if (input.kind() != Typed.Kind.LINE || isForeign(input.text())) {
			return false;
		}
		name(input.text());
		return true;
	}

	/** Names this console, or takes its name away if the text is blank. */
	void name(String text) {
		String stripped = ValueText.logged(text.strip());
		this.name = stripped.isEmpty() ? null : stripped.substring(0, Math.min(MAX_NAME, stripped.length()));
		if (this.name != null) {
			this.repl.audit().named(session(), stripped);
		}
	}

	private void converse() throws InterruptedException {
		while (!this.quit) {
			output().print(this.begun.isEmpty() ? prompt() : CONTINUED);
			output().flush();
			output().prompted();
			Typed.Input input = typed().take(this.running);
			switch (input.kind()) {
				case LINE -> perform(input.text());
				case TOO_LONG -> {
					if (this.first) {
						// A browser's request may have such lines, and its content
						// follows.
						return;
					}
					drop("Input longer than " + MAX_INPUT + " characters was dropped");
				}
				case INTERRUPT -> {
					output().print("\n");
					this.begun.setLength(0);
				}
				case END -> {
					if (!this.begun.isEmpty()) {
						output().println("Unfinished input was not evaluated");
					}
					return;
				}
			}
		}
	}

	private String prompt() {
		String template = this.repl.settings().prompt();
		Workspace other = this.attached;
		if (other == null) {
			String own = this.name;
			return template.replace("{session}", (own != null) ? own : session().id());
		}
		return template.contains("{session}") ? template.replace("{session}", other.id()) : other.id() + " " + template;
	}

	private void drop(String why) {
		this.begun.setLength(0);
		output().println(why);
	}

	/**
	 * Performs what a line says. Whatever comes of it, the session goes on: code of the
	 * application may fail, and so may a parser, for example on ten thousand brackets.
	 */
	private void perform(String text) throws InterruptedException {
		String problem = null;
		InterruptedException cut = null;
		try {
			line(text);
		}
		catch (Workspace.BusyException ex) {
			problem = String.valueOf(ex.getMessage());
		}
		catch (InterruptedException ex) {
			problem = "Not evaluated";
			cut = ex;
		}
		catch (RuntimeException | Error ex) {
			problem = ValueText.of(ex, false);
		}
		boolean interrupted = this.running.end();
		if (cut != null && !interrupted) {
			// Not interrupted by the peer: the server is stopping.
			throw cut;
		}
		if (problem != null) {
			output().freshLine();
			drop(problem);
		}
		if (interrupted) {
			output().freshLine();
			drop("Interrupted");
		}
	}

	private void line(String text) throws InterruptedException, Workspace.BusyException {
		if (isForeign(text)) {
			this.quit = true;
			return;
		}
		String stripped = text.strip();
		if (stripped.equals(":quit")) {
			quit();
			return;
		}
		Workspace other = this.attached;
		if (other != null && other.gone()) {
			// Evaluating it in the own session could do harm: it was meant for the other.
			this.attached = null;
			drop("Session " + other.id() + " has ended: this was not evaluated. You are back in " + session().id());
			return;
		}
		if (!this.begun.isEmpty()) {
			this.begun.append('\n');
		}
		else if (stripped.isEmpty()) {
			return;
		}
		else if (stripped.startsWith(":")) {
			this.repl.audit().evaluated(session(), session().id(), stripped);
			new ReplCommands(this.repl, this).perform(stripped);
			return;
		}
		else if (text.endsWith("\t")) {
			this.repl.audit().evaluated(session(), workspace().id(), stripped + "\t");
			complete(stripped);
			return;
		}
		this.begun.append(text);
		evaluateIfWhole();
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
		if (this.begun.length() > MAX_INPUT) {
			drop("Input longer than " + MAX_INPUT + " characters was dropped");
			return;
		}
		Workspace workspace = workspace();
		String input = this.begun.toString();
		List<String> parts = workspace.parts(input);
		if (parts != null) {
			this.begun.setLength(0);
			this.repl.audit().evaluated(session(), workspace.id(), input);
			workspace.evaluate(parts, new Answers(output(), this.repl.settings().bindErr()));
			output().freshLine();
		}
	}

	/**
	 * Whether a line is the first one of an HTTP request; the session then closes. A
	 * browser can be made to connect to a console on its own machine, and to send what a
	 * page likes behind its request.
	 */
	private boolean isForeign(String text) {
		boolean foreign = this.first && TelnetDecoder.looksLikeHttp(text);
		this.first = false;
		if (foreign) {
			this.repl.audit().refused(session(), "an HTTP request");
			session().close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "it looks like an HTTP request"));
		}
		return foreign;
	}

	/** Prints what a name may become. */
	void complete(String input) throws InterruptedException, Workspace.BusyException {
		List<String> found = input.startsWith(":") ? ReplCommands.completions(input) : workspace().completions(input);
		output().println(found.isEmpty() ? "Nothing begins like that" : String.join("  ", found));
	}

	/**
	 * Called when the application closes. If an expression of this session closes it,
	 * that waits for the server, and the server must not wait for the session.
	 */
	void applicationCloses() {
		if (this.running.spareIfItCloses()) {
			this.repl.servers().server(session().server()).ifPresent((server) -> server.beginStop(Duration.ZERO));
		}
	}

	/** Returns where expressions are evaluated now. */
	Workspace workspace() {
		Workspace other = this.attached;
		return (other != null) ? other : this.repl.workspace(session());
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

	SocketSession session() {
		return Objects.requireNonNull(this.session, "session");
	}

	ClientOutput output() {
		return Objects.requireNonNull(this.output, "output");
	}

	private Typed typed() {
		return Objects.requireNonNull(this.typed, "typed");
	}

	// What the reading thread does.

	private void read(InputStream in, SocketSession session, Keyboard keyboard) {
		TelnetDecoder decoder = new TelnetDecoder(keyboard, this.charset);
		byte[] bytes = new byte[1024];
		boolean heard = false;
		try {
			for (int count; (count = in.read(bytes)) >= 0;) {
				if (!heard && bytes[0] == TLS_RECORD) {
					this.repl.audit().refused(session, "a TLS handshake");
					session.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "it looks like a TLS ClientHello"));
					break;
				}
				heard = true;
				decoder.decode(bytes, count);
			}
			decoder.end();
		}
		catch (InterruptedIOException | InterruptedException ex) {
			// Code that was evaluated has interrupted any thread that it found.
			session.close(CloseStatus.of(CloseReason.HANDLER_ERROR, "the thread that reads was interrupted"));
			lost(keyboard.typed);
		}
		catch (IOException ex) {
			// The connection is lost, or the session closed.
			lost(keyboard.typed);
		}
		catch (RuntimeException | Error ex) {
			// Out of memory, for example. Without this thread nobody would notice that
			// the peer leaves.
			session.close(new CloseStatus(CloseReason.HANDLER_ERROR, "the thread that reads has failed", ex));
			lost(keyboard.typed);
		}
	}

	private void lost(Typed typed) {
		typed.end(true);
		this.running.interrupt();
	}

	/**
	 * Closes the session if an evaluation does not react. Called on the timer's thread.
	 */
	private void stuck(Thread thread) {
		logger.warn(
				"Session {}: an evaluation does not react to its interrupt; the session closes, "
						+ "and its thread stays busy until the code returns",
				session().id(), RunningEvaluation.stackOf(thread));
		typed().end(true);
		session().close(CloseStatus.of(CloseReason.HANDLER_ERROR, "an evaluation does not react to its interrupt"));
	}

	@Override
	public Map<String, ?> details(SocketSession session) {
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

	/** Takes what the decoder has found in the input. */
	private final class Keyboard implements TelnetDecoder.Sink {

		private final SocketSession session;

		private final ClientOutput output;

		private final Typed typed;

		private final PasswordEcho echo;

		Keyboard(SocketSession session, ClientOutput output, Typed typed, PasswordEcho echo) {
			this.session = session;
			this.output = output;
			this.typed = typed;
			this.echo = echo;
		}

		@Override
		public void line(byte[] line) throws InterruptedException {
			if (!this.typed.line(line)) {
				ReplSession.this.repl.audit().refused(this.session, "too much typed ahead");
				this.session.close(CloseStatus.of(CloseReason.OVERFLOW,
						"more than " + Typed.MAX_AHEAD + " characters typed ahead"));
				lost(this.typed);
			}
		}

		@Override
		public void tooLong() {
			this.typed.tooLong();
		}

		@Override
		public void interrupt() {
			this.typed.interrupt(ReplSession.this.running);
		}

		@Override
		public void end() {
			this.typed.end(false);
			ReplSession.this.running.leaveAlone();
		}

		@Override
		public void carriageReturns() {
			this.output.carriageReturns();
		}

		@Override
		public boolean negotiated(boolean requested, int option) {
			boolean agrees = requested && this.echo.agrees(option);
			if (!agrees) {
				this.echo.negotiated();
			}
			return agrees;
		}

		@Override
		public void answer(int... bytes) {
			this.output.answer(bytes);
		}

	}

	/** Prints the outcome of evaluations. */
	private final class Answers implements Workspace.Console {

		private final ClientOutput output;

		private final boolean bindErr;

		private final PrintStream out;

		private final PrintStream err;

		Answers(ClientOutput output, boolean bindErr) {
			this.output = output;
			this.bindErr = bindErr;
			this.out = output.printed();
			this.err = bindErr ? this.out : new LoggedOutput(session().id(), ReplSession.this.charset).stream();
		}

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
			this.output.freshLine();
			this.output.println(text);
		}

		@Override
		public void failed(Throwable cause, String text) {
			if (this.bindErr) {
				this.output.freshLine();
				this.output.println(text);
			}
			else {
				logger.warn("Session {}: an evaluation failed", session().id(), cause);
			}
		}

	}

}
