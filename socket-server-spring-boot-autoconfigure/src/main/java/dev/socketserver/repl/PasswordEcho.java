package dev.socketserver.repl;

/**
 * Keeps a password off the screen of a peer that speaks telnet (RFC 857): who says that
 * it will echo, and does not, has the client echo nothing.
 *
 * <pre>
 *   console                         client
 *   IAC WILL ECHO "Password: "
 *                                   IAC DO ECHO   (echoes nothing from now on)
 *                                   "sesame" CR LF
 *   IAC WONT ECHO CR LF
 *                                   IAC DONT ECHO (echoes again)
 * </pre>
 *
 * Only once the client has negotiated anything: {@code nc} would show the bytes. The
 * monitor guards it; the thread that reads and that which asks for the password use it.
 */
final class PasswordEcho {

	private static final int IAC = TelnetDecoder.IAC;

	private static final int ECHO = 1;

	private final ClientOutput output;

	private boolean negotiates;

	/** A password is being asked for. */
	private boolean asked;

	private boolean hidden;

	PasswordEcho(ClientOutput output) {
		this.output = output;
	}

	/** The client has negotiated something. */
	synchronized void negotiated() {
		this.negotiates = true;
		hide();
	}

	/** A password is asked for next. */
	synchronized void ask() {
		this.asked = true;
		hide();
	}

	private void hide() {
		if (this.asked && this.negotiates && !this.hidden) {
			this.hidden = true;
			this.output.answer(IAC, TelnetDecoder.WILL, ECHO);
		}
	}

	/** No password is asked for any more. */
	synchronized void typed() {
		this.asked = false;
		if (this.hidden) {
			this.hidden = false;
			this.output.answer(IAC, TelnetDecoder.WONT, ECHO);
			// The end of the line was not echoed either.
			this.output.println("");
		}
	}

	/**
	 * Whether a request for an option agrees to what was said here, and so needs no
	 * answer.
	 */
	synchronized boolean agrees(int option) {
		return option == ECHO && this.hidden;
	}

}
