package dev.socketserver.spi;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * An executor of the application with the name that messages give it.
 * <p>
 * Without this wrapper, executors of the JDK are looked at, and all others count as ones
 * that may wait.
 *
 * @param name what the application calls it, such as the name of its bean
 * @param executor runs the handlers
 * @param mayWait whether {@link Executor#execute} may wait, for a free thread say; then
 * it is called by a thread for that alone, and never by an event loop
 */
public record HandlerExecutor(String name, Executor executor, boolean mayWait) implements Executor {

	/** What these wrap may be any executor. */
	private static final String WRAPPERS = "java.util.concurrent.Executors$";

	/**
	 * Checks the components.
	 */
	public HandlerExecutor {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(executor, "executor");
	}

	/**
	 * Whether an executor may have its caller wait.
	 * @param executor the executor
	 * @return {@code false} if it is one of the JDK that is known not to
	 */
	public static boolean mayWait(Executor executor) {
		if (executor instanceof HandlerExecutor named) {
			return named.mayWait();
		}
		Class<?> type = executor.getClass();
		if (!isOfJdk(type) || type.getName().startsWith(WRAPPERS)) {
			return true;
		}
		return executor instanceof ThreadPoolExecutor pool && poolMayWait(pool);
	}

	/**
	 * Whether a pool may have its caller wait when it is full, because its queue, or its
	 * handler of refused tasks, is not one of the JDK.
	 * @param pool the pool, whose {@code execute} does not wait by itself
	 * @return whether it may
	 */
	public static boolean poolMayWait(ThreadPoolExecutor pool) {
		return !isOfJdk(pool.getQueue().getClass()) || !isOfJdk(pool.getRejectedExecutionHandler().getClass());
	}

	private static boolean isOfJdk(Class<?> type) {
		return type.getModule() == Object.class.getModule();
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(task);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
