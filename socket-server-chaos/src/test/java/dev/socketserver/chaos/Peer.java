package dev.socketserver.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

import javax.net.ssl.SSLSocket;

import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a session: a plain blocking socket, so that both sides do not share
 * mistakes. One thread reads, one writes.
 */
final class Peer implements AutoCloseable {

	/** On an idle machine. */
	private static final Duration PATIENCE = Duration.ofSeconds(8);

	private final Socket socket;

	private final @Nullable Socket below;

	private final InputStream in;

	private final OutputStream out;

	private long sent;

	private long received;

	private Peer(Socket socket, @Nullable Socket below) throws IOException {
		this.socket = socket;
		this.below = below;
		this.in = new BufferedInputStream(socket.getInputStream());
		this.out = socket.getOutputStream();
	}

	/** A peer that receives nothing for so long has failed. */
	static int patienceMillis() {
		return (int) Patience.stretched(PATIENCE).toMillis();
	}

	static Peer connect(int port, InetAddress from, boolean narrow) throws IOException {
		Socket socket = new Socket();
		try {
			if (narrow) {
				socket.setReceiveBufferSize(4 * 1024);
				socket.setSendBufferSize(8 * 1024);
			}
			socket.setTcpNoDelay(true);
			socket.bind(new InetSocketAddress(from, 0));
			socket.setSoTimeout(patienceMillis());
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patienceMillis());
			return new Peer(socket, null);
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	/** Returns a peer that has connected to us. */
	static Peer of(Socket accepted) throws IOException {
		accepted.setSoTimeout(patienceMillis());
		return new Peer(accepted, null);
	}

	/** Returns a peer that speaks TLS on the connection of this one. */
	Peer secured() throws IOException {
		SSLSocket secured = (SSLSocket) Certificates.trustingEverybody()
			.createSocket(this.socket, "localhost", this.socket.getPort(), true);
		secured.startHandshake();
		return new Peer(secured, this.socket);
	}

	/** Returns the serial number of the server's certificate. */
	String certificate() throws IOException {
		return Certificates.serial(((SSLSocket) this.socket).getSession().getPeerCertificates()[0]);
	}

	InetSocketAddress address() {
		return (InetSocketAddress) this.socket.getLocalSocketAddress();
	}

	long sent() {
		return this.sent;
	}

	long received() {
		return this.received;
	}

	void write(String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.out.write(bytes);
		this.sent += bytes.length;
	}

	/** Writes what does not count among the bytes of the session. */
	void writeHeader(String text) throws IOException {
		this.out.write(text.getBytes(StandardCharsets.US_ASCII));
	}

	/** Writes text in pieces of random lengths. */
	void writeSplit(String text, Random random) throws IOException {
		int from = 0;
		while (from < text.length()) {
			int to = Math.min(text.length(), from + 1 + random.nextInt(random.nextBoolean() ? 3 : 400));
			write(text.substring(from, to));
			from = to;
		}
	}

	/** Returns the next line, or {@code null} at the end. */
	@Nullable String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = this.in.read(); next >= 0; next = this.in.read()) {
			this.received++;
			if (next == '\n') {
				return line.toString(StandardCharsets.UTF_8);
			}
			line.write(next);
		}
		if (line.size() > 0) {
			throw new IOException("The stream has ended within a line of " + line.size() + " bytes");
		}
		return null;
	}

	/** Fails unless that is the next line. */
	void expect(String line) throws IOException {
		String next = readLine();
		if (!line.equals(next)) {
			throw new AssertionError("Expected " + shortened(line) + " but got " + shortened(next));
		}
	}

	String ask(String line) throws IOException {
		write(line + "\n");
		String reply = readLine();
		if (reply == null) {
			throw new AssertionError("The stream has ended instead of a reply to " + shortened(line));
		}
		return reply;
	}

	/** Fails unless the server is silent for a while. */
	void expectSilence(int millis) throws IOException {
		this.socket.setSoTimeout(millis);
		try {
			throw new AssertionError("Expected silence but got " + shortened(readLine()));
		}
		catch (SocketTimeoutException ex) {
			this.socket.setSoTimeout(patienceMillis());
		}
	}

	/** Fails unless the server ends the connection and sends nothing more. */
	void expectEnd() throws IOException {
		String next;
		try {
			next = readLine();
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The server has not ended the connection", ex);
		}
		catch (IOException ex) {
			// A reset is an end, too.
			return;
		}
		if (next != null) {
			throw new AssertionError("Expected the end but got " + shortened(next));
		}
	}

	void endOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	void reset() throws IOException {
		Socket lowest = (this.below != null) ? this.below : this.socket;
		lowest.setSoLinger(true, 0);
		lowest.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private static String shortened(@Nullable String text) {
		return (text == null || text.length() < 60) ? "'" + text + "'"
				: "'" + text.substring(0, 50) + "…' (" + text.length() + ")";
	}

}
