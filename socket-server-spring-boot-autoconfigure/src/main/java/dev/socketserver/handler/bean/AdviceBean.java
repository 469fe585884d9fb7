package dev.socketserver.handler.bean;

import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.handler.error.ErrorMethods;

import org.springframework.util.ClassUtils;

/**
 * A bean that answers failures of handlers, and which handlers these are.
 *
 * @param name the bean's name
 * @param order its order among others
 * @param methods give its methods
 * @param answersBadFrames whether one of them is for what is no frame
 * @param owners names of servers and clients
 * @param packages packages of handlers
 * @param annotation has the other selectors
 */
record AdviceBean(String name, int order, Supplier<ErrorMethods> methods, boolean answersBadFrames, Set<String> owners,
		Set<String> packages, SocketHandlerAdvice annotation) {

	/**
	 * Whether it applies to a handler: any of the selectors is enough.
	 * @param handler the handler
	 * @param owner the name of the server or client
	 */
	boolean appliesTo(HandlerCandidate handler, String owner) {
		Class<?> type = handler.targetClass();
		String within = ClassUtils.getPackageName(type) + ".";
		return appliesToAll() || this.owners.contains(owner)
				|| this.packages.stream().anyMatch((selected) -> within.startsWith(selected + "."))
				|| Stream.of(this.annotation.assignableTypes()).anyMatch((selected) -> selected.isAssignableFrom(type))
				|| Stream.of(this.annotation.annotations()).anyMatch(handler::isAnnotated);
	}

	private boolean appliesToAll() {
		return this.owners.isEmpty() && this.packages.isEmpty() && this.annotation.assignableTypes().length == 0
				&& this.annotation.annotations().length == 0;
	}

}
