package dev.socketserver.handler.bean;

import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.SessionSpec;
import org.jspecify.annotations.Nullable;

/**
 * Gives what an adapter makes of a bean: of a singleton always the same, else of another
 * instance each time. In the form that sessions and others ask for it.
 *
 * @param instances give the instance
 * @param adapter adapts it
 * @param only what was made of a singleton, or {@code null} for other beans
 * @param <T> the type of instances
 * @param <A> the type of what the adapter makes
 */
record Adapted<T, A>(Supplier<T> instances, Function<T, A> adapter,
		@Nullable A only) implements Supplier<A>, Function<SessionSpec, A> {

	@Override
	public A get() {
		return (this.only != null) ? this.only : this.adapter.apply(this.instances.get());
	}

	@Override
	public A apply(SessionSpec spec) {
		return get();
	}

}
