package dev.socketserver.repl.terminal;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps a password off the screen of a peer that speaks telnet (RFC 857): a client echoes
 * nothing while the other side says that it will, which the console does not do.
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
 * Only if the client has negotiated something before, since {@code nc} would show the
 * bytes. Guarded by a lock, since the output may be waited for with it: the thread that
 * reads uses this, and the one that asks for the password.
 */
public final class PasswordEcho {

	private static final int IAC = TelnetDecoder.IAC;

	private static final int ECHO = 1;

	private final ReentrantLock lock = new ReentrantLock();

	private final ClientOutput output;

	private boolean negotiates;

	/** Whether a password is being asked for. */
	private boolean asked;

	private boolean hidden;

	public PasswordEcho(ClientOutput output) {
		this.output = output;
	}

	/** Called when the client has negotiated something. */
	public void negotiated() {
		this.lock.lock();
		try {
			this.negotiates = true;
			hide();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Called before a password is asked for. */
	public void ask() {
		this.lock.lock();
		try {
			this.asked = true;
			hide();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void hide() {
		if (this.asked && this.negotiates && !this.hidden) {
			this.hidden = true;
			this.output.answer(IAC, TelnetDecoder.WILL, ECHO);
		}
	}

	/** Called when a password is no longer asked for. */
	public void typed() {
		this.lock.lock();
		try {
			this.asked = false;
			if (this.hidden) {
				this.hidden = false;
				this.output.answer(IAC, TelnetDecoder.WONT, ECHO);
				// The end of the line was not echoed either.
				this.output.println("");
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a request for an option only agrees to what was announced here, and so
	 * needs no answer.
	 */
	public boolean agrees(int option) {
		this.lock.lock();
		try {
			return option == ECHO && this.hidden;
		}
		finally {
			this.lock.unlock();
		}
	}

}
