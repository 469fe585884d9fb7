package dev.socketserver.exchange;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartFactoryBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/**
 * Makes the bean of an interface that names a client, with the other beans: what cannot
 * work fails the start, also where it is not injected.
 *
 * @param <T> the interface
 */
final class SocketExchangeFactoryBean<T> implements SmartFactoryBean<T>, BeanFactoryAware {

	private final Class<T> type;

	private @Nullable ConfigurableBeanFactory beans;

	/**
	 * Creates the factory.
	 * @param type the interface
	 */
	SocketExchangeFactoryBean(Class<T> type) {
		this.type = type;
	}

	@Override
	public void setBeanFactory(BeanFactory beans) {
		this.beans = (ConfigurableBeanFactory) beans;
	}

	@Override
	public T getObject() {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beans);
		SocketExchange exchange = Objects.requireNonNull(this.type.getAnnotation(SocketExchange.class));
		String client = String.valueOf(beans.resolveEmbeddedValue(exchange.value()));
		return beans.getBean(SocketExchanges.class).client(client, this.type);
	}

	@Override
	public boolean isEagerInit() {
		return true;
	}

	@Override
	public Class<T> getObjectType() {
		return this.type;
	}

}
