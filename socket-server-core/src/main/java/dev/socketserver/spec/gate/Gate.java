package dev.socketserver.spec.gate;

import java.util.Objects;
import java.util.function.UnaryOperator;

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
	public Gate rate(UnaryOperator<Rates> changes) {
		return new Gate(changes.apply(Objects.requireNonNullElse(this.rate, Rates.DEFAULTS)), this.login, this.ban);
	}

	/**
	 * Returns a copy with another {@link #login()}.
	 * @param changes sets its components; the others stay as they are, or have their
	 * defaults
	 * @return the copy
	 */
	public Gate login(UnaryOperator<Login> changes) {
		return new Gate(this.rate, changes.apply(Objects.requireNonNullElse(this.login, Login.DEFAULTS)), this.ban);
	}

	/**
	 * Returns a copy with another {@link #ban()}.
	 * @param changes sets its components; the others stay as they are, or have their
	 * defaults
	 * @return the copy
	 */
	public Gate ban(UnaryOperator<Bans> changes) {
		Bans changed = changes.apply(Objects.requireNonNullElse(this.ban, Bans.DEFAULTS));
		changed.check();
		return new Gate(this.rate, this.login, changed);
	}

}
