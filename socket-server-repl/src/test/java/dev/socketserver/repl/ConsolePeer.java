package dev.socketserver.repl;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

import dev.socketserver.fixtures.Patience;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody at a console, on a plain socket.
 */
final class ConsolePeer implements AutoCloseable {

	private final Socket tcp;

	/** What is written to and read from: TLS over the connection, if there is any. */
	private final Socket socket;

	private final InputStream in;

	private boolean byteByByte;

	private ConsolePeer(Socket tcp, Socket socket) throws IOException {
		this.tcp = tcp;
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream());
		socket.setSoTimeout(Patience.millis());
		tcp.setTcpNoDelay(true);
	}

	static ConsolePeer connect(ConfigurableApplicationContext context, String server) throws IOException {
		int port = context.getEnvironment().getRequiredProperty("local.socket." + server + ".port", Integer.class);
		return connect(InetAddress.getLoopbackAddress(), port);
	}

	/** Connects to a console with the prompt {@code "> "}, and waits for it. */
	static ConsolePeer prompted(ConfigurableApplicationContext context) throws IOException {
		ConsolePeer peer = connect(context, "console");
		peer.until("> ");
		return peer;
	}

	static ConsolePeer connect(InetAddress address, int port) throws IOException {
		Socket socket = new Socket(address, port);
		return new ConsolePeer(socket, socket);
	}

	/**
	 * Types on a connection there is.
	 * @param tcp the connection
	 * @param socket the same, or TLS over it
	 */
	static ConsolePeer over(Socket tcp, Socket socket) throws IOException {
		return new ConsolePeer(tcp, socket);
	}

	/** Returns the port from which it has connected. */
	int port() {
		return this.tcp.getLocalPort();
	}

	/** Has every byte leave alone. */
	ConsolePeer byteByByte() {
		this.byteByByte = true;
		return this;
	}

	/** Makes bytes of numbers from 0 to 255. */
	static byte[] octets(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

	ConsolePeer type(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	ConsolePeer send(byte... bytes) throws IOException {
		if (this.byteByByte) {
			for (byte value : bytes) {
				this.socket.getOutputStream().write(value);
				this.socket.getOutputStream().flush();
			}
		}
		else {
			this.socket.getOutputStream().write(bytes);
		}
		return this;
	}

	/**
	 * Sends a byte of urgent data, which the other end does not read as one of others.
	 */
	ConsolePeer urgent(int value) throws IOException {
		this.tcp.sendUrgentData(value);
		return this;
	}

	/** Reads up to a text, which must come, and returns what came before it. */
	String until(String text) throws IOException {
		byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
		byte[] read = new byte[1024];
		int size = 0;
		while (size < wanted.length || !Arrays.equals(read, size - wanted.length, size, wanted, 0, wanted.length)) {
			int value = this.in.read();
			if (value < 0) {
				throw new IOException("The end came before '" + text + "', behind: "
						+ new String(read, 0, size, StandardCharsets.UTF_8));
			}
			if (size == read.length) {
				read = Arrays.copyOf(read, size * 2);
			}
			read[size++] = (byte) value;
		}
		return new String(read, 0, size - wanted.length, StandardCharsets.UTF_8);
	}

	/** Reads so many bytes, which must come. */
	byte[] bytes(int count) throws IOException {
		return this.in.readNBytes(count);
	}

	/** Types a line and returns what is answered before the next prompt. */
	String ask(String line, String prompt) throws IOException {
		return type(line + "\n").until("\n" + prompt);
	}

	/**
	 * Holds a dialogue: types each line that begins with the prompt, and must be answered
	 * with the lines behind it.
	 */
	void holds(String prompt, String dialogue) throws IOException {
		for (String part : ("\n" + dialogue.strip()).split("\n" + Pattern.quote(prompt))) {
			String[] lines = part.split("\n", 2);
			if (!part.isEmpty()) {
				assertThat(ask(lines[0], prompt)).as(lines[0]).isEqualTo((lines.length > 1) ? lines[1] : "");
			}
		}
	}

	/** Returns everything up to the end. */
	String rest() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.UTF_8);
	}

	void endOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	/** Leaves with a reset, and without a word of TLS. */
	void reset() throws IOException {
		this.tcp.setSoLinger(true, 0);
		this.tcp.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
