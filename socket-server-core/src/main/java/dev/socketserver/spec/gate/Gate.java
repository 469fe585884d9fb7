package dev.socketserver.spec.gate;

import dev.socketserver.SessionSpec;
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

	/**
	 * Checks that sessions can obey.
	 * @param session what they are made from
	 * @throws dev.socketserver.spec.InvalidSpecException if they cannot
	 */
	public void check(SessionSpec session) {
		if (this.rate != null) {
			this.rate.check(session);
		}
	}

}
