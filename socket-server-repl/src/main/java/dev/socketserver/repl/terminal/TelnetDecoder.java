package dev.socketserver.repl.terminal;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Splits what a peer types into lines, whether the peer is a telnet client, {@code nc} or
 * a program. CR LF, LF, CR NUL and CR alone end a line. A CR does so at once, and the LF
 * or NUL after it is dropped when it is received. Telnet's commands (RFC 854) are taken
 * out wherever they are:
 *
 * <pre>
 *   typed                       becomes
 *   "1 + 1" CR LF               line "1 + 1"
 *   "1 +" IAC WILL 31 " 1" LF   line "1 + 1", answered by IAC DONT 31
 *   "12" BS LF                  line "1"
 *   0x03, or IAC IP             interrupt
 *   0x04 where a line begins    end
 *   IAC "1 + 1" LF              line "1 + 1": a Synch, whose DM was urgent data
 * </pre>
 *
 * Urgent data is not read, wherever it is: after the IAC of a Synch anything may follow.
 * Bytes may arrive one by one. Confined to the thread that reads.
 */
public final class TelnetDecoder {

	/**
	 * The longest line, in characters. The rest of a longer one is dropped as it is
	 * received.
	 */
	static final int MAX_LINE = 64 * 1024;

	private static final int EOF = 236;

	private static final int FIRST_COMMAND = EOF;

	private static final int SE = 240;

	private static final int BREAK = 243;

	private static final int INTERRUPT_PROCESS = 244;

	private static final int ERASE_CHARACTER = 247;

	private static final int ERASE_LINE = 248;

	private static final int SB = 250;

	static final int WILL = 251;

	static final int WONT = 252;

	private static final int DO = 253;

	private static final int DONT = 254;

	static final int IAC = 255;

	/** A client that sent an interrupt drops output until this is answered (RFC 860). */
	private static final int TIMING_MARK = 6;

	private final Sink sink;

	/** Whether text may contain IAC, which is then sent twice. */
	private final boolean iacInText;

	private final TypedLine line;

	private boolean tooLong;

	/** Whether the last byte of text was a CR. */
	private boolean carriageReturn;

	private State state = State.TEXT;

	/** The command whose option is the next byte. */
	private int command;

	/**
	 * Creates a decoder.
	 * @param sink takes what was typed
	 * @param charset the charset of what is typed
	 */
	public TelnetDecoder(Sink sink, Charset charset) {
		this.sink = sink;
		this.line = new TypedLine(charset);
		this.iacInText = !charset.equals(StandardCharsets.UTF_8) && !charset.equals(StandardCharsets.US_ASCII);
	}

	/**
	 * Decodes bytes.
	 * @param bytes holds the bytes, from its start
	 * @param length how many there are
	 */
	public void decode(byte[] bytes, int length) throws InterruptedException {
		for (int i = 0; i < length; i++) {
			decode(bytes[i] & 0xFF);
		}
	}

	/** Ends the input of the peer: what it typed last is a line, even without an end. */
	public void end() throws InterruptedException {
		if (!this.line.isEmpty() || this.tooLong) {
			endLine();
		}
		this.sink.end();
	}

	private void decode(int value) throws InterruptedException {
		switch (this.state) {
			case TEXT -> {
				if (value == IAC) {
					this.state = State.COMMAND;
				}
				else {
					text(value);
				}
			}
			case COMMAND -> command(value);
			case OPTION -> {
				this.state = State.TEXT;
				answer(value);
			}
			case SUBNEGOTIATION -> this.state = (value == IAC) ? State.SUBNEGOTIATION_COMMAND : State.SUBNEGOTIATION;
			case SUBNEGOTIATION_COMMAND -> this.state = (value == SE) ? State.TEXT : State.SUBNEGOTIATION;
		}
	}

	private void command(int value) throws InterruptedException {
		this.state = State.TEXT;
		switch (value) {
			case WILL, WONT, DO, DONT -> {
				this.command = value;
				this.state = State.OPTION;
			}
			case SB -> this.state = State.SUBNEGOTIATION;
			case INTERRUPT_PROCESS, BREAK -> interrupt();
			case ERASE_CHARACTER -> this.line.erase();
			case ERASE_LINE -> clear();
			case EOF -> end();
			case IAC -> {
				if (this.iacInText) {
					text(value);
				}
				else {
					// The IAC of a Synch preceded this one.
					this.state = State.COMMAND;
				}
			}
			default -> {
				// Text may follow the IAC of a Synch. Other commands do not matter to
				// lines.
				if (value < FIRST_COMMAND) {
					text(value);
				}
			}
		}
	}

	/**
	 * Refuses an option, once for each time that it is asked for, so that no loop begins.
	 */
	private void answer(int option) {
		boolean agreed = this.sink.negotiated(this.command == DO, option);
		if (this.command == WILL) {
			this.sink.answer(IAC, DONT, option);
		}
		else if (this.command == DO && !agreed) {
			this.sink.answer(IAC, (option == TIMING_MARK) ? WILL : WONT, option);
		}
	}

	private void text(int value) throws InterruptedException {
		boolean second = this.carriageReturn;
		this.carriageReturn = false;
		switch (value) {
			case '\n' -> {
				if (!second) {
					endLine();
				}
			}
			case '\r' -> {
				this.carriageReturn = true;
				this.sink.carriageReturns();
				endLine();
			}
			case 0 -> {
				// Follows a CR, or means nothing.
			}
			case 3 -> interrupt();
			case 4 -> {
				if (this.line.isEmpty()) {
					this.sink.end();
				}
			}
			case '\b', 0x7F -> this.line.erase();
			default -> append(value);
		}
	}

	private void append(int value) {
		if (this.line.length() >= MAX_LINE) {
			this.tooLong = true;
			return;
		}
		this.line.append((byte) value);
	}

	private void interrupt() {
		clear();
		this.sink.interrupt();
	}

	private void clear() {
		this.line.clear();
		this.tooLong = false;
	}

	private void endLine() throws InterruptedException {
		if (this.tooLong) {
			this.sink.tooLong();
		}
		else {
			this.sink.line(this.line.end());
		}
		clear();
	}

	/** Whether a line is the first of an HTTP request, whatever its method. */
	public static boolean looksLikeHttp(String line) {
		String text = line.strip();
		int version = text.lastIndexOf(" HTTP/");
		return version > 0 && text.length() - version <= 9;
	}

	private enum State {

		TEXT, COMMAND, OPTION, SUBNEGOTIATION, SUBNEGOTIATION_COMMAND

	}

	/** Takes what was typed. */
	public interface Sink {

		/**
		 * Called when a line has ended.
		 * @param line its text, without the end
		 */
		void line(String line) throws InterruptedException;

		/** Called when a line has ended that was longer than {@link #MAX_LINE}. */
		void tooLong();

		/**
		 * Called when the peer wants to drop what it has typed, or to interrupt what
		 * runs.
		 */
		void interrupt();

		/** Called when nothing more will arrive. */
		public void end();

		/** Called when the peer ends a line with CR, and so expects that of others. */
		void carriageReturns();

		/**
		 * Called when the peer negotiates an option.
		 * @param requested whether the peer asks this side to use it
		 * @param option the option
		 * @return whether the peer only agrees to what it was asked, and gets no answer
		 */
		boolean negotiated(boolean requested, int option);

		/**
		 * Called with the answer to a negotiation of telnet.
		 * @param bytes the answer
		 */
		void answer(int... bytes);

	}

}
