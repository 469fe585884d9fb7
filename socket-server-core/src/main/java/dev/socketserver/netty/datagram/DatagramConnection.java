package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.DatagramDrop;
import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.input.DatagramDecoder;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.wrapper.DatagramFraming;
import dev.socketserver.netty.datagram.SessionOwner.Failed;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.netty.transport.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * What the session of a peer of UDP has in place of a connection. What it is given while
 * nothing is read is dropped. All fields are confined to the event loop, if nothing else
 * is said.
 */
public final class DatagramConnection implements Connection {

	private static final SafeLogger logger = SafeLogger.of(DatagramConnection.class);

	/** So many bytes may wait that it is too early to decode. */
	private static final int MOST_LATER = 64 * 1024;

	/** What a datagram takes that waits, besides its bytes: it may have none. */
	private static final int OBJECT_BYTES = 24;

	/** How many datagrams that were no frame are logged in an interval one by one. */
	private static final int MOST_UNFRAMED = 10;

	private static final byte[] NOTHING = {};

	private final SessionOwner owner;

	private final LocalSocket socket;

	private final InetSocketAddress peer;

	private @Nullable DatagramDecoder decoder;

	/** Absent until it opens. */
	private @Nullable Session session;

	/** Datagrams that wait for those before them; mostly absent. */
	private @Nullable Waiting<byte[]> later;

	private boolean reading = true;

	/** How many bytes the peer has sent, and was sent. */
	private long received;

	private long sent;

	/** When it was found that a datagram had come or left. */
	private long activeAt;

	/**
	 * One has come or left since then. The time of each would cost more than it is worth.
	 */
	private boolean active;

	/** Is notified of the write that is under way. */
	private @Nullable WriteResult writing;

	/** What that writes. */
	private @Nullable OutputBytes output;

	/** It is tried again. */
	private boolean again;

	/** Is notified by Netty; absent until something is sent. */
	private @Nullable Sending sending;

	/** The session was notified that nothing more comes. */
	private boolean gone;

	/**
	 * Creates the connection of a peer.
	 * @param owner what it belongs to
	 * @param socket receives; says what sends
	 * @param peer the peer's address
	 */
	DatagramConnection(SessionOwner owner, LocalSocket socket, InetSocketAddress peer) {
		this.owner = owner;
		this.socket = socket;
		this.peer = peer;
		this.activeAt = System.nanoTime();
	}

	/** Opens the session. */
	void open(Session opened) {
		this.session = opened;
		opened.open();
	}

	/** What its session is made from. */
	SessionSpec spec() {
		return session().spec();
	}

	private Session session() {
		return Objects.requireNonNull(this.session, "session");
	}

	// What comes.

	/** Whether the session takes what its peer sends now. */
	boolean isOpen() {
		return !this.gone && !session().end().isSettled();
	}

	/**
	 * A datagram has come.
	 * @param content what it has
	 * @param now the time, by the clock of {@link System#nanoTime}
	 */
	void received(ByteBuf content, long now) {
		int length = content.readableBytes();
		this.active = true;
		this.received += length;
		if (!session().end().handlesMore()) {
			this.owner.dropped(DatagramDrop.REJECTED, 1);
		}
		else if (session().input().readsPaused()) {
			this.owner.dropped(DatagramDrop.PAUSED, 1);
		}
		else if (!this.reading || this.later != null || !isDecoded(now)) {
			keep(content, length);
		}
		else {
			byte[] bytes = LoopBuffers.get().scratch().bytes();
			content.readBytes(bytes, 0, length);
			decode(bytes, length, now);
		}
	}

	/**
	 * Whether all before was decoded. Else the session goes on with {@link #takeKept} as
	 * soon as it is known which of that are replies.
	 */
	private boolean isDecoded(long now) {
		if (session().input().deframer().hasUndecoded()) {
			session().received(NOTHING, 0, now);
		}
		return !session().input().deframer().hasUndecoded();
	}

	private void decode(byte[] bytes, int length, long now) {
		if (session().input().deframer().discards()) {
			// Its end is decided, and its handler has still something to do.
			this.owner.dropped(DatagramDrop.REJECTED, 1);
		}
		Objects.requireNonNull(this.decoder, "decoder").begin();
		session().received(bytes, length, now);
	}

	/**
	 * Keeps a datagram for which it is too early: the peer is too fast, or it is not
	 * known yet which of those before it are replies.
	 */
	private void keep(ByteBuf content, int length) {
		Waiting<byte[]> waiting = this.later;
		long before = (waiting != null) ? waiting.bytes() : 0;
		if (before + length + OBJECT_BYTES > MOST_LATER || session().state().isMemoryScarce()) {
			this.owner.dropped(this.reading ? DatagramDrop.OVERFLOW : DatagramDrop.PAUSED, 1);
			return;
		}
		byte[] bytes = new byte[length];
		content.readBytes(bytes);
		if (waiting == null) {
			waiting = new Waiting<>((each) -> each.length + OBJECT_BYTES, Charge.inSteps(session().state()));
			this.later = waiting;
		}
		waiting.add(bytes);
	}

	private void takeKept() {
		Waiting<byte[]> waiting = this.later;
		long now = System.nanoTime();
		while (waiting != null && this.reading && !this.gone && isDecoded(now)) {
			byte[] next = waiting.poll();
			if (next == null) {
				break;
			}
			decode(next, next.length, now);
			session().readsEnded();
		}
		if (waiting != null && waiting.isEmpty()) {
			this.later = null;
		}
	}

	/** All that could be read for now was received. */
	void readsEnded() {
		if (!this.gone) {
			session().readsEnded();
		}
	}

	@Override
	public FrameDecoder decoder(SessionSpec spec, FrameDecoder stream) {
		boolean whole = spec.framing() instanceof DatagramFraming framing && framing.isWhole();
		DatagramDecoder made = new DatagramDecoder(() -> session().newDecoder(), stream, whole, this::undecoded);
		this.decoder = made;
		return made;
	}

	private void undecoded(DatagramDrop reason) {
		this.owner.dropped(reason, 1);
		if (reason == DatagramDrop.UNFRAMED) {
			session().state()
				.diagnostics()
				.failureLog()
				.log("datagrams that were no whole frames", MOST_UNFRAMED,
						() -> logger.warn("'{}': session {} of {}: a datagram, or its rest, was no whole frame",
								session().spec().label(), session().id(), Addresses.format(this.peer)));
		}
	}

	@Override
	public int datagram() {
		return (this.decoder != null) ? this.decoder.number() : 0;
	}

	@Override
	public @Nullable InetAddress group() {
		JoinedGroup joined = this.socket.group();
		return (joined != null) ? joined.address() : null;
	}

	@Override
	public void unhandled(DatagramDrop reason, int count) {
		this.owner.dropped(reason, count);
	}

	@Override
	public void reading(boolean on) {
		this.reading = on;
		if (on && this.later != null) {
			executeLater(this::takeKept);
		}
	}

	// What leaves.

	@Override
	public void write(OutputBytes bytes, WriteResult result) {
		bytes.measure(LoopBuffers.get().scratch());
		int size = bytes.size();
		if (size > DatagramFraming.MOST_BYTES || bytes.assumes()) {
			result.refused(new RefusedPayloadException(DatagramFraming.tooLong(size)));
		}
		else if (this.owner.amplifies(this.received, this.sent + size) && isStranger()) {
			this.owner.dropped(DatagramDrop.AMPLIFICATION, 1);
			result.refused(new OutboundFullException("Session " + session().id() + " has reached "
					+ "udp.amplification: its peer has sent too little for that, and is neither bound nor "
					+ "authenticated", "udp.amplification"));
		}
		else {
			this.writing = result;
			this.output = bytes;
			this.sent += size;
			send(bytes, size);
		}
	}

	private void send(OutputBytes bytes, int size) {
		LocalSocket sender = this.socket.sender(this.peer);
		Channel channel = sender.channel();
		if (size == 0) {
			DatagramTransport.sendEmpty(channel, this.peer).addListener((written) -> taken(written.cause()));
			return;
		}
		if (this.sending == null || this.sending.channel() != channel) {
			this.sending = new Sending(channel);
		}
		sender.write(DatagramWrites.get().copy(bytes, channel), this.peer, this.sending);
	}

	/** The datagram was taken by the system, or will never be. */
	private void taken(@Nullable Throwable failure) {
		WriteResult result = Objects.requireNonNull(this.writing, "writing");
		OutputBytes bytes = Objects.requireNonNull(this.output, "output");
		Failed failed = (failure == null || this.gone) ? Failed.SESSION : this.owner.failed(failure);
		if (failed == Failed.EARLIER && !this.again) {
			this.again = true;
			send(bytes, bytes.size());
			return;
		}
		this.again = false;
		this.writing = null;
		this.output = null;
		if (failure == null) {
			this.active = true;
			this.owner.sent();
			result.done(null, bytes.size());
		}
		else if (failed == Failed.SESSION) {
			result.done(failure, 0);
			end(failure);
		}
		else {
			logger.debug("A datagram to {} could not be sent", this.peer, failure);
			result.refused((failure instanceof IOException known) ? known : new IOException(failure));
		}
	}

	@Override
	public long unwritten() {
		return (this.writing != null) ? 1 : 0;
	}

	// How it ends.

	/** Whether another peer may take its place: nothing else ends it. */
	boolean mayBeDisplaced() {
		return isOpen() && isStranger();
	}

	/** Whether the peer is unknown to the application. */
	private boolean isStranger() {
		return session().registry().isStranger(session());
	}

	/**
	 * Returns since when nothing has come or left.
	 * @param now the time, by the clock of {@link System#nanoTime}
	 * @return the time, no earlier than that of the last datagram, and no later than that
	 * of the next call of this method
	 */
	long activeAt(long now) {
		if (this.active) {
			this.active = false;
			this.activeAt = now;
		}
		return this.activeAt;
	}

	/** Since when its peer is silent, by the clock of {@link System#nanoTime}. */
	long silentSince() {
		return session().silentSince();
	}

	/** Ends the session as one that was silent for too long. */
	void idle(String detail) {
		session().close(new CloseStatus(CloseReason.IDLE_TIMEOUT, detail, null));
	}

	@Override
	public void shutdownOutput() {
		// There is no end of what is sent.
	}

	@Override
	public void close() {
		end(null);
	}

	@Override
	public void abort() {
		execute(() -> end(null));
	}

	/**
	 * Ends it.
	 * @param failure why, if its peer is not there, or the socket has failed
	 */
	void end(@Nullable Throwable failure) {
		if (this.gone) {
			return;
		}
		if (this.session == null) {
			// It is just being opened, if it could be made: the end comes behind that.
			executeLater(() -> {
				if (this.session != null) {
					end(failure);
				}
			});
			return;
		}
		this.gone = true;
		this.socket.remove(this.peer, this);
		Waiting<byte[]> waiting = this.later;
		if (waiting != null) {
			this.later = null;
			this.owner.dropped(DatagramDrop.REJECTED, waiting.size());
		}
		session().disconnected(failure);
		this.owner.gone(session());
	}

	@Override
	public void ended() {
		this.owner.ended(this.peer, session().number());
	}

	// The loop.

	@Override
	public void executeLater(Runnable task) {
		Sockets.onLoop(this.owner.loop(), task);
	}

	@Override
	public boolean isLoop() {
		return this.owner.loop().inEventLoop();
	}

	/**
	 * Is notified of one datagram after the other: a promise for each would cost a part
	 * of what sending it costs. Only one is under way at a time.
	 */
	private final class Sending extends DefaultChannelPromise {

		Sending(Channel channel) {
			super(channel);
		}

		@Override
		public boolean trySuccess(@Nullable Void nothing) {
			taken(null);
			return true;
		}

		@Override
		public boolean tryFailure(Throwable cause) {
			taken(cause);
			return true;
		}

	}

}
