package dev.socketserver.engine.client;

import java.util.Objects;

import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.connect.Reconnect;
import org.jspecify.annotations.Nullable;

/**
 * From one specification of a client to another.
 *
 * @param before what is in force
 * @param after what is to be
 */
public record ClientChange(ClientSpec before, ClientSpec after) {

	/**
	 * Checks that it may be the same client.
	 * @param stopped whether the client neither runs nor starts nor ends
	 * @throws InvalidSpecException if it may not, or if something changes that only a
	 * restart can change, and it is not stopped; it says what
	 */
	public void check(boolean stopped) {
		InvalidSpecException.check(this.before.name().equals(this.after.name()), "name", this.after.name(),
				"is that of another client: this one is '" + this.before.name() + "'");
		// What waits to be sent, or to be received, is kept in another way.
		same("handler", described(this.before), described(this.after));
		same("pool.key", isKeyed(this.before), isKeyed(this.after));
		if (!stopped) {
			checkNoRestart();
		}
	}

	private void checkNoRestart() {
		same("protocol", this.before.protocol(), this.after.protocol());
		same("transport", this.before.transport(), this.after.transport());
		same("threads", this.before.threads(), this.after.threads());
		same("execution", this.before.session().execution(), this.after.session().execution());
		same("ssl", this.before.tls() != null, this.after.tls() != null);
		same("domainSocket.path", this.before.server().path(), this.after.server().path());
		if (this.before.failOver().addresses().isEmpty() && this.after.failOver().addresses().isEmpty()) {
			same("host", this.before.host(), this.after.host());
			same("port", this.before.server().portSupplier(), this.after.server().portSupplier());
		}
	}

	/**
	 * Whether the client waits otherwise before it connects again.
	 * @return {@code false} if all waits are the same
	 */
	public boolean isOfWaits() {
		Reconnect reconnect = this.after.reconnect();
		return !this.before.reconnect().equals(reconnect) || !this.before.failOver()
			.retry(this.before.reconnect())
			.equals(this.after.failOver().retry(reconnect));
	}

	/**
	 * Whether connections are made in another way.
	 * @return {@code false} if the route, the options of sockets and TLS are the same
	 */
	public boolean isOfConnecting() {
		return !this.before.route().equals(this.after.route()) || !this.before.options().equals(this.after.options())
				|| !Objects.equals(this.before.tls(), this.after.tls());
	}

	private static String described(ClientSpec spec) {
		return spec.byHand() ? "none" : "one";
	}

	private static boolean isKeyed(ClientSpec spec) {
		ClientPool pool = spec.pool();
		return pool != null && pool.key() != null;
	}

	private static void same(String component, @Nullable Object before, @Nullable Object after) {
		if (!Objects.equals(before, after)) {
			throw new InvalidSpecException(component, after, "can only be changed by a restart: it is " + before);
		}
	}

}
