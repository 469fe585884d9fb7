package dev.socketserver.exchange.call;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.Send;
import dev.socketserver.handler.payload.KotlinTypes;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Reads one method of an interface, and refuses what cannot work. One thread, once.
 */
final class MethodReader {

	private final Method method;

	private final Class<?> type;

	private final ConfigurableListableBeanFactory beanFactory;

	private final @Nullable Class<?> letterState;

	private final boolean suspended;

	/** How many parameters the method has in its source. */
	private final int count;

	/**
	 * Creates a reader.
	 * @param method the method
	 * @param type the interface, which may say what a type variable of the method's is
	 * @param beanFactory resolves placeholders
	 * @param letterState the type of a letter's state, if the method posts letters
	 */
	MethodReader(Method method, Class<?> type, ConfigurableListableBeanFactory beanFactory,
			@Nullable Class<?> letterState) {
		this.method = method;
		this.type = type;
		this.beanFactory = beanFactory;
		this.letterState = letterState;
		this.suspended = KotlinDetector.isSuspendingFunction(method);
		this.count = method.getParameterCount() - (this.suspended ? 1 : 0);
	}

	/**
	 * Reads the method.
	 * @return what it does
	 * @throws IllegalArgumentException if it cannot work
	 */
	ExchangeMethod read() {
		Ask ask = this.method.getAnnotation(Ask.class);
		Send send = this.method.getAnnotation(Send.class);
		if (ask != null && send != null) {
			throw wrong("has both @Ask and @Send: remove one");
		}
		if (ask == null && send == null) {
			throw wrong("has neither @Ask nor @Send: annotate it, or make it a default method");
		}
		if (ask != null && this.letterState != null) {
			throw wrong("asks, and a letter has no reply: use @Send");
		}
		int time = time(send != null);
		String text = (ask != null) ? ask.value() : send.value();
		TextTemplate template = text.isEmpty() ? null : template(text, time);
		int payload = (template != null) ? -1 : payload(time);
		Returned returned = returned();
		if (ask == null) {
			checkSends(returned);
			return new ExchangeMethod(this.method, template, payload, time, null, null, !isLetterState(returned), null,
					returned.form());
		}
		// Bytes can always be read: the reply is dropped.
		return new ExchangeMethod(this.method, template, payload, time, timeout(ask.timeout()),
				returned.isNone() ? byte[].class : ClassUtils.resolvePrimitiveIfNecessary(returned.value()),
				returned.isNone(), ReplyContents.of(returned.type(), this.beanFactory, title(this.method)),
				returned.form());
	}

	private void checkSends(Returned returned) {
		if (!returned.isNone() && !isLetterState(returned)) {
			throw wrong("returns %s, and @Send has no reply: return void%s, or use @Ask".formatted(
					ClassUtils.getQualifiedName(returned.value()),
					(this.letterState != null) ? " or CompletableFuture<LetterState>" : ""));
		}
	}

	private boolean isLetterState(Returned returned) {
		return this.letterState != null && returned.value() == this.letterState;
	}

	private Duration timeout(String value) {
		String resolved = String.valueOf(this.beanFactory.resolveEmbeddedValue(value));
		Duration timeout;
		try {
			timeout = DurationStyle.detectAndParse(resolved);
		}
		catch (IllegalArgumentException ex) {
			throw wrong(
					"has the timeout '%s', which is no duration: write, for example, 5s or 500ms".formatted(resolved));
		}
		if (timeout.isNegative() || timeout.isZero()) {
			throw wrong("has the timeout %s: it must be positive".formatted(resolved));
		}
		return timeout;
	}

	private int time(boolean sends) {
		int found = -1;
		for (int i = 0; i < this.count; i++) {
			if (this.method.getParameterTypes()[i] == Duration.class) {
				if (found >= 0) {
					throw wrong("has two parameters of type Duration, and only one can be the time");
				}
				found = i;
			}
		}
		if (found >= 0 && sends && this.letterState == null) {
			throw wrong("has the parameter '%s', which nothing uses: a send has no timeout"
				.formatted(name(this.method, found)));
		}
		return found;
	}

	private int payload(int time) {
		int[] others = IntStream.range(0, this.count).filter((i) -> i != time).toArray();
		if (others.length == 0) {
			throw wrong("has neither a text nor a parameter for the payload");
		}
		if (others.length > 1) {
			throw wrong("has %d parameters that could be the payload, and no text that names them"
				.formatted(others.length));
		}
		return others[0];
	}

	private TextTemplate template(String text, int time) {
		TextTemplate template = TextTemplate.of(text, this::parameter, this::wrong);
		Set<Integer> used = template.parameters();
		for (int i = 0; i < this.count; i++) {
			if (i != time && !used.contains(i)) {
				throw wrong("has the parameter '%s', which nothing uses: name it in the text"
					.formatted(name(this.method, i)));
			}
		}
		if (used.contains(time)) {
			throw wrong(
					"names the parameter '%s' in its text, and that is the timeout".formatted(name(this.method, time)));
		}
		return template;
	}

	/** Finds a parameter by what stands in braces. */
	private int parameter(String word) {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < this.count; i++) {
			names.add(name(this.method, i));
			if (word.equals(names.get(i)) || word.equals(String.valueOf(i))) {
				Class<?> type = this.method.getParameterTypes()[i];
				if (type.isArray() || ByteBuffer.class.isAssignableFrom(type)) {
					throw wrong("names the parameter '%s' in its text, and %s is no text".formatted(word,
							type.getSimpleName()));
				}
				return i;
			}
		}
		throw wrong("names the parameter '%s' in its text, which it does not have; %s%s".formatted(word,
				Suggestions.sentence(word, names, "it has none"),
				(DefaultNames.of(this.method) == null) ? "; compile with -parameters, or write {0}" : ""));
	}

	private Returned returned() {
		if (this.suspended) {
			return new Returned(continued(), new SuspendedForm());
		}
		Class<?> type = this.method.getReturnType();
		ResolvableType declared = ResolvableType.forMethodReturnType(this.method, this.type);
		if (type == CompletableFuture.class || type == CompletionStage.class || type == Future.class) {
			return new Returned(declared.getGeneric(0), ReturnForm.FUTURE);
		}
		ReactiveAdapter adapter = (type.getClassLoader() == null) ? null
				: ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		if (adapter != null) {
			if (adapter.isMultiValue()) {
				throw wrong("returns %s, and there is one reply: return a Mono or CompletableFuture"
					.formatted(type.getSimpleName()));
			}
			return new Returned(adapter.isNoValue() ? ResolvableType.forClass(void.class) : declared.getGeneric(0),
					new ReactiveForm(adapter));
		}
		return new Returned(declared, ReturnForm.WAITING);
	}

	/** The type that a suspend function returns, which stands in its last parameter. */
	private ResolvableType continued() {
		ResolvableType last = ResolvableType.forMethodParameter(this.method, this.count, this.type);
		Type argument = last.getGeneric(0).getType();
		Type value = (argument instanceof WildcardType wildcard && wildcard.getLowerBounds().length > 0)
				? wildcard.getLowerBounds()[0] : argument;
		return ResolvableType.forType(value, last);
	}

	private IllegalArgumentException wrong(String what) {
		return new IllegalArgumentException(title(this.method) + " " + what);
	}

	/**
	 * Returns what to call a method in messages.
	 * @param method the method
	 * @return the interface and the method
	 */
	static String title(Method method) {
		return "Method " + ClassUtils.getShortName(method.getDeclaringClass()) + "." + method.getName();
	}

	/**
	 * Returns the name of a parameter.
	 * @param method the method
	 * @param index which parameter
	 * @return its name, or its index if names were not compiled in
	 */
	static String name(Method method, int index) {
		@Nullable String @Nullable [] names = DefaultNames.of(method);
		String found = (names != null) ? names[index] : null;
		return (found != null) ? found : String.valueOf(index);
	}

	/** Names of parameters, as Spring finds them. */
	private static final class DefaultNames {

		private static final DefaultParameterNameDiscoverer discoverer = new DefaultParameterNameDiscoverer();

		static @Nullable String @Nullable [] of(Method method) {
			return discoverer.getParameterNames(method);
		}

	}

	/**
	 * What a method returns.
	 *
	 * @param type the type of the value, at last
	 * @param form how it is returned
	 */
	private record Returned(ResolvableType type, ReturnForm form) {

		Class<?> value() {
			return this.type.resolve(Object.class);
		}

		boolean isNone() {
			Class<?> value = value();
			return value == void.class || value == Void.class || KotlinTypes.isUnit(value);
		}

	}

}
