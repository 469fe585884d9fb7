package dev.socketserver.settings;

/**
 * Settings cannot be changed just now: another change is under way, or a server that
 * would change is starting or draining. Or a server could not listen with its new
 * settings, and everything is as it was.
 */
public final class SettingsConflictException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final boolean temporary;

	/**
	 * Creates an exception for what is over soon.
	 * @param message what the conflict is, a sentence
	 */
	public SettingsConflictException(String message) {
		super(message);
		this.temporary = true;
	}

	/**
	 * Creates an exception for a change that has failed, and was taken back.
	 * @param message what the conflict is, a sentence
	 * @param cause why
	 */
	public SettingsConflictException(String message, Throwable cause) {
		super(message, cause);
		this.temporary = false;
	}

	/**
	 * Returns whether the same change may be possible later.
	 * @return {@code false} if it was tried, and has failed
	 */
	public boolean isTemporary() {
		return this.temporary;
	}

}
