package dev.socketserver.repl;

import org.jspecify.annotations.Nullable;

/**
 * The settings of the consoles of an application.
 *
 * @param allowRemote whether peers on other machines may use a console
 * @param password the password that a peer must know, or {@code null}
 * @param language the language of expressions
 * @param prompt what is printed before each input; <code>{session}</code> in it stands
 * for the id, or the name, of the session that evaluates the input
 * @param bindErr whether error output of an evaluation goes to the peer, rather than to
 * the log
 * @param askName whether the first line names the session
 */
public record ReplSettings(boolean allowRemote, @Nullable String password, Language language, String prompt,
		boolean bindErr, boolean askName) {

	/** Leaves the password out. */
	@Override
	public String toString() {
		return "ReplSettings[allowRemote=" + this.allowRemote + ", language=" + this.language + ", prompt="
				+ this.prompt + ", bindErr=" + this.bindErr + ", askName=" + this.askName + "]";
	}

	/** The languages of expressions. */
	public enum Language {

		/** The Spring Expression Language. */
		SPEL,

		/** Java, as in JShell. */
		JAVA

	}

}
