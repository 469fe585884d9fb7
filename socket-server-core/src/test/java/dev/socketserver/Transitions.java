package dev.socketserver;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One test for each pair of a state and an event: the edges that are given are taken, and
 * every other event leaves the state as it is, whether it is refused or has no effect.
 *
 * @param <S> the states
 * @param <T> what has a state
 */
public final class Transitions<S extends Enum<S>, T> {

	private final Class<S> states;

	private final Supplier<T> subjects;

	private final Function<T, S> state;

	private final Map<S, Consumer<T>> ways;

	private final List<DynamicTest> tests = new ArrayList<>();

	private Transitions(Class<S> states, Supplier<T> subjects, Function<T, S> state) {
		this.states = states;
		this.subjects = subjects;
		this.state = state;
		this.ways = new EnumMap<>(states);
	}

	/** Of an enum that decides by itself what follows. */
	public static <S extends Enum<S>> Transitions<S, AtomicReference<S>> of(Class<S> states) {
		Transitions<S, AtomicReference<S>> all = new Transitions<>(states, AtomicReference::new, AtomicReference::get);
		for (S state : states.getEnumConstants()) {
			all.reached(state, (subject) -> subject.set(state));
		}
		return all;
	}

	/**
	 * Of objects that have a state.
	 * @param subjects makes one for each test
	 * @param state tells in what state it is
	 */
	public static <S extends Enum<S>, T> Transitions<S, T> of(Class<S> states, Supplier<T> subjects,
			Function<T, S> state) {
		return new Transitions<>(states, subjects, state);
	}

	/** Says how a new object gets into a state. */
	public Transitions<S, T> reached(S state, Consumer<T> way) {
		this.ways.put(state, way);
		return this;
	}

	/**
	 * Says what an event does.
	 * @param event its name
	 * @param action has it happen; an {@link IllegalStateException} is a refusal
	 * @param edges which state it leads to from which; it leaves all others as they are
	 */
	public Transitions<S, T> on(String event, Consumer<T> action, Map<S, S> edges) {
		for (S from : this.states.getEnumConstants()) {
			S to = edges.getOrDefault(from, from);
			this.tests.add(DynamicTest.dynamicTest(from + " ──" + event + "──▶ " + to, () -> check(from, action, to)));
		}
		return this;
	}

	private void check(S from, Consumer<T> action, S to) throws Exception {
		assertThat(this.ways).as("ways to the states").containsKey(from);
		T subject = this.subjects.get();
		try {
			this.ways.get(from).accept(subject);
			assertReaches(from, "before", subject);
			try {
				action.accept(subject);
			}
			catch (IllegalStateException ex) {
				assertThat(to).as("after a refusal: " + ex.getMessage()).isEqualTo(from);
			}
			assertReaches(to, "after", subject);
		}
		finally {
			if (subject instanceof AutoCloseable open) {
				open.close();
			}
		}
	}

	/** Where other threads have a part in it, that may take a moment. */
	private void assertReaches(S expected, String when, T subject) {
		if (this.state.apply(subject) != expected) {
			Awaitility.await()
				.atMost(10, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(this.state.apply(subject)).as(when).isEqualTo(expected));
		}
	}

	public Stream<DynamicTest> tests() {
		return this.tests.stream();
	}

}
