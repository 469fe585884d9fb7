package dev.socketserver.spec.listen;

import java.net.InetSocketAddress;
import java.util.function.Consumer;

import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens. There is one socket for each server.
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

		private int backlog;

		private DomainSocket.@Nullable Builder domainSocket;

		private Udp.@Nullable Builder udp;

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
		public void domainSocket(Consumer<DomainSocket.Builder> domainSocket) {
			if (this.domainSocket == null) {
				this.domainSocket = new DomainSocket.Builder();
			}
			domainSocket.accept(this.domainSocket);
		}

		/**
		 * Sets components of a port of {@link Udp}, on which the server listens instead
		 * of one of TCP.
		 * @param udp sets them; the others stay as they are, or have their defaults
		 */
		public void udp(Consumer<Udp.Builder> udp) {
			if (this.udp == null) {
				this.udp = new Udp.Builder();
			}
			udp.accept(this.udp);
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
			boolean path = this.domainSocket != null && this.domainSocket.hasPath();
			return (this.inherit != null) ? new Inherited(this.inherit, own, this.address, this.port != null || path)
					: own;
		}

		private ListenOn own() {
			int known = (this.port != null) ? this.port : 0;
			if (this.udp != null) {
				InvalidSpecException.check(this.domainSocket == null, "domainSocket.path", null,
						"means nothing for UDP, which has ports");
				InvalidSpecException.check(this.backlog == 0, "backlog", this.backlog,
						"means nothing for UDP, where nobody connects");
				return this.udp.build(this.address, known, this.ipFamily);
			}
			if (this.domainSocket == null) {
				return Tcp.of(this.address, known, this.ipFamily, this.backlog);
			}
			String unix = "means nothing for a Unix socket, which domainSocket.path names";
			InvalidSpecException.check(this.port == null, "port", this.port, unix);
			InvalidSpecException.check(this.address == null, "address", this.address, unix);
			InvalidSpecException.check(this.ipFamily == null, "ipFamily", this.ipFamily, unix);
			return this.domainSocket.build(this.backlog, this.inherit != null);
		}

	}

}
