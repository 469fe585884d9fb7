package dev.socketserver.test.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

import dev.socketserver.address.UnixAddress;

/**
 * A Unix socket, or one of UDP with one peer, for which the JDK has channels only. A read
 * takes one datagram, and each write is one. One thread may write while another reads.
 *
 * @param <C> what the JDK has
 */
final class ChannelSocket<C extends SelectableChannel & ByteChannel> extends PlainSocket {

	/** A read has found nothing. */
	private static final int NOTHING = -2;

	private final C channel;

	private final InetSocketAddress local;

	private final InetSocketAddress remote;

	private final Selector readable = Selector.open();

	private final Selector writable = Selector.open();

	private volatile int timeoutMillis;

	private volatile boolean outputEnded;

	private ChannelSocket(C channel, InetSocketAddress local, InetSocketAddress remote) throws IOException {
		this.channel = channel;
		this.local = local;
		this.remote = remote;
		channel.configureBlocking(false);
		channel.register(this.readable, SelectionKey.OP_READ);
		channel.register(this.writable, SelectionKey.OP_WRITE);
	}

	/**
	 * Connects to a Unix socket.
	 * @throws IOException if no program listens there
	 */
	static PlainSocket unix(UnixAddress address) throws IOException {
		SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		try {
			channel.connect(UnixDomainSocketAddress.of(address.path()));
			return new ChannelSocket<>(channel, UnixAddress.UNNAMED, address);
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	/**
	 * Opens a socket of UDP with one peer. It is not connected, since a connected one
	 * sends no empty datagrams.
	 */
	static PlainSocket datagrams(InetSocketAddress address) throws IOException {
		DatagramChannel channel = DatagramChannel.open();
		try {
			channel.bind(new InetSocketAddress(ownAddress(address), 0));
			return new ChannelSocket<>(channel, (InetSocketAddress) channel.getLocalAddress(), address);
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	/** Returns the address from which the system sends to another one. */
	private static InetAddress ownAddress(InetSocketAddress peer) throws IOException {
		try (DatagramChannel probe = DatagramChannel.open()) {
			probe.connect(peer);
			return ((InetSocketAddress) probe.getLocalAddress()).getAddress();
		}
	}

	@Override
	boolean isStream() {
		return this.channel instanceof SocketChannel;
	}

	@Override
	InetSocketAddress local() {
		return this.local;
	}

	@Override
	InetSocketAddress remote() {
		return this.remote;
	}

	private int read(ByteBuffer into) throws IOException {
		long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(this.timeoutMillis);
		for (int count = readNow(into);; count = readNow(into)) {
			if (count != NOTHING) {
				return count;
			}
			long left = (this.timeoutMillis > 0) ? TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) : 0;
			if (this.timeoutMillis > 0 && left <= 0) {
				throw new SocketTimeoutException("Read timed out");
			}
			await(this.readable, left);
		}
	}

	private int readNow(ByteBuffer into) throws IOException {
		if (this.channel instanceof DatagramChannel datagrams) {
			int start = into.position();
			SocketAddress sender = datagrams.receive(into);
			while (sender != null && !sender.equals(this.remote)) {
				sender = datagrams.receive(into.position(start));
			}
			return (sender != null) ? into.position() - start : NOTHING;
		}
		int count = this.channel.read(into);
		return (count == 0) ? NOTHING : count;
	}

	private void write(ByteBuffer from) throws IOException {
		if (this.channel instanceof DatagramChannel datagrams) {
			datagrams.send(from, this.remote);
			return;
		}
		while (from.hasRemaining()) {
			if (this.channel.write(from) == 0) {
				await(this.writable, 0);
			}
		}
	}

	private void await(Selector selector, long millis) throws IOException {
		try {
			selector.select((key) -> {
			}, millis);
		}
		catch (ClosedSelectorException ex) {
			throw new SocketException("Socket closed");
		}
	}

	// As a socket of the JDK.

	@Override
	public InputStream getInputStream() {
		return noting(new InputStream() {

			@Override
			public int read() throws IOException {
				byte[] one = new byte[1];
				return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				return (length == 0) ? 0 : ChannelSocket.this.read(ByteBuffer.wrap(bytes, offset, length));
			}

		});
	}

	@Override
	public OutputStream getOutputStream() {
		return new OutputStream() {

			@Override
			public void write(int value) throws IOException {
				write(new byte[] { (byte) value }, 0, 1);
			}

			@Override
			public void write(byte[] bytes, int offset, int length) throws IOException {
				ChannelSocket.this.write(ByteBuffer.wrap(bytes, offset, length));
			}

		};
	}

	@Override
	public void setSoTimeout(int millis) {
		this.timeoutMillis = millis;
	}

	@Override
	public int getSoTimeout() {
		return this.timeoutMillis;
	}

	/** Neither has a reset that its end can ask for. */
	@Override
	public void setSoLinger(boolean on, int seconds) {
	}

	@Override
	public InetAddress getInetAddress() {
		return this.remote.getAddress();
	}

	@Override
	public int getPort() {
		return this.remote.getPort();
	}

	@Override
	public boolean isConnected() {
		return true;
	}

	@Override
	public void shutdownOutput() throws IOException {
		this.outputEnded = true;
		if (this.channel instanceof SocketChannel stream) {
			stream.shutdownOutput();
		}
	}

	@Override
	public boolean isOutputShutdown() {
		return this.outputEnded;
	}

	@Override
	public boolean isClosed() {
		return !this.channel.isOpen();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
		this.readable.close();
		this.writable.close();
	}

}
