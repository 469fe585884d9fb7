package dev.socketserver.autoconfigure.named;

import dev.socketserver.SocketServer;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.client.SocketClient;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Explains a qualifier of a server or client that does not exist, with the nearest names.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class NoSuchNameFailureAnalyzer extends AbstractFailureAnalyzer<UnsatisfiedDependencyException> {

	private final Environment environment;

	NoSuchNameFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnsatisfiedDependencyException cause) {
		InjectionPoint point = cause.getInjectionPoint();
		Qualifier qualifier = (point != null) ? point.getAnnotation(Qualifier.class) : null;
		Class<?> type = (cause.getCause() instanceof NoSuchBeanDefinitionException absent) ? absent.getBeanType()
				: null;
		if (point == null || qualifier == null || (type != SocketServer.class && type != SocketClient.class)) {
			return null;
		}
		Section section = (type == SocketServer.class) ? Section.SERVERS : Section.CLIENTS;
		return new FailureAnalysis(
				"%s is to be given the %s '%s', which %s does not have; %s".formatted(point.getMember(), section.word(),
						qualifier.value(), section.property(),
						Suggestions.sentence(qualifier.value(), section.names(this.environment), "there is none")),
				"Correct the @Qualifier. One that the application registers in code is found by SocketServers or "
						+ "SocketClients",
				cause);
	}

}
