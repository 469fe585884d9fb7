package dev.socketserver.repl;

import java.time.Duration;

import dev.socketserver.SocketSession;
import dev.socketserver.repl.terminal.ClientOutput;
import dev.socketserver.repl.terminal.PasswordEcho;
import dev.socketserver.repl.terminal.Typed;
import org.jspecify.annotations.Nullable;

/**
 * Asks the peer of a console for the password, if there is one. Used by the thread that
 * calls the handler, once.
 *
 * @param repl what all consoles share
 * @param session the console
 * @param output where it asks
 * @param typed what the peer types
 * @param echo hides that
 */
record ReplLogin(Repl repl, SocketSession session, ClientOutput output, Typed typed, PasswordEcho echo) {

	/** How many passwords a peer may try on one connection. */
	private static final int PASSWORDS = 3;

	/** How long a peer may take to give a password. */
	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/**
	 * Asks until a password is right.
	 * @return whether the peer may use the console; {@code false} also if it has left, or
	 * took too long
	 */
	boolean admits() throws InterruptedException {
		PasswordCheck check = this.repl.passwordCheck();
		if (check == null) {
			return true;
		}
		for (int i = 0; i < PASSWORDS; i++) {
			Typed.Input input = ask();
			if (input == null || input.kind() != Typed.Kind.LINE) {
				return false;
			}
			Duration wait = check.turn(this.session.remoteAddress().getAddress());
			if (wait == null) {
				this.output.println("Too many attempts: try again in a minute");
				return false;
			}
			// The password of a peer that has left is not compared.
			if (!wait.isZero() && !this.typed.pause(wait)) {
				return false;
			}
			if (check.accepts(input.text(), this.session)) {
				this.repl.audit().admitted(this.session);
				return true;
			}
			this.output.println("Wrong password");
		}
		return false;
	}

	private Typed.@Nullable Input ask() throws InterruptedException {
		this.echo.ask();
		this.output.prompt("Password: ");
		Typed.Input input = this.typed.take(TIMEOUT);
		this.echo.typed();
		return input;
	}

}
