package dev.socketserver.test;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

import dev.socketserver.ListenerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.framing.Framing;
import dev.socketserver.test.connection.ClientFraming;
import dev.socketserver.test.connection.JsonFrames;
import dev.socketserver.test.connection.Outgoing;
import dev.socketserver.test.connection.TestConnection;
import dev.socketserver.test.connection.TestInput;
import dev.socketserver.test.connection.TimeLimit;
import dev.socketserver.test.connection.TlsStart;
import dev.socketserver.transcript.Transcript;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * A client for tests. It is a plain {@link Socket}, with raw bytes, lines and 4-byte
 * lengths of its own, so that it shares no mistake with the server. Other framings are
 * the server's: use {@link #sendRaw} and {@link #expectBytes} if the bytes themselves are
 * to be tested.
 * <p>
 * At a server of UDP, each frame that is sent is a datagram, and so is each segment.
 * Nothing there has an end: what needs a stream throws an
 * {@link UnsupportedOperationException}.
 * <p>
 * Everything that waits has a time limit: 5 seconds, or what the system property
 * {@code socketserver.test.timeout} says, such as {@code 30s} for slow machines, unless
 * {@link #timeout} says otherwise. If something is not as expected, an
 * {@link AssertionError} shows what was expected, what arrived instead, and whether the
 * peer has closed or reset the connection. One thread may send while another receives.
 */
public final class SocketTestClient implements AutoCloseable, AssertProvider<SocketTestClientAssert> {

	private final ConnectionTarget target;

	private final TestConnection connection;

	private final ClientFraming framing;

	private final Charset charset;

	private final TestInput incoming;

	private final Outgoing outgoing;

	private final TlsStart tlsStart;

	/** Begins TLS as this client has begun it; does nothing until it has. */
	private volatile Consumer<SocketTestClient> tls = (client) -> {
	};

	private volatile Duration timeout = ConnectionTarget.timeout();

	private volatile int segment = Integer.MAX_VALUE;

	private SocketTestClient(ConnectionTarget target) {
		this.target = target;
		this.framing = target.clientFraming();
		this.connection = target.open();
		this.charset = target.charset();
		this.incoming = new TestInput(this.connection, this.framing);
		this.outgoing = new Outgoing(this.connection);
		this.tlsStart = new TlsStart(this.connection, this.incoming);
	}

	/**
	 * Connects to a port of this machine, for lines of UTF-8 text.
	 * @param port the port
	 * @return the client, connected
	 * @throws AssertionError if no program listens there
	 */
	public static SocketTestClient connect(int port) {
		return connect(port, Framing.line());
	}

	/**
	 * Connects to a port of this machine, with the given framing and UTF-8 text.
	 * @param port the port
	 * @param framing the framing
	 * @return the client, connected
	 * @throws AssertionError if no program listens there
	 */
	public static SocketTestClient connect(int port, Framing framing) {
		return new SocketTestClient(ConnectionTarget.of(ConnectionTarget.local(port), framing));
	}

	/** Connects to a host name or address as {@link #connect(int)} does. */
	public static SocketTestClient connect(String host, int port) {
		return connect(host, port, Framing.line());
	}

	/** Connects to a host name or address as {@link #connect(int, Framing)} does. */
	public static SocketTestClient connect(String host, int port, Framing framing) {
		return new SocketTestClient(ConnectionTarget.of(new InetSocketAddress(host, port), framing));
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
		return connect(ConnectionTarget.of(server), null);
	}

	/**
	 * Connects to one of several listeners of a server, as to a server.
	 * @param server the server
	 * @param listener the name of the listener
	 * @return the client
	 * @throws IllegalStateException if the server does not listen, or has no such
	 * listener
	 */
	public static SocketTestClient connect(SocketServer server, String listener) {
		return connect(ConnectionTarget.of(server, ConnectionTarget.listener(server, listener)), null);
	}

	static SocketTestClient connect(ConnectionTarget target, @Nullable SSLContext context) {
		SocketTestClient client = new SocketTestClient(target);
		if (!target.beginsWithTls()) {
			return client;
		}
		return (context != null) ? client.startTls(context) : client.startTls();
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
		return connect(ConnectionTarget.of(server), context);
	}

	/**
	 * Expects that connections to a port of this machine are refused, since no program
	 * listens there.
	 * @param port the port
	 * @throws AssertionError if a program does, even if it is too busy to accept
	 */
	public static void expectRefused(int port) {
		ConnectionTarget.expectRefused(port);
	}

	/**
	 * Changes the time limit of everything that waits, except for connecting.
	 * @param timeout how long to wait at most; positive
	 * @return this client
	 * @throws IllegalArgumentException if it is not positive
	 */
	public SocketTestClient timeout(Duration timeout) {
		this.timeout = TimeLimit.positive(timeout);
		return this;
	}

	/**
	 * Begins TLS, and accepts whatever certificate the peer shows.
	 * @return this client
	 * @throws AssertionError if the handshake fails
	 * @throws IllegalStateException if something has arrived that was not received
	 */
	public SocketTestClient startTls() {
		return startTls(ConnectionTarget.anyCertificate());
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
		checkStream("startTls");
		this.tlsStart.begin(context, parameters, this.timeout);
		this.tls = (client) -> client.startTls(context, parameters);
		return this;
	}

	/**
	 * Splits everything that is sent from now on into pieces. Each is written by itself,
	 * and not held back to be joined with the next: 1 sends one byte at a time. (A
	 * receiver that is slower than the network may still find several pieces at once.)
	 * @param bytes the length of a piece; {@link Integer#MAX_VALUE} to split no more
	 * @return this client
	 * @throws IllegalArgumentException if it is less than 1
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

	/** Sends a frame as {@link #send(String)} does. */
	public SocketTestClient send(byte[] payload) {
		return sendRaw(this.framing.encode(payload));
	}

	/** Sends text as {@link #sendRaw(byte...)} sends bytes. */
	public SocketTestClient sendRaw(String text) {
		return sendRaw(text.getBytes(this.charset));
	}

	/**
	 * Sends bytes as they are, without a frame around them.
	 * @param bytes the bytes
	 * @return this client
	 */
	public SocketTestClient sendRaw(byte... bytes) {
		this.outgoing.send(bytes, this.segment, this.timeout);
		return this;
	}

	/**
	 * Waits for a frame.
	 * @return its payload, as text
	 * @throws AssertionError if none arrives
	 */
	public String receive() {
		return new String(receiveBytes(), this.charset);
	}

	/** Waits for a frame as {@link #receive()} does, and returns its bytes. */
	public byte[] receiveBytes() {
		return this.incoming.frame(this.timeout);
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
		this.incoming.expectFrame(payload, this.timeout);
		return this;
	}

	/** Expects text as {@link #expectBytes(byte...)} expects bytes. */
	public SocketTestClient expectBytes(String text) {
		return expectBytes(text.getBytes(this.charset));
	}

	/**
	 * Expects bytes as they are on the wire, including what delimits frames. What arrives
	 * after them can be received later.
	 * @param bytes the bytes
	 * @return this client
	 * @throws AssertionError if something else arrives, or too little
	 */
	public SocketTestClient expectBytes(byte... bytes) {
		this.incoming.expectBytes(bytes, this.timeout);
		return this;
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

	/** Returns what sends and receives objects as JSON, which needs Jackson. */
	public JsonFrames json() {
		return new JsonFrames(this::send, this::receiveBytes);
	}

	/** Does with bytes what {@link #ask(String)} does. */
	public byte[] ask(byte[] payload) {
		return send(payload).receiveBytes();
	}

	/**
	 * Expects a request from the server, such as one of {@code SocketSession.ask}, to
	 * which this client then sends its {@link #answer(String)}.
	 * @param payload the payload of the request, as text
	 * @return this client
	 * @throws AssertionError if another frame arrives, or none
	 */
	public SocketTestClient expectAsk(String payload) {
		return expect(payload);
	}

	/** Does with bytes what {@link #expectAsk(String)} does. */
	public SocketTestClient expectAsk(byte[] payload) {
		return expect(payload);
	}

	/**
	 * Answers a request of the server.
	 * @param payload the payload of the reply, as text; with the key of the request if
	 * the server has a correlator
	 * @return this client
	 */
	public SocketTestClient answer(String payload) {
		return send(payload);
	}

	/** Does with bytes what {@link #answer(String)} does. */
	public SocketTestClient answer(byte[] payload) {
		return send(payload);
	}

	/**
	 * Plays a {@linkplain Transcript transcript} against the server: sends what the peer
	 * has sent, and expects, byte by byte, what it got. With {@code ! PEER_CLOSED} this
	 * client ends its output, and with {@code ! PEER_RESET} it resets the connection;
	 * with any other reason the server is expected to end it. If this client was
	 * connected to a server of this JVM, the reason is compared, too. Each further
	 * session of the transcript has a connection of its own.
	 * @param transcript the text of the transcript
	 * @return this client
	 * @throws AssertionError if the server answers in another way; the message has the
	 * line of the transcript
	 */
	public SocketTestClient replay(String transcript) {
		new TranscriptReplay(this, TranscriptReplay.Segments.AS_WRITTEN).replay(transcript);
		return this;
	}

	/** Plays the transcript in a file, in UTF-8, as {@link #replay(String)} does. */
	public SocketTestClient replay(Path transcript) {
		new TranscriptReplay(this, TranscriptReplay.Segments.AS_WRITTEN).replay(transcript);
		return this;
	}

	/**
	 * Plays transcripts once for each way to split one payload of the peer in two, on a
	 * connection each. The second part is sent when the server has read the first;
	 * {@link TranscriptReplay#splitsRead()} says how often that is certain.
	 * @throws UnsupportedOperationException at a server of UDP
	 */
	public TranscriptReplay everySplit() {
		checkStream("everySplit");
		return new TranscriptReplay(this, TranscriptReplay.Segments.EVERY_SPLIT);
	}

	/**
	 * Plays transcripts with all payloads up to the next answer in one segment.
	 * @throws UnsupportedOperationException at a server of UDP
	 */
	public TranscriptReplay glued() {
		checkStream("glued");
		return new TranscriptReplay(this, TranscriptReplay.Segments.GLUED);
	}

	/** Connects once more, in the same way and with the same settings. */
	SocketTestClient reconnected() {
		SocketTestClient client = new SocketTestClient(this.target);
		this.tls.accept(client);
		return client.timeout(this.timeout).inSegmentsOf(this.segment);
	}

	/** Expects that the peer ends the connection, in order or not. */
	void expectEnd() {
		this.incoming.expectEnd(this.timeout);
	}

	/** Returns how many bytes were sent so far, as they were before TLS. */
	long bytesSent() {
		return this.outgoing.bytesSent();
	}

	/** Whether its connection has a stream, and not datagrams. */
	boolean isStream() {
		return this.connection.isStream();
	}

	private void checkStream(String method) {
		if (!isStream()) {
			throw new UnsupportedOperationException(method + " needs a stream, and " + this.connection.peer()
					+ " is a port of UDP, which has datagrams");
		}
	}

	@Nullable SocketServer server() {
		return this.target.server();
	}

	/** Returns the listener to which it is connected, if the server is of this JVM. */
	@Nullable ListenerSpec listener() {
		return this.target.listener();
	}

	Duration timeout() {
		return this.timeout;
	}

	/**
	 * Expects that the peer ends its output in good order, and sends nothing before.
	 * @return this client
	 * @throws AssertionError if something arrives, if the peer resets the connection, or
	 * if the peer leaves it open
	 * @throws UnsupportedOperationException at a server of UDP
	 */
	public SocketTestClient expectClosed() {
		checkStream("expectClosed");
		this.incoming.expectClosed(this.timeout);
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
		this.incoming.expectReset(this.timeout);
		return this;
	}

	/**
	 * Expects that the peer refuses TLS with this client, which begins it unless it has
	 * begun, shows no certificate, and accepts whatever certificate the peer shows. A
	 * client that has begun TLS has done so as it was asked.
	 * @return this client
	 * @throws AssertionError if the peer accepts, or does not answer
	 * @throws IllegalStateException if something has arrived that was not received
	 */
	public SocketTestClient expectTlsRefused() {
		if (!this.connection.isTls()) {
			return expectTlsRefused(ConnectionTarget.anyCertificate());
		}
		this.incoming.expectTlsRefused(this.timeout);
		return this;
	}

	/**
	 * Begins TLS, and expects that the peer refuses it: in the handshake, by an alert, by
	 * ending the connection or because it speaks no TLS; or, as with TLS 1.3 for a
	 * certificate that is wrong or missing, by an alert after that, before anything else
	 * arrives. A peer that accepts says nothing.
	 * @param context says whom to trust, and which certificate to show
	 * @return this client
	 * @throws AssertionError if the peer accepts, or does not answer, or if this client
	 * does not trust the peer
	 * @throws IllegalStateException if something has arrived that was not received, or
	 * TLS has begun before
	 */
	public SocketTestClient expectTlsRefused(SSLContext context) {
		this.tlsStart.expectRefused(context, this.timeout);
		return this;
	}

	/**
	 * Ends the output: the peer sees the end of the stream, and can still send.
	 * @return this client
	 * @throws UnsupportedOperationException at a server of UDP
	 */
	public SocketTestClient endOutput() {
		checkStream("endOutput");
		this.outgoing.end(this.timeout);
		return this;
	}

	/** Resets the connection. A Unix socket, and one of UDP, is closed instead. */
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
		this.outgoing.close(this.timeout);
	}

	/** For {@code assertThat(client)} of AssertJ. */
	@Override
	public SocketTestClientAssert assertThat() {
		return new SocketTestClientAssert(this);
	}

	/** Returns the addresses of both ends, for failure messages. */
	@Override
	public String toString() {
		return "SocketTestClient[" + Addresses.format(localAddress()) + " to " + this.connection.peer() + "]";
	}

}
