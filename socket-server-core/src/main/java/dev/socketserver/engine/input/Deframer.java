package dev.socketserver.engine.input;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FramingException;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what is read from the connection into frames, and makes payloads of them, as
 * many as the inbox has room for. Bytes that are no whole frame yet, or find no room, are
 * kept; while there is no room the connection is not read. On the loop.
 */
public final class Deframer extends FrameChecks {

	private static final int ANY_NUMBER = -1;

	/** So many bytes may come while a batch is matched before reading stops. */
	private static final int MAX_KEPT_WHILE_MATCHING = 64 * 1024;

	private static final AtomicReferenceFieldUpdater<Deframer, @Nullable FrameDecoder> NEXT_DECODER = AtomicReferenceFieldUpdater
		.newUpdater(Deframer.class, FrameDecoder.class, "nextDecoder");

	private final SessionInput inbox;

	private FrameDecoder decoder;

	/**
	 * The decoder from the next frame on, if it is to be another; set before there is
	 * room for that frame.
	 */
	private volatile @Nullable FrameDecoder nextDecoder;

	/** Takes replies out; absent until the session may have asked its peer. */
	private @Nullable ReplyStage replies;

	/** The peer has ended its output, in whatever state. */
	private boolean ended;

	/** The inbox had no room, and will say when it has; reads may be paused, too. */
	private boolean full;

	/** Index after the last frame in the input being decoded; negative while none is. */
	private int framedTo = -1;

	/** Index after the input being decoded. */
	private int inputEnd;

	/** How many more frames are to be handled, or {@link #ANY_NUMBER}. */
	private int requestsLeft;

	/**
	 * Creates a deframer.
	 * @param session the session, which takes what is made of the input
	 * @param inbox says how many there is room for
	 * @param decoder decodes frames
	 * @param converter makes payloads of them
	 * @param requests how many frames are to be handled at most, 0 for any number
	 * @param scratch what the sessions of the loop share
	 */
	public Deframer(ReceivingSession session, SessionInput inbox, FrameDecoder decoder, PayloadConverter<?> converter,
			int requests, LoopScratch scratch) {
		super(session, converter, scratch);
		this.inbox = inbox;
		this.decoder = decoder;
		this.requestsLeft = (requests > 0) ? requests : ANY_NUMBER;
	}

	/**
	 * Bytes arrived, at the start of an array, which the caller uses for something else
	 * afterwards.
	 */
	public void received(byte[] array, int length) {
		if (this.state == InputState.DISCARDING) {
			session().state().counters().countBytesDiscarded(length);
			return;
		}
		if (this.state == InputState.WAITING) {
			// More may come although nothing is to be read: epoll hands over what the
			// kernel has when the peer ends its output, and a handler in front of the
			// session that decompresses passes on all of it first.
			keep(array, 0, length);
			if (session().state().end().isAborted()) {
				discard();
			}
			return;
		}
		if (this.state == InputState.MATCHING && !matched()) {
			keep(array, 0, length);
			if (rest() > MAX_KEPT_WHILE_MATCHING) {
				this.inbox.reading(false);
			}
			awaitMatch();
			return;
		}
		if (this.state != InputState.READING) {
			received(array, length);
			return;
		}
		FrameInput input = this.scratch.input();
		if (this.keptStart == this.keptEnd) {
			input.reset(array, 0, length);
		}
		else {
			keep(array, 0, length);
			input.reset(this.kept, this.keptStart, this.keptEnd);
		}
		decode(input);
	}

	/**
	 * Takes replies out from now on, ahead of what waits for the handler. Before the
	 * first request is sent.
	 * @param matcher finds them
	 */
	public void takeReplies(ReplyMatcher matcher) {
		this.replies = new ReplyStage(matcher);
	}

	/**
	 * A request was sent: goes on reading for its reply, although the inbox is full. On
	 * the loop.
	 */
	public void replyExpected() {
		if (this.state == InputState.WAITING && this.full && room() > 0 && !this.inbox.readsPaused()) {
			readOn();
		}
	}

	/** Waits for the batch that is being matched. */
	private void awaitMatch() {
		Objects.requireNonNull(this.replies).await();
		// It may have been matched before it could be seen that it is awaited.
		continueAfterMatch();
	}

	/** Goes on after the batch that was matched. On the loop. */
	private void continueAfterMatch() {
		if (this.state == InputState.DISCARDING) {
			ReplyStage.Batch batch = Objects.requireNonNull(this.replies).poll();
			session().state().counters().countInboundDiscarded((batch != null) ? batch.count() : 0);
		}
		else if (this.state == InputState.MATCHING && matched()) {
			goOn();
		}
	}

	/**
	 * Hands on what is left of the batch that was matched.
	 * @return {@code false} if that is not done yet
	 */
	private boolean matched() {
		ReplyStage.Batch batch = Objects.requireNonNull(this.replies).poll();
		if (batch == null) {
			return false;
		}
		this.state = InputState.READING;
		deliver(batch.payloads(), batch.count(), batch.bytes());
		if (this.state == InputState.READING && this.inbox.readsPaused()) {
			await();
		}
		return true;
	}

	/** The peer has ended its output. */
	public void inputEnded() {
		this.ended = true;
		if (this.state == InputState.MATCHING) {
			awaitMatch();
			return;
		}
		again();
		endIfStalled();
	}

	/**
	 * Ends the input if there will never be room, because the handler takes nothing more.
	 */
	public void endIfStalled() {
		if (this.ended && this.state == InputState.WAITING && session().stalled()) {
			end(CloseStatus.of(CloseReason.PEER_CLOSED, "the handler took nothing of a full read buffer"));
		}
	}

	/** Sets the decoder for what has not been decoded yet. Any thread. */
	public void decoder(FrameDecoder next) {
		this.nextDecoder = next;
	}

	/** The inbox has room again. */
	public void roomAgain() {
		this.full = false;
		resume();
	}

	/** Reads are paused. */
	public void pause() {
		if (this.state == InputState.READING && this.inbox.readsPaused()) {
			await();
		}
	}

	/** Goes on, unless there is still another reason to wait. */
	public void resume() {
		if (this.state == InputState.WAITING && !this.full && !this.inbox.readsPaused()) {
			readOn();
		}
	}

	private void readOn() {
		this.state = InputState.READING;
		goOn();
	}

	/** Decodes what is kept, and has the connection read unless that has to wait. */
	private void goOn() {
		again();
		boolean matches = this.state == InputState.MATCHING && rest() <= MAX_KEPT_WHILE_MATCHING;
		if ((matches || this.state == InputState.READING) && !this.ended) {
			this.inbox.reading(true);
		}
	}

	private void await() {
		this.state = InputState.WAITING;
		this.inbox.reading(false);
	}

	/** Drops what is kept, and everything that still comes: nobody reads it. */
	@Override
	public void discard() {
		if (this.state != InputState.DISCARDING) {
			session().state()
				.counters()
				.countBytesDiscarded((this.framedTo >= 0) ? this.inputEnd - this.framedTo : rest());
			this.state = InputState.DISCARDING;
			tapDiscard();
		}
		keepNothing();
	}

	/** Whether everything that still comes is dropped. */
	public boolean discards() {
		return this.state == InputState.DISCARDING;
	}

	/** Checks again at the bytes that are kept. */
	public void again() {
		if (this.state == InputState.READING) {
			FrameInput input = this.scratch.input();
			input.reset(this.kept, this.keptStart, this.keptEnd);
			decode(input);
		}
	}

	private void decode(FrameInput input) {
		try {
			decodeAndKeep(input);
		}
		finally {
			this.framedTo = -1;
		}
	}

	private void decodeAndKeep(FrameInput input) {
		while (true) {
			this.framedTo = input.position();
			this.inputEnd = input.limit();
			boolean more;
			try {
				more = decodeAll(input);
			}
			catch (FramingException ex) {
				violated(ex, input, this.framedTo);
				return;
			}
			catch (Throwable ex) {
				// Also checked exceptions: languages other than Java need not declare
				// them.
				failed(ex);
				return;
			}
			if (this.state == InputState.DISCARDING) {
				return;
			}
			noteDropped(input, this.framedTo);
			if (this.state == InputState.MATCHING) {
				keepRest(input);
				if (rest() > 0) {
					awaitMatch();
				}
				return;
			}
			if (!more && this.ended) {
				if (finish(input)) {
					return;
				}
				continue;
			}
			keepRest(input);
			if (!more && room() > 0) {
				return;
			}
			if (this.inbox.stop()) {
				this.full = true;
				await();
				return;
			}
			input.reset(this.kept, this.keptStart, this.keptEnd);
		}
	}

	/**
	 * Returns how many frames may be decoded. While requests wait for replies, a full
	 * inbox does not stop that until as much as it holds has come once more.
	 */
	private int room() {
		int room = this.inbox.frameRoom();
		if (room == 0 && this.replies != null && this.inbox.extraRoom() > 0 && this.replies.expectsReplies()) {
			return scratch().payloads().length;
		}
		return room;
	}

	/** Decodes while there is room, and returns whether there may be more to decode. */
	private boolean decodeAll(FrameInput input) throws FramingException {
		boolean more;
		do {
			more = decodeBatch(input);
		}
		while (more && this.state == InputState.READING && room() > 0);
		return more;
	}

	/** Whether input, or its end, waits for room or for reading to go on. On the loop. */
	public boolean inputWaits() {
		return rest() > 0 || (this.ended && this.state == InputState.WAITING);
	}

	/**
	 * Decodes what the inbox has room for and hands it on as one batch, also if what
	 * follows violates the framing.
	 * @return whether there may be more to decode
	 */
	private boolean decodeBatch(FrameInput input) throws FramingException {
		Object[] payloads = this.scratch.payloads();
		// One at a time where frames may be dropped, since they are dropped one at a
		// time.
		int room = this.inbox.drops() ? 1 : Math.min(payloads.length, room());
		if (this.requestsLeft != ANY_NUMBER) {
			room = Math.min(room, this.requestsLeft);
		}
		// A batch that is read beyond the room is one of a full buffer at most.
		long byteRoom = (this.inbox.frameRoom() > 0) ? this.inbox.byteRoom() : this.inbox.extraRoom();
		// Read after the check for room: a new decoder is set before there is room
		// again.
		FrameDecoder next = (this.nextDecoder != null) ? NEXT_DECODER.getAndSet(this, null) : null;
		if (next != null) {
			this.decoder = next;
		}
		TapPoint tap = session().state().tapped();
		int count = 0;
		int bytes = 0;
		try {
			while (count < room && bytes < byteRoom) {
				if (!this.decoder.next(input)) {
					return false;
				}
				if (this.first && !isExpected(input)) {
					return false;
				}
				tapFrame(tap, input, this.framedTo);
				Object payload = payload(input);
				this.framedTo = input.position();
				if (this.replies != null && this.replies.take(payload)) {
					session().state().countMessagesReceived(1);
					continue;
				}
				payloads[count++] = payload;
				bytes += input.frameEnd() - input.frameStart();
			}
			return input.remaining() > 0;
		}
		finally {
			handOn(payloads, count, bytes);
			answer(input);
		}
	}

	private void handOn(Object[] payloads, int count, int bytes) {
		if (count == 0) {
			return;
		}
		session().state().countMessagesReceived(count);
		if (this.replies != null && this.replies.matchesElsewhere()) {
			Object[] batch = Arrays.copyOf(payloads, count, Object[].class);
			Arrays.fill(payloads, 0, count, null);
			this.state = InputState.MATCHING;
			this.replies.match(batch, bytes, () -> session().state().connection().execute(this::continueAfterMatch));
			return;
		}
		deliver(payloads, count, bytes);
	}

	/** Gives frames to the handler. */
	private void deliver(Object[] payloads, int count, int bytes) {
		if (count == 0) {
			return;
		}
		Object batch = (count == 1) ? payloads[0] : Arrays.copyOf(payloads, count, Object[].class);
		Arrays.fill(payloads, 0, count, null);
		this.inbox.added(count, bytes);
		session().frames(batch, count, bytes);
		if (this.inbox.overflowed()) {
			discard();
			session().close(ExceededLimits.overflow(session().state().spec()));
		}
		else if (this.requestsLeft != ANY_NUMBER) {
			this.requestsLeft -= count;
			if (this.requestsLeft == 0) {
				end(CloseStatus.of(CloseReason.REQUESTS_DONE));
			}
		}
	}

	/** Frames that were handed on will not be handled after all. */
	public void dropped(int count) {
		if (this.requestsLeft != ANY_NUMBER) {
			this.requestsLeft += count;
		}
	}

	/**
	 * Nothing more comes and no further whole frame is there.
	 * @return {@code false} if the end has completed one that others may follow
	 */
	private boolean finish(FrameInput input) {
		String detail = null;
		int from = input.position();
		int before = input.remaining();
		boolean found;
		try {
			found = before > 0 && this.decoder.last(input);
		}
		catch (FramingException ex) {
			violated(ex, input, this.framedTo);
			return true;
		}
		catch (Throwable ex) {
			failed(ex);
			return true;
		}
		finally {
			answer(input);
		}
		int rest = input.remaining();
		if (found) {
			if (this.first && !isExpected(input)) {
				return true;
			}
			tapFrame(session().state().tapped(), input, from);
			this.scratch.payloads()[0] = payload(input);
			this.framedTo = input.position();
			if (this.replies != null && this.replies.take(this.scratch.payloads()[0])) {
				session().state().countMessagesReceived(1);
			}
			else {
				handOn(this.scratch.payloads(), 1, input.frameEnd() - input.frameStart());
			}
			if (this.state == InputState.DISCARDING) {
				return true;
			}
			if (this.state == InputState.MATCHING) {
				keepRest(input);
				awaitMatch();
				return true;
			}
			if (rest > 0 && rest < before) {
				return false;
			}
		}
		if (rest > 0) {
			detail = withProtocol("the peer closed within a frame, after " + rest + " bytes of it", input.array(),
					input.position(), input.limit());
		}
		else if (this.first && this.dropped > 0) {
			detail = withProtocol("the peer closed before a frame");
		}
		end(new CloseStatus(CloseReason.PEER_CLOSED, detail, null));
		return true;
	}

}
