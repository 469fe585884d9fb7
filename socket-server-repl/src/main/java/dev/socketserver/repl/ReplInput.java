package dev.socketserver.repl;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.repl.evaluate.RunningEvaluation;
import dev.socketserver.repl.terminal.ClientOutput;
import dev.socketserver.repl.terminal.PasswordEcho;
import dev.socketserver.repl.terminal.TelnetDecoder;
import dev.socketserver.repl.terminal.Typed;

/**
 * Reads what the peer of a console types, on a thread of its own that ends with the
 * connection, so that an interrupt and the end of the peer are noticed while something is
 * evaluated. Closes the session of a peer that is no person: one that begins with a TLS
 * handshake, a PROXY header or an HTTP request. A browser can be made to connect to a
 * console on its own machine, and to send what a page likes after its request. A proxy on
 * this machine would let in whoever connects to it.
 */
final class ReplInput implements TelnetDecoder.Sink {

	/** The first byte of a TLS handshake, which is never typed. */
	private static final int TLS_RECORD = 0x16;

	/** How the line begins that is a header of version 1 of the PROXY protocol. */
	private static final List<String> PROXY_V1 = List.of("PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN");

	/** How a header of its version 2 begins. */
	private static final byte[] PROXY_V2 = "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII);

	private final Repl repl;

	private final SocketSession session;

	private final Typed typed;

	private final RunningEvaluation running;

	private final ClientOutput output;

	private final PasswordEcho echo;

	/** Whether no line has been read yet. */
	private boolean first = true;

	/**
	 * How many bytes have come of a {@link #PROXY_V2}, or -1 if the input does not begin
	 * with one.
	 */
	private int matched;

	/** Whether nothing more is to be read. */
	private boolean done;

	ReplInput(Repl repl, SocketSession session, Typed typed, RunningEvaluation running, ClientOutput output,
			PasswordEcho echo) {
		this.repl = repl;
		this.session = session;
		this.typed = typed;
		this.running = running;
		this.output = output;
		this.echo = echo;
	}

	/** Begins to read text on a new thread, until the input ends. */
	void readFrom(InputStream in, Charset charset) {
		Thread reader = new Thread(() -> read(in, charset), Thread.currentThread().getName() + " input");
		reader.setDaemon(true);
		reader.start();
	}

	private void read(InputStream in, Charset charset) {
		TelnetDecoder decoder = new TelnetDecoder(this, charset);
		byte[] bytes = new byte[1024];
		boolean begun = false;
		try {
			for (int count; !this.done && (count = in.read(bytes)) >= 0;) {
				if (!begun && bytes[0] == TLS_RECORD) {
					refuse("a TLS handshake", "it looks like a TLS ClientHello on a plain port");
				}
				else if (isProxyHeader(bytes, count)) {
					refuseProxyHeader();
				}
				else {
					decoder.decode(bytes, count);
				}
				begun = true;
			}
			decoder.end();
		}
		catch (InterruptedIOException | InterruptedException ex) {
			// Code that was evaluated has interrupted any thread that it found.
			this.session.close(CloseStatus.of(CloseReason.HANDLER_ERROR, "the thread that reads was interrupted"));
			lost();
		}
		catch (IOException ex) {
			// The connection is lost, or the session closed.
			lost();
		}
		catch (RuntimeException | Error ex) {
			// Out of memory, for example. Without this thread it would not be noticed
			// that the peer leaves.
			this.session.close(new CloseStatus(CloseReason.HANDLER_ERROR, "the thread that reads has failed", ex));
			lost();
		}
	}

	/**
	 * Whether what was received is complete as the beginning of a header of version 2.
	 * Before that it is a few empty lines and a word, of which the last byte is the end.
	 */
	private boolean isProxyHeader(byte[] bytes, int count) {
		for (int i = 0; i < count && this.matched >= 0; i++) {
			this.matched = (bytes[i] == PROXY_V2[this.matched]) ? this.matched + 1 : -1;
			if (this.matched == PROXY_V2.length) {
				return true;
			}
		}
		return false;
	}

	private void refuseProxyHeader() {
		refuse("a PROXY header",
				this.repl.isProxied(this.session) ? "it looks like a PROXY header, where proxy-protocol expects none"
						: "it looks like a PROXY header, but proxy-protocol is off");
	}

	private void refuse(String what, String detail) {
		this.repl.audit().refused(this.session, what);
		this.session.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, detail));
		this.done = true;
		this.typed.end(true);
	}

	private void lost() {
		this.typed.end(true);
		// Before whoever is attached gets its turn.
		this.repl.lost(this.session);
		this.running.interrupt();
	}

	@Override
	public void line(String text) throws InterruptedException {
		if (this.first && TelnetDecoder.looksLikeHttp(text)) {
			refuse("an HTTP request", "it looks like an HTTP request");
		}
		else if (this.first && PROXY_V1.stream().anyMatch(text::startsWith)) {
			refuseProxyHeader();
		}
		else if (!this.typed.line(text)) {
			this.repl.audit().refused(this.session, "too much typed ahead");
			this.session.close(
					CloseStatus.of(CloseReason.OVERFLOW, "more than " + Typed.MAX_AHEAD + " characters typed ahead"));
			lost();
		}
		this.first = false;
	}

	@Override
	public void tooLong() {
		if (this.first) {
			// A browser's request may have such a line, and its content follows.
			this.done = true;
			this.typed.end(true);
		}
		else {
			this.typed.tooLong();
		}
		this.first = false;
	}

	@Override
	public void interrupt() {
		this.typed.interrupt(this.running);
	}

	@Override
	public void end() {
		this.typed.end(false);
		this.running.leaveAlone();
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
