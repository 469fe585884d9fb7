package dev.socketserver.autoconfigure.lifecycle;

import dev.socketserver.client.SocketClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The clients of an application, whose bean is made when somebody first asks for it: most
 * applications have none.
 */
public final class ClientsOnDemand {

	/** The name of the bean that is made late. */
	private static final String BEAN = "socketClients";

	private final ConfigurableListableBeanFactory beanFactory;

	public ClientsOnDemand(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Returns the clients.
	 * @throws NoSuchBeanDefinitionException if the application has no bean for them
	 */
	SocketClients get() {
		return this.beanFactory.getBean(SocketClients.class);
	}

	/** Returns the clients, or {@code null} if nobody has asked for them yet. */
	@Nullable SocketClients known() {
		boolean late = this.beanFactory.containsBeanDefinition(BEAN) && !this.beanFactory.containsSingleton(BEAN);
		return late ? null : this.beanFactory.getBeanProvider(SocketClients.class).getIfAvailable();
	}

}
