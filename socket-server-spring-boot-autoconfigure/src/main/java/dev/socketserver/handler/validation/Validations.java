package dev.socketserver.handler.validation;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.handler.argument.Argument;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.annotation.ValidationAnnotationUtils;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;

/**
 * Decides, when a handler is made, whether the payloads of a method are validated, and by
 * whom: here, or by the proxy of a bean whose class is annotated with {@code @Validated}.
 */
public final class Validations {

	private static final SafeLogger logger = SafeLogger.of(Validations.class);

	private Validations() {
	}

	/**
	 * Has payloads validated, if the parameter asks for it.
	 * @param argument gives the payload
	 * @param annotations those of the parameter
	 * @param byProxy whether a proxy of the bean validates what is annotated with
	 * {@code @Valid}
	 * @param beans may have a validator
	 * @param origin the bean and the method, with which messages begin
	 * @return the argument, which may validate the payload
	 */
	public static Argument validated(Argument argument, Annotation[] annotations, boolean byProxy,
			ConfigurableBeanFactory beans, String origin) {
		boolean asked = false;
		boolean cascaded = false;
		List<Class<?>> groups = new ArrayList<>();
		for (Annotation annotation : annotations) {
			Object[] hints = ValidationAnnotationUtils.determineValidationHints(annotation);
			if (hints != null) {
				asked = true;
				cascaded |= !(annotation instanceof Validated);
				for (Object hint : hints) {
					// Any annotation whose name begins with "Valid" asks, and may have
					// hints that are no groups.
					if (hint instanceof Class<?> group) {
						groups.add(group);
					}
				}
			}
		}
		if (!asked || (byProxy && cascaded)) {
			return argument;
		}
		PayloadValidation validation = isPresent() ? Present.validation(beans, groups) : null;
		if (validation == null) {
			logger.warn("{}: payloads are not validated, as there is no validator: add spring-boot-starter-validation",
					origin);
			return argument;
		}
		return argument.then((payload) -> {
			if (payload != null) {
				validation.check(payload);
			}
			return payload;
		});
	}

	/**
	 * Whether method validation is set up, by which proxies of beans validate.
	 * @param beans the beans
	 * @return whether it is
	 */
	public static boolean isOfMethods(ListableBeanFactory beans) {
		return isPresent() && Present.isOfMethods(beans);
	}

	private static boolean isPresent() {
		return ClassUtils.isPresent("jakarta.validation.Validator", Validations.class.getClassLoader());
	}

	/** What needs the classes of Jakarta Validation. */
	private static final class Present {

		/** The same resource for which Boot looks before it makes a validator. */
		private static final String PROVIDERS = "META-INF/services/jakarta.validation.spi.ValidationProvider";

		static @Nullable PayloadValidation validation(ConfigurableBeanFactory beans, List<Class<?>> groups) {
			Validator validator = usable(beans.getBeanProvider(Validator.class).getIfUnique());
			ClassLoader loader = beans.getBeanClassLoader();
			if (validator == null && loader != null && loader.getResource(PROVIDERS) != null) {
				validator = Validation.buildDefaultValidatorFactory().getValidator();
			}
			return (validator != null) ? new PayloadValidation(validator, groups.toArray(Class<?>[]::new)) : null;
		}

		/**
		 * Leaves out a validator that has nothing to validate with. Web applications have
		 * such a bean where no provider is on the class path.
		 */
		private static @Nullable Validator usable(@Nullable Validator validator) {
			try {
				if (validator != null) {
					validator.getConstraintsForClass(Object.class);
				}
				return validator;
			}
			catch (IllegalStateException ex) {
				return null;
			}
		}

		static boolean isOfMethods(ListableBeanFactory beans) {
			return beans.getBeanNamesForType(MethodValidationPostProcessor.class, true, false).length > 0;
		}

	}

}
