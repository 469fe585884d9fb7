package dev.socketserver.autoconfigure.lifecycle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WebServerPhaseLifecycle}.
 */
class WebServerPhaseLifecycleTests {

	private final CompletableFuture<Void> one = new CompletableFuture<>();

	private final CompletableFuture<Void> two = new CompletableFuture<>();

	private final List<String> failed = new ArrayList<>();

	private final AtomicInteger callbacks = new AtomicInteger();

	@Test
	void allBeginToStopBeforeAnyHasStopped() {
		List<String> begun = new ArrayList<>();
		WebServerPhaseLifecycle lifecycle = stopping(() -> {
			begun.add("one");
			return this.one;
		}, () -> {
			begun.add("two");
			return this.two;
		});
		lifecycle.start();
		lifecycle.stop(this.callbacks::incrementAndGet);

		assertThat(begun).containsExactly("one", "two");
		assertThat(lifecycle.isRunning()).isFalse();
		this.two.complete(null);
		assertThat(this.callbacks).hasValue(0);
		this.one.complete(null);
		assertThat(this.callbacks).hasValue(1);
	}

	@Test
	void theCallbackRunsOnceAlsoWhenStoppingFails() {
		WebServerPhaseLifecycle lifecycle = stopping(() -> {
			throw new IllegalStateException("cannot");
		}, () -> this.two);
		lifecycle.stop(this.callbacks::incrementAndGet);

		assertThat(this.failed).containsExactly("cannot");
		assertThat(this.callbacks).hasValue(0);
		this.two.completeExceptionally(new IOException("failed"));
		assertThat(this.callbacks).hasValue(1);
	}

	@Test
	void stoppingNothingIsDoneAtOnce() {
		stopping().stop(this.callbacks::incrementAndGet);

		assertThat(this.callbacks).hasValue(1);
	}

	@SafeVarargs
	private WebServerPhaseLifecycle stopping(Supplier<CompletableFuture<?>>... targets) {
		return new WebServerPhaseLifecycle(0) {

			@Override
			List<CompletableFuture<?>> beginStop() {
				return stopAll(List.of(targets), Supplier::get,
						(target, failure) -> WebServerPhaseLifecycleTests.this.failed.add(failure.getMessage()));
			}

		};
	}

}
