package dev.socketserver.autoconfigure.named;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;

/**
 * Makes the bean of one server or client.
 *
 * @param <T> {@code SocketServer} or {@code SocketClient}
 */
final class NamedFactoryBean<T> implements FactoryBean<T>, BeanFactoryAware {

	private final String name;

	private final Class<T> type;

	private @Nullable BeanFactory beans;

	/**
	 * Creates the factory.
	 * @param name the name of the server or client
	 * @param type the type of the bean
	 */
	NamedFactoryBean(String name, Class<T> type) {
		this.name = name;
		this.type = type;
	}

	@Override
	public void setBeanFactory(BeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public T getObject() {
		return NamedObject.of(this.name, this.type, Objects.requireNonNull(this.beans));
	}

	@Override
	public Class<T> getObjectType() {
		return this.type;
	}

}
