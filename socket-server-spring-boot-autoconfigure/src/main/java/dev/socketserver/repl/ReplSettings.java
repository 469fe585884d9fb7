package dev.socketserver.repl;

import org.jspecify.annotations.Nullable;

/**
 * What the consoles of an application are like.
 *
 * @param allowRemote whether peers on other machines may have one
 * @param password what a peer must know, or {@code null}
 * @param language what expressions are written in
 * @param prompt what is printed before each input, in which <code>{session}</code> stands
 * for the id, or the name, of the session that evaluates it
 * @param bindErr whether error output of an evaluation goes to the peer, rather than to
 * the log
 * @param askName whether the first line names the session
 */
public record ReplSettings(boolean allowRemote, @Nullable String password, Language language, String prompt,
		boolean bindErr, boolean askName) {

	/** Without the password. */
	@Override
	public String toString() {
		return "ReplSettings[allowRemote=" + this.allowRemote + ", language=" + this.language + ", prompt="
				+ this.prompt + ", bindErr=" + this.bindErr + ", askName=" + this.askName + "]";
	}

	/** What expressions are written in. */
	public enum Language {

		/** The Spring Expression Language. */
		SPEL,

		/** Java, as in JShell. */
		JAVA

	}

}
