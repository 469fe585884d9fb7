package dev.socketserver.netty.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Many peers in a JVM of their own, which has the descriptors for their ends. Each sends
 * a line of its number, its kind and a count, waits for the reply, which is the line in
 * front of as many characters as it likes, and sends the next a while later. Knows
 * nothing but the JDK. When all connections have ended, it says what became of each:
 * number, kind, replies, and how the output of the server ended.
 */
public final class Crowd {

	private static final int READ_BUFFER = 16 * 1024;

	private final Selector selector = Selector.open();

	private final PriorityQueue<Member> waiting = new PriorityQueue<>(
			(one, other) -> Long.compare(one.nextAt - other.nextAt, 0));

	private final ByteBuffer input = ByteBuffer.allocateDirect(READ_BUFFER);

	private int open;

	private Crowd() throws IOException {
	}

	/**
	 * Runs a crowd.
	 * @param arguments the port, and how many members there are
	 */
	public static void main(String[] arguments) throws IOException {
		int count = Integer.parseInt(arguments[1]);
		Crowd crowd = new Crowd();
		List<Member> members = new ArrayList<>();
		for (int number = 0; number < count; number++) {
			members.add(crowd.join(number, new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]))));
		}
		while (crowd.open > 0) {
			crowd.look();
		}
		members.forEach((member) -> System.out.println("! " + member));
		System.out.println("! end");
	}

	private Member join(int number, InetSocketAddress address) throws IOException {
		Kind kind = switch (number % 50) {
			// Fewer than there are threads for handlers.
			case 7 -> (number % 200 == 7) ? Kind.STUCK : Kind.TALKS;
			case 17 -> Kind.DEAF;
			case 27, 28 -> Kind.SLOW;
			case 37, 38, 39 -> Kind.SILENT;
			default -> Kind.TALKS;
		};
		SocketChannel channel = SocketChannel.open();
		if (kind == Kind.DEAF || kind == Kind.SLOW) {
			channel.setOption(StandardSocketOptions.SO_RCVBUF, 8 * 1024);
		}
		channel.connect(address);
		channel.configureBlocking(false);
		Member member = new Member(number, kind, channel);
		member.key = channel.register(this.selector, (kind == Kind.DEAF) ? 0 : SelectionKey.OP_READ, member);
		this.open++;
		// The backlog is short, and the first line says who it is.
		member.ask();
		return member;
	}

	private void look() throws IOException {
		Member next = this.waiting.peek();
		long pause = (next != null) ? TimeUnit.NANOSECONDS.toMillis(next.nextAt - System.nanoTime()) : 100;
		this.selector.select(Math.max(1, Math.min(100, pause)));
		for (SelectionKey key : this.selector.selectedKeys()) {
			((Member) key.attachment()).read();
		}
		this.selector.selectedKeys().clear();
		for (Member due = this.waiting.peek(); due != null
				&& due.nextAt - System.nanoTime() <= 0; due = this.waiting.peek()) {
			this.waiting.remove().resume();
		}
	}

	/** What a member does. */
	enum Kind {

		/** Asks and reads. */
		TALKS,

		/** Asks for much, and reads little at a time. */
		SLOW,

		/** Asks once. */
		SILENT,

		/** Asks what the handler does not answer. */
		STUCK,

		/** Asks for much, and does not read. */
		DEAF

	}

	/** One of the crowd. */
	private final class Member {

		private final int number;

		private final Kind kind;

		private final SocketChannel channel;

		private final StringBuilder line = new StringBuilder();

		private SelectionKey key;

		private long nextAt;

		private int asked;

		private int replies;

		private String end = "OPEN";

		Member(int number, Kind kind, SocketChannel channel) {
			this.number = number;
			this.kind = kind;
			this.channel = channel;
		}

		void ask() {
			try {
				String line = this.number + " " + this.kind + " " + this.asked++ + "\n";
				this.channel.write(ByteBuffer.wrap(line.getBytes(US_ASCII)));
				if (this.kind == Kind.DEAF) {
					// It looks now and then whether the connection still lives.
					pause(200);
				}
			}
			catch (IOException ex) {
				// It reads the rest.
				if (this.kind == Kind.DEAF) {
					ended("RESET");
				}
			}
		}

		private void pause(long millis) {
			this.nextAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
			Crowd.this.waiting.add(this);
		}

		void resume() {
			if (!this.end.equals("OPEN")) {
				return;
			}
			if (this.kind == Kind.SLOW && this.key.interestOps() == 0) {
				this.key.interestOps(SelectionKey.OP_READ);
			}
			else {
				ask();
			}
		}

		void read() {
			ByteBuffer input = Crowd.this.input.clear();
			if (this.kind == Kind.SLOW) {
				input.limit(4 * 1024);
			}
			try {
				int count = this.channel.read(input);
				if (count < 0) {
					ended(this.line.isEmpty() ? "CUT" : "HALF");
					return;
				}
			}
			catch (IOException ex) {
				ended("RESET");
				return;
			}
			input.flip();
			boolean answered = false;
			while (input.hasRemaining()) {
				char character = (char) input.get();
				if (character != '\n') {
					this.line.append(character);
				}
				else {
					answered |= line();
				}
			}
			if (!this.end.equals("OPEN")) {
				return;
			}
			if (this.kind == Kind.SLOW && !answered) {
				this.key.interestOps(0);
				pause(20);
			}
			else if (answered && this.kind != Kind.SILENT) {
				pause(100 + (this.number * 37L + this.asked * 101L) % 1900);
			}
		}

		/** A line is complete. */
		private boolean line() {
			String line = this.line.toString();
			this.line.setLength(0);
			if (line.equals("bye")) {
				ended("BYE");
				return false;
			}
			String expected = this.number + " " + this.kind + " " + this.replies++ + " ";
			if (!line.startsWith(expected)) {
				ended("WRONG");
			}
			return true;
		}

		private void ended(String how) {
			if (this.end.equals("OPEN")) {
				this.end = how;
				Crowd.this.open--;
				this.key.cancel();
				try {
					this.channel.close();
				}
				catch (IOException ex) {
					// It is gone in any case.
				}
			}
		}

		@Override
		public String toString() {
			return this.number + " " + this.kind + " " + this.replies + " " + this.end;
		}

	}

}
