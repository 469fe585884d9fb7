package dev.socketserver.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsListener;
import dev.socketserver.settings.SettingsRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Counts changes of settings, by verdict and outcome, as {@value #CHANGES}, and shows how
 * many are pending, as {@value #PENDING}.
 */
public class SocketSettingsMetrics implements MeterBinder, SettingsListener, AutoCloseable {

	static final String CHANGES = "socket.settings.changes";

	static final String PENDING = "socket.settings.pending";

	private final IntSupplier pending;

	private final List<OwnMeters> registries = new CopyOnWriteArrayList<>();

	/**
	 * Creates the binder.
	 * @param pending supplies how many changes are not in force
	 */
	public SocketSettingsMetrics(IntSupplier pending) {
		this.pending = pending;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		OwnMeters own = new OwnMeters(registry);
		own.add(PENDING, Tags.empty(),
				Gauge.builder(PENDING, this.pending, IntSupplier::getAsInt)
					.strongReference(true)
					.description("Changed properties that are not in force")::register);
		this.registries.add(own);
	}

	@Override
	public void ended(SettingsRecord attempt) {
		for (SettingsChange change : attempt.changes()) {
			Tags tags = Tags.of("verdict", change.verdict().name(), "outcome", attempt.outcome().name());
			Counter.Builder counter = Counter.builder(CHANGES).description("Changes of settings").tags(tags);
			this.registries.forEach((own) -> own.add(CHANGES, tags, counter::register).ifPresent(Counter::increment));
		}
	}

	/** Removes the meters, since a registry may live longer than the servers. */
	@Override
	public void close() {
		this.registries.forEach(OwnMeters::remove);
		this.registries.clear();
	}

}
