package dev.socketserver.autoconfigure.spec;

import java.util.concurrent.Executor;

import dev.socketserver.spi.HandlerExecutor;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Which executors of Spring are known not to wait. A subclass may override what it likes.
 */
final class ExecutorKind {

	private ExecutorKind() {
	}

	/**
	 * Whether an executor may have its caller wait.
	 * @param executor a bean of the application
	 * @return {@code false} if it is known not to
	 */
	static boolean mayWait(Executor executor) {
		Class<?> type = executor.getClass();
		if (type == SimpleAsyncTaskExecutor.class) {
			return ((SimpleAsyncTaskExecutor) executor).isThrottleActive();
		}
		if (type == ThreadPoolTaskExecutor.class) {
			return HandlerExecutor.poolMayWait(((ThreadPoolTaskExecutor) executor).getThreadPoolExecutor());
		}
		return type != VirtualThreadTaskExecutor.class && HandlerExecutor.mayWait(executor);
	}

}
