package dev.socketserver.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.Addresses;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, for tests. It is a plain {@link Socket}, with raw bytes,
 * lines and 4-byte lengths of its own, so that it shares no mistake with the server.
 * Other framings are the server's: use {@link #sendRaw} and {@link #expectBytes} where
 * the bytes themselves are to be tested.
 * <p>
 * Everything that waits has a time limit, 5 seconds unless {@link #timeout} says
 * otherwise. What does not come as expected is an {@link AssertionError} that shows what
 * was expected, what arrived instead, and whether the peer has closed or reset the
 * connection. One thread may send while another receives.
 */
public final class SocketTestClient implements AutoCloseable {

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private final ClientFraming framing;

	private final Charset charset;

	private final String peer;

	private final Unread unread = new Unread();

	private volatile Duration timeout = DEFAULT_TIMEOUT;

	private volatile int segment = Integer.MAX_VALUE;

	/** How the connection ended, as far as this client has noticed. */
	private volatile @Nullable String end;

	private volatile boolean reset;

	private SocketTestClient(Socket socket, ClientFraming framing, Charset charset) throws IOException {
		this.socket = socket;
		this.in = socket.getInputStream();
		this.out = socket.getOutputStream();
		this.framing = framing;
		this.charset = charset;
		this.peer = socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
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
	 * @param framing which frames to speak
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
	 * @param framing which frames to speak
	 * @return the client, connected
	 * @throws AssertionError if nobody listens there
	 */
	public static SocketTestClient connect(String host, int port, Framing framing) {
		return connect(new InetSocketAddress(host, port), framing, StandardCharsets.UTF_8);
	}

	/**
	 * Connects to a server of this JVM, with its own framing and charset.
	 * @param server the server
	 * @return the client, connected
	 * @throws IllegalStateException if the server does not listen
	 */
	public static SocketTestClient connect(SocketServer server) {
		return connect(addressOf(server), server.spec().framing(), server.spec().session().charset());
	}

	/**
	 * Expects that connections to a port of this machine are refused, since nobody
	 * listens there.
	 * @param port the port
	 * @throws AssertionError if somebody does
	 */
	public static void expectRefused(int port) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try {
			open(address).close();
		}
		catch (IOException ex) {
			return;
		}
		throw new AssertionError(
				"Expected " + Addresses.format(address) + " to refuse connections, but it accepted one");
	}

	private static SocketTestClient connect(InetSocketAddress address, Framing framing, Charset charset) {
		ClientFraming known = ClientFraming.of(framing);
		try {
			return new SocketTestClient(open(address), known, charset);
		}
		catch (IOException ex) {
			throw new AssertionError("Could not connect to " + Addresses.format(address) + ": " + ex.getMessage(), ex);
		}
	}

	private static Socket open(InetSocketAddress address) throws IOException {
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.connect(address, Math.toIntExact(DEFAULT_TIMEOUT.toMillis()));
			SocketAddress local = socket.getLocalSocketAddress();
			if (local.equals(socket.getRemoteSocketAddress())) {
				// The system may pick the port it connects to, which connects it to
				// itself.
				throw new IOException("nobody listens there");
			}
			return socket;
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw ex;
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
	 * Changes the time limit of everything that waits, connecting excepted.
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
	 * Cuts everything sent from now on into pieces, each of them written by itself and
	 * not held back to be joined with the next: 1 sends one byte at a time. (A receiver
	 * that is slower than the network may still find several pieces at once.)
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
	 * Returns this end of the connection, which is how the server sees its peer.
	 * @return the address
	 */
	public InetSocketAddress localAddress() {
		return (InetSocketAddress) this.socket.getLocalSocketAddress();
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
		CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
		CompletableFuture<@Nullable Void> watched = written.orTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS)
			.exceptionally((late) -> {
				end("this client gave up sending", false);
				closeSocket();
				return null;
			});
		try {
			while (sent < bytes.length) {
				int length = Math.min(this.segment, bytes.length - sent);
				this.out.write(bytes, sent, length);
				sent += length;
			}
			return this;
		}
		catch (IOException ex) {
			String attempt = "Could not send " + Escaped.of(bytes) + " to " + this.peer;
			if (written.isCompletedExceptionally()) {
				throw new AssertionError(attempt + " within " + text(this.timeout)
						+ ": it reads too slowly, if at all. Is it waiting for this client to receive?", ex);
			}
			if (!this.socket.isClosed() && !this.socket.isOutputShutdown()) {
				end("the peer reset the connection (" + ex.getMessage() + ")", true);
			}
			throw new AssertionError(attempt + ": " + reasonNotToSend(ex), ex);
		}
		finally {
			written.complete(null);
			watched.join();
		}
	}

	private String reasonNotToSend(IOException ex) {
		String end = this.end;
		if (this.socket.isOutputShutdown() && !this.socket.isClosed()) {
			return "this client has ended its output";
		}
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
	 * Expects a frame. With raw framing, which has none, exactly as many bytes are taken
	 * as are expected.
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
	 * Expects text as it is on the wire, with what delimits frames; what comes behind it
	 * is left for later.
	 * @param text the text
	 * @return this client
	 * @throws AssertionError if something else arrives, or too little
	 */
	public SocketTestClient expectBytes(String text) {
		return expectBytes(text.getBytes(this.charset));
	}

	/**
	 * Expects bytes as they are on the wire, with what delimits frames; what comes behind
	 * them is left for later.
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
	 * Expects that the peer ends its output in good order, and sends nothing before.
	 * @return this client
	 * @throws AssertionError if something arrives, if the peer resets the connection, or
	 * if it leaves it open
	 */
	public SocketTestClient expectClosed() {
		long deadline = deadline();
		while (this.unread.length() == 0 && readMore(deadline)) {
			// Reads on.
		}
		if (this.unread.length() > 0 || this.end == null || this.reset || this.socket.isClosed()) {
			throw missing("the end of the stream");
		}
		return this;
	}

	/**
	 * Expects that the peer resets the connection. What arrives before is ignored, for a
	 * reset may overtake it.
	 * @return this client
	 * @throws AssertionError if the peer ends its output in good order, or leaves the
	 * connection open
	 */
	public SocketTestClient expectReset() {
		long deadline = deadline();
		while (readMore(deadline)) {
			// Reads on.
		}
		if (!this.reset) {
			throw missing("a reset");
		}
		return this;
	}

	/**
	 * Ends the output: the peer sees the end of the stream, and can still be received
	 * from.
	 * @return this client
	 */
	public SocketTestClient endOutput() {
		try {
			this.socket.shutdownOutput();
			return this;
		}
		catch (IOException ex) {
			throw new AssertionError("Could not end the output to " + this.peer + ": " + reasonNotToSend(ex), ex);
		}
	}

	/**
	 * Drops the connection: the peer sees a reset.
	 */
	public void reset() {
		try {
			this.socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// Closed already, which is all that can be done about it.
		}
		end("this client has reset the connection", false);
		closeSocket();
	}

	/**
	 * Closes the connection, in good order if the peer has nothing more to say: a reply
	 * that arrives later is answered by the operating system with a reset. Has no effect
	 * on a connection that was closed or reset before.
	 */
	@Override
	public void close() {
		if (this.socket.isClosed()) {
			return;
		}
		end("this client has closed the connection", false);
		try {
			if (!this.socket.isOutputShutdown()) {
				this.socket.shutdownOutput();
			}
			// Closing a socket with unread input resets the connection.
			while (this.in.available() > 0) {
				this.in.skip(this.in.available());
			}
		}
		catch (IOException ex) {
			// The connection is gone.
		}
		closeSocket();
	}

	private void closeSocket() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// There is nothing left to close.
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
	 * @return {@code false} if the connection has ended, or time is up
	 */
	private boolean readMore(long deadline) {
		long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
		if (this.end != null || millis <= 0) {
			return false;
		}
		try {
			this.socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
			if (this.unread.readFrom(this.in)) {
				return true;
			}
			end("the peer ended the stream", false);
		}
		catch (SocketTimeoutException ex) {
			// Time is up.
		}
		catch (IOException ex) {
			end("the peer reset the connection (" + ex.getMessage() + ")", true);
		}
		return false;
	}

	private synchronized void end(String how, boolean byReset) {
		if (this.end == null) {
			this.end = how;
			this.reset = byReset;
		}
	}

	private AssertionError missing(String expected) {
		String arrived = (this.unread.length() == 0) ? "nothing arrived"
				: "received " + Escaped.of(this.unread.all()) + this.framing.explain(this.unread);
		String end = this.end;
		return new AssertionError("Expected " + expected + " from " + this.peer + ", but " + arrived + ", and "
				+ ((end != null) ? end : "the connection is still open after " + text(this.timeout)));
	}

	private String behind() {
		return ((this.unread.length() > 0) ? ", and behind it " + Escaped.of(this.unread.all()) : "") + ended();
	}

	private String ended() {
		return (this.end != null) ? ", and " + this.end : "";
	}

	private static String text(Duration duration) {
		return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

	/**
	 * Returns both ends, for failure messages.
	 */
	@Override
	public String toString() {
		return "SocketTestClient[" + Addresses.format(localAddress()) + " to " + this.peer + "]";
	}

}
