package dev.socketserver.mailbox.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.mailbox.delivery.LetterListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * {@link MeterBinder} for the mailbox.
 * <ul>
 * <li>{@code socket.mailbox.letters}, a counter: letters that this node has brought into
 * a state, with the tag {@code state}: {@code WAITING} when they were posted,
 * {@code SENT} each time one is taken to be sent, and the final ones</li>
 * <li>{@code socket.mailbox.delivery}, a timer: from post to delivery, by the clock of
 * the store</li>
 * <li>{@code socket.mailbox.waiting}, a gauge: letters in the store that are not final,
 * of all nodes; as old as {@code socket.mailbox.poll}</li>
 * </ul>
 */
public class SocketMailboxMetrics implements MeterBinder, LetterListener, AutoCloseable {

	private final Supplier<@Nullable Deliveries> deliveries;

	private final List<Bound> registries = new CopyOnWriteArrayList<>();

	/**
	 * Creates the binder.
	 * @param deliveries gives the deliveries, or {@code null} while nothing uses the
	 * mailbox
	 */
	public SocketMailboxMetrics(Supplier<@Nullable Deliveries> deliveries) {
		this.deliveries = deliveries;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		List<Meter> before = registry.getMeters();
		Gauge waiting = Gauge.builder("socket.mailbox.waiting", this, SocketMailboxMetrics::waiting)
			.description("Letters that are not final")
			.register(registry);
		this.registries.add(Bound.to(registry, waiting, before));
	}

	/** Removes the meters, since a registry may live longer than the mailbox. */
	@Override
	public void close() {
		this.registries.forEach(Bound::remove);
		this.registries.clear();
	}

	private double waiting() {
		Deliveries known = this.deliveries.get();
		return (known != null) ? known.waiting() : 0;
	}

	@Override
	public void posted(Letter letter) {
		this.registries.forEach((bound) -> bound.count(LetterState.WAITING));
	}

	@Override
	public void sent(Letter letter) {
		this.registries.forEach((bound) -> bound.count(LetterState.SENT));
	}

	@Override
	public void ended(Letter letter) {
		this.registries.forEach((bound) -> {
			bound.count(letter.state());
			if (letter.state() == LetterState.DELIVERED && letter.endedAt() != null) {
				bound.delivery().record(Duration.between(letter.postedAt(), letter.endedAt()));
			}
		});
	}

	/**
	 * The meters of a registry.
	 *
	 * @param registry the registry
	 * @param letters counts letters by their states
	 * @param delivery times deliveries
	 * @param added those that the registry did not have before, which are another's
	 */
	private record Bound(MeterRegistry registry, Map<LetterState, Counter> letters, Timer delivery, List<Meter> added) {

		static Bound to(MeterRegistry registry, Gauge waiting, List<Meter> before) {
			Map<LetterState, Counter> letters = new EnumMap<>(LetterState.class);
			for (LetterState state : LetterState.values()) {
				letters.put(state,
						Counter.builder("socket.mailbox.letters")
							.description("Letters that have come into a state")
							.tag("state", state.name())
							.register(registry));
			}
			Timer delivery = Timer.builder("socket.mailbox.delivery")
				.description("Time from post to delivery of letters")
				.register(registry);
			List<Meter> added = new ArrayList<>(letters.values());
			added.add(delivery);
			added.add(waiting);
			added.removeAll(before);
			return new Bound(registry, letters, delivery, added);
		}

		void remove() {
			this.added.forEach(this.registry::remove);
		}

		void count(LetterState state) {
			Counter counter = this.letters.get(state);
			if (counter != null) {
				counter.increment();
			}
		}

	}

}
