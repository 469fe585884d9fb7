package dev.socketserver.actuate;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import dev.socketserver.operation.UnknownTargetException;
import org.jspecify.annotations.Nullable;

/**
 * The servers, or the clients, as an endpoint describes and changes them.
 *
 * @param all those that there are, in their order
 * @param lookup finds one by its name
 * @param unknown makes the exception for a name that none has
 * @param description describes one, given whether values are shown
 * @param <T> servers or clients
 * @param <D> their descriptions
 */
record Targets<T, D>(Iterable<T> all, Function<String, Optional<T>> lookup,
		Function<String, UnknownTargetException> unknown, BiFunction<T, Boolean, D> description) {

	List<D> describe(boolean shown) {
		return StreamSupport.stream(this.all.spliterator(), false)
			.map((target) -> this.description.apply(target, shown))
			.toList();
	}

	@Nullable D describe(String name, boolean shown) {
		return this.lookup.apply(name).map((target) -> this.description.apply(target, shown)).orElse(null);
	}

	D change(String name, Consumer<T> change, boolean shown) {
		T target = this.lookup.apply(name).orElseThrow(() -> this.unknown.apply(name));
		change.accept(target);
		return this.description.apply(target, shown);
	}

}
