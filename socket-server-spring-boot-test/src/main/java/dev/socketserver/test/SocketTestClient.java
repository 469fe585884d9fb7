package dev.socketserver.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerSpec.ProxyMode;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.framing.Framing;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A client for tests. It is a plain {@link Socket}, with raw bytes, lines and 4-byte
 * lengths of its own, so that it shares no mistake with the server. Other framings are
 * the server's: use {@link #sendRaw} and {@link #expectBytes} if the bytes themselves are
 * to be tested.
 * <p>
 * Everything that waits has a time limit, 5 seconds unless {@link #timeout} says
 * otherwise. If something does not come as expected, an {@link AssertionError} shows what
 * was expected, what arrived instead, and whether the peer has closed or reset the
 * connection. One thread may send while another receives.
 */
public final class SocketTestClient implements AutoCloseable {

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

	private static final String TLS_REFUSAL = "a refusal of TLS";

	private final Connection connection;

	private final ClientFraming framing;

	private final Charset charset;

	private final String peer;

	private final Unread unread = new Unread();

	private volatile Duration timeout = DEFAULT_TIMEOUT;

	private volatile int segment = Integer.MAX_VALUE;

	private SocketTestClient(Connection connection, ClientFraming framing, Charset charset) {
		this.connection = connection;
		this.framing = framing;
		this.charset = charset;
		this.peer = Addresses.format(connection.remoteAddress());
	}

	/**
	 * Connects to a port of this machine, for lines of UTF-8 text.
	 * @param port the port
	 * @return the client, connected
	 * @throws AssertionError if nobody listens there
	 */
	public static SocketTestClient connect(int port) {
		return connect(port, Framing.line());
	}

	/**
	 * Connects to a port of this machine, with the given framing and UTF-8 text.
	 * @param port the port
	 * @param framing the framing
	 * @return the client, connected
	 * @throws AssertionError if nobody listens there
	 */
	public static SocketTestClient connect(int port, Framing framing) {
		return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), framing, StandardCharsets.UTF_8);
	}

	/**
	 * Connects to an address, for lines of UTF-8 text.
	 * @param host a host name or address
	 * @param port the port
	 * @return the client, connected
	 * @throws AssertionError if nobody listens there
	 */
	public static SocketTestClient connect(String host, int port) {
		return connect(host, port, Framing.line());
	}

	/**
	 * Connects to an address, with the given framing and UTF-8 text.
	 * @param host a host name or address
	 * @param port the port
	 * @param framing the framing
	 * @return the client, connected
	 * @throws AssertionError if nobody listens there
	 */
	public static SocketTestClient connect(String host, int port, Framing framing) {
		return connect(new InetSocketAddress(host, port), framing, StandardCharsets.UTF_8);
	}

	/**
	 * Connects to a server of this JVM, with its own framing and charset, and with TLS if
	 * it speaks TLS. Whatever certificate the server shows is accepted. If the server
	 * requires a PROXY header, send that first, and then call {@link #startTls()}.
	 * @param server the server
	 * @return the client, connected
	 * @throws IllegalStateException if the server does not listen
	 * @throws AssertionError if the client cannot connect to it
	 */
	public static SocketTestClient connect(SocketServer server) {
		SocketTestClient client = connectPlain(server);
		return beginsWithTls(server) ? client.startTls() : client;
	}

	/**
	 * Connects to a server of this JVM, with its own framing and charset, and with TLS if
	 * it speaks TLS. If the server requires a PROXY header, send that first, and then
	 * call {@link #startTls(SSLContext)}.
	 * @param server the server
	 * @param context says whom to trust, and which certificate to show
	 * @return the client, connected
	 * @throws IllegalStateException if the server does not listen
	 * @throws AssertionError if the client cannot connect to it
	 */
	public static SocketTestClient connect(SocketServer server, SSLContext context) {
		SocketTestClient client = connectPlain(server);
		return beginsWithTls(server) ? client.startTls(context) : client;
	}

	private static SocketTestClient connectPlain(SocketServer server) {
		return connect(addressOf(server), server.spec().framing(), server.spec().session().charset());
	}

	private static boolean beginsWithTls(SocketServer server) {
		ServerSpec spec = server.spec();
		return spec.tls() != null && spec.proxyProtocol().mode() != ProxyMode.REQUIRED;
	}

	/**
	 * Expects that connections to a port of this machine are refused, since nobody
	 * listens there.
	 * @param port the port
	 * @throws AssertionError if somebody does, even if it is too busy to accept
	 */
	public static void expectRefused(int port) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try {
			Connection.open(address, DEFAULT_TIMEOUT).close();
		}
		catch (SocketTimeoutException ex) {
			throw notRefused(address, "it did not answer within " + text(DEFAULT_TIMEOUT));
		}
		catch (IOException ex) {
			return;
		}
		throw notRefused(address, "it accepted one");
	}

	private static AssertionError notRefused(InetSocketAddress address, String instead) {
		return new AssertionError("Expected " + Addresses.format(address) + " to refuse connections, but " + instead);
	}

	private static SocketTestClient connect(InetSocketAddress address, Framing framing, Charset charset) {
		ClientFraming known = ClientFraming.of(framing);
		try {
			return new SocketTestClient(Connection.open(address, DEFAULT_TIMEOUT), known, charset);
		}
		catch (IOException ex) {
			// The message of this exception is only the host.
			String why = (ex instanceof UnknownHostException) ? "unknown host" : ex.getMessage();
			throw new AssertionError("Could not connect to " + Addresses.format(address) + ": " + why, ex);
		}
	}

	static InetSocketAddress addressOf(SocketServer server) {
		InetSocketAddress address = server.localAddress();
		if (address == null) {
			Throwable failure = (server.state() == ServerState.FAILED) ? server.failure() : null;
			throw new IllegalStateException("Server '" + server.name() + "' does not listen: it is " + server.state(),
					failure);
		}
		return address.getAddress().isAnyLocalAddress()
				? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()) : address;
	}

	/**
	 * Changes the time limit of everything that waits, except for connecting.
	 * @param timeout how long to wait at most; positive
	 * @return this client
	 */
	public SocketTestClient timeout(Duration timeout) {
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("timeout is " + timeout + ", but must be positive");
		}
		this.timeout = timeout;
		return this;
	}

	/**
	 * Begins TLS, and accepts whatever certificate the peer shows.
	 * @return this client
	 * @throws AssertionError if the handshake fails
	 * @throws IllegalStateException if something has arrived that was not received
	 */
	public SocketTestClient startTls() {
		return startTls(anyCertificate());
	}

	/**
	 * Begins TLS, for instance with
	 * {@code sslBundles.getBundle("device").createSslContext()}.
	 * @param context says whom to trust, and which certificate to show
	 * @return this client
	 * @throws AssertionError if the handshake fails
	 * @throws IllegalStateException if something has arrived that was not received
	 */
	public SocketTestClient startTls(SSLContext context) {
		return startTls(context, new SSLParameters());
	}

	/**
	 * Begins TLS. With TLS 1.3, a peer that does not accept the certificate of this
	 * client says so only after the handshake: then the next receive fails.
	 * @param context says whom to trust, and which certificate to show
	 * @param parameters the host to ask for, versions and ciphers; what is not set there
	 * is as the context has it
	 * @return this client
	 * @throws AssertionError if the handshake fails
	 * @throws IllegalStateException if something has arrived that was not received
	 */
	public SocketTestClient startTls(SSLContext context, SSLParameters parameters) {
		try {
			handshake(context, parameters);
			return this;
		}
		catch (IOException ex) {
			throw new AssertionError("Could not begin TLS with " + this.peer + ": " + ex.getMessage(), ex);
		}
	}

	private void handshake(SSLContext context, SSLParameters parameters) throws IOException {
		if (this.unread.length() > 0) {
			throw new IllegalStateException(
					"Received " + Escaped.of(this.unread.all()) + " from " + this.peer + " before TLS");
		}
		try (TimeLimit limit = new TimeLimit("this client gave up the TLS handshake")) {
			try {
				this.connection.startTls(context, parameters);
			}
			catch (IOException ex) {
				if (limit.exceeded()) {
					throw new AssertionError("Could not begin TLS with " + this.peer + " within " + text(this.timeout),
							ex);
				}
				this.connection.cut("TLS could not be begun");
				throw ex;
			}
		}
	}

	private static SSLContext anyCertificate() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This JVM has no TLS", ex);
		}
	}

	/**
	 * Cuts everything that is sent from now on into pieces. Each is written by itself,
	 * and not held back to be joined with the next: 1 sends one byte at a time. (A
	 * receiver that is slower than the network may still find several pieces at once.)
	 * @param bytes the length of a piece; {@link Integer#MAX_VALUE} to cut no more
	 * @return this client
	 */
	public SocketTestClient inSegmentsOf(int bytes) {
		if (bytes < 1) {
			throw new IllegalArgumentException("a segment of " + bytes + " bytes cannot be sent");
		}
		this.segment = bytes;
		return this;
	}

	/**
	 * Returns the address of this end of the connection, which the server sees as its
	 * peer.
	 * @return the address
	 */
	public InetSocketAddress localAddress() {
		return this.connection.localAddress();
	}

	/**
	 * Sends text as a frame.
	 * @param payload the text, without what delimits the frame
	 * @return this client
	 */
	public SocketTestClient send(String payload) {
		return send(payload.getBytes(this.charset));
	}

	/**
	 * Sends bytes as a frame.
	 * @param payload the bytes, without what delimits the frame
	 * @return this client
	 */
	public SocketTestClient send(byte[] payload) {
		return sendRaw(this.framing.encode(payload));
	}

	/**
	 * Sends text as it is, without a frame around it.
	 * @param text the text
	 * @return this client
	 */
	public SocketTestClient sendRaw(String text) {
		return sendRaw(text.getBytes(this.charset));
	}

	/**
	 * Sends bytes as they are, without a frame around them.
	 * @param bytes the bytes
	 * @return this client
	 */
	public SocketTestClient sendRaw(byte... bytes) {
		Objects.requireNonNull(bytes, "bytes");
		int sent = 0;
		// A blocking write has no time limit of its own.
		try (TimeLimit limit = new TimeLimit("this client gave up sending")) {
			try {
				while (sent < bytes.length) {
					int length = Math.min(this.segment, bytes.length - sent);
					this.connection.write(bytes, sent, length);
					sent += length;
				}
				return this;
			}
			catch (IOException ex) {
				String attempt = "Could not send " + Escaped.of(bytes) + " to " + this.peer;
				if (limit.exceeded()) {
					throw new AssertionError(
							attempt + " within " + text(this.timeout)
									+ ": it reads too slowly, if at all. Is it waiting for this client to receive?",
							ex);
				}
				throw new AssertionError(attempt + ": " + reasonNotToSend(ex), ex);
			}
		}
	}

	private String reasonNotToSend(IOException ex) {
		if (this.connection.isOutputEnded() && !this.connection.isClosed()) {
			return "this client has ended its output";
		}
		String end = this.connection.end();
		return (end != null) ? end : String.valueOf(ex.getMessage());
	}

	/**
	 * Waits for a frame.
	 * @return its payload, as text
	 * @throws AssertionError if none arrives
	 */
	public String receive() {
		return new String(receiveBytes(), this.charset);
	}

	/**
	 * Waits for a frame.
	 * @return its payload
	 * @throws AssertionError if none arrives
	 */
	public byte[] receiveBytes() {
		return receive("a " + this.framing.frameWord());
	}

	/**
	 * Expects a frame.
	 * @param payload its payload, as text
	 * @return this client
	 * @throws AssertionError if another frame arrives, or none
	 */
	public SocketTestClient expect(String payload) {
		return expect(payload.getBytes(this.charset));
	}

	/**
	 * Expects a frame. With raw framing, which has no frames, exactly as many bytes are
	 * taken as are expected.
	 * @param payload its payload
	 * @return this client
	 * @throws AssertionError if another frame arrives, or none
	 */
	public SocketTestClient expect(byte[] payload) {
		if (this.framing == ClientFraming.RAW) {
			return expectBytes(payload);
		}
		String expected = "the " + this.framing.frameWord() + " " + Escaped.of(payload);
		byte[] received = receive(expected);
		if (!Arrays.equals(received, payload)) {
			throw new AssertionError("Expected " + expected + " from " + this.peer + ", but received the "
					+ this.framing.frameWord() + " " + Escaped.of(received) + behind());
		}
		return this;
	}

	/**
	 * Expects text as it is on the wire, including what delimits frames. What comes
	 * behind it can be received later.
	 * @param text the text
	 * @return this client
	 * @throws AssertionError if something else arrives, or too little
	 */
	public SocketTestClient expectBytes(String text) {
		return expectBytes(text.getBytes(this.charset));
	}

	/**
	 * Expects bytes as they are on the wire, including what delimits frames. What comes
	 * behind them can be received later.
	 * @param bytes the bytes
	 * @return this client
	 * @throws AssertionError if something else arrives, or too little
	 */
	public SocketTestClient expectBytes(byte... bytes) {
		String expected = "the bytes " + Escaped.of(bytes);
		long deadline = deadline();
		while (true) {
			int difference = this.unread.mismatch(bytes);
			if (difference >= 0) {
				throw new AssertionError("Expected " + expected + " from " + this.peer + ", but received "
						+ Escaped.of(this.unread.all()) + ", which differs at byte " + difference + ended());
			}
			if (this.unread.length() >= bytes.length) {
				this.unread.take(bytes.length);
				return this;
			}
			if (!readMore(deadline)) {
				throw missing(expected);
			}
		}
	}

	/**
	 * Sends text as a frame and waits for one.
	 * @param payload the text to send
	 * @return the payload of the frame received, as text
	 * @throws AssertionError if none arrives
	 */
	public String ask(String payload) {
		return send(payload).receive();
	}

	/**
	 * Sends bytes as a frame and waits for one.
	 * @param payload the bytes to send
	 * @return the payload of the frame received
	 * @throws AssertionError if none arrives
	 */
	public byte[] ask(byte[] payload) {
		return send(payload).receiveBytes();
	}

	/**
	 * Expects that the peer ends its output in good order, and sends nothing before that.
	 * @return this client
	 * @throws AssertionError if something arrives, if the peer resets the connection, or
	 * if the peer leaves it open
	 */
	public SocketTestClient expectClosed() {
		long deadline = deadline();
		while (this.unread.length() == 0 && readMore(deadline)) {
			// Reads on.
		}
		if (this.unread.length() > 0 || !this.connection.endedInOrder()) {
			throw missing("the end of the stream");
		}
		return this;
	}

	/**
	 * Expects that the peer resets the connection. What arrives before is ignored, since
	 * a reset may overtake it.
	 * @return this client
	 * @throws AssertionError if the peer ends its output in good order, or leaves the
	 * connection open
	 */
	public SocketTestClient expectReset() {
		long deadline = deadline();
		while (readMore(deadline)) {
			// Reads on.
		}
		if (!this.connection.wasReset()) {
			throw missing("a reset");
		}
		return this;
	}

	/**
	 * Expects that the peer refuses TLS with this client, which begins it unless it has
	 * begun, shows no certificate, and accepts whatever certificate the peer shows. A
	 * client that has begun TLS has done so as it was told.
	 * @return this client
	 * @throws AssertionError if the peer accepts, or does not answer
	 * @throws IllegalStateException if something has arrived that was not received
	 */
	public SocketTestClient expectTlsRefused() {
		return this.connection.isTls() ? expectTlsFailure() : expectTlsRefused(anyCertificate());
	}

	/**
	 * Begins TLS, and expects that the peer refuses it: in the handshake, by an alert, by
	 * ending the connection or because it speaks no TLS; or, as with TLS 1.3 for a
	 * certificate that is wrong or missing, by an alert behind that, before anything else
	 * arrives. A peer that accepts says nothing, so that the failure takes the whole time
	 * limit.
	 * @param context says whom to trust, and which certificate to show
	 * @return this client
	 * @throws AssertionError if the peer accepts, or does not answer, or if this client
	 * does not trust the peer
	 * @throws IllegalStateException if something has arrived that was not received, or
	 * TLS has begun before
	 */
	public SocketTestClient expectTlsRefused(SSLContext context) {
		if (this.connection.isTls()) {
			throw new IllegalStateException("TLS with " + this.peer + " has begun already");
		}
		if (this.connection.end() != null) {
			throw missing(TLS_REFUSAL);
		}
		try {
			handshake(context, new SSLParameters());
		}
		catch (IOException ex) {
			if (ex.getCause() instanceof CertificateException) {
				throw new AssertionError("Expected " + TLS_REFUSAL + " from " + this.peer
						+ ", but this client refuses it: " + ex.getMessage(), ex);
			}
			return this;
		}
		return expectTlsFailure();
	}

	private SocketTestClient expectTlsFailure() {
		long deadline = deadline();
		while (this.unread.length() == 0 && readMore(deadline)) {
			// Reads on.
		}
		if (this.unread.length() > 0 || !this.connection.wasRefusedByTls()) {
			throw missing(TLS_REFUSAL);
		}
		return this;
	}

	/**
	 * Ends the output: the peer sees the end of the stream, and this client can still
	 * receive.
	 * @return this client
	 */
	public SocketTestClient endOutput() {
		// TLS sends a close_notify, which waits for a thread that writes.
		TimeLimit limit = new TimeLimit("this client gave up ending its output");
		try {
			this.connection.endOutput();
			return this;
		}
		catch (IOException ex) {
			throw new AssertionError("Could not end the output to " + this.peer + ": " + reasonNotToSend(ex), ex);
		}
		finally {
			limit.close();
		}
	}

	/** Resets the connection. */
	public void reset() {
		this.connection.reset();
	}

	/**
	 * Closes the connection, in good order if the peer sends nothing more: the operating
	 * system answers anything that arrives later with a reset. Has no effect on a
	 * connection that was closed or reset before.
	 */
	@Override
	public void close() {
		TimeLimit limit = new TimeLimit("this client gave up closing");
		try {
			this.connection.close();
		}
		finally {
			limit.close();
		}
	}

	private byte[] receive(String expected) {
		long deadline = deadline();
		while (true) {
			byte[] frame = this.framing.decode(this.unread);
			if (frame != null) {
				return frame;
			}
			if (!readMore(deadline)) {
				throw missing(expected);
			}
		}
	}

	private long deadline() {
		return System.nanoTime() + this.timeout.toNanos();
	}

	/**
	 * Reads once.
	 * @return {@code false} if the connection has ended, or the time is over
	 */
	private boolean readMore(long deadline) {
		return this.connection.read(this.unread, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
	}

	private AssertionError missing(String expected) {
		String arrived = (this.unread.length() == 0) ? "nothing arrived"
				: "received " + Escaped.of(this.unread.all()) + this.framing.explain(this.unread);
		String end = this.connection.end();
		return new AssertionError("Expected " + expected + " from " + this.peer + ", but " + arrived + ", and "
				+ ((end != null) ? end : "the connection is still open after " + text(this.timeout)));
	}

	private String behind() {
		return ((this.unread.length() > 0) ? ", and behind it " + Escaped.of(this.unread.all()) : "") + ended();
	}

	private String ended() {
		String end = this.connection.end();
		return (end != null) ? ", and " + end : "";
	}

	private static String text(Duration duration) {
		return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

	/** Returns the addresses of both ends, for failure messages. */
	@Override
	public String toString() {
		return "SocketTestClient[" + Addresses.format(localAddress()) + " to " + this.peer + "]";
	}

	/** Cuts the connection, unless this is closed before the timeout. */
	private final class TimeLimit implements AutoCloseable {

		private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

		private final CompletableFuture<@Nullable Void> watched;

		private TimeLimit(String why) {
			this.watched = this.done.orTimeout(SocketTestClient.this.timeout.toNanos(), TimeUnit.NANOSECONDS)
				.exceptionally((late) -> {
					SocketTestClient.this.connection.cut(why);
					return null;
				});
		}

		boolean exceeded() {
			return this.done.isCompletedExceptionally();
		}

		@Override
		public void close() {
			this.done.complete(null);
			this.watched.join();
		}

	}

}
