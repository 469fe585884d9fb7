package dev.socketserver.engine.tap;

import java.time.Instant;
import java.util.Arrays;

import dev.socketserver.CloseReason;
import dev.socketserver.engine.memory.Exhaustion;

/** The part of a tap that is in one session. */
final class SessionTap implements TapSink {

	private final Tap tap;

	private final Tappable session;

	private final TappedSession described;

	private final boolean framed;

	SessionTap(Tap tap, Tappable session, boolean framed) {
		this.tap = tap;
		this.session = session;
		this.described = TappedSession.of(session);
		this.framed = framed;
	}

	@Override
	public boolean framed() {
		return this.framed;
	}

	@Override
	public void add(boolean received, byte[] array, int offset, int length) {
		int admitted = this.tap.admit(length, this.framed);
		if (admitted == 0) {
			return;
		}
		boolean copied = Exhaustion.attempt(() -> {
			this.tap.add(TapEntry.bytes(this.described, received, Arrays.copyOfRange(array, offset, offset + admitted),
					Instant.now()));
			return true;
		});
		if (!copied) {
			this.tap.giveUp(admitted);
		}
	}

	@Override
	public void unframed(byte[] array, int offset, int length) {
		// A mask knows frames only, and might overlook a secret in this.
		this.tap.drop(length);
	}

	@Override
	public void dropped(long length) {
		this.tap.drop(length);
	}

	@Override
	public void closed(CloseReason reason) {
		this.tap.gone(this.session, TapEntry.end(this.described, reason));
	}

}
