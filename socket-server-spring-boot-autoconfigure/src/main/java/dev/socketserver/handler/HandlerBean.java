package dev.socketserver.handler;

import java.util.Set;

/**
 * A bean annotated with {@link dev.socketserver.annotation.SocketHandler @SocketHandler}.
 *
 * @param beanName the bean's name
 * @param servers the names of the servers that it is for; empty if it names none
 */
public record HandlerBean(String beanName, Set<String> servers) {

	public HandlerBean {
		servers = Set.copyOf(servers);
	}

}
