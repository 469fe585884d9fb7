package dev.socketserver.engine.input;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.operator.SessionRate;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The input of one session: its {@link Deframer}, how much may be decoded
 * ({@link InputRoom}), and whether the connection is read.
 * <p>
 * The connection is read while the {@link Deframer} wants more, which it does not while
 * there is no room here or while somebody has paused reads; while the session holds
 * little, or memory is not scarce; and until the peer has ended its output. Beside that,
 * it is read while a handshake is awaited that the handler has asked for. Nothing else
 * has it read, or not.
 */
public final class SessionInput {

	private static final VarHandle PAUSES;

	static {
		try {
			PAUSES = MethodHandles.lookup().findVarHandle(SessionInput.class, "pauses", byte.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** A pause that the application asked for. */
	public static final byte BY_APPLICATION = 1;

	/** A pause that an operator asked for. */
	public static final byte BY_OPERATOR = 2;

	private final ReceivingSession session;

	private final InputRoom room;

	/**
	 * Who has paused reads: no frame is to be handled until all of them have resumed.
	 */
	private volatile byte pauses;

	/** Whether the connection is read. Written on the loop. */
	private volatile boolean reading = true;

	/** Whether the deframer wants more, whatever memory allows. Only on the loop. */
	private boolean wantsMore = true;

	/**
	 * Set while memory is scarce and the session holds much: it is not read from then,
	 * even if the deframer wants more. Written on the loop.
	 */
	private volatile boolean restrained;

	private final Deframer deframer;

	private final FrameSteps steps;

	/**
	 * Creates the input of a session.
	 * @param session the session, which takes what is made of the input
	 * @param bounds how much may wait for the handler
	 * @param decoder decodes frames
	 * @param steps what may change between two frames
	 */
	@SuppressWarnings("this-escape") // the deframer only keeps it
	public SessionInput(ReceivingSession session, Bounds<InboundOverflow> bounds, FrameDecoder decoder,
			FrameSteps steps) {
		SessionSpec spec = session.state().spec();
		this.session = session;
		this.room = new InputRoom(session.state(), bounds, steps, requests(spec));
		this.steps = steps;
		// Converters that are user code run where user code runs.
		PayloadConverter<?> input = spec.handler().input();
		this.deframer = new Deframer(session, this, decoder,
				Payloads.builtIn(input) ? input : PayloadConverter.bytes());
		if (steps.oneAtATime()) {
			// Nothing is decoded before the handler was notified of the session.
			this.room.added(1, 0);
		}
	}

	/**
	 * Returns how many frames may be handled; 0 for any number, as for streams, which
	 * have none.
	 */
	private static int requests(SessionSpec spec) {
		boolean stream = spec.framing().passThrough()
				&& (spec.handler() instanceof ServerHandler.Streams || spec.handler().bytesAsTheyCome());
		return stream ? 0 : spec.requestsPerSession();
	}

	/**
	 * Returns what waits for the handler, and how much more may be decoded.
	 * @return the room
	 */
	public InputRoom room() {
		return this.room;
	}

	/**
	 * Returns what decodes frames.
	 * @return the deframer
	 */
	public Deframer deframer() {
		return this.deframer;
	}

	/**
	 * Bytes were received. On the loop.
	 * @param array holds them, from its start on; the caller's again afterwards
	 * @param length how many
	 * @param now the time, by the clock of {@link System#nanoTime}
	 */
	public void received(byte[] array, int length, long now) {
		SessionState state = this.session.state();
		state.countReceived(length, now);
		TapPoint tap = state.tapped();
		if (tap != null) {
			tap.received(array, length);
		}
		this.deframer.received(array, length);
		if (state.isMemoryScarce()) {
			restrain();
		}
	}

	// Whether there is room.

	/**
	 * Announces that the I/O thread stops reading. I/O thread.
	 * @return {@code false} if there is room by now: go on instead
	 */
	boolean stop() {
		// First the announcement, then another check: a handler that took frames before
		// it could see the announcement has made room that is seen here.
		this.room.stop();
		return !goesOn(true);
	}

	/**
	 * Whether the I/O thread goes on: once after each stop. If the peer has to wait for
	 * its rate, that is asked again when it has waited.
	 * @param begins whether the peer has not waited before
	 */
	private boolean goesOn(boolean begins) {
		// The time is checked first: whoever makes room after that finds it over.
		SessionGate present = this.room.gate();
		long nanos = this.room.rateWait();
		if (present != null && nanos > 0) {
			present.schedule(this::waited, nanos, begins);
			return false;
		}
		return this.room.mayGoOn();
	}

	/**
	 * Returns how fast the peer may send. Any thread.
	 * @return the rate, or {@code null} if it is not limited
	 */
	public @Nullable SessionRate rate() {
		SessionGate present = this.room.gate();
		return (present != null) ? present.rate(this.room.isAwaited() && this.room.rateWait() > 0) : null;
	}

	/**
	 * Replaces how fast the peer may send. Any thread.
	 * @param rates the rates, or {@code null} for as fast as it likes
	 */
	public void rates(@Nullable SessionRates rates) {
		SessionGate made = this.room.makeGate();
		this.session.state().connection().execute(() -> {
			made.rates(rates);
			waited();
		});
	}

	/**
	 * Replaces how fast the peer may send, unless the application has decided that. Any
	 * thread.
	 * @param former the rates of all until now, or {@code null} for as fast as they like
	 * @param next the rates from now on, or {@code null} for as fast as they like
	 */
	public void rates(@Nullable SessionRates former, @Nullable SessionRates next) {
		// Not before it is open: until then it may still be given the former.
		this.session.state().connection().executeLater(() -> {
			SessionGate present = (next != null) ? this.room.makeGate() : this.room.gate();
			if (present != null && present.replace(former, next)) {
				waited();
			}
		});
	}

	/**
	 * The rate may allow the peer to send again: then the loop reads again. On the timer,
	 * or on the loop if the rates have changed.
	 */
	private void waited() {
		if (this.room.isAwaited() && !this.session.state().end().isOver() && goesOn(false)) {
			roomAgain();
		}
	}

	// Whether the connection is read.

	/**
	 * Whether the peer is read from. Any thread.
	 * @return {@code false} while nothing is read
	 */
	public boolean isReading() {
		return this.reading && this.session.state().end().readsOn();
	}

	/**
	 * The deframer wants more, or does not. On the loop.
	 * @param more whether it does
	 */
	public void reading(boolean more) {
		this.wantsMore = more;
		read();
	}

	private void read() {
		boolean on = (this.wantsMore || this.steps.awaitsTls()) && !this.restrained;
		if (on && !this.reading) {
			this.session.readsAgain();
		}
		this.reading = on;
		this.session.state().connection().reading(on);
	}

	/**
	 * Whether no frame is to be handled for now. Any thread.
	 * @return {@code true} while somebody has paused reads
	 */
	public boolean readsPaused() {
		return this.pauses != 0;
	}

	/**
	 * Pauses reads. Any thread.
	 * @param whom who pauses
	 * @return {@code false} if that one had paused already
	 */
	public boolean pause(byte whom) {
		int before = (byte) PAUSES.getAndBitwiseOr(this, whom);
		if (before == 0) {
			this.session.state().connection().execute(this.deframer::pause);
		}
		return (before & whom) == 0;
	}

	/**
	 * Resumes reads, unless they are paused otherwise. Any thread.
	 * @param whom who resumes
	 * @return {@code false} if that one had not paused
	 */
	public boolean resume(byte whom) {
		int before = ((this.pauses & whom) != 0) ? (byte) PAUSES.getAndBitwiseAnd(this, (byte) ~whom) : 0;
		this.session.resumed(whom == BY_APPLICATION, before == whom);
		if (before == whom) {
			// Also bytes that wait to be read, besides the frames that wait for the
			// handler, and the reply to a request that was sent in the pause.
			this.session.state().connection().execute(this.deframer::resume);
		}
		return (before & whom) != 0;
	}

	private void restrain() {
		SessionState state = this.session.state();
		if (this.restrained || state.end().isSettled() || state.mayHoldMore()) {
			return;
		}
		this.restrained = true;
		if (state.mayHoldMore()) {
			// Whoever changed that may have looked before it could see that it matters.
			this.restrained = false;
			return;
		}
		read();
	}

	private void relax() {
		if (this.restrained && this.session.state().mayHoldMore()) {
			this.restrained = false;
			read();
		}
	}

	/** Stops reading, if the session holds much while memory is scarce. Any thread. */
	public void readLess() {
		TapPoint point = this.session.state().tapped();
		if (point != null) {
			point.memoryIsScarce();
		}
		if (!this.session.state().mayHoldMore()) {
			this.session.state().connection().execute(this::restrain);
		}
	}

	/**
	 * Reads again if the session holds little, or memory is no longer scarce. Any thread.
	 */
	public void readAgain() {
		if (this.restrained) {
			this.session.state().connection().execute(this::relax);
		}
	}

	/**
	 * Reads from now on, whatever the session holds, and drops what is received: a peer
	 * that is stuck in writing would never read what is on its way to it. Any thread.
	 */
	public void readAndDrop() {
		this.session.state().connection().execute(() -> {
			this.deframer.discard();
			this.restrained = false;
			reading(true);
		});
	}

	/**
	 * A request was sent, whose reply is to be read: soon, since the caller may hold a
	 * lock. Any thread.
	 */
	public void replyExpected() {
		// Not whether it is read: the loop announces that it stops, and then looks once
		// more for requests.
		if (this.room.isAwaited()) {
			this.session.state().connection().executeLater(this.deframer::resume);
		}
	}

	/** More may wait now, or less: there may be room. Any thread. */
	public void limitsChanged() {
		if (this.room.isAwaited() && this.room.rateWait() == 0 && this.room.goesOnByOtherLimits()) {
			roomAgain();
		}
	}

	/** There is room again. Any thread. */
	public void roomAgain() {
		this.session.state().connection().execute(this.deframer::roomAgain);
	}

	/**
	 * Frames were dropped where they waited. On the loop.
	 * @param count how many
	 */
	public void dropped(int count) {
		if (count > 0) {
			this.room.notHandled(count);
			this.session.state().countInboundDropped(count);
		}
	}

	// Who taps it. Any thread.

	/**
	 * Has a sink take what is received and sent from now on, from a whole frame on.
	 * @param sink takes it
	 * @param attached is run on the loop as soon as that is so
	 */
	public void tap(TapSink sink, Runnable attached) {
		SessionState state = this.session.state();
		Runnable task = () -> {
			state.tapped(TapPoint.with(state.tapped(), sink, this.deframer.undecoded(), this.deframer.discards()),
					sink);
			attached.run();
		};
		if (state.bytesReceived() == 0 && state.connection().isLoop()) {
			// It opens, and nothing of it may be missed.
			task.run();
		}
		else {
			// Not while something is being decoded, by a handler on the loop.
			state.connection().executeLater(task);
		}
	}

	/**
	 * Undoes {@link #tap}.
	 * @param sink the sink
	 */
	public void untap(TapSink sink) {
		SessionState state = this.session.state();
		// Not while something is being decoded, either, and after what tap() has begun.
		state.connection().executeLater(() -> {
			TapPoint point = state.tapped();
			state.tapped((point != null) ? point.without(sink) : null);
		});
	}

	// What changes between two frames.

	/**
	 * Returns what may change. Any thread.
	 * @return the steps
	 */
	public FrameSteps steps() {
		return this.steps;
	}

	/**
	 * The handler is done with a frame: what it has asked for takes effect, before the
	 * next is decoded. Called where the handler runs, before it takes that frame.
	 */
	public void frameDone() {
		this.steps.frameDone(this.session, this.deframer);
	}

	/**
	 * The handler asks for TLS behind the frame that it handles. On its thread.
	 * @param asked is notified when that is due
	 * @throws IllegalStateException if it cannot be asked for, or was before
	 */
	public void startTls(TlsRequest.Asked asked) {
		this.steps.ask(asked, this.session.state().spec());
		this.session.state().connection().execute(this::awaitTls);
	}

	/** Decodes nothing more, and reads on, to see what the peer sends in the clear. */
	private void awaitTls() {
		this.deframer.decodeKept();
		this.session.state().connection().tlsStart();
		read();
	}

	/**
	 * The peer may have shown a certificate, which may be a login. On the loop, before
	 * whoever has asked for TLS is notified.
	 */
	public void certified() {
		SessionGate present = this.room.gate();
		if (present != null) {
			present.certified();
		}
	}

	/** The connection is encrypted: reads on, unless it must not. On the loop. */
	public void secured() {
		if (this.steps.secured()) {
			this.room.goOn();
			this.session.readsAgain();
			this.deframer.roomAgain();
			// In a pause, too, it was read for the handshake.
			read();
		}
	}

}
