package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The other end of a session, on a plain socket.
 */
final class TestPeer implements AutoCloseable {

	private final Socket socket;

	private TestPeer(Socket socket) {
		this.socket = socket;
	}

	static TestPeer connect(ConfigurableApplicationContext context, String server) throws IOException {
		return connect(port(context, server));
	}

	static TestPeer connect(int port) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(10_000);
		return new TestPeer(socket);
	}

	static int port(ConfigurableApplicationContext context, String server) {
		return context.getEnvironment().getRequiredProperty("local.socket." + server + ".port", Integer.class);
	}

	TestPeer send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		return this;
	}

	String line() throws IOException {
		StringBuilder line = new StringBuilder();
		InputStream in = this.socket.getInputStream();
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next < 0) {
				throw new IOException("closed after '" + line + "'");
			}
			line.append((char) next);
		}
		return line.toString();
	}

	/** Ends the output and returns everything that still comes. */
	String end() throws IOException {
		this.socket.shutdownOutput();
		return new String(this.socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
