package dev.socketserver.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import dev.socketserver.Alarm;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AlarmsTests {

	private static final Alarm FIRST = new Alarm(Alarm.Kind.ACCEPT_FAILED, "first", null);

	private static final Alarm SECOND = new Alarm(Alarm.Kind.ACCEPT_RESUMED, "second", null);

	private final Queue<Runnable> background = new ArrayDeque<>();

	private final List<Alarm> told = new ArrayList<>();

	@Test
	void areToldInTheBackgroundAndInTheirOrder() {
		Alarms alarms = new Alarms(this.told::add, this.background::add);
		alarms.raise(FIRST);
		alarms.raise(SECOND);
		assertThat(this.told).isEmpty();
		// The second is not even offered before the first was told.
		assertThat(this.background).hasSize(1);
		this.background.remove().run();
		assertThat(this.told).containsExactly(FIRST);
		this.background.remove().run();
		assertThat(this.told).containsExactly(FIRST, SECOND);
	}

	@Test
	void aListenerThatThrowsIsToldTheNextAllTheSame() {
		Alarms alarms = new Alarms((alarm) -> {
			this.told.add(alarm);
			throw new IllegalStateException("This listener throws");
		}, Runnable::run);
		alarms.raise(FIRST);
		alarms.raise(SECOND);
		assertThat(this.told).containsExactly(FIRST, SECOND);
	}

}
