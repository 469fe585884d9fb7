package dev.socketserver.mailbox.actuate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.mailbox.delivery.LetterListener;
import dev.socketserver.metrics.OwnMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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
		OwnMeters own = new OwnMeters(registry);
		own.add("socket.mailbox.waiting", Tags.empty(),
				Gauge.builder("socket.mailbox.waiting", this, SocketMailboxMetrics::waiting)
					.description("Letters that are not final")::register);
		this.registries.add(Bound.to(own));
	}

	/** Removes the meters, since a registry may live longer than the mailbox. */
	@Override
	public void close() {
		this.registries.forEach((bound) -> bound.own().remove());
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
			if (letter.state() == LetterState.DELIVERED && letter.endedAt() != null && bound.delivery() != null) {
				bound.delivery().record(Duration.between(letter.postedAt(), letter.endedAt()));
			}
		});
	}

	/**
	 * The meters of a registry, but for those that it has refused.
	 *
	 * @param own all of them
	 * @param letters counts letters by their states
	 * @param delivery times deliveries
	 */
	private record Bound(OwnMeters own, Map<LetterState, Counter> letters, @Nullable Timer delivery) {

		static Bound to(OwnMeters own) {
			Map<LetterState, Counter> letters = new EnumMap<>(LetterState.class);
			for (LetterState state : LetterState.values()) {
				Tags tags = Tags.of("state", state.name());
				own.add("socket.mailbox.letters", tags,
						Counter.builder("socket.mailbox.letters")
							.description("Letters that have come into a state")
							.tags(tags)::register)
					.ifPresent((counter) -> letters.put(state, counter));
			}
			return new Bound(own, letters, own
				.add("socket.mailbox.delivery", Tags.empty(),
						Timer.builder("socket.mailbox.delivery")
							.description("Time from post to delivery of letters")::register)
				.orElse(null));
		}

		void count(LetterState state) {
			Counter counter = this.letters.get(state);
			if (counter != null) {
				counter.increment();
			}
		}

	}

}
