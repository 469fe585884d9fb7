package dev.socketserver.chaos;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * What the client of the application connects to: a listening socket on an address that
 * no other process has, which is closed and opened again.
 */
final class Upstream implements AutoCloseable {

	static final String HOST = "127.2.0.1";

	private final int port;

	private ServerSocket listening;

	Upstream() throws Exception {
		this.listening = listen(0, 50);
		this.port = this.listening.getLocalPort();
	}

	private static ServerSocket listen(int port, int backlog) throws Exception {
		ServerSocket socket = new ServerSocket();
		// So that a peer that does not read is noticed soon.
		socket.setReceiveBufferSize(4 * 1024);
		socket.setReuseAddress(true);
		Await.until(() -> bind(socket, port, backlog), "The port is not free");
		socket.setSoTimeout(Peer.patienceMillis());
		return socket;
	}

	/**
	 * Listens, if no other process does. A process that is being started has a copy of
	 * all descriptors for a moment, so that the socket before this one may still be open.
	 */
	private static boolean bind(ServerSocket socket, int port, int backlog) throws IOException {
		try {
			socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port), backlog);
			return true;
		}
		catch (BindException ex) {
			return false;
		}
	}

	int port() {
		return this.port;
	}

	Peer accept() throws IOException {
		return Peer.of(this.listening.accept());
	}

	/** Has connections refused. */
	void refuse() throws IOException {
		this.listening.close();
	}

	void listenAgain() throws Exception {
		this.listening.close();
		this.listening = listen(this.port, 50);
	}

	/**
	 * Has attempts to connect go on without an end.
	 * @return what fills the queue
	 */
	List<Socket> fill() throws Exception {
		this.listening.close();
		this.listening = listen(this.port, 1);
		List<Socket> fillers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			Socket filler = new Socket();
			fillers.add(filler);
			filler.connect(this.listening.getLocalSocketAddress(), Peer.patienceMillis());
		}
		return fillers;
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
	}

}
