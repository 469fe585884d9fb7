package dev.socketserver.autoconfigure.lifecycle;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * A bean that is made when somebody first asks for it, since most applications have no
 * use for it.
 *
 * @param <T> its type
 */
public final class LateBean<T> {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Class<T> type;

	private final String name;

	/**
	 * Creates the access to a bean.
	 * @param beanFactory has the bean
	 * @param type its type
	 * @param name its name, unless the application has one of its own in its place
	 */
	public LateBean(ConfigurableListableBeanFactory beanFactory, Class<T> type, String name) {
		this.beanFactory = beanFactory;
		this.type = type;
		this.name = name;
	}

	/**
	 * Returns the bean.
	 * @throws NoSuchBeanDefinitionException if the application has none
	 */
	public T get() {
		return this.beanFactory.getBean(this.type);
	}

	/** Returns the bean, or {@code null} if the application has none. */
	@Nullable T find() {
		return this.beanFactory.getBeanProvider(this.type).getIfAvailable();
	}

	/** Returns the bean, or {@code null} if it was not asked for yet. */
	public @Nullable T known() {
		boolean late = this.beanFactory.containsBeanDefinition(this.name)
				&& !this.beanFactory.containsSingleton(this.name);
		return late ? null : find();
	}

}
