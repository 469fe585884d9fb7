package dev.socketserver.engine.gate;

import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

import dev.socketserver.ServerSpec;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import org.jspecify.annotations.Nullable;

/**
 * How fast the peers of a server may send: all of them, and one for which the application
 * decides. Immutable.
 */
public final class ServerRates {

	private final @Nullable Rates rules;

	private final int frame;

	private final ServerCounters counters;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	private final @Nullable SessionRates common;

	/**
	 * Creates the object for a server.
	 * @param spec what the server is made from
	 * @param counters counts what exceeds the rates
	 * @param timer runs what has to wait
	 * @param nanoTime the monotonic clock
	 */
	public ServerRates(ServerSpec spec, ServerCounters counters, ScheduledExecutorService timer,
			LongSupplier nanoTime) {
		this.rules = spec.gate().rate();
		this.frame = spec.session().maxFrameBytes();
		this.counters = counters;
		this.timer = timer;
		this.nanoTime = nanoTime;
		this.common = (this.rules != null && this.rules.limited()) ? rates(this.rules) : null;
	}

	/**
	 * Whether a server has the same rates.
	 * @param spec what it is made from
	 * @return {@code true} if these are its rates
	 */
	public boolean areOf(ServerSpec spec) {
		return Objects.equals(this.rules, spec.gate().rate()) && this.frame == spec.session().maxFrameBytes();
	}

	/**
	 * Returns how fast a peer may send unless the application decides.
	 * @return the rates, or {@code null} for as fast as it likes
	 */
	public @Nullable SessionRates rates() {
		return this.common;
	}

	/**
	 * Returns what the application has decided for one peer.
	 * @param messages how many messages, or {@code null} for any number
	 * @param bytes how many bytes, or {@code null} for any number
	 * @return the rates, which differ from those of others even if nothing is limited
	 */
	public SessionRates rates(@Nullable Rate messages, @Nullable Rate bytes) {
		OnExceeded action = (this.rules != null) ? this.rules.onExceeded() : OnExceeded.PAUSE;
		boolean limited = messages != null || bytes != null;
		return rates(new Rates(messages, bytes, 0, 0, limited ? action : OnExceeded.PAUSE));
	}

	private SessionRates rates(Rates wanted) {
		return new SessionRates(wanted, this.frame, this.counters, this.timer, this.nanoTime);
	}

}
