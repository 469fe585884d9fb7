package dev.socketserver.autoconfigure.keys;

/**
 * The value of a property that must not be shown, since a placeholder in it names a
 * secret.
 *
 * @param text what the property has, with the secret
 */
public record SecretText(String text) {

	/** What the property has, as of each other value. */
	@Override
	public String toString() {
		return this.text;
	}

}
