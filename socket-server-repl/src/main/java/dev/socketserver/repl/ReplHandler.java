package dev.socketserver.repl;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Map;

import dev.socketserver.DetailedHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.repl.terminal.ClientOutput;
import dev.socketserver.repl.terminal.PasswordEcho;
import dev.socketserver.repl.terminal.Typed;
import org.jspecify.annotations.Nullable;

/**
 * Serves one session as a console: refuses a peer that may not use it, asks for the
 * password, and then has the {@link ReplSession} go on. The thread that calls the handler
 * prompts and evaluates; a {@link ReplInput} reads meanwhile on a thread of its own.
 * Evaluating on the thread of the call lets code stop its own server, and makes an
 * evaluation that never ends keep its permit among the server's sessions.
 */
final class ReplHandler implements StreamHandler, DetailedHandler {

	private final Repl repl;

	private final Charset charset;

	private volatile @Nullable ReplSession console;

	ReplHandler(Repl repl, Charset charset) {
		this.repl = repl;
		this.charset = charset;
	}

	@Override
	public void handle(InputStream in, OutputStream out, SocketSession session) throws InterruptedException {
		ClientOutput output = new ClientOutput(out, this.charset);
		String refusal = this.repl.refusal(session);
		if (refusal != null) {
			this.repl.audit().refused(session, refusal);
			output.println("Refused: " + refusal);
			return;
		}
		Typed typed = new Typed();
		PasswordEcho echo = new PasswordEcho(output);
		ReplSession console = new ReplSession(this.repl, session, output, typed, this.charset);
		this.console = console;
		new ReplInput(this.repl, session, typed, console.running(), output, echo).readFrom(in, this.charset);
		this.repl.opened(console);
		try {
			if (new ReplLogin(this.repl, session, output, typed, echo).admits()) {
				typed.known();
				console.converse();
			}
		}
		finally {
			this.repl.closed(console);
			output.flush();
			// Nothing is taken any more, and the thread that reads may be waiting for
			// that.
			typed.end(true);
		}
	}

	@Override
	public Map<String, ?> details(SocketSession session) {
		ReplSession console = this.console;
		return (console != null) ? console.details() : Map.of();
	}

}
