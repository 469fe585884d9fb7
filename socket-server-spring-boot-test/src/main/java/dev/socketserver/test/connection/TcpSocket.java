package dev.socketserver.test.connection;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A socket of TCP.
 */
final class TcpSocket extends PlainSocket {

	/**
	 * Connects.
	 * @param address the peer
	 * @param timeout how long to wait at most
	 * @return the socket
	 * @throws IOException if no program listens there
	 */
	static TcpSocket connect(InetSocketAddress address, Duration timeout) throws IOException {
		TcpSocket tcp = new TcpSocket();
		try {
			tcp.setTcpNoDelay(true);
			tcp.connect(address, Math.toIntExact(timeout.toMillis()));
			if (tcp.getLocalSocketAddress().equals(tcp.getRemoteSocketAddress())) {
				// The system may choose the port to which it connects as the local one,
				// and so connect the socket to itself.
				throw new IOException("nobody listens there");
			}
			return tcp;
		}
		catch (IOException | RuntimeException ex) {
			tcp.close();
			throw ex;
		}
	}

	@Override
	boolean isStream() {
		return true;
	}

	@Override
	InetSocketAddress local() {
		return (InetSocketAddress) getLocalSocketAddress();
	}

	@Override
	InetSocketAddress remote() {
		return (InetSocketAddress) getRemoteSocketAddress();
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return noting(super.getInputStream());
	}

}
