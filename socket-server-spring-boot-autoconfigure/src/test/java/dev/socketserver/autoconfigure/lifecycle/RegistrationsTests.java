package dev.socketserver.autoconfigure.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Registrations}.
 */
class RegistrationsTests implements Registrations.Registry<String> {

	private final AtomicInteger described = new AtomicInteger();

	private final List<String> registered = new ArrayList<>();

	private final Registrations<String> registrations = new Registrations<>(() -> {
		this.described.incrementAndGet();
		return List.of("one", "two", "three");
	}, this);

	@Override
	public void register(String name) {
		if (this.registered.contains(name)) {
			throw new IllegalArgumentException(name + " is taken");
		}
		this.registered.add(name);
	}

	@Override
	public void remove(String name) {
		this.registered.remove(name);
	}

	@Test
	void areDescribedAndRegisteredOnce() {
		assertThat(this.registrations.get()).containsExactly("one", "two", "three");
		assertThat(this.registrations.get()).containsExactly("one", "two", "three");

		assertThat(this.described).hasValue(1);
		assertThat(this.registered).containsExactly("one", "two", "three");
	}

	@Test
	void aNameThatTheApplicationHasRegisteredTakesTheOthersBack() {
		this.registered.add("three");

		assertThatIllegalArgumentException().isThrownBy(this.registrations::get).withMessage("three is taken");

		assertThat(this.registered).containsExactly("three");
	}

}
