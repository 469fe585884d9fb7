package dev.socketserver.spec.gate;

import org.jspecify.annotations.Nullable;

/**
 * What keeps strangers in check.
 *
 * @param rate how fast peers may send; {@code null} for as fast as they like
 * @param login what peers may do until they are logged in; {@code null} for all
 * @param ban whose addresses are banned; {@code null} if only operators do that
 */
public record Gate(@Nullable Rates rate, @Nullable Login login, @Nullable Bans ban) {

	/** Nothing does. */
	public static final Gate OPEN = new Gate(null, null, null);

}
