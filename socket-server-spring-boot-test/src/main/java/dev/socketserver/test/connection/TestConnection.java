package dev.socketserver.test.connection;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a test client: a plain socket, and TLS above it once that has begun.
 * Knows how the connection ended, as soon as a read or write has noticed it. One thread
 * may write while another reads.
 */
public final class TestConnection {

	private final PlainSocket plain;

	/** Kept, since a socket that was closed has none. */
	private final InetSocketAddress localAddress;

	private final String peer;

	/** The plain socket, or TLS above it. */
	private volatile Socket socket;

	/** How the connection ended, in words; {@code null} until that is noticed. */
	private volatile @Nullable String end;

	private volatile @Nullable Ending ending;

	private TestConnection(PlainSocket plain) {
		this.plain = plain;
		this.localAddress = plain.local();
		this.peer = Addresses.format(plain.remote());
		this.socket = plain;
	}

	/**
	 * Connects to a port of TCP, or to a Unix socket.
	 * @param address the peer
	 * @param timeout how long to wait at most
	 * @return the connection
	 * @throws IOException if no program listens there
	 */
	public static TestConnection open(InetSocketAddress address, Duration timeout) throws IOException {
		return new TestConnection(
				(address instanceof UnixAddress unix) ? ChannelSocket.unix(unix) : TcpSocket.connect(address, timeout));
	}

	/**
	 * Opens a socket of UDP. Nothing is sent.
	 * @param address the peer
	 * @return the connection
	 * @throws IOException if there is no way to the address
	 */
	public static TestConnection datagrams(InetSocketAddress address) throws IOException {
		return new TestConnection(ChannelSocket.datagrams(address));
	}

	/**
	 * Whether it has a stream, which can end and be divided in any way, and not
	 * datagrams.
	 */
	public boolean isStream() {
		return this.plain.isStream();
	}

	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	/** Returns the address of the peer, for messages. */
	public String peer() {
		return this.peer;
	}

	/**
	 * Begins TLS.
	 * @param context says whom to trust, and which certificate to show
	 * @param parameters versions, ciphers and the like
	 * @throws IOException if the handshake fails
	 */
	public void startTls(SSLContext context, SSLParameters parameters) throws IOException {
		SSLSocket tls = (SSLSocket) context.getSocketFactory()
			.createSocket(this.plain, this.plain.getInetAddress().getHostAddress(), this.plain.getPort(), true);
		tls.setSSLParameters(parameters);
		// Replaces the timeout of the last read before TLS.
		tls.setSoTimeout(0);
		tls.startHandshake();
		this.socket = tls;
	}

	public boolean isTls() {
		return this.socket != this.plain;
	}

	public void write(byte[] bytes, int offset, int length) throws IOException {
		try {
			this.socket.getOutputStream().write(bytes, offset, length);
		}
		catch (IOException ex) {
			if (!isClosed() && !isOutputEnded()) {
				failed(ex);
			}
			throw ex;
		}
	}

	/**
	 * Reads once.
	 * @param unread where to put what was read
	 * @param millis how long to wait at most
	 * @return {@code false} if the connection has ended, or the time is over
	 */
	public boolean read(Unread unread, long millis) {
		if (this.end != null || millis <= 0) {
			return false;
		}
		try {
			this.socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
			if (unread.readFrom(this.socket.getInputStream())) {
				return true;
			}
			if (isTls() && this.plain.inputEnded()) {
				end("the peer ended the stream without the close_notify of TLS", Ending.BROKEN);
			}
			else {
				end("the peer ended the stream", Ending.IN_ORDER);
			}
		}
		catch (SocketTimeoutException ex) {
			// The time is over.
		}
		catch (IOException ex) {
			failed(ex);
		}
		return false;
	}

	private void failed(IOException ex) {
		if (ex instanceof SSLException) {
			end("TLS has failed (" + ex.getMessage() + ")", Ending.TLS_FAILED);
		}
		else {
			end("the peer reset the connection (" + ex.getMessage() + ")", Ending.RESET);
		}
	}

	/** Notes how the connection has ended, unless that is known already. */
	private synchronized void end(String how, Ending ending) {
		if (this.end == null) {
			this.ending = ending;
			this.end = how;
		}
	}

	/** Returns how the connection ended, or {@code null} if no end was noticed. */
	public @Nullable String end() {
		return this.end;
	}

	/** Returns whether the peer has ended its output in good order. */
	public boolean endedInOrder() {
		return this.ending == Ending.IN_ORDER && !isClosed();
	}

	public boolean wasReset() {
		return this.ending == Ending.RESET;
	}

	public boolean wasRefusedByTls() {
		return this.ending == Ending.TLS_FAILED;
	}

	public boolean isClosed() {
		return this.plain.isClosed();
	}

	public boolean isOutputEnded() {
		return this.socket.isOutputShutdown();
	}

	public void endOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	/**
	 * Drops the connection: the peer sees a reset.
	 */
	public void reset() {
		try {
			this.plain.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// It is closed already.
		}
		abort("this client has reset the connection");
	}

	/** Closes the connection, in good order if the peer sends nothing more. */
	public void close() {
		if (isClosed()) {
			return;
		}
		end("this client has closed the connection", Ending.OURS);
		try {
			if (!isOutputEnded()) {
				endOutput();
			}
			// Closing a socket with unread input resets the connection.
			InputStream in = this.plain.getInputStream();
			while (in.available() > 0) {
				in.skip(in.available());
			}
		}
		catch (IOException ex) {
			// The connection is gone.
		}
		closePlain();
	}

	/**
	 * Closes the connection at once, even if a thread is blocked in it. Any thread.
	 * @param why the end of the connection, in words
	 */
	public void abort(String why) {
		end(why, Ending.OURS);
		closePlain();
	}

	/** Closes the plain socket, since closing TLS would wait for a thread that writes. */
	private void closePlain() {
		try {
			this.plain.close();
		}
		catch (IOException ex) {
			// There is nothing left to close.
		}
	}

	/** How a connection ends. */
	private enum Ending {

		/** The peer has ended its output. */
		IN_ORDER,

		/** The peer has reset the connection. */
		RESET,

		/** TLS has failed, most often by an alert of the peer. */
		TLS_FAILED,

		/** The connection has ended without the close_notify of TLS. */
		BROKEN,

		/** This client has closed the connection. */
		OURS

	}

}
