package dev.socketserver.exchange.call;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

/**
 * Returns the outcome as a suspend function of Kotlin does. Its cancellation cancels the
 * request. Loaded only for such functions.
 */
final class SuspendedForm implements ReturnForm {

	@Override
	@SuppressWarnings("unchecked") // the compiler of Kotlin adds the parameter
	public @Nullable Object outcome(Supplier<CompletableFuture<?>> begin, ExchangeMethod method,
			@Nullable Object[] arguments) {
		Continuation<Object> continuation = (Continuation<Object>) Objects
			.requireNonNull(arguments[arguments.length - 1]);
		CompletableFuture<Object> outcome = (CompletableFuture<Object>) begin.get();
		return FutureKt.await(method.unused() ? ReturnForm.dropping(outcome, Unit.INSTANCE) : outcome, continuation);
	}

}
