package dev.socketserver.netty.listen;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.admission.AcceptRate;
import dev.socketserver.netty.listen.AcceptGate.Reason;

/**
 * Holds a gate when as many connections have come as may come in this time. Used on the
 * listener's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // releasing a gate does not fail
public final class PacedAccept {

	private final AcceptRate rate;

	private final AcceptGate gate;

	private final ScheduledExecutorService timer;

	public PacedAccept(int perSecond, AcceptGate gate, ScheduledExecutorService timer) {
		this.rate = new AcceptRate(perSecond, System.nanoTime());
		this.gate = gate;
		this.timer = timer;
	}

	/** A connection was admitted. It may have to wait before it is a session. */
	public void accepted() {
		long wait = this.rate.take(System.nanoTime());
		if (wait > 0) {
			this.gate.hold(Reason.RATE);
			this.timer.schedule(() -> this.gate.release(Reason.RATE), wait, TimeUnit.NANOSECONDS);
		}
	}

}
