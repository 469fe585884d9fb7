package dev.socketserver.spec.gate;

import java.util.Objects;
import java.util.function.Consumer;

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
	 * Returns a copy with another {@link #rate()}.
	 * @param changes sets its components; the others stay as they are, or have their
	 * defaults
	 * @return the copy
	 */
	public Gate rate(Consumer<Rates.Builder> changes) {
		return new Gate(Objects.requireNonNullElse(this.rate, Rates.DEFAULTS).with(changes), this.login, this.ban);
	}

	/**
	 * Returns a copy with another {@link #login()}.
	 * @param changes sets its components; the others stay as they are, or have their
	 * defaults
	 * @return the copy
	 */
	public Gate login(Consumer<Login.Builder> changes) {
		return new Gate(this.rate, Objects.requireNonNullElse(this.login, Login.DEFAULTS).with(changes), this.ban);
	}

	/**
	 * Returns a copy with another {@link #ban()}.
	 * @param changes sets its components; the others stay as they are, or have their
	 * defaults
	 * @return the copy
	 */
	public Gate ban(Consumer<Bans.Builder> changes) {
		return new Gate(this.rate, this.login, Objects.requireNonNullElse(this.ban, Bans.DEFAULTS).with(changes));
	}

}
