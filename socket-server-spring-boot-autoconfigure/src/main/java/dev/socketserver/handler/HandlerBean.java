package dev.socketserver.handler;

import java.util.Set;

/**
 * A bean annotated with {@link dev.socketserver.annotation.SocketHandler @SocketHandler}
 * or {@link dev.socketserver.annotation.SocketClientHandler @SocketClientHandler}.
 *
 * @param beanName the bean's name
 * @param names the names of the servers, or clients, that it is for; empty if it names
 * none
 */
public record HandlerBean(String beanName, Set<String> names) {

	public HandlerBean {
		names = Set.copyOf(names);
	}

}
