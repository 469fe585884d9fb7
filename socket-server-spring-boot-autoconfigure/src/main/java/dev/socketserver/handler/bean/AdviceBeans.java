package dev.socketserver.handler.bean;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.socketserver.FailureHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.argument.CallKind;
import dev.socketserver.handler.error.Advice;
import dev.socketserver.handler.error.ErrorMethods;
import org.jspecify.annotations.Nullable;

/**
 * The beans with advice, in their order, and to which handlers they apply.
 */
final class AdviceBeans {

	private final List<AdviceBean> beans = new ArrayList<>();

	/** The names of those that apply to a handler. */
	private final Set<String> used = new LinkedHashSet<>();

	/**
	 * Inspects the beans with advice, and creates them if they do not exist yet.
	 * @param handlers knows the beans
	 * @param annotated the annotations of the beans, by the names of the beans
	 * @throws InvalidHandlerException if one of them cannot work
	 */
	AdviceBeans(HandlerBeans handlers, Map<String, Set<SocketHandlerAdvice>> annotated) {
		annotated.forEach((name, annotations) -> {
			HandlerCandidate candidate = handlers.candidate(name);
			annotations.forEach((annotation) -> this.beans.add(bean(handlers, candidate, annotation)));
		});
		this.beans.sort(Comparator.comparingInt(AdviceBean::order));
	}

	private static AdviceBean bean(HandlerBeans handlers, HandlerCandidate candidate, SocketHandlerAdvice annotation) {
		Map<Method, Set<CallKind>> found = new MethodSearch(candidate).checked();
		if (found.isEmpty()) {
			throw new InvalidHandlerException(candidate.origin() + " is an advice without an @OnError method",
					"Annotate a method with @OnError, or remove @SocketHandlerAdvice");
		}
		AnnotatedMethods methods = AnnotatedMethods.of(candidate, handlers.converters(), found);
		return new AdviceBean(candidate.beanName(), candidate.order(), methods.advice(), methods.answersBadFrames(),
				handlers.resolved(candidate.beanName(), annotation.value()),
				handlers.resolved(candidate.beanName(), annotation.basePackages()), annotation);
	}

	/**
	 * Returns what answers failures of a handler.
	 * @param handler the handler
	 * @param owner the name of the server or client
	 * @return the advice, or {@code null} if none applies
	 */
	@Nullable FailureHandler of(HandlerCandidate handler, String owner) {
		List<Supplier<ErrorMethods>> methods = new ArrayList<>();
		boolean answersBadFrames = false;
		for (AdviceBean bean : this.beans) {
			if (bean.appliesTo(handler, owner)) {
				this.used.add(bean.name());
				methods.add(bean.methods());
				answersBadFrames |= bean.answersBadFrames();
			}
		}
		return methods.isEmpty() ? null : new Advice(methods, answersBadFrames);
	}

	/** Returns the names of those that apply to no handler so far. */
	Collection<String> unused() {
		return this.beans.stream()
			.map(AdviceBean::name)
			.filter((name) -> !this.used.contains(name))
			.distinct()
			.toList();
	}

}
