package dev.socketserver.framing.wrapper;

import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.codec.DelimiterFraming;
import dev.socketserver.framing.codec.FixFraming;
import dev.socketserver.framing.codec.LineFraming;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * The way from the start of a bad frame to where the next one may begin. What is on the
 * way is dropped as it arrives. Used once, by one thread at a time.
 */
public abstract sealed class Recovery {

	/**
	 * Drops what comes before the next frame.
	 * @param in the bytes; at the first call those of the bad frame
	 * @return whether the next frame begins at the position
	 */
	public abstract boolean complete(FrameInput in);

	/**
	 * Returns how a framing finds the next frame.
	 * @param framing a framing without the keys that all framings have
	 * @return makes a way for each bad frame; {@code null} if the framing finds none
	 */
	public static @Nullable Supplier<Recovery> of(Framing framing) {
		Supplier<Recovery> within = within(framing);
		if (within != null) {
			return within;
		}
		Framing innermost = WrappedFraming.innermost(framing);
		int after = AfterEndFraming.of(framing);
		if (innermost instanceof DelimiterFraming found) {
			return () -> new BehindDelimiter(found.search(), after);
		}
		if (innermost instanceof LineFraming lines) {
			DelimiterSearch ends = new DelimiterSearch(List.of(new byte[] { '\n' }), null);
			return lines.loneCarriageReturn() ? BehindLineEnd::new : () -> new BehindDelimiter(ends, 0);
		}
		return null;
	}

	/**
	 * Returns how a framing finds the next frame if this may be within the bad one.
	 * @param framing a framing
	 * @return makes a way for each bad frame; {@code null} if the next frame can only be
	 * behind it
	 */
	static @Nullable Supplier<Recovery> within(Framing framing) {
		byte[] start = start(framing);
		if (start == null) {
			return null;
		}
		DelimiterSearch starts = new DelimiterSearch(List.of(start), null);
		return () -> new NextStart(starts);
	}

	/** Returns the bytes with which every frame begins, if there are any. */
	private static byte @Nullable [] start(Framing framing) {
		SyncFraming synchronizing = WrappedFraming.find(framing, SyncFraming.class);
		if (synchronizing != null) {
			return synchronizing.sync();
		}
		Framing innermost = WrappedFraming.innermost(framing);
		if (innermost instanceof StartEndFraming found) {
			return found.start();
		}
		return (innermost instanceof FixFraming) ? FixFraming.start() : null;
	}

	/** Finds the next start, or sync, which may be within the bad frame. */
	private static final class NextStart extends Recovery {

		private final DelimiterSearch starts;

		/** The bad frame may begin with a start itself. */
		private int passed = 1;

		NextStart(DelimiterSearch starts) {
			this.starts = starts;
		}

		@Override
		public boolean complete(FrameInput in) {
			int from = Math.min(in.limit(), in.position() + this.passed);
			int found = this.starts.find(in.array(), from, in.limit());
			this.passed -= from - in.position();
			in.skip((found >= 0) ? found : DelimiterSearch.undecided(found));
			return found >= 0;
		}

	}

	/**
	 * Finds the delimiter that ends the bad frame, and what belongs to that behind it.
	 */
	private static final class BehindDelimiter extends Recovery {

		private final DelimiterSearch delimiters;

		/** How many bytes behind the delimiter have still to be dropped. */
		private int after;

		private boolean delimited;

		BehindDelimiter(DelimiterSearch delimiters, int after) {
			this.delimiters = delimiters;
			this.after = after;
		}

		@Override
		public boolean complete(FrameInput in) {
			if (!this.delimited) {
				int found = this.delimiters.find(in.array(), in.position(), in.limit());
				if (found < 0) {
					in.skip(DelimiterSearch.undecided(found));
					return false;
				}
				in.skip(found + this.delimiters.lengthAt(in.array(), found, in.limit()));
				this.delimited = true;
			}
			int dropped = Math.min(this.after, in.remaining());
			in.skip(in.position() + dropped);
			this.after -= dropped;
			return this.after == 0;
		}

	}

	/** Finds the LF, CR or CRLF that ends the bad line. */
	private static final class BehindLineEnd extends Recovery {

		private boolean carriageReturn;

		@Override
		public boolean complete(FrameInput in) {
			int index = in.position();
			while (!this.carriageReturn && index < in.limit()) {
				byte value = in.array()[index++];
				if (value == '\n') {
					in.skip(index);
					return true;
				}
				this.carriageReturn = value == '\r';
			}
			in.skip(index);
			if (in.remaining() == 0) {
				return false;
			}
			if (in.array()[in.position()] == '\n') {
				in.skip(in.position() + 1);
			}
			return true;
		}

	}

}
