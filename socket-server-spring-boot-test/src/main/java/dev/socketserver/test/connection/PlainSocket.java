package dev.socketserver.test.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The socket of a test client, without TLS. Notes when its input has ended, since TLS
 * takes that for an end of its own stream.
 */
abstract class PlainSocket extends Socket {

	private volatile boolean inputEnded;

	/** Whether the peer has ended its output. */
	final boolean inputEnded() {
		return this.inputEnded;
	}

	/** Whether it has a stream, which can end and be divided in any way. */
	abstract boolean isStream();

	/** Returns its own address. */
	abstract InetSocketAddress local();

	/** Returns the address of the peer. */
	abstract InetSocketAddress remote();

	/** Returns what reads, and notes the end. */
	final InputStream noting(InputStream in) {
		return new FilterInputStream(in) {

			@Override
			public int read() throws IOException {
				return noted(super.read());
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				return noted(super.read(bytes, offset, length));
			}

		};
	}

	private int noted(int result) {
		if (result < 0) {
			this.inputEnded = true;
		}
		return result;
	}

}
