package dev.socketserver.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;

import javax.net.ssl.SSLContext;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.framing.Framing;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.IpPort;
import dev.socketserver.test.connection.ClientFraming;
import dev.socketserver.test.connection.TestConnection;
import dev.socketserver.test.connection.TimeLimit;
import dev.socketserver.tls.TlsMode;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * What a test client is connected to, so that it can be connected to it again.
 *
 * @param address the address of the peer
 * @param framing how bytes are divided into frames
 * @param charset the charset of text
 * @param server the server of this JVM that listens there; {@code null} if the client was
 * connected to an address
 * @param listener the listener of that server
 */
record ConnectionTarget(InetSocketAddress address, Framing framing, Charset charset, @Nullable SocketServer server,
		@Nullable ListenerSpec listener) {

	/** The property of the JVM that says how long clients wait. */
	static final String TIMEOUT = "socketserver.test.timeout";

	/**
	 * Returns how long a client waits that no test has told otherwise.
	 * @throws IllegalArgumentException if the property is no such time
	 */
	static Duration timeout() {
		String text = System.getProperty(TIMEOUT, "5s");
		try {
			return TimeLimit.positive(DurationStyle.detectAndParse(text));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"System property " + TIMEOUT + " is '" + text + "', but must be a positive duration such as 30s",
					ex);
		}
	}

	static ConnectionTarget of(InetSocketAddress address, Framing framing) {
		return new ConnectionTarget(address, framing, StandardCharsets.UTF_8, null, null);
	}

	static ConnectionTarget of(SocketServer server) {
		return of(server, server.spec().listeners().get(0));
	}

	static ConnectionTarget of(SocketServer server, ListenerSpec listener) {
		return new ConnectionTarget(reached(listening(server, listener), listener), listener.session().framing(),
				listener.session().charset(), server, listener);
	}

	/**
	 * Returns a listener of a server.
	 * @param name its name, or {@code null} for the server's own place, or the first
	 * @throws IllegalStateException if there is none
	 */
	static ListenerSpec listener(SocketServer server, @Nullable String name) {
		ListenerSpec listener = (name != null) ? server.spec().listener(name) : server.spec().listeners().get(0);
		if (listener == null) {
			throw new IllegalStateException("Server '" + server.name() + "' has no listener '" + name
					+ "'. Its listeners are " + server.spec().listeners().stream().map(ListenerSpec::name).toList());
		}
		return listener;
	}

	static InetSocketAddress local(int port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	static int portOf(SocketServer server, ListenerSpec listener) {
		InetSocketAddress address = listening(server, listener);
		if (address instanceof UnixAddress) {
			throw new IllegalStateException("Server '" + listener.label() + "' listens on " + Addresses.format(address)
					+ ", which has no port: use @LocalSocketPath or @SocketConnection");
		}
		return address.getPort();
	}

	/** Returns where a client of this machine reaches an address. */
	private static InetSocketAddress reached(InetSocketAddress address, ListenerSpec listener) {
		if (!address.getAddress().isAnyLocalAddress()) {
			return address;
		}
		boolean onlyIpv6 = listener.listenOn() instanceof IpPort ip && ip.ipFamily() == IpFamily.IPV6;
		return onlyIpv6 ? new InetSocketAddress(IpPort.loopback(IpFamily.IPV6), address.getPort())
				: local(address.getPort());
	}

	/** Returns where a server listens. */
	static InetSocketAddress listening(SocketServer server, ListenerSpec listener) {
		ListenerStatus status = server.listeners()
			.stream()
			.filter((each) -> each.name().equals(listener.name()))
			.findFirst()
			.orElseThrow();
		if (status.state() == ListenerState.CLOSED) {
			Throwable failure = (server.state() == ServerState.FAILED) ? server.failure() : null;
			throw new IllegalStateException("Server '" + server.name() + "' does not listen: it is " + server.state(),
					failure);
		}
		if (status.port() == null) {
			return new UnixAddress(status.address().substring(UnixAddress.PREFIX.length()));
		}
		String host = status.address().substring(0, status.address().lastIndexOf(':'));
		return new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), status.port());
	}

	TestConnection open() {
		try {
			return isDatagrams() ? TestConnection.datagrams(this.address)
					: TestConnection.open(this.address, timeout());
		}
		catch (IOException ex) {
			// The message of this exception is only the host.
			String why = (ex instanceof UnknownHostException) ? "unknown host" : ex.getMessage();
			throw new AssertionError("Could not connect to " + Addresses.format(this.address) + ": " + why, ex);
		}
	}

	/** Whether the server is one of UDP. */
	private boolean isDatagrams() {
		return this.listener != null && !this.listener.listenOn().streams();
	}

	/** Returns the framing of one connection. */
	ClientFraming clientFraming() {
		return isDatagrams() ? ClientFraming.ofDatagrams(this.framing) : ClientFraming.of(this.framing);
	}

	/** Whether a connection begins with TLS, and not with a PROXY header. */
	boolean beginsWithTls() {
		ListenerSpec spec = this.listener;
		return spec != null && spec.tls() != null && spec.tls().mode() == TlsMode.IMMEDIATE
				&& spec.proxyProtocol().mode() != ProxyMode.REQUIRED;
	}

	static void expectRefused(int port) {
		InetSocketAddress address = local(port);
		Duration timeout = timeout();
		try {
			TestConnection.open(address, timeout).close();
		}
		catch (SocketTimeoutException ex) {
			throw notRefused(address, "it did not answer within " + TimeLimit.text(timeout));
		}
		catch (IOException ex) {
			return;
		}
		throw notRefused(address, "it accepted one");
	}

	private static AssertionError notRefused(InetSocketAddress address, String instead) {
		return new AssertionError("Expected " + Addresses.format(address) + " to refuse connections, but " + instead);
	}

	static SSLContext anyCertificate() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This JVM has no TLS", ex);
		}
	}

}
