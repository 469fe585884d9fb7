package dev.socketserver.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import dev.socketserver.SocketServer;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The other end of a session, on a plain socket.
 */
public final class TestPeer implements AutoCloseable {

	private final Socket socket;

	private final BufferedReader reader;

	private TestPeer(Socket socket) throws IOException {
		this.socket = socket;
		this.reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
	}

	public static TestPeer connect(ConfigurableApplicationContext context, String server) throws IOException {
		return connect(port(context, server));
	}

	public static TestPeer connect(int port) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(30_000);
		return new TestPeer(socket);
	}

	public static int port(ConfigurableApplicationContext context, String server) {
		return context.getEnvironment().getRequiredProperty("local.socket." + server + ".port", Integer.class);
	}

	public TestPeer send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		return this;
	}

	public static TestPeer connect(SocketServer server) {
		try {
			return connect(server.localAddress().getPort());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The port of this end. */
	public int port() {
		return this.socket.getLocalPort();
	}

	public String ask(String line) throws IOException {
		return send(line + "\n").line();
	}

	public void endOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	/** Reads a line, which must come. */
	public String line() throws IOException {
		String line = read();
		if (line == null) {
			throw new IOException("The session ended, and no line came");
		}
		return line;
	}

	/** Reads a line; {@code null} at the end of input. */
	public String read() throws IOException {
		return this.reader.readLine();
	}

	/** Ends the output and returns everything that still comes. */
	public String end() throws IOException {
		this.socket.shutdownOutput();
		StringWriter rest = new StringWriter();
		this.reader.transferTo(rest);
		return rest.toString();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
