package dev.socketserver.redis;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.node.DirectoryEngine;

/** What is wrong with a node, so that the checker of histories can be seen to fail. */
enum Mutant {

	NONE,

	/** A message is sent once more, with another id. */
	SENDS_TWICE {

		@Override
		DirectoryEngine in(DirectoryEngine engine) {
			ClusterBus bus = replacing(ClusterBus.class, engine.bus(), "publish", (proceed, arguments) -> {
				byte[] message = ((byte[]) arguments[1]).clone();
				Object published = proceed.with(arguments);
				if (message[1] == Message.Kind.SEND) {
					message[9] += 4;
					proceed.with(arguments[0], message, arguments[2]);
				}
				return published;
			});
			return engine(engine.directory(), bus);
		}

	},

	/** All claims are granted with the same token. */
	SAME_TOKENS {

		@Override
		DirectoryEngine in(DirectoryEngine engine) {
			ClusterDirectory directory = replacing(ClusterDirectory.class, engine.directory(), "claim",
					(proceed, arguments) -> ((CompletableFuture<?>) proceed.with(arguments))
						.thenApply((results) -> ((List<?>) results).stream()
							.map((one) -> sameToken((ClaimResult) one))
							.toList()));
			return engine(directory, engine.bus());
		}

	},

	/** Some frames are reported as written, and are not. */
	LOSES_FRAMES {

		@Override
		Consumer<String> in(Consumer<String> events) {
			AtomicInteger count = new AtomicInteger();
			return (event) -> {
				if (!event.startsWith("received") || count.incrementAndGet() % 5 != 0) {
					events.accept(event);
				}
			};
		}

	};

	DirectoryEngine in(DirectoryEngine engine) {
		return engine;
	}

	Consumer<String> in(Consumer<String> events) {
		return events;
	}

	private static ClaimResult sameToken(ClaimResult result) {
		return new ClaimResult(result.status(), Math.min(1, result.token()), result.evicted(), result.beside());
	}

	static DirectoryEngine engine(ClusterDirectory directory, ClusterBus bus) {
		return new DirectoryEngine() {

			@Override
			public ClusterDirectory directory() {
				return directory;
			}

			@Override
			public ClusterBus bus() {
				return bus;
			}

		};
	}

	/** Returns something that does one of its methods in another way. */
	static <T> T replacing(Class<T> type, T whole, String method, Step step) {
		InvocationHandler handler = (proxy, called, arguments) -> {
			Proceed proceed = (with) -> invoke(called, whole, with);
			return called.getName().equals(method) ? step.with(proceed, arguments) : proceed.with(arguments);
		};
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	private static Object invoke(Method method, Object target, Object[] arguments) {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException | IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	interface Proceed {

		Object with(Object... arguments);

	}

	interface Step {

		Object with(Proceed proceed, Object[] arguments);

	}

}
