package dev.socketserver.repl.evaluate;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.ExpressionException;
import org.springframework.expression.ExpressionInvocationTargetException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.expression.spel.support.StandardTypeLocator;
import org.springframework.util.ClassUtils;

/**
 * Evaluates the Spring Expression Language without restrictions. {@code @name} is a bean,
 * {@code #name} a variable, {@code #_1}, {@code #_2} and {@code #_3} are the last
 * results, and {@code #_e} is the last failure.
 */
public final class SpelInterpreter implements Interpreter {

	private static final int RESULTS = 3;

	private static final int MAX_OPERATIONS = 10_000_000;

	private static final Pattern NAME = Pattern.compile("([@#])(\\w*)(?:\\.(\\w*))?$");

	private final Context context;

	private final SpelExpressionParser parser;

	private final ListableBeanFactory beans;

	private final Deque<@Nullable Object> results = new ArrayDeque<>();

	/**
	 * Creates an interpreter.
	 * @param beans the beans that {@code @name} finds
	 * @param classLoader finds types
	 * @param variables the variables that exist from the beginning
	 */
	public SpelInterpreter(ListableBeanFactory beans, ClassLoader classLoader, Map<String, Object> variables) {
		this.beans = beans;
		this.context = new Context();
		this.context.setBeanResolver(new BeanFactoryResolver(beans));
		this.context.setTypeLocator(new StandardTypeLocator(classLoader));
		variables.forEach(this.context::setVariable);
		// More than SpEL allows strangers, so that a long list can be searched. But no
		// expression may go on for minutes, since it would not notice an interrupt.
		this.parser = new SpelExpressionParser(
				new SpelParserConfiguration(SpelCompilerMode.OFF, classLoader, false, false, Integer.MAX_VALUE,
						MAX_INPUT, MAX_OPERATIONS, SpelParserConfiguration.DEFAULT_MAX_BIG_POWER_BITS));
	}

	@Override
	public @Nullable List<String> parts(String input) {
		return Brackets.expressions(input);
	}

	@Override
	public @Nullable Object evaluate(String part) {
		Object value = this.parser.parseExpression(part).getValue(this.context);
		if (this.results.size() == RESULTS) {
			this.results.removeLast();
		}
		this.results.addFirst((value != null) ? value : NOTHING);
		int number = 1;
		for (Object result : this.results) {
			this.context.setVariable("_" + number++, (result != NOTHING) ? result : null);
		}
		return value;
	}

	@Override
	public Failure failed(Throwable failure) {
		Throwable cause = failure;
		while (cause instanceof ExpressionInvocationTargetException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		this.context.setVariable("_e", cause);
		return new Failure(cause, ValueText.of(cause, cause instanceof ExpressionException));
	}

	@Override
	public Map<String, @Nullable Object> variables() {
		Map<String, @Nullable Object> variables = new LinkedHashMap<>();
		this.context.variables.forEach((name, value) -> variables.put("#" + name, value));
		return variables;
	}

	@Override
	public List<String> completions(String input) {
		Matcher matcher = NAME.matcher(input);
		if (!matcher.find()) {
			return List.of();
		}
		String sign = matcher.group(1);
		String name = matcher.group(2);
		String member = matcher.group(3);
		boolean bean = sign.equals("@");
		if (member == null) {
			Stream<String> names = bean ? Arrays.stream(this.beans.getBeanDefinitionNames())
					: this.context.variables.keySet().stream();
			return names.filter((candidate) -> candidate.startsWith(name))
				// Other names have to be quoted.
				.filter((candidate) -> candidate.matches("\\w+"))
				.sorted()
				.map((candidate) -> sign + candidate)
				.toList();
		}
		Class<?> type = bean ? type(name) : typeOf(this.context.lookupVariable(name));
		return (type != null) ? members(type, member).map((found) -> sign + name + "." + found).toList() : List.of();
	}

	private @Nullable Class<?> type(String bean) {
		// The bean itself is not asked for: a name that is typed must not create it.
		Class<?> type = this.beans.containsBean(bean) ? this.beans.getType(bean) : null;
		return (type != null) ? ClassUtils.getUserClass(type) : null;
	}

	private static @Nullable Class<?> typeOf(@Nullable Object value) {
		return (value != null) ? value.getClass() : null;
	}

	private static Stream<String> members(Class<?> type, String prefix) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> method.getDeclaringClass() != Object.class)
			.filter((method) -> !Modifier.isStatic(method.getModifiers()) && method.getName().startsWith(prefix))
			.map(SpelInterpreter::call)
			.distinct()
			.sorted();
	}

	private static String call(Method method) {
		return method.getName() + ((method.getParameterCount() == 0) ? "()" : "(");
	}

	@Override
	public void close() {
		this.results.clear();
	}

	/** A context that knows the names of its variables. */
	private static final class Context extends StandardEvaluationContext {

		private final Map<String, Object> variables = new TreeMap<>();

		@Override
		public void setVariable(@Nullable String name, @Nullable Object value) {
			super.setVariable(name, value);
			if (name != null) {
				if (value != null) {
					this.variables.put(name, value);
				}
				else {
					this.variables.remove(name);
				}
			}
		}

	}

}
