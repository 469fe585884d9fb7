package dev.socketserver.handler.bean;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A bean annotated with {@link dev.socketserver.annotation.SocketHandler @SocketHandler}
 * or {@link dev.socketserver.annotation.SocketClientHandler @SocketClientHandler}.
 *
 * @param beanName the bean's name
 * @param names the names of the servers, or clients, that it is for, in the order of the
 * annotation; empty if it names none
 */
public record HandlerBean(String beanName, Set<String> names) {

	public HandlerBean {
		// In their order, in which they are warned about.
		names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
	}

}
