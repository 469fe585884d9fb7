package dev.socketserver.repl.autoconfigure;

import dev.socketserver.autoconfigure.properties.StrictKeys;
import dev.socketserver.repl.ReplSettings;
import dev.socketserver.repl.ReplSettings.Language;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Settings of consoles, which are servers whose handler is repl.
 *
 * @param allowRemote Whether a console may listen on addresses that other machines can
 * reach. Its server then requires a password, or ssl.client-auth set to need.
 * @param password Password that a peer must enter before anything else. By default, there
 * is none.
 * @param language Language of expressions. Java uses JShell, which needs an exploded or
 * extracted application.
 * @param prompt Prompt that is printed before each input; {session} is replaced by the id
 * of the session in which the input is evaluated, or by its name if it has one.
 * @param bindErr Whether to send the error output of an evaluation to the peer instead of
 * the log.
 * @param askName Whether the first line that a peer enters is the name of its session.
 * @param evalOverActuator Whether the actuator endpoint for sessions can evaluate
 * expressions.
 */
@ConfigurationProperties("socket.repl")
@StrictKeys(value = "socket.repl", secret = true)
public record ReplProperties(@DefaultValue("false") boolean allowRemote, @Nullable String password,
		@DefaultValue("spel") Language language, @DefaultValue(ReplProperties.PROMPT) String prompt,
		@DefaultValue("true") boolean bindErr, @DefaultValue("false") boolean askName,
		@DefaultValue("false") boolean evalOverActuator) {

	static final String PROMPT = "{session}> ";

	/**
	 * Returns these properties for the consoles. An empty password is none, and an empty
	 * prompt as if it were not there.
	 */
	ReplSettings settings() {
		return new ReplSettings(this.allowRemote, StringUtils.hasText(this.password) ? this.password : null,
				this.language, this.prompt.isEmpty() ? PROMPT : this.prompt, this.bindErr, this.askName);
	}

	/** Leaves the password out. */
	@Override
	public String toString() {
		return settings().toString();
	}

}
