package dev.socketserver.handler.payload;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.UnaryOperator;

import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The reply of a suspend function of Kotlin. The function runs on the thread of the call
 * until it first suspends, and goes on with {@code Dispatchers.Default}, with the
 * {@link CallContext} of the call. For the engine it is a stage that can be cancelled:
 * with the session ends the coroutine. Loaded only for such functions.
 */
public final class SuspendedReply extends CompletableFuture<@Nullable Object> implements Flow.Subscription {

	private static final String COROUTINES = "kotlinx.coroutines.future.FutureKt";

	private final CompletableFuture<?> coroutine;

	private SuspendedReply(CompletableFuture<?> coroutine) {
		this.coroutine = coroutine;
		var unused = coroutine.whenComplete((value, failure) -> {
			if (failure != null) {
				completeExceptionally(failure);
			}
			else {
				completeWith(value);
			}
		});
	}

	private void completeWith(@Nullable Object value) {
		try {
			complete((value != null) ? KotlinValues.unboxed(value) : null);
		}
		catch (Throwable ex) {
			completeExceptionally(ex);
		}
	}

	/**
	 * Whether coroutines are on the class path.
	 * @param classLoader may know them
	 * @return whether suspend functions can be called
	 */
	public static boolean isPossible(@Nullable ClassLoader classLoader) {
		return ClassUtils.isPresent(COROUTINES, classLoader);
	}

	/**
	 * Calls a suspend function.
	 * @param method the function
	 * @param receiver the object that has it
	 * @param values its arguments, without the continuation
	 * @param failures returns what stands for an exception that is thrown in place of a
	 * reply, and not later
	 * @return its reply, which may be there already
	 */
	public static SuspendedReply of(Method method, Object receiver, @Nullable Object[] values,
			UnaryOperator<Exception> failures) {
		return new SuspendedReply(FutureKt.future(GlobalScope.INSTANCE, CallContext.with(Dispatchers.getDefault()),
				CoroutineStart.UNDISPATCHED, (scope, continuation) -> {
					@Nullable Object[] all = Arrays.copyOf(values, values.length + 1);
					all[values.length] = continuation;
					return invoke(method, receiver, all, failures);
				}));
	}

	/** To a coroutine, an exception is what it throws, checked or not. */
	private static @Nullable Object invoke(Method method, Object receiver, @Nullable Object[] values,
			UnaryOperator<Exception> failures) {
		try {
			return method.invoke(receiver, values);
		}
		catch (InvocationTargetException ex) {
			Throwable thrown = ex.getCause();
			throw SuspendedReply
				.<RuntimeException>unchecked((thrown instanceof Exception failure) ? failures.apply(failure) : thrown);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> T unchecked(@Nullable Throwable failure) throws T {
		throw (T) failure;
	}

	@Override
	public void request(long count) {
		// The one value is requested already.
	}

	@Override
	public void cancel() {
		this.coroutine.cancel(false);
	}

}
