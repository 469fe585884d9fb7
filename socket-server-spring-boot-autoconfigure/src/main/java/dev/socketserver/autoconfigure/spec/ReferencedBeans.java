package dev.socketserver.autoconfigure.spec;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.client.Correlator;
import dev.socketserver.spec.Suggestions;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Finds beans of the application that are named by properties, and creates them if they
 * do not exist yet.
 */
public final class ReferencedBeans {

	private final ListableBeanFactory beans;

	public ReferencedBeans(ListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Returns an executor.
	 * @param name the bean's name
	 * @return the bean
	 * @throws IllegalArgumentException if there is no executor of that name; the message
	 * says what there is
	 */
	Executor executor(String name) {
		return (Executor) get(name, "executor", Executor.class);
	}

	/**
	 * Returns the bean that determines which reply belongs to which request.
	 * @param name the name of a bean that is a {@link Correlator} or a {@link Function}
	 * @return the bean
	 * @throws IllegalArgumentException if there is no such bean; the message says what
	 * there is
	 */
	@SuppressWarnings("unchecked") // it takes the payloads of its client
	Correlator correlator(String name) {
		Object bean = get(name, "correlator", Correlator.class, Function.class);
		return (bean instanceof Correlator correlator) ? correlator : ((Function<Object, Object>) bean)::apply;
	}

	private Object get(String name, String noun, Class<?>... types) {
		if (!this.beans.containsBean(name)) {
			List<String> known = Stream.of(types)
				.flatMap((type) -> Stream.of(this.beans.getBeanNamesForType(type, true, false)))
				.toList();
			throw new IllegalArgumentException("there is no bean of that name ("
					+ Suggestions.sentence(name, known, "there are no " + noun + " beans") + ")");
		}
		Object bean = this.beans.getBean(name);
		if (Stream.of(types).noneMatch((type) -> type.isInstance(bean))) {
			throw new IllegalArgumentException(
					"that bean cannot be used as the " + noun + ", because its type is " + bean.getClass().getName());
		}
		return bean;
	}

}
