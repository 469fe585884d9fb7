package dev.socketserver.engine.settings;

import java.util.List;
import java.util.Objects;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.address.Addresses;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Inherited;
import dev.socketserver.spec.listen.IpPort;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Udp;
import org.jspecify.annotations.Nullable;

/**
 * From one specification of a server to another.
 *
 * @param before what is in force
 * @param after what is to be
 */
public record ServerChange(ServerSpec before, ServerSpec after) {

	/**
	 * Checks that the servers have the same name.
	 * @throws InvalidSpecException if they have not
	 */
	public void checkName() {
		InvalidSpecException.check(this.before.name().equals(this.after.name()), "name", this.after.name(),
				"is that of another server: this one is '" + this.before.name() + "'");
	}

	/**
	 * Checks that a server takes this in its state. A start has taken a part of the
	 * settings already, and would have the others of the next.
	 * @param state the state of the server
	 * @throws InvalidSpecException if something changes that only a restart can change,
	 * which it names
	 * @throws IllegalStateException if anything changes while the server starts
	 */
	public void checkPossible(ServerState state) {
		if (state == ServerState.STARTING && this.before != this.after) {
			throw new IllegalStateException(
					"Server '" + this.before.name() + "' is STARTING: its settings can be changed when that is over");
		}
		if (state != ServerState.STOPPED && state != ServerState.FAILED) {
			checkNoRestart();
		}
	}

	private void checkNoRestart() {
		same("transport", this.before.transport(), this.after.transport());
		same("threads", this.before.threads(), this.after.threads());
		same("execution", this.before.session().execution(), this.after.session().execution());
		same("listeners", names(this.before), names(this.after));
		for (ListenerSpec listener : this.after.listeners()) {
			ListenerSpec earlier = Objects.requireNonNull(this.before.listener(listener.name()));
			try {
				checkPlace(earlier.listenOn(), listener.listenOn());
				checkOptions(earlier.options(), listener.options());
				same("ssl", isSecure(earlier), isSecure(listener));
			}
			catch (InvalidSpecException ex) {
				throw ex.within(listener.name().equals(ListenerSpec.MAIN) ? "" : "listeners." + listener.name());
			}
		}
	}

	/** Without what is said of sessions, and is no matter of the socket. */
	private static ListenOn place(ListenOn listenOn) {
		if (listenOn instanceof Udp udp) {
			return udp.sessionTimeout(Udp.DEFAULT_SESSION_TIMEOUT).amplification(Udp.DEFAULT_AMPLIFICATION).evict(true);
		}
		return (listenOn instanceof Inherited inherited && inherited.own() instanceof Udp udp)
				? new Inherited(inherited.name(), place(udp), inherited.host(), inherited.otherwise()) : listenOn;
	}

	private static void checkPlace(ListenOn before, ListenOn after) {
		if (place(before).equals(place(after))) {
			return;
		}
		if (before instanceof IpPort from && after instanceof IpPort to) {
			same("protocol", from.protocol(), to.protocol());
			same("port", from.port(), to.port());
			same("address", from.host(), to.host());
			same("ipFamily", from.ipFamily(), to.ipFamily());
			same("backlog", from.backlog(), to.backlog());
		}
		if (before instanceof Udp from && after instanceof Udp to) {
			same("udp.groups", from.groups(), to.groups());
			same("udp.broadcast", from.broadcast(), to.broadcast());
		}
		String component = (after instanceof DomainSocket) ? "domainSocket"
				: (after instanceof Inherited) ? "inherit" : "port";
		throw changed(component, Addresses.format(before.address()), Addresses.format(after.address()));
	}

	/** Those of connections can be changed. */
	private static void checkOptions(SocketOptions before, SocketOptions after) {
		same("options.reuseAddress", before.reuseAddress(), after.reuseAddress());
		same("options.reusePort", before.reusePort(), after.reusePort());
		same("options.receiveBuffer", before.receiveBuffer(), after.receiveBuffer());
		same("options.sendBuffer", before.sendBuffer(), after.sendBuffer());
	}

	private static boolean isSecure(ListenerSpec listener) {
		return listener.tls() != null;
	}

	private static List<String> names(ServerSpec spec) {
		return spec.listeners().stream().map(ListenerSpec::name).toList();
	}

	private static void same(String component, @Nullable Object before, @Nullable Object after) {
		if (!Objects.equals(before, after)) {
			throw changed(component, before, after);
		}
	}

	private static InvalidSpecException changed(String component, @Nullable Object before, @Nullable Object after) {
		return new InvalidSpecException(component, after, "can only be changed by a restart: it is " + before);
	}

}
