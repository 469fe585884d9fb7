package dev.socketserver.netty;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * The other end, as a plain socket or the JVM's TLS over one, so that both ends do not
 * share a mistake.
 */
public final class Peer implements AutoCloseable {

	private static final int RECORD_HEADER = 5;

	private static final Layer PLAIN = (tcp) -> tcp;

	private final Tcp tcp = new Tcp();

	/** What is written to and read from. */
	private final Socket socket;

	private final InputStream in;

	/** Of what was read last. */
	private final byte[] part = new byte[8 * 1024];

	/** Connects as the server has it: with TLS that trusts the tests' authority. */
	public Peer(SocketServer server) throws IOException {
		this(server, 0);
	}

	/** Connects with TLS and does the handshake, asking for a host if one is given. */
	public Peer(SocketServer server, SSLContext context, @Nullable String host, String... protocols)
			throws IOException {
		this(address(server), 0, null, (tcp) -> {
			SSLSocket secured = (SSLSocket) context.getSocketFactory()
				.createSocket(tcp, "127.0.0.1", tcp.getPort(), true);
			SSLParameters parameters = secured.getSSLParameters();
			if (host != null) {
				parameters.setServerNames(List.of(new SNIHostName(host)));
			}
			if (protocols.length > 0) {
				parameters.setProtocols(protocols);
			}
			secured.setSSLParameters(parameters);
			secured.startHandshake();
			return secured;
		});
	}

	/** Connects from an address of this machine. */
	public Peer(SocketServer server, String source) throws IOException {
		this(address(server), 0, new InetSocketAddress(source, 0), layer(server));
	}

	/** Connects with a receive buffer of the given size, or the system's if 0. */
	public Peer(SocketServer server, int receiveBuffer) throws IOException {
		this(address(server), receiveBuffer, null, layer(server));
	}

	/**
	 * Connects with bytes in front of everything else, in one segment with what follows,
	 * but for a cut after so many bytes.
	 */
	public Peer(SocketServer server, byte[] before, int cut) throws IOException {
		this(address(server), 0, null, (tcp) -> {
			((Tcp) tcp).before = before;
			((Tcp) tcp).cut = cut;
			return layer(server).over(tcp);
		});
	}

	/** Connects to a server of this machine that another JVM has. */
	public Peer(int port, int receiveBuffer) throws IOException {
		this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), receiveBuffer, null, PLAIN);
	}

	/** The same with TLS. */
	public Peer(int port, int receiveBuffer, SSLContext context) throws IOException {
		this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), receiveBuffer, null,
				(tcp) -> secured(tcp, context));
	}

	/**
	 * A server that refuses a connection at once may reset it before this thread sees
	 * that it was made: to a peer that is a reset like a later one.
	 */
	private void connect(InetSocketAddress address, Layer layer) throws IOException {
		try {
			this.tcp.connect(address, Patience.millis());
			this.tcp.setSoTimeout(Patience.millis());
		}
		catch (SocketException ex) {
			if (layer != PLAIN || !"Connection reset by peer".equals(ex.getMessage())) {
				throw ex;
			}
			this.tcp.reset = ex;
		}
	}

	private static Layer layer(SocketServer server) {
		return (server.spec().tls() != null && server.spec().tls().mode() == TlsMode.IMMEDIATE) ? Peer::secured : PLAIN;
	}

	private static Socket secured(Socket tcp) throws IOException {
		return secured(tcp, Certificates.TRUSTED.resuming());
	}

	private static Socket secured(Socket tcp, SSLContext context) throws IOException {
		SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(tcp, "127.0.0.1", tcp.getPort(), true);
		// Else it would wait for the first byte, and there would be no session.
		secured.startHandshake();
		return secured;
	}

	private Peer(InetSocketAddress address, int receiveBuffer, @Nullable InetSocketAddress source, Layer layer)
			throws IOException {
		if (receiveBuffer > 0) {
			this.tcp.setReceiveBufferSize(receiveBuffer);
		}
		this.tcp.setTcpNoDelay(true);
		this.tcp.bind(source);
		connect(address, layer);
		try {
			this.socket = layer.over(this.tcp);
		}
		catch (IOException ex) {
			this.tcp.close();
			throw ex;
		}
		this.in = new BufferedInputStream(this.socket.getInputStream(), 64 * 1024);
	}

	private static InetSocketAddress address(SocketServer server) {
		InetSocketAddress address = server.localAddress();
		if (address == null) {
			throw new IllegalStateException(server.name() + " does not listen");
		}
		return address;
	}

	/** Whether a new connection is reset: before connect returns, or when it is read. */
	public static boolean isRefused(SocketServer server) throws IOException {
		return isRefused(server, "127.0.0.1");
	}

	/** The same of a connection from another address of this machine. */
	public static boolean isRefused(SocketServer server, String source) throws IOException {
		try (Peer peer = new Peer(server, source)) {
			return peer.sawReset();
		}
		catch (SocketException ex) {
			return true;
		}
	}

	public Peer send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	public Peer send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		return this;
	}

	public Peer sendByteByByte(String text) throws IOException {
		for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
			this.socket.getOutputStream().write(value);
		}
		return this;
	}

	public Peer endOutput() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/** Reads up to and with the next LF; much at once, as lines may be long. */
	public String line() throws IOException {
		StringBuilder line = new StringBuilder();
		while (true) {
			this.in.mark(this.part.length);
			int count = this.in.read(this.part);
			if (count < 0) {
				throw new IOException("The stream ended behind '" + line + "'");
			}
			int length = 0;
			while (length < count && this.part[length] != '\n') {
				length++;
			}
			line.append(new String(this.part, 0, length, StandardCharsets.ISO_8859_1));
			if (length < count) {
				this.in.reset();
				this.in.skipNBytes(length + 1L);
				return line.toString();
			}
		}
	}

	public String ask(String line) throws IOException {
		return send(line + "\n").line();
	}

	/** Whether something has arrived that is not read; with TLS, that is not known. */
	public boolean hasInput() throws IOException {
		return this.in.available() > 0;
	}

	public byte[] bytes(int count) throws IOException {
		return this.in.readNBytes(count);
	}

	/** Reads everything up to the end of the stream. */
	public String rest() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.UTF_8);
	}

	/** How long to wait for a byte; as long as all tests wait unless set otherwise. */
	public void timeout(Duration timeout) throws IOException {
		this.socket.setSoTimeout((int) timeout.toMillis());
	}

	/** Returns whose certificate the server has shown. */
	public String certified() throws IOException {
		X509Certificate shown = (X509Certificate) ((SSLSocket) this.socket).getSession().getPeerCertificates()[0];
		return shown.getSubjectX500Principal().getName();
	}

	public int localPort() {
		return this.socket.getLocalPort();
	}

	public InputStream in() {
		return this.in;
	}

	/** Whether the connection was reset, rather than ended in good order. */
	public boolean sawReset() throws IOException {
		try {
			this.in.readAllBytes();
			return false;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	/** Resets the connection, unless it is closed: TLS does that when it sees its end. */
	public void reset() throws IOException {
		if (!this.tcp.isClosed()) {
			this.tcp.setSoLinger(true, 0);
			this.tcp.close();
		}
	}

	/** Ends the output of TLS, and leaves that of the TCP connection open. */
	public Peer endTlsOutput() throws IOException {
		this.tcp.keepOutput = true;
		this.socket.shutdownOutput();
		return this;
	}

	/** Sends bytes that TLS, if there is any, knows nothing of. */
	public void sendTcp(byte[] bytes) throws IOException {
		this.tcp.getOutputStream().write(bytes);
	}

	/** Changes what is received from now on before TLS gets it. */
	public void breakTcpInput() {
		this.tcp.breakInput = true;
	}

	/**
	 * Reads everything that is received below TLS, up to the end of the TCP connection.
	 */
	public byte[] tcpRest() throws IOException {
		return this.tcp.getInputStream().readAllBytes();
	}

	/** Ends the TCP connection's output, whatever is above it. */
	public Peer endTcpOutput() throws IOException {
		this.tcp.shutdownOutput();
		return this;
	}

	/** The TLS session; without TLS there is none. */
	public SSLSession tls() {
		return ((SSLSocket) this.socket).getSession();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/** Makes of a connection what is written to and read from. */
	private interface Layer {

		Socket over(Socket tcp) throws IOException;

	}

	/** A socket whose output does not end with that of TLS if it is not to. */
	private static final class Tcp extends Socket {

		private boolean keepOutput;

		/** Still to be sent, with what is written first. */
		private byte @Nullable [] before;

		private int cut;

		private boolean breakInput;

		/** How the connection was reset before it was seen to be made. */
		private @Nullable SocketException reset;

		private void checkReset() throws SocketException {
			if (this.reset != null) {
				throw this.reset;
			}
		}

		@Override
		public InputStream getInputStream() throws IOException {
			if (this.reset != null) {
				return new ResetInput(this.reset);
			}
			return new FilterInputStream(super.getInputStream()) {

				@Override
				public int read(byte[] bytes, int offset, int length) throws IOException {
					int count = super.read(bytes, offset, length);
					// Not the header of a record, which is read by itself.
					if (Tcp.this.breakInput && count > RECORD_HEADER) {
						bytes[offset + count - 1] ^= 1;
					}
					return count;
				}

			};
		}

		@Override
		public OutputStream getOutputStream() throws IOException {
			checkReset();
			return new FilterOutputStream(super.getOutputStream()) {

				@Override
				public void write(byte[] bytes, int offset, int length) throws IOException {
					byte[] first = Tcp.this.before;
					if (first == null) {
						this.out.write(bytes, offset, length);
						return;
					}
					Tcp.this.before = null;
					byte[] all = Arrays.copyOf(first, first.length + length);
					System.arraycopy(bytes, offset, all, first.length, length);
					int start = Math.min(Tcp.this.cut, all.length);
					this.out.write(all, 0, start);
					this.out.write(all, start, all.length - start);
				}

			};
		}

		@Override
		public void shutdownOutput() throws IOException {
			checkReset();
			if (!this.keepOutput) {
				super.shutdownOutput();
			}
		}

	}

	/** What there is to read of a connection that was reset. */
	private static final class ResetInput extends InputStream {

		private final SocketException reset;

		private ResetInput(SocketException reset) {
			this.reset = reset;
		}

		@Override
		public int read() throws IOException {
			throw this.reset;
		}

	}

}
