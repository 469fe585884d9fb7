package dev.socketserver.netty;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

import dev.socketserver.SocketServer;
import org.jspecify.annotations.Nullable;

/**
 * The other end, as a plain socket, so that both ends do not share a mistake.
 */
final class Peer implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final Socket socket = new Socket();

	private final InputStream in;

	Peer(SocketServer server) throws IOException {
		this(server, 0);
	}

	/** Connects from an address of this machine. */
	Peer(SocketServer server, String source) throws IOException {
		this(address(server), 0, new InetSocketAddress(source, 0));
	}

	/** Connects with a receive buffer of the given size, or the system's if 0. */
	Peer(SocketServer server, int receiveBuffer) throws IOException {
		this(address(server), receiveBuffer, null);
	}

	/** Connects to a server of this machine that another JVM has. */
	Peer(int port, int receiveBuffer) throws IOException {
		this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), receiveBuffer, null);
	}

	private Peer(InetSocketAddress address, int receiveBuffer, @Nullable InetSocketAddress source) throws IOException {
		if (receiveBuffer > 0) {
			this.socket.setReceiveBufferSize(receiveBuffer);
		}
		this.socket.setTcpNoDelay(true);
		this.socket.bind(source);
		this.socket.connect(address, TIMEOUT_MILLIS);
		this.socket.setSoTimeout(TIMEOUT_MILLIS);
		this.in = new BufferedInputStream(this.socket.getInputStream(), 64 * 1024);
	}

	private static InetSocketAddress address(SocketServer server) {
		InetSocketAddress address = server.localAddress();
		if (address == null) {
			throw new IllegalStateException(server.name() + " does not listen");
		}
		return address;
	}

	Peer send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	Peer send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		return this;
	}

	Peer sendByteByByte(String text) throws IOException {
		for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
			this.socket.getOutputStream().write(value);
		}
		return this;
	}

	Peer endOutput() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/** Reads up to and with the next LF. */
	String line() throws IOException {
		StringBuilder line = new StringBuilder();
		int next = this.in.read();
		while (next != '\n') {
			if (next < 0) {
				throw new IOException("The stream ended behind '" + line + "'");
			}
			line.append((char) next);
			next = this.in.read();
		}
		return line.toString();
	}

	String ask(String line) throws IOException {
		return send(line + "\n").line();
	}

	byte[] bytes(int count) throws IOException {
		return this.in.readNBytes(count);
	}

	/** Reads everything up to the end of the stream. */
	String rest() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.UTF_8);
	}

	int localPort() {
		return this.socket.getLocalPort();
	}

	InputStream in() {
		return this.in;
	}

	/** Whether the connection was reset, rather than ended in good order. */
	boolean sawReset() throws IOException {
		try {
			this.in.readAllBytes();
			return false;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
