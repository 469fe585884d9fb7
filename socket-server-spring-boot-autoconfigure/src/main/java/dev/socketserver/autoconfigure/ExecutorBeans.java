package dev.socketserver.autoconfigure;

import java.util.List;
import java.util.concurrent.Executor;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The executors of the application, by name.
 */
final class ExecutorBeans {

	private final ListableBeanFactory beans;

	ExecutorBeans(ListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Returns an executor.
	 * @param name the bean's name
	 * @return the bean, which is created if it was not yet
	 * @throws IllegalArgumentException if there is no executor of that name; the message
	 * says what there is
	 */
	Executor get(String name) {
		if (!this.beans.containsBean(name)) {
			List<String> known = List.of(this.beans.getBeanNamesForType(Executor.class, true, false));
			throw new IllegalArgumentException("there is no bean of that name ("
					+ Nearest.sentence(name, known, "there are no executor beans") + ")");
		}
		Object bean = this.beans.getBean(name);
		if (bean instanceof Executor executor) {
			return executor;
		}
		throw new IllegalArgumentException("that bean is no executor, but a " + bean.getClass().getName());
	}

}
