package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A peer of a server of UDP, with a socket of its own. */
final class DatagramPeer implements AutoCloseable {

	/** Long enough for a busy machine. */
	private static final int PATIENCE_MILLIS = 20_000;

	private final DatagramSocket socket;

	private final InetSocketAddress server;

	private InetSocketAddress answeredFrom;

	DatagramPeer(InetSocketAddress server) throws IOException {
		this(server, InetAddress.getByName("127.0.0.1"));
	}

	DatagramPeer(InetSocketAddress server, InetAddress from) throws IOException {
		this(server, new InetSocketAddress(from, 0));
	}

	DatagramPeer(InetSocketAddress server, InetSocketAddress from) throws IOException {
		this.server = server;
		this.socket = new DatagramSocket(from);
		this.socket.setSoTimeout(PATIENCE_MILLIS);
	}

	InetSocketAddress address() {
		return (InetSocketAddress) this.socket.getLocalSocketAddress();
	}

	DatagramPeer send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	DatagramPeer send(byte[] bytes) throws IOException {
		return sendTo(this.server, bytes);
	}

	DatagramPeer sendTo(InetSocketAddress where, byte[] bytes) throws IOException {
		this.socket.send(new DatagramPacket(bytes, bytes.length, where));
		return this;
	}

	byte[] receiveBytes() throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
		this.socket.receive(packet);
		this.answeredFrom = (InetSocketAddress) packet.getSocketAddress();
		return Arrays.copyOf(packet.getData(), packet.getLength());
	}

	String receive() throws IOException {
		return new String(receiveBytes(), StandardCharsets.UTF_8);
	}

	/** Whether something is there already. */
	boolean hasReceived() throws IOException {
		this.socket.setSoTimeout(1);
		try {
			receiveBytes();
			return true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		finally {
			this.socket.setSoTimeout(PATIENCE_MILLIS);
		}
	}

	/** Where the last answer came from. */
	InetSocketAddress answeredFrom() {
		return this.answeredFrom;
	}

	String ask(String text) throws IOException {
		return send(text).receive();
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
