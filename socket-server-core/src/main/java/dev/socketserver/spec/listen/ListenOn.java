package dev.socketserver.spec.listen;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * Where a listener of a server listens: one socket.
 */
public sealed interface ListenOn permits IpPort, DomainSocket, Inherited {

	/**
	 * Returns the kind of socket.
	 * @return the kind
	 */
	Protocol protocol();

	/**
	 * Returns what the server has of its own, whether it inherits a socket or not.
	 * @return this, or {@link Inherited#own()}
	 */
	default ListenOn own() {
		return this;
	}

	/**
	 * Returns where the server is to listen, as far as that is known before it does.
	 * @return an unresolved address for a host name or an address of TCP
	 */
	InetSocketAddress address();

	/**
	 * Returns how many connections may wait in the kernel until they are accepted.
	 * @return the number; 0 leaves that to the operating system
	 */
	int backlog();

	/**
	 * Whether peers are admitted by who they are.
	 * @return {@code true} if the kernel knows it, and not everybody may connect
	 */
	default boolean limitsPeers() {
		return false;
	}

	/**
	 * Whether peers send and are sent streams of bytes.
	 * @return {@code false} for datagrams
	 */
	default boolean streams() {
		return true;
	}

	/**
	 * Returns what no two listeners can have.
	 * @return the place, for comparison; {@code null} if it is known only once it is
	 * bound
	 */
	default @Nullable Object place() {
		return null;
	}

	/**
	 * Checks components of the server that not every kind of socket can have.
	 * @param limits whose connections are taken
	 * @param transport the I/O interface
	 * @param proxies which load balancers announce the addresses of peers
	 * @throws InvalidSpecException if one of them has no meaning for this kind
	 */
	default void check(Limits limits, SocketTransport transport, ProxyProtocol proxies) {
		InvalidSpecException.check(proxies.mode() == ProxyMode.OFF || !proxies.trusted().isEmpty(),
				"proxyProtocol.trusted", null, "is required: the addresses whose PROXY headers are trusted");
	}

	/**
	 * Collects what says where a server listens. What is not set keeps its default. Not
	 * safe for use by several threads.
	 */
	final class Builder {

		private @Nullable String address;

		private @Nullable Integer port;

		private @Nullable IpFamily ipFamily;

		private @Nullable Integer backlog;

		/** Whether it is one of UDP, if that was said. */
		private @Nullable Boolean datagrams;

		/** What is said of a Unix socket; empty if it is none. */
		private final List<UnaryOperator<DomainSocket>> domainSocket = new ArrayList<>(0);

		/** What is said of a port of UDP. */
		private final List<UnaryOperator<Udp>> udp = new ArrayList<>(0);

		private @Nullable String inherit;

		/** Creates a builder. */
		public Builder() {
		}

		/**
		 * Sets {@link Tcp#host()}.
		 * @param address the value
		 */
		public void address(String address) {
			this.address = address;
		}

		/**
		 * Sets {@link Tcp#port()}.
		 * @param port the value
		 */
		public void port(int port) {
			this.port = port;
		}

		/**
		 * Sets {@link Tcp#ipFamily()}.
		 * @param ipFamily the value
		 */
		public void ipFamily(IpFamily ipFamily) {
			this.ipFamily = ipFamily;
		}

		/**
		 * Sets {@link Tcp#backlog()} or {@link DomainSocket#backlog()}.
		 * @param backlog the value
		 */
		public void backlog(int backlog) {
			this.backlog = backlog;
		}

		/**
		 * Sets components of a {@link DomainSocket}, on which the server listens instead
		 * of a port.
		 * @param domainSocket sets them; the others stay as they are, or have their
		 * defaults
		 */
		public void domainSocket(UnaryOperator<DomainSocket> domainSocket) {
			this.domainSocket.add(domainSocket);
		}

		/**
		 * Sets components of a port of {@link Udp}, on which the server listens instead
		 * of one of TCP.
		 * @param udp sets them; the others stay as they are, or have their defaults
		 */
		public void udp(UnaryOperator<Udp> udp) {
			this.datagrams = true;
			this.udp.add(udp);
		}

		/**
		 * Has the server listen on a port of TCP, also if others listen on one of UDP.
		 */
		public void tcp() {
			this.datagrams = false;
		}

		/**
		 * Whether it is said where to listen.
		 * @return whether there is a port, a path, or the name of an inherited socket
		 */
		public boolean hasPlace() {
			return this.port != null || this.inherit != null || hasPath();
		}

		private boolean hasPath() {
			return isLocal() && !local().path().isEmpty();
		}

		private DomainSocket local() {
			return with(this.domainSocket, DomainSocket.UNKNOWN);
		}

		private static <T> T with(List<UnaryOperator<T>> changes, T from) {
			T changed = from;
			for (UnaryOperator<T> change : changes) {
				changed = change.apply(changed);
			}
			return changed;
		}

		/**
		 * Whether it is a Unix socket.
		 * @return whether that was said
		 */
		public boolean isLocal() {
			return !this.domainSocket.isEmpty();
		}

		/**
		 * Whether it is a socket of UDP.
		 * @return whether that was said
		 */
		public boolean isUdp() {
			return Boolean.TRUE.equals(this.datagrams);
		}

		/**
		 * Returns a builder that has in addition what another has set, as far as it has a
		 * meaning for this kind of socket and does not say where to listen.
		 * @param server the other
		 * @return the builder
		 */
		public Builder from(Builder server) {
			Builder all = new Builder();
			all.port = this.port;
			all.inherit = this.inherit;
			all.address = this.address;
			all.ipFamily = this.ipFamily;
			all.backlog = this.backlog;
			all.datagrams = this.datagrams;
			if (isLocal()) {
				DomainSocket others = server.local().path("");
				boolean file = local().hasFile();
				all.domainSocket.add((unset) -> file ? others : others.mode(null).group(null));
				all.domainSocket.addAll(this.domainSocket);
				return all;
			}
			if (this.datagrams == null) {
				all.datagrams = server.datagrams;
			}
			all.udp.addAll(server.udp);
			all.udp.addAll(this.udp);
			if (this.inherit == null || this.port != null) {
				// Those of others are not meant for a socket that was bound before.
				all.address = (this.address != null) ? this.address : server.address;
				all.ipFamily = (this.ipFamily != null) ? this.ipFamily : server.ipFamily;
				all.backlog = (this.backlog != null || all.isUdp()) ? this.backlog : server.backlog;
			}
			return all;
		}

		/**
		 * Has the server inherit a socket. All others that are set say what that must be
		 * like.
		 * @param name see {@link Inherited#name()}
		 */
		public void inherit(String name) {
			this.inherit = name;
		}

		/**
		 * Creates the component.
		 * @return the component
		 * @throws InvalidSpecException if a value is invalid, or does not fit the others
		 */
		public ListenOn build() {
			ListenOn own = own();
			return (this.inherit != null)
					? new Inherited(this.inherit, own, this.address, this.port != null || hasPath()) : own;
		}

		private ListenOn own() {
			int known = (this.port != null) ? this.port : 0;
			int waiting = (this.backlog != null) ? this.backlog : 0;
			if (isUdp()) {
				InvalidSpecException.check(!isLocal(), "domainSocket.path", null,
						"means nothing for UDP, which has ports");
				InvalidSpecException.check(waiting == 0, "backlog", waiting,
						"means nothing for UDP, where nobody connects");
				return with(this.udp, Udp.of(this.address, known, this.ipFamily));
			}
			if (!isLocal()) {
				return Tcp.of(this.address, known, this.ipFamily, waiting);
			}
			String unix = "means nothing for a Unix socket, which domainSocket.path names";
			InvalidSpecException.check(this.port == null, "port", this.port, unix);
			InvalidSpecException.check(this.address == null, "address", this.address, unix);
			InvalidSpecException.check(this.ipFamily == null, "ipFamily", this.ipFamily, unix);
			DomainSocket local = local();
			InvalidSpecException.check(this.inherit != null || !local.path().isEmpty(), "domainSocket.path", null,
					"must be set");
			return local.backlog(waiting);
		}

	}

}
