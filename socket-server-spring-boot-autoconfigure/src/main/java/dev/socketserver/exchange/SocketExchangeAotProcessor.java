package dev.socketserver.exchange;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.config.ConstructorArgumentValues.ValueHolder;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/**
 * Says what a native image needs of interfaces that are beans: proxies, and the types of
 * payloads and replies. An interface that only {@link SocketExchanges} is given needs
 * hints of the application's own.
 */
final class SocketExchangeAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		RootBeanDefinition definition = bean.getMergedBeanDefinition();
		if (bean.getBeanClass() != SocketExchangeFactoryBean.class) {
			return null;
		}
		ValueHolder name = Objects
			.requireNonNull(definition.getConstructorArgumentValues().getIndexedArgumentValue(0, null));
		Class<?> type = ClassUtils.resolveClassName(String.valueOf(name.getValue()),
				bean.getBeanFactory().getBeanClassLoader());
		return new Hints(type);
	}

	/**
	 * Contributes the hints of one interface.
	 *
	 * @param type the interface
	 */
	private record Hints(Class<?> type) implements BeanRegistrationAotContribution {

		@Override
		public void applyTo(GenerationContext generation, BeanRegistrationCode code) {
			RuntimeHints hints = generation.getRuntimeHints();
			hints.proxies().registerJdkProxy(this.type);
			hints.reflection().registerType(this.type, MemberCategory.INVOKE_DECLARED_METHODS);
			for (Method method : this.type.getMethods()) {
				// It may be one of a more general interface.
				hints.reflection().registerType(method.getDeclaringClass(), MemberCategory.INVOKE_DECLARED_METHODS);
				MergedAnnotations annotations = MergedAnnotations.from(method);
				if (annotations.isPresent(Ask.class) || annotations.isPresent(Send.class)) {
					BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
					binding.registerReflectionHints(hints.reflection(), method.getGenericReturnType());
					binding.registerReflectionHints(hints.reflection(), method.getGenericParameterTypes());
					binding.registerReflectionHints(hints.reflection(), resolved(method));
				}
			}
		}

		/** The types that this interface has in place of variables of another one. */
		private Type[] resolved(Method method) {
			List<ResolvableType> types = new ArrayList<>();
			ResolvableType returned = ResolvableType.forMethodReturnType(method, this.type);
			types.add(returned);
			types.addAll(List.of(returned.getGenerics()));
			for (int i = 0; i < method.getParameterCount(); i++) {
				types.add(ResolvableType.forMethodParameter(method, i, this.type));
			}
			return types.stream().map((type) -> type.resolve(Object.class)).toArray(Type[]::new);
		}

	}

}
