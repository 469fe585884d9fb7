package dev.socketserver.engine.input;

import java.util.Arrays;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameException;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what is read from the connection into frames, and makes payloads of them, as
 * many as the {@link SessionInput} has room for. Bytes that are no whole frame yet, or
 * find no room, are {@link KeptBytes kept}; while there is no room the connection is not
 * read. Until the {@link FirstFrame first frame} a peer that speaks another protocol is
 * recognised. On the loop.
 */
public final class Deframer {

	/** So many bytes may arrive while a batch is matched before reading stops. */
	private static final int MAX_KEPT_WHILE_MATCHING = 64 * 1024;

	private final ReceivingSession session;

	private final SessionInput input;

	private final PayloadConverter<?> converter;

	private final @Nullable HeartbeatExchange heartbeat;

	private KeptBytes kept = KeptBytes.NONE;

	private FirstFrame first = FirstFrame.AWAITED;

	private InputState state = InputState.READING;

	private FrameDecoder decoder;

	/** Takes replies out; absent until the session may have asked its peer. */
	private volatile @Nullable ReplyStage replies;

	/** The peer has ended its output, in whatever state. */
	private boolean ended;

	/** Index after the last frame in the input being decoded; negative while none is. */
	private int framedTo = -1;

	/**
	 * Creates a deframer.
	 * @param session the session, which takes what is made of the input
	 * @param input says how many there is room for
	 * @param decoder decodes frames
	 * @param converter makes payloads of them
	 */
	public Deframer(ReceivingSession session, SessionInput input, FrameDecoder decoder, PayloadConverter<?> converter) {
		this.session = session;
		this.input = input;
		this.converter = converter;
		this.decoder = decoder;
		HeartbeatMessages messages = session.state().heartbeat();
		this.heartbeat = (messages != null) ? new HeartbeatExchange(messages) : null;
	}

	/**
	 * Bytes arrived, at the start of an array, which the caller uses for something else
	 * afterwards.
	 */
	public void received(byte[] array, int length) {
		if (this.state == InputState.MATCHING) {
			continueAfterMatch();
		}
		if (this.state == InputState.DISCARDING) {
			this.session.state().counters().countBytesDiscarded(length);
		}
		else if (this.state == InputState.READING && rest() == 0) {
			FrameInput input = scratch().input();
			input.reset(array, 0, length);
			decode(input);
		}
		else {
			this.kept = this.kept.with(array, 0, length, this.session.state());
			added();
		}
	}

	/** Bytes were added to those that are kept. */
	private void added() {
		if (this.state == InputState.READING) {
			decodeKept();
		}
		else if (this.state == InputState.MATCHING) {
			if (rest() > MAX_KEPT_WHILE_MATCHING) {
				this.input.reading(false);
			}
			awaitMatch();
		}
		// More may arrive although nothing is to be read: epoll hands over what the
		// kernel has when the peer ends its output, and a handler in front of the
		// session that decompresses passes on all of it first.
		else if (this.session.state().end().isAborted()) {
			discard();
		}
	}

	/**
	 * Takes replies out from now on, ahead of what waits for the handler. Before the
	 * first request is sent.
	 * @param matcher finds them
	 */
	public void takeReplies(ReplyMatcher matcher) {
		this.replies = new ReplyStage(matcher);
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
			this.session.state().countInboundDiscarded((batch != null) ? batch.count() : 0);
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
		ReplyStage stage = Objects.requireNonNull(this.replies);
		ReplyStage.Batch batch = stage.poll();
		if (batch == null) {
			return false;
		}
		this.state = InputState.READING;
		int admitted = this.input.room().admit(stage, batch);
		CloseStatus refused = batch.refusal(admitted);
		deliver(batch.payloads(), admitted, batch.bytes());
		if (refused != null) {
			end(refused);
		}
		stage.batchEnded();
		pause();
		return true;
	}

	/** Does something behind the batch that is being matched, if one is. On the loop. */
	public void behindMatch(Runnable task) {
		if (this.state != InputState.MATCHING) {
			task.run();
			return;
		}
		Objects.requireNonNull(this.replies).behind(task);
		// It may have been matched before it could be seen that it is awaited.
		this.session.state().connection().executeLater(this::continueAfterMatch);
	}

	/** The peer has ended its output. */
	public void inputEnded() {
		this.ended = true;
		if (this.state == InputState.MATCHING) {
			awaitMatch();
			return;
		}
		decodeKept();
		endIfStalled();
	}

	/**
	 * Ends the input if there will never be room, because the handler takes nothing more.
	 */
	public void endIfStalled() {
		if (this.ended && this.state.isWaiting() && this.session.stalled()) {
			end(CloseStatus.of(CloseReason.PEER_CLOSED, "the handler took nothing of a full read buffer"));
		}
	}

	/** The input has room again. */
	public void roomAgain() {
		if (this.state == InputState.FULL) {
			// Reads may be paused, too.
			this.state = InputState.PAUSED;
			resume();
		}
	}

	/** Reads are paused. */
	public void pause() {
		if (this.state == InputState.READING && this.input.readsPaused()) {
			await(InputState.PAUSED);
		}
	}

	/**
	 * Goes on, unless there is still a reason to wait: for the reply to a request also
	 * while the input is full. On the loop.
	 */
	public void resume() {
		boolean room = this.state == InputState.PAUSED
				|| (this.state == InputState.FULL && this.input.room().isThere(this.replies));
		if (room && !this.input.readsPaused()) {
			this.state = InputState.READING;
			goOn();
		}
	}

	/** Decodes what is kept, and has the connection read unless that has to wait. */
	private void goOn() {
		decodeKept();
		boolean matches = this.state == InputState.MATCHING && rest() <= MAX_KEPT_WHILE_MATCHING;
		if ((matches || this.state == InputState.READING) && !this.ended) {
			this.input.reading(true);
		}
	}

	private void await(InputState waiting) {
		this.state = waiting;
		this.input.reading(false);
	}

	/** Drops what is kept, and everything that is still received: it is not read. */
	public void discard() {
		if (this.state != InputState.DISCARDING) {
			this.session.state()
				.countUndecoded((this.framedTo >= 0) ? scratch().input().limit() - this.framedTo : rest());
			this.state = InputState.DISCARDING;
			TapPoint.discarded(this.session.state().tapped());
		}
		this.kept = this.kept.none(this.session.state());
		if (this.replies != null) {
			this.replies.batchEnded();
		}
	}

	/** Whether everything that is still received is dropped. */
	public boolean discards() {
		return this.state == InputState.DISCARDING;
	}

	/** Decodes the bytes that are kept, once more. */
	public void decodeKept() {
		if (this.state == InputState.READING) {
			FrameInput input = scratch().input();
			this.kept.readBy(input);
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
		boolean last = false;
		while (true) {
			this.framedTo = input.position();
			boolean more = false;
			try {
				more = last ? input.remaining() > 0 && decodeBatch(input, true) : decodeAll(input);
			}
			catch (FramingException ex) {
				CloseStatus status = badFrames().status(ex, input, this.framedTo);
				endBehind(input, badFrames().of(status, input, this.framedTo), status);
			}
			catch (Throwable ex) {
				// Also checked exceptions: languages other than Java need not declare
				// them.
				endBehind(input, null, badFrames().failed(ex));
			}
			if (this.state == InputState.DISCARDING) {
				return;
			}
			if (!last) {
				noteDropped(input, this.framedTo);
			}
			if (this.state == InputState.MATCHING) {
				this.kept = this.kept.rest(input, this.session.state());
				if (rest() > 0 || this.ended) {
					awaitMatch();
				}
				return;
			}
			if (last && !more) {
				finish(input);
				return;
			}
			if (last || (!more && this.ended)) {
				// When the end has completed a frame, or one was refused, others may
				// follow.
				last = !last;
				continue;
			}
			this.kept = this.kept.rest(input, this.session.state());
			if (!more && this.input.room().isLeft(this.replies)) {
				return;
			}
			// Again: who has sent a request may not have seen yet that this stops.
			if (this.input.stop() && !this.input.room().isThere(this.replies)) {
				await(InputState.FULL);
				return;
			}
			this.kept.readBy(input);
		}
	}

	/** Decodes while there is room, and returns whether there may be more to decode. */
	private boolean decodeAll(FrameInput input) throws Exception {
		boolean more;
		do {
			more = decodeBatch(input, false);
		}
		while (more && this.state == InputState.READING && this.input.room().isThere(this.replies));
		return more;
	}

	/** Whether input, or its end, waits for room or for reading to go on. On the loop. */
	public boolean inputWaits() {
		return rest() > 0 || (this.ended && this.state.isWaiting());
	}

	/**
	 * Decodes what the input has room for and hands it on as one batch, also if what
	 * follows violates the framing.
	 * @param last whether nothing more is received: decodes the one frame that ends
	 * there; more may follow it if it has at least one byte
	 * @return whether there may be more to decode
	 */
	private boolean decodeBatch(FrameInput input, boolean last) throws Exception {
		InputRoom room = this.input.room();
		long now = room.now();
		Object[] payloads = scratch().payloads();
		int most = last ? 1 : Math.min(room.drops() ? 1 : payloads.length, room.frames(this.replies, now));
		long byteRoom = last ? Long.MAX_VALUE : room.bytes(this.replies, now);
		if (!last) {
			// After the check for room: a new decoder is set before there is room again.
			this.decoder = this.input.steps().decoder(this.decoder);
		}
		TapPoint tap = this.session.state().tapped();
		ReplyStage.begin(this.replies);
		SessionGate gate = room.checking();
		CloseStatus refused = null;
		int from = input.position();
		int replied = 0;
		int count = 0;
		int bytes = 0;
		try {
			while (count < most && bytes < byteRoom) {
				if (!(last ? this.decoder.last(input) : this.decoder.next(input))) {
					return false;
				}
				if (this.heartbeat != null && this.heartbeat.take(input)) {
					replied += heartbeatTaken(input, tap);
					if (last || this.heartbeat.mustAnswer()) {
						break;
					}
					continue;
				}
				if (!this.first.isDecoded() && !isExpected(input)) {
					return false;
				}
				TapPoint.decoded(tap, input, this.framedTo);
				Object handled = handled(input, this.framedTo, gate, now);
				if (gate != null && handled instanceof CloseStatus status) {
					refused = status;
					return false;
				}
				if (handled == null) {
					replied += input.position() - input.frameFrom();
					this.session.state().countMessagesReceived(1);
					if (last) {
						break;
					}
					continue;
				}
				payloads[count++] = handled;
				bytes += input.frameEnd() - input.frameStart();
			}
			return input.remaining() > 0 && !(last && input.position() == from);
		}
		catch (FramingException ex) {
			handOn(payloads, count, bytes, (gate != null) ? 0 : this.framedTo - from - replied, now);
			count = 0;
			if (!recovered(ex, input)) {
				throw ex;
			}
			return true;
		}
		finally {
			// Before replies to later frames can leave.
			this.session.state().countFramesDropped(input.takeDropped());
			handOn(payloads, count, bytes, (gate != null) ? 0 : this.framedTo - from - replied, now);
			answer(input);
			if (refused != null) {
				endBehind(input, null, refused);
			}
		}
	}

	/** Returns how many bytes a frame had that is a heartbeat. */
	private int heartbeatTaken(FrameInput input, @Nullable TapPoint tap) {
		TapPoint.decoded(tap, input, this.framedTo);
		int bytes = input.position() - this.framedTo;
		this.framedTo = input.position();
		this.input.room().dropped(bytes);
		return bytes;
	}

	/** Returns what {@link SessionGate#check} does; {@code null} also for a reply. */
	private @Nullable Object handled(FrameInput input, int from, @Nullable SessionGate gate, long now)
			throws Exception {
		Object payload = this.converter.read(input.array(), input.frameStart(), input.frameEnd() - input.frameStart());
		this.framedTo = input.position();
		if (this.replies != null && this.replies.take(payload)) {
			return null;
		}
		return (gate != null) ? this.input.room().check(this.replies, gate, payload, input, this.framedTo - from, now)
				: payload;
	}

	/** Hands frames on, of which so many bytes were not checked one by one. */
	private void handOn(Object[] payloads, int count, int bytes, int consumed, long now) {
		if (count == 0) {
			return;
		}
		this.session.state().countMessagesReceived(count);
		if (this.replies != null && this.replies.matchesElsewhere()) {
			this.state = InputState.MATCHING;
			this.replies.match(ReplyStage.taken(payloads, count), bytes,
					() -> this.session.state().connection().executeLater(this::continueAfterMatch));
			return;
		}
		this.input.room().count(this.replies, count, consumed, now);
		deliver(payloads, count, bytes);
	}

	private void deliver(Object[] payloads, int count, int bytes) {
		if (count == 0) {
			return;
		}
		Object batch = (count == 1) ? payloads[0] : Arrays.copyOf(payloads, count, Object[].class);
		Arrays.fill(payloads, 0, count, null);
		if (add(batch, count, bytes) && this.input.room().handedOn(count)) {
			end(CloseStatus.of(CloseReason.REQUESTS_DONE));
		}
	}

	/** Has frames wait for the handler, unless that closes the session. */
	private boolean add(Object payloads, int count, int bytes) {
		this.input.room().added(count, bytes);
		this.session.frames(payloads, count, bytes);
		if (this.input.room().overflowed()) {
			discard();
			this.session.close(ExceededLimits.overflow(this.session.state().spec()));
			return false;
		}
		return true;
	}

	/** Nothing more is received, and no further whole frame is there. */
	private void finish(FrameInput input) {
		end(new CloseStatus(CloseReason.PEER_CLOSED, this.first.explainEnd(input, proxied()), null));
	}

	// What is made of what was decoded.

	/**
	 * Sends what the decoder has answered by itself, and does so now: the next session of
	 * the loop uses the same input object.
	 */
	private void answer(FrameInput input) {
		byte[] replies = input.takeReplies();
		if (replies != null) {
			this.session.answer(replies, true);
		}
		if (this.heartbeat != null) {
			this.heartbeat.answer(this.session);
		}
	}

	/** Returns what is made of bad frames: an object for each, as few are. */
	private BadFrames badFrames() {
		return new BadFrames(this.session, this.first);
	}

	/**
	 * Notifies the handler of what cannot be a frame, if it answers that. It takes the
	 * place of a frame, so that it is answered in its turn, and counts as no message.
	 */
	private void report(@Nullable FrameException bad) {
		if (bad != null && this.state != InputState.DISCARDING) {
			add(bad, 1, 0);
		}
	}

	/** Whether decoding goes on behind a frame that was refused, and is dropped. */
	private boolean recovered(FramingException refusal, FrameInput input) {
		FrameException bad = badFrames().of(badFrames().status(refusal, input, this.framedTo), input, this.framedTo);
		boolean recovered = this.decoder.recover(input);
		if (recovered) {
			input.dropped(DropReason.BAD, 1);
			this.session.state().countFramesDropped(input.takeDropped());
			behindMatch(() -> report(bad));
		}
		return recovered;
	}

	/**
	 * Checks the first frame: text would pass for a line what is no text at all.
	 */
	private boolean isExpected(FrameInput input) {
		this.first = FirstFrame.DECODED;
		boolean text = this.session.state().spec().handler().input().text();
		WrongProtocol protocol = text ? WrongProtocol.unlessText(input, proxied()) : null;
		if (protocol != null) {
			end(CloseStatus.of(CloseReason.PROTOCOL_ERROR, protocol.phrase()));
		}
		return protocol == null;
	}

	// The end.

	/** What is kept was not complete in time: the session ends, or goes on without it. */
	public void frameTimedOut(CloseStatus status, boolean goesOn) {
		FrameInput rest = scratch().input();
		this.kept.readBy(rest);
		FrameException bad = badFrames().of(status, rest, rest.limit());
		if (goesOn) {
			this.session.state().counters().countFramesDropped(DropReason.TIMEOUT, 1);
			int from = rest.position();
			rest.skip(rest.limit());
			noteDropped(rest, from);
			this.kept = this.kept.none(this.session.state());
			this.decoder = this.session.newDecoder();
		}
		report(bad);
		if (!goesOn) {
			end(status);
		}
	}

	/** Ends the input behind the frames before, once they are matched; keeps the rest. */
	private void endBehind(FrameInput input, @Nullable FrameException bad, CloseStatus status) {
		input.reset(input.array(), this.framedTo, input.limit());
		behindMatch(() -> {
			report(bad);
			if (this.state != InputState.DISCARDING) {
				end(status);
			}
		});
	}

	/**
	 * Makes nothing more of the input; the session ends after the frames that were
	 * decoded before.
	 */
	public void end(CloseStatus status) {
		discard();
		this.session.inputEnded(status);
	}

	/**
	 * Adds to a detail which protocol the peer seems to speak, if it has sent no frame
	 * yet.
	 */
	public String withProtocol(String detail) {
		return this.kept.explain(detail, this.first, proxied());
	}

	private LoopScratch scratch() {
		return this.session.state().scratch();
	}

	/** Whether a PROXY header may have preceded the frames. */
	private boolean proxied() {
		return this.session.state().connection().proxied();
	}

	// What others ask.

	/**
	 * Returns how many bytes are kept. While the connection is read, they are the
	 * beginning of a frame. On other threads than the loop this may be outdated.
	 */
	public int rest() {
		return this.kept.count();
	}

	/**
	 * Whether what is kept may be whole frames, which wait for those before. On the loop.
	 */
	public boolean isMatching() {
		return this.state == InputState.MATCHING;
	}

	/** Whether something was received that has not become a frame. On the loop. */
	public boolean hasUndecoded() {
		return rest() > 0 || isMatching();
	}

	/** Whether input waits to be decoded. On the loop. */
	public boolean inputWaitsToBeDecoded() {
		return this.state.isWaiting() && rest() > 0;
	}

	InputState state() {
		return this.state;
	}

	/** Returns the heartbeats, which are no frames here; absent if there are none. */
	public @Nullable HeartbeatExchange heartbeat() {
		return this.heartbeat;
	}

	// Taps.

	/** Returns a copy of what is kept. On the loop. */
	byte[] undecoded() {
		return this.kept.copy();
	}

	/** Notes what the framing has dropped in front of the first frame, or of another. */
	private void noteDropped(FrameInput input, int from) {
		if (input.position() == from) {
			return;
		}
		this.input.room().dropped(input.position() - from);
		TapPoint.dropped(this.session.state().tapped(), input.position() - from);
		this.first = this.first.dropped(input.array(), from, input.limit(), proxied());
	}

}
