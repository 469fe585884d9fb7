package dev.socketserver.benchmarks.stores;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The peers of a server, on one thread, which sleeps while nothing comes.
 */
final class Peers implements AutoCloseable {

	private final Selector selector = Selector.open();

	private final List<SocketChannel> channels = new ArrayList<>();

	private final ByteBuffer received = ByteBuffer.allocate(64 * 1024);

	Peers(int port, int count) throws IOException {
		for (int i = 0; i < count; i++) {
			SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_READ, i);
			this.channels.add(channel);
		}
	}

	static byte[] line(String text) {
		return (text + '\n').getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Sends a line several times. What is under way fits into the buffers of a socket.
	 */
	void send(int peer, byte[] line, int times) throws IOException {
		ByteBuffer lines = ByteBuffer.allocate(line.length * times);
		for (int i = 0; i < times; i++) {
			lines.put(line);
		}
		lines.flip();
		while (lines.hasRemaining()) {
			this.channels.get(peer).write(lines);
		}
	}

	/**
	 * Receives lines.
	 * @param end when to stop
	 * @param received is notified of lines
	 * @return how many have come
	 */
	int exchange(long end, Received received) throws IOException {
		int all = 0;
		for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
			this.selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
			for (SelectionKey key : this.selector.selectedKeys()) {
				int lines = receive((SocketChannel) key.channel());
				all += lines;
				received.received((Integer) key.attachment(), lines);
			}
			this.selector.selectedKeys().clear();
		}
		return all;
	}

	private int receive(SocketChannel channel) throws IOException {
		this.received.clear();
		if (channel.read(this.received) < 0) {
			throw new IOException("The server has closed a connection");
		}
		int lines = 0;
		for (int i = 0; i < this.received.position(); i++) {
			lines += (this.received.get(i) == '\n') ? 1 : 0;
		}
		return lines;
	}

	@Override
	public void close() throws IOException {
		for (SocketChannel each : this.channels) {
			each.close();
		}
		this.selector.close();
	}

	/** Is notified of lines that have come. */
	interface Received {

		/** A peer has received so many. */
		void received(int peer, int lines) throws IOException;

	}

}
