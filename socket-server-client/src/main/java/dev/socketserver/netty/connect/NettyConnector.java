package dev.socketserver.netty.connect;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.ClientConnection;
import dev.socketserver.engine.connect.ClientContext;
import dev.socketserver.engine.connect.ClientLog;
import dev.socketserver.engine.connect.ConnectionAttempt;
import dev.socketserver.engine.connect.Connector;
import dev.socketserver.engine.connect.TlsEngines;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.datagram.DatagramTransport;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.listen.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a client have of Netty, from its start to its stop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
public final class NettyConnector implements Connector {

	private final ClientContext client;

	private final EventLoops shared;

	private final HostResolver resolver;

	private final SocketTransport transport;

	private final HandlerThreads threads;

	private final List<ConnectionCustomizer> customizers;

	private final EventLoopGroup loops;

	private final Executor handshakes;

	private volatile @Nullable TlsEngines tls;

	private volatile @Nullable ClientSockets sockets;

	/**
	 * How many use the loops: the client until it is closed, and each channel until that
	 * is closed. Guarded by this.
	 */
	private int users = 1;

	/** Guarded by this. */
	private boolean closed;

	/**
	 * Returns what makes the connectors of clients, one for each start.
	 * @param shared the loops of all servers and clients
	 * @param resolver looks up hosts
	 * @param handshakes compute TLS handshakes
	 * @return the factory
	 */
	public static Factory factory(EventLoops shared, HostResolver resolver, Executor handshakes) {
		return (client) -> new NettyConnector(client, shared, resolver, handshakes);
	}

	/**
	 * Takes what connections need.
	 * @param client the client
	 * @param shared the loops of all servers and clients
	 * @param resolver looks up hosts
	 * @param handshakes compute TLS handshakes
	 * @throws UnsupportedOperationException if the transport or the execution mode cannot
	 * be had here
	 * @throws IllegalArgumentException if the transport lacks an option of the socket
	 * @throws UncheckedIOException if the system does not give as many event loops
	 */
	private NettyConnector(ClientContext client, EventLoops shared, HostResolver resolver, Executor handshakes) {
		ClientSpec spec = client.spec();
		this.client = client;
		this.shared = shared;
		this.resolver = resolver;
		this.handshakes = handshakes;
		checkProxy(spec);
		this.transport = TransportSupport.resolve(
				(spec.protocol() != Protocol.TCP) ? TransportSupport.besideTcp(spec.transport()) : spec.transport());
		this.sockets = sockets(spec);
		// The first of these may be a bean that cannot be made, and has nothing to give
		// back.
		this.customizers = shared.customizers();
		this.threads = HandlerThreads.of(spec.session(), spec.threads().name(), client.engine().background(),
				client.engine().threads());
		this.loops = loops();
		hosts(spec).filter(HostResolver::isRememberedForEver)
			.forEach((host) -> ClientLog.rememberedForEver(client.client(), host));
		encrypt(tls(spec));
	}

	/** The hosts that are looked up here: a proxy looks up those of servers. */
	private static Stream<String> hosts(ClientSpec spec) {
		Route.Proxy proxy = spec.route().proxy();
		return (proxy != null) ? Stream.of(proxy.host())
				: spec.addresses().stream().filter((server) -> server.path() == null).map(ServerAddress::host);
	}

	/** Has connections that are made from now on be encrypted by this, or by nothing. */
	private synchronized void encrypt(@Nullable TlsEngines next) {
		TlsEngines before = this.tls;
		if (before != null) {
			before.end();
		}
		this.tls = next;
		if (next != null && !this.closed) {
			next.begin();
		}
	}

	private @Nullable TlsEngines tls(ClientSpec spec) {
		ClientTls described = spec.tls();
		return (described != null) ? new TlsEngines(this.client.client(), described, this.handshakes) : null;
	}

	private static void checkProxy(ClientSpec spec) {
		if (spec.route().proxy() != null && !ProxyHandshake.isPossible()) {
			throw new IllegalArgumentException("a proxy needs " + ProxyHandshake.ARTIFACT + " on the class path");
		}
	}

	@Override
	public Runnable reconfigured(ClientSpec next) {
		checkProxy(next);
		ClientSockets made = sockets(next);
		boolean same = Objects.equals(spec().tls(), next.tls());
		TlsEngines engines = same ? null : tls(next);
		return () -> {
			this.sockets = made;
			if (!same) {
				encrypt(engines);
			}
		};
	}

	/** Fails at the start, instead of in each attempt. Datagrams have no streams. */
	private @Nullable ClientSockets sockets(ClientSpec spec) {
		if (spec.protocol() == Protocol.UDP) {
			DatagramTransport.check(this.transport);
			DatagramTransport.checkMulticast(this.transport, spec.options());
			return null;
		}
		String path = spec.server().path();
		return (path != null) ? new UnixSockets(path, this.transport, spec.options())
				: new TcpSockets(this.transport, spec.options(), spec.session().timeouts().write());
	}

	private EventLoopGroup loops() {
		try {
			return this.shared.acquire(this.transport, !this.customizers.isEmpty());
		}
		catch (RuntimeException | Error ex) {
			this.threads.close();
			throw ex;
		}
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
			// What still connects has it to the end.
			encrypt(this.tls);
		}
		this.threads.close();
		leave();
	}

	/**
	 * Has a channel connect, unless the loops have been given back. They are kept until
	 * it is closed: a loop that ends refuses what is to be registered, which Netty logs
	 * as an error, and with io_uring leaves a socket open that is still being closed.
	 * @param begin begins to connect; returns {@code null} if it does not
	 */
	void connect(Supplier<@Nullable Channel> begin) {
		if (!enter()) {
			return;
		}
		Channel begun = null;
		try {
			begun = begin.get();
		}
		finally {
			// Without a descriptor there is no channel that could be closed.
			if (begun != null && begun.isOpen()) {
				begun.closeFuture().addListener((closed) -> leave());
			}
			else {
				leave();
			}
		}
	}

	private synchronized boolean enter() {
		if (this.users == 0) {
			return false;
		}
		this.users++;
		return true;
	}

	private void leave() {
		boolean last;
		synchronized (this) {
			last = --this.users == 0;
		}
		if (last) {
			this.shared.release(this.transport);
		}
	}

	@Override
	public ConnectionAttempt attempt(ClientConnection connection, ServerAddress server, int number) {
		ClientSockets present = this.sockets;
		return (present != null) ? new ConnectAttempt(connection, this, present, server, number)
				: new DatagramAttempt(connection, this, server, number);
	}

	/**
	 * Returns the port of a server. Asked for each attempt: it may be known only later,
	 * or change.
	 * @throws IllegalStateException if it is not known yet
	 */
	static int port(ServerAddress server) {
		int port = server.portSupplier().getAsInt();
		if (port <= 0) {
			throw new IllegalStateException("the server's port is not known yet");
		}
		return port;
	}

	@Override
	public SessionThreads threads() {
		return this.threads;
	}

	@Override
	public SocketTransport transport() {
		return this.transport;
	}

	/** The client whose connections these are. */
	ClientContext client() {
		return this.client;
	}

	ClientSpec spec() {
		return this.client.spec();
	}

	HostResolver resolver() {
		return this.resolver;
	}

	@Nullable TlsEngines tls() {
		return this.tls;
	}

	HandlerThreads handlerThreads() {
		return this.threads;
	}

	List<ConnectionCustomizer> customizers() {
		return this.customizers;
	}

	/** What connects without a stream; the kind of socket is still to be set. */
	Bootstrap datagrams() {
		Bootstrap bootstrap = bootstrap();
		ConnectionOptions.buffers(spec().options(), bootstrap::option);
		return bootstrap;
	}

	/**
	 * What connects a stream; the kind of socket, the handler and the time are to be set.
	 */
	Bootstrap bootstrap() {
		Bootstrap bootstrap = new Bootstrap().group(this.loops);
		String local = spec().route().localAddress();
		if (local != null) {
			bootstrap.localAddress(new InetSocketAddress(address(local), 0));
		}
		return bootstrap;
	}

	/** It is known to be an address: no name service is asked. */
	private static InetAddress address(String local) {
		try {
			return InetAddress.getByName(local);
		}
		catch (UnknownHostException ex) {
			throw new UncheckedIOException(new UnknownHostException("local-address " + local + ": " + ex.getMessage()));
		}
	}

}
