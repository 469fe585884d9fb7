package dev.socketserver.handler.payload;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Turns replies of types of reactive libraries into replies that the engine knows. Loaded
 * only if Reactive Streams is on the class path.
 */
final class ReactiveReplies {

	/** The adapters of replies whose type was not declared, by their classes. */
	private static final ClassValue<Optional<ReactiveAdapter>> ADAPTERS = new ClassValue<>() {

		@Override
		protected Optional<ReactiveAdapter> computeValue(Class<?> type) {
			return Optional.ofNullable(find(type));
		}

	};

	private ReactiveReplies() {
	}

	/**
	 * Finds the adapter of replies of a type.
	 * @param type the type
	 * @return the adapter, or {@code null} if the engine knows the type, or no library
	 * does
	 */
	static @Nullable ReactiveAdapter find(Class<?> type) {
		// The engine knows what the JDK itself has of the kind. Asking the registry would
		// load all of Reactor if that is there, even for String.
		if (type.getClassLoader() == null || CompletionStage.class.isAssignableFrom(type)
				|| Flow.Publisher.class.isAssignableFrom(type)) {
			return null;
		}
		return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
	}

	/**
	 * Adapts a reply whose type was not declared.
	 * @param reply the reply
	 * @return the reply for the engine
	 */
	static Object adaptAny(Object reply) {
		ReactiveAdapter found = ADAPTERS.get(reply.getClass()).orElse(null);
		return (found != null) ? adapt(found, reply) : reply;
	}

	/**
	 * Adapts a reply.
	 * @param adapter the adapter of its type
	 * @param reply the reply
	 * @return the reply for the engine
	 */
	static Object adapt(ReactiveAdapter adapter, Object reply) {
		Publisher<Object> publisher = adapter.toPublisher(reply);
		if (adapter.isMultiValue()) {
			return FlowAdapters.toFlowPublisher(publisher);
		}
		// As with a CompletionStage, the one value may be a list of several replies.
		First first = new First();
		publisher.subscribe(first);
		// The engine looks at what it gets; Error Prone would have the type be a future.
		Object later = first;
		return later;
	}

	/**
	 * Waits for the one value that a publisher may have. For the engine it is a stage
	 * that can be cancelled: when the session has ended, the value is not needed any
	 * more.
	 */
	private static final class First extends CompletableFuture<@Nullable Object>
			implements Subscriber<Object>, Flow.Subscription {

		private final CompletableFuture<Subscription> source = new CompletableFuture<>();

		@Override
		public void onSubscribe(Subscription subscription) {
			if (this.source.complete(subscription)) {
				subscription.request(Long.MAX_VALUE);
			}
			else {
				subscription.cancel();
			}
		}

		@Override
		public void onNext(Object value) {
			complete(ReplyTypes.unwrapped(value));
		}

		@Override
		public void onError(Throwable failure) {
			completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			complete(null);
		}

		@Override
		public void request(long count) {
			// Everything has been requested already.
		}

		@Override
		public void cancel() {
			// Also one that arrives later.
			CompletableFuture<?> unused = this.source.thenAccept(Subscription::cancel);
		}

	}

}
