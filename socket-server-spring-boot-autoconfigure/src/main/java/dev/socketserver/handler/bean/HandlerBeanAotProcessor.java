package dev.socketserver.handler.bean;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.ConversationHandler;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Has native images know what handlers without annotated methods take and return, which
 * Jackson may read and write. Other beans of these forms are no handlers: they have no
 * annotation, and no server or client names them.
 */
final class HandlerBeanAotProcessor implements BeanRegistrationAotProcessor {

	private static final List<Class<?>> FORMS = List.of(Function.class, Consumer.class, ConversationHandler.class);

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		List<ResolvableType> payloads = new ArrayList<>();
		for (Class<?> form : FORMS) {
			payloads.addAll(List.of(bean.getBeanType().as(form).getGenerics()));
		}
		return (!payloads.isEmpty() && isHandler(bean)) ? new Hints(payloads) : null;
	}

	private static boolean isHandler(RegisteredBean bean) {
		String name = bean.getBeanName();
		return bean.getBeanFactory().findAnnotationOnBean(name, SocketHandler.class, false) != null
				|| bean.getBeanFactory().findAnnotationOnBean(name, SocketClientHandler.class, false) != null
				|| named(bean.getBeanFactory().getBean(Environment.class)).anyMatch(name::equals);
	}

	/** Returns the beans that servers and clients name. */
	private static Stream<String> named(Environment environment) {
		return Stream.of("socket.servers", "socket.clients")
			.flatMap((sockets) -> Binder.get(environment)
				.bind(sockets, Bindable.mapOf(String.class, Object.class))
				.orElse(Map.of())
				.values()
				.stream())
			.map((socket) -> (socket instanceof Map<?, ?> keys) ? String.valueOf(keys.get("handler")) : "");
	}

	/**
	 * Contributes the hints of one handler.
	 *
	 * @param payloads what it takes and returns
	 */
	private record Hints(List<ResolvableType> payloads) implements BeanRegistrationAotContribution {

		@Override
		public void applyTo(GenerationContext generation, BeanRegistrationCode code) {
			BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
			for (ResolvableType payload : this.payloads) {
				// The latter is what stands for a variable of a more general class.
				binding.registerReflectionHints(generation.getRuntimeHints().reflection(), payload.getType(),
						payload.resolve(Object.class));
			}
		}

	}

}
