package dev.socketserver.autoconfigure.spec;

import java.util.concurrent.Executor;

import dev.socketserver.spi.HandlerExecutor;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Which executors of Spring are known not to wait. A subclass may override what it likes.
 * Any {@code SimpleAsyncTaskExecutor} may wait, since its limit can be set at any time.
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
		if (type == ThreadPoolTaskExecutor.class) {
			return HandlerExecutor.poolMayWait(((ThreadPoolTaskExecutor) executor).getThreadPoolExecutor())
					|| mayDecorate(executor);
		}
		return type != VirtualThreadTaskExecutor.class && HandlerExecutor.mayWait(executor);
	}

	/**
	 * Whether an executor has a decorator, which is code of the application that runs on
	 * the thread that hands a task over. Spring has no method that says so.
	 */
	private static boolean mayDecorate(Executor executor) {
		try {
			return new DirectFieldAccessor(executor).getPropertyValue("taskDecorator") != null;
		}
		catch (BeansException ex) {
			return true;
		}
	}

}
