package dev.socketserver.engine.events;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import dev.socketserver.ManualTimer;
import dev.socketserver.fixtures.LogLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners that throw, and a log that cannot show it.
 */
class ListenersTests {

	private static final Consumer<String> FAILING = (what) -> {
		throw new IllegalStateException(what);
	};

	@RegisterExtension
	private final LogLines log = new LogLines(Listeners.class);

	private final List<String> received = new ArrayList<>();

	@Test
	void aListenerThatThrowsKeepsNothingFromTheOthers() {
		Listeners<Consumer<String>> listeners = new Listeners<>(() -> List.of(FAILING, this.received::add),
				new ManualTimer());
		listeners.notifyEach((listener) -> listener.accept("one"));
		listeners.notifyEach((listener) -> listener.accept("two"));

		assertThat(this.received).containsExactly("one", "two");
		assertThat(lines()).hasSize(2).allMatch((line) -> line.endsWith("failed"));
	}

	/** Without those of listeners that other tests have left. */
	private List<String> lines() {
		return this.log.messages(Level.ERROR)
			.stream()
			.filter((line) -> line.contains(FAILING.getClass().getName()))
			.toList();
	}

	/** As without descriptors, when a class cannot be read. */
	@Test
	void neitherDoesOneWhoseFailureCannotBeLogged() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(0) {

			@Override
			public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
				throw new NoClassDefFoundError("Task");
			}

		};
		Listeners<Consumer<String>> listeners = new Listeners<>(() -> List.of(FAILING, this.received::add), timer);
		for (int i = 0; i < 12; i++) {
			String number = "alarm " + i;
			// From the eleventh on it is only counted, which takes the timer.
			listeners.notifyEach((listener) -> listener.accept(number));
		}
		timer.shutdownNow();

		assertThat(this.received).hasSize(12);
		assertThat(lines()).hasSize(12)
			.last()
			.asString()
			.contains("failed with java.lang.IllegalStateException, which cannot be shown");
	}

}
