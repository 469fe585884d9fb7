package dev.socketserver.settings;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The application could not start with what the environment says, so nothing was changed.
 */
public final class SettingsRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<Refusal> refused;

	/**
	 * Creates an exception.
	 * @param refused all that is wrong, at least one
	 */
	public SettingsRefusedException(List<Refusal> refused) {
		super(refused.stream().map(Refusal::reason).collect(Collectors.joining("\n\n")));
		this.refused = List.copyOf(refused);
	}

	/**
	 * Returns all that is wrong.
	 * @return the refusals, entry by entry
	 */
	public List<Refusal> refused() {
		return this.refused;
	}

	/**
	 * What is wrong.
	 *
	 * @param entry the server or client, such as {@code servers.upper};
	 * {@code server-defaults} for a shared default; {@code null} if it is neither
	 * @param key the key, or {@code null} if no single key is wrong
	 * @param value its value, or {@code null} if it has none
	 * @param reason the text that a failed start has
	 */
	public record Refusal(@Nullable String entry, @Nullable String key, @Nullable String value, String reason) {

	}

}
