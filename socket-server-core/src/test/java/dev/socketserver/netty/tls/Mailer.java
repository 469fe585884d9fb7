package dev.socketserver.netty.tls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** A peer that can begin TLS at any time. */
final class Mailer implements AutoCloseable {

	private final Socket tcp;

	private Socket socket;

	private InputStream in;

	Mailer(SocketServer server) throws IOException {
		this.tcp = new Socket("127.0.0.1", Objects.requireNonNull(server.localAddress()).getPort());
		this.tcp.setTcpNoDelay(true);
		this.tcp.setSoTimeout(Patience.millis());
		this.socket = this.tcp;
		this.in = this.tcp.getInputStream();
	}

	void secure() throws IOException {
		secure(Certificates.TRUSTED.resuming());
	}

	/** Returns whose certificate the server shows. */
	String secure(SSLContext context) throws IOException {
		SSLSocket secured = (SSLSocket) context.getSocketFactory()
			.createSocket(this.tcp, "localhost", this.tcp.getPort(), true);
		secured.startHandshake();
		this.socket = secured;
		this.in = new BufferedInputStream(secured.getInputStream());
		return secured.getSession().getPeerPrincipal().getName();
	}

	void send(String text) throws IOException {
		send(text.getBytes(UTF_8));
	}

	void send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
	}

	List<@Nullable String> lines(int count) throws IOException {
		List<@Nullable String> lines = new CopyOnWriteArrayList<>();
		for (int i = 0; i < count; i++) {
			lines.add(line(this.in));
		}
		return lines;
	}

	@Nullable String ask(String text) throws IOException {
		send(text + "\n");
		return line(this.in);
	}

	int next() throws IOException {
		return this.in.read();
	}

	String rest() throws IOException {
		return new String(this.in.readAllBytes(), ISO_8859_1);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/** Reads a line, and no byte behind it. */
	static @Nullable String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int value = in.read(); value != '\n'; value = in.read()) {
			if (value < 0) {
				return null;
			}
			line.append((char) value);
		}
		return line.toString();
	}

}
