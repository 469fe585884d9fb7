package dev.socketserver.repl.terminal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a peer sees. Lines end as the peer ends its own: with CR LF once it has sent a CR.
 * A peer that has is a telnet client, to which a byte 255 of text is sent twice, since
 * alone it begins a command (RFC 854): in windows-1251, for example, it is a letter. If
 * the connection is lost, output is dropped; the thread that reads learns of the loss.
 * Safe for use by several threads, which wait with a lock, not a monitor, for a peer that
 * does not read: up to Java 23, a virtual thread would keep its carrier.
 */
public final class ClientOutput {

	/** The most that one evaluation may print, in bytes. */
	public static final int MAX_PRINTED = 1024 * 1024;

	private final ReentrantLock lock = new ReentrantLock();

	private final OutputStream out;

	private final Charset charset;

	private volatile boolean carriageReturns;

	/**
	 * The last byte that was written, or 0 at the beginning and after a prompt. Guarded
	 * by the lock.
	 */
	private int last;

	public ClientOutput(OutputStream out, Charset charset) {
		this.out = out;
		this.charset = charset;
	}

	public void carriageReturns() {
		this.carriageReturns = true;
	}

	public void print(String text) {
		byte[] bytes = text.getBytes(this.charset);
		send(() -> write(bytes, 0, bytes.length));
	}

	public void println(String text) {
		print(text + "\n");
	}

	/** Sends bytes of the telnet protocol, which are no text. */
	public void answer(int... bytes) {
		this.lock.lock();
		try {
			send(() -> {
				for (int value : bytes) {
					this.out.write(value);
				}
				this.out.flush();
			});
		}
		finally {
			this.lock.unlock();
		}
	}

	public void flush() {
		send(this.out::flush);
	}

	private static void send(Sending sending) {
		try {
			sending.send();
		}
		catch (InterruptedIOException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			// The thread that waits for input learns of the end.
		}
	}

	/** Ends the line that was begun, if one was, so that what follows begins another. */
	public void freshLine() {
		this.lock.lock();
		try {
			if (this.last != '\n' && this.last != 0) {
				print("\n");
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Prints a prompt, which does not count as a line that was begun, and sends it. */
	public void prompt(String text) {
		print(text);
		flush();
		this.lock.lock();
		this.last = 0;
		this.lock.unlock();
	}

	private void write(byte[] bytes, int offset, int length) throws IOException {
		this.lock.lock();
		try {
			int start = offset;
			for (int i = offset; i < offset + length; i++) {
				if (bytes[i] == '\n' && this.last != '\r' && this.carriageReturns) {
					this.out.write(bytes, start, i - start);
					this.out.write('\r');
					start = i;
				}
				else if (bytes[i] == (byte) TelnetDecoder.IAC && this.carriageReturns) {
					this.out.write(bytes, start, i + 1 - start);
					start = i;
				}
				this.last = bytes[i];
			}
			this.out.write(bytes, start, offset + length - start);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns a stream for what one evaluation prints, up to {@link #MAX_PRINTED} bytes.
	 * @return the stream
	 */
	public PrintStream printed() {
		return new PrintStream(new Printed(), false, this.charset);
	}

	/**
	 * Reports that an evaluation has printed all that it may.
	 * @param bytes how much that is
	 * @return a line for whoever reads the output
	 */
	public static String noMoreOutput(int bytes) {
		return "(no more output: this evaluation has printed " + bytes + " bytes)";
	}

	private interface Sending {

		void send() throws IOException;

	}

	private final class Printed extends OutputStream {

		/** What was printed while the thread held the monitor of a standard stream. */
		private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);

		private long left = MAX_PRINTED;

		/** Whether the peer was notified that there will be no more output. */
		private boolean reported;

		@Override
		public void write(int value) throws IOException {
			write(new byte[] { (byte) value }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			int count = (int) Math.min(this.left, length);
			this.left -= count;
			if (StandardStreams.isHeld()) {
				// Other threads wait for that monitor, and must not have to wait for the
				// peer.
				this.held.write(bytes, offset, count);
			}
			else {
				release();
				ClientOutput.this.write(bytes, offset, count);
				reportLimit();
			}
		}

		private void release() throws IOException {
			if (this.held.size() > 0) {
				byte[] bytes = this.held.toByteArray();
				this.held.reset();
				int sent = 0;
				try {
					// One by one, so that what an interrupt keeps from leaving is still
					// held.
					for (; sent < bytes.length; sent++) {
						ClientOutput.this.write(bytes, sent, 1);
					}
				}
				finally {
					this.held.write(bytes, sent, bytes.length - sent);
				}
			}
		}

		private void reportLimit() {
			if (this.left == 0 && !this.reported) {
				this.reported = true;
				ClientOutput.this.freshLine();
				ClientOutput.this.println(noMoreOutput(MAX_PRINTED));
			}
		}

		@Override
		public void flush() throws IOException {
			if (!StandardStreams.isHeld()) {
				release();
				reportLimit();
				ClientOutput.this.flush();
			}
		}

	}

}
