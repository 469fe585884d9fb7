package dev.socketserver.exchange.call;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.ReactiveAdapter;

/**
 * Returns a type of a reactive library with one value. It is cold: each subscription
 * sends. Loaded only for methods that return one.
 *
 * @param adapter makes the type
 */
record ReactiveForm(ReactiveAdapter adapter) implements ReturnForm {

	@Override
	public Object outcome(Supplier<CompletableFuture<?>> begin, ExchangeMethod method, @Nullable Object[] arguments) {
		return this.adapter.fromPublisher(Mono.fromFuture(() -> ReturnForm.later(begin, method)));
	}

}
