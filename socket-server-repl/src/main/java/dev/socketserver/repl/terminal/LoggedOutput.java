package dev.socketserver.repl.terminal;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.repl.evaluate.ValueText;

/**
 * Writes the standard error of an evaluation to the log, line by line. Confined to the
 * thread that evaluates.
 */
public final class LoggedOutput extends OutputStream {

	private static final int MAX_LINE = 4096;

	private static final int MAX_LINES = 1000;

	private static final SafeLogger logger = SafeLogger.of(LoggedOutput.class);

	private final String session;

	private final Charset charset;

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private int lines;

	public LoggedOutput(String session, Charset charset) {
		this.session = session;
		this.charset = charset;
	}

	public PrintStream stream() {
		return new PrintStream(this, false, this.charset);
	}

	@Override
	public void write(int value) {
		if (value == '\n' || this.line.size() == MAX_LINE) {
			log();
		}
		if (value != '\n' && value != '\r') {
			this.line.write(value);
		}
	}

	@Override
	public void flush() {
		if (this.line.size() > 0) {
			log();
		}
	}

	private void log() {
		String text = this.line.toString(this.charset);
		this.line.reset();
		this.lines++;
		if (this.lines <= MAX_LINES) {
			logger.warn("Session {} printed: {}", this.session, ValueText.logged(text));
		}
	}

}
