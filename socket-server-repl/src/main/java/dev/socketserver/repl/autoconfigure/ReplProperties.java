package dev.socketserver.repl.autoconfigure;

import dev.socketserver.autoconfigure.properties.StrictKeys;
import dev.socketserver.repl.ReplSettings;
import dev.socketserver.repl.ReplSettings.Language;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * Settings of consoles, which are servers whose handler is repl.
 */
@ConfigurationProperties("socket.repl")
@StrictKeys(value = "socket.repl", secret = true)
public class ReplProperties {

	/**
	 * Whether a console may listen on addresses that other machines can reach. Its server
	 * then requires a password, or ssl.client-auth set to need.
	 */
	private boolean allowRemote;

	/**
	 * Password that a peer must enter before anything else. By default, there is none.
	 */
	private @Nullable String password;

	/**
	 * Language of expressions. Java uses JShell, which needs an exploded or extracted
	 * application.
	 */
	private Language language = Language.SPEL;

	/**
	 * Prompt that is printed before each input; {session} is replaced by the id of the
	 * session in which the input is evaluated, or by its name if it has one.
	 */
	private String prompt = "{session}> ";

	/**
	 * Whether to send the error output of an evaluation to the peer instead of the log.
	 */
	private boolean bindErr = true;

	/**
	 * Whether the first line that a peer enters is the name of its session.
	 */
	private boolean askName;

	/**
	 * Whether the actuator endpoint for sessions can evaluate expressions.
	 */
	private boolean evalOverActuator;

	public boolean isAllowRemote() {
		return this.allowRemote;
	}

	public void setAllowRemote(boolean allowRemote) {
		this.allowRemote = allowRemote;
	}

	public @Nullable String getPassword() {
		return this.password;
	}

	public void setPassword(@Nullable String password) {
		this.password = password;
	}

	public Language getLanguage() {
		return this.language;
	}

	public void setLanguage(Language language) {
		this.language = language;
	}

	public String getPrompt() {
		return this.prompt;
	}

	public void setPrompt(String prompt) {
		this.prompt = prompt;
	}

	public boolean isBindErr() {
		return this.bindErr;
	}

	public void setBindErr(boolean bindErr) {
		this.bindErr = bindErr;
	}

	public boolean isAskName() {
		return this.askName;
	}

	public void setAskName(boolean askName) {
		this.askName = askName;
	}

	public boolean isEvalOverActuator() {
		return this.evalOverActuator;
	}

	public void setEvalOverActuator(boolean evalOverActuator) {
		this.evalOverActuator = evalOverActuator;
	}

	/** Returns these properties for the consoles. An empty password is none. */
	ReplSettings settings() {
		return new ReplSettings(this.allowRemote, StringUtils.hasText(this.password) ? this.password : null,
				this.language, this.prompt, this.bindErr, this.askName);
	}

	/** Leaves the password out. */
	@Override
	public String toString() {
		return settings().toString();
	}

}
