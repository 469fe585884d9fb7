package dev.socketserver.engine.tap;

import java.util.Arrays;

import dev.socketserver.CloseReason;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.memory.Exhaustion;
import dev.socketserver.framing.FrameInput;
import org.jspecify.annotations.Nullable;

/**
 * Where one session is tapped: gives its sinks what is received and sent. For those that
 * take frames it keeps a copy of what is not decoded yet, since a decoder may undo
 * escapes in place, and splits it into frames where the session says. On the loop, if not
 * stated otherwise.
 */
public final class TapPoint {

	/** Bytes to be sent are one frame. */
	public static final int ONE = 0;

	/** It is not known where the frames among the bytes to be sent end. */
	public static final int UNKNOWN = -1;

	private static final byte[] NOTHING = {};

	private final TapSink[] sinks;

	/** Whether some sink takes frames. */
	private final boolean framed;

	/** Received and not decoded, in {@code [start, end)}; only where frames are taken. */
	private byte[] undecoded;

	private int start;

	private int end;

	/** Nothing is decoded any more. */
	private boolean discarding;

	private TapPoint(TapSink[] sinks, byte[] undecoded, boolean discarding) {
		this.sinks = sinks;
		boolean framed = false;
		for (TapSink sink : sinks) {
			framed |= sink.framed();
		}
		this.framed = framed;
		this.undecoded = framed ? undecoded : NOTHING;
		this.end = this.undecoded.length;
		this.discarding = discarding;
	}

	/**
	 * Adds a sink.
	 * @param before where the session was tapped until now, or {@code null}
	 * @param sink the sink
	 * @param undecoded a copy of what the session has received and not decoded
	 * @param discarding whether it decodes nothing any more
	 * @return where it is tapped from now on
	 */
	public static TapPoint with(@Nullable TapPoint before, TapSink sink, byte[] undecoded, boolean discarding) {
		TapSink[] sinks = { sink };
		if (before != null) {
			sinks = Arrays.copyOf(before.sinks, before.sinks.length + 1);
			sinks[before.sinks.length] = sink;
		}
		return new TapPoint(sinks, undecoded, discarding);
	}

	/**
	 * Removes a sink.
	 * @param sink the sink
	 * @return where the session is tapped from now on, or {@code null} if it is not
	 */
	public @Nullable TapPoint without(TapSink sink) {
		TapSink[] others = Arrays.stream(this.sinks).filter((one) -> one != sink).toArray(TapSink[]::new);
		return (others.length > 0)
				? new TapPoint(others, Arrays.copyOfRange(this.undecoded, this.start, this.end), this.discarding)
				: null;
	}

	/**
	 * Whether some sink takes frames, so that the output has to know where they end. Any
	 * thread.
	 * @return always the same
	 */
	public boolean framed() {
		return this.framed;
	}

	/**
	 * Bytes were received.
	 * @param array holds them, from its start on; the caller's again afterwards
	 * @param length how many
	 */
	public void received(byte[] array, int length) {
		for (TapSink sink : this.sinks) {
			if (!sink.framed()) {
				sink.add(true, array, 0, length);
			}
			else if (this.discarding) {
				sink.unframed(array, 0, length);
			}
		}
		if (this.framed && !this.discarding) {
			keep(array, length);
		}
	}

	private void keep(byte[] array, int length) {
		int before = this.end - this.start;
		if (this.undecoded.length - this.end < length) {
			byte[] target = (this.undecoded.length >= before + length) ? this.undecoded
					: new byte[Math.max(before + length, 2 * before)];
			System.arraycopy(this.undecoded, this.start, target, 0, before);
			this.undecoded = target;
			this.start = 0;
			this.end = before;
		}
		System.arraycopy(array, 0, this.undecoded, this.end, length);
		this.end += length;
	}

	/**
	 * Gives a session's tap, if there is one, a frame. It is the same for all frames of a
	 * batch: no session is tapped while they are decoded.
	 * @param tap where the session is tapped, or {@code null}
	 * @param input has found the frame
	 * @param from the index from which on that was looked for
	 */
	public static void decoded(@Nullable TapPoint tap, FrameInput input, int from) {
		if (tap != null) {
			tap.decoded(input.frameFrom() - from, input.position() - input.frameFrom());
		}
	}

	/**
	 * Notifies a session's tap, if there is one, of what the framing has dropped.
	 * @param tap where the session is tapped, or {@code null}
	 * @param count how many bytes
	 */
	public static void dropped(@Nullable TapPoint tap, int count) {
		if (tap != null) {
			tap.decoded(count, 0);
		}
	}

	/**
	 * Some of what was received was decoded.
	 * @param skipped how many bytes were dropped in front of the frame
	 * @param length how many bytes the frame has in the stream, or 0 if there is none
	 */
	public void decoded(int skipped, int length) {
		if (!this.framed || this.discarding) {
			return;
		}
		if (skipped + length > this.end - this.start) {
			// Wrongly split, a frame might show what a mask hides.
			discarded();
			return;
		}
		int frame = this.start + skipped;
		for (TapSink sink : this.sinks) {
			if (sink.framed() && skipped > 0) {
				sink.unframed(this.undecoded, this.start, skipped);
			}
			if (sink.framed() && length > 0) {
				sink.add(true, this.undecoded, frame, length);
			}
		}
		this.start = frame + length;
		dropIfEmpty();
	}

	private void dropIfEmpty() {
		if (this.start == this.end) {
			this.undecoded = NOTHING;
			this.start = 0;
			this.end = 0;
		}
	}

	/**
	 * Notifies a session's tap, if there is one, that nothing is decoded any more.
	 * @param tap where the session is tapped, or {@code null}
	 */
	public static void discarded(@Nullable TapPoint tap) {
		if (tap != null) {
			tap.discarded();
		}
	}

	private void discarded() {
		this.discarding = true;
		if (this.end > this.start) {
			for (TapSink sink : this.sinks) {
				if (sink.framed()) {
					sink.unframed(this.undecoded, this.start, this.end - this.start);
				}
			}
			this.start = this.end;
			dropIfEmpty();
		}
	}

	/**
	 * Bytes are about to leave.
	 * @param output the bytes, which are measured by this
	 * @param scratch what the sessions of the loop share
	 * @param ends where each frame ends
	 * @param frames how many of them there are, {@link #ONE} or {@link #UNKNOWN}
	 */
	public void sending(OutputBytes output, LoopScratch scratch, int[] ends, int frames) {
		boolean shown = Exhaustion.attempt(() -> {
			output.measure(scratch);
			show(output.array(), output.size(), ends, frames);
			return true;
		});
		if (!shown) {
			// What is tapped may be lost, what is sent may not.
			for (TapSink sink : this.sinks) {
				sink.dropped(output.size());
			}
		}
	}

	private void show(byte[] bytes, int size, int[] ends, int frames) {
		for (TapSink sink : this.sinks) {
			if (!sink.framed() || frames == ONE) {
				sink.add(false, bytes, 0, size);
			}
			else if (frames == UNKNOWN) {
				sink.dropped(size);
			}
			else {
				addEach(sink, bytes, ends, frames);
			}
		}
	}

	private static void addEach(TapSink sink, byte[] bytes, int[] ends, int frames) {
		int from = 0;
		for (int i = 0; i < frames; i++) {
			sink.add(false, bytes, from, ends[i] - from);
			from = ends[i];
		}
	}

	/** Memory is scarce: has what can be given up be given up. Any thread. */
	public void memoryIsScarce() {
		FlightRecorder recorder = recorder();
		if (recorder != null) {
			recorder.giveUp();
		}
	}

	/** Returns what records the session, or {@code null}. Any thread. */
	@Nullable FlightRecorder recorder() {
		for (TapSink sink : this.sinks) {
			if (sink instanceof FlightRecorder recorder) {
				return recorder;
			}
		}
		return null;
	}

	/**
	 * The session has ended. Any thread, after everything else; perhaps twice.
	 * @param reason why
	 */
	public void closed(CloseReason reason) {
		for (TapSink sink : this.sinks) {
			sink.closed(reason);
		}
	}

}
