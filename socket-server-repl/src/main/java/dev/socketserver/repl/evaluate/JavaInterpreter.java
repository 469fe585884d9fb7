package dev.socketserver.repl.evaluate;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.lang.model.SourceVersion;
import javax.tools.StandardJavaFileManager;

import jdk.jshell.DeclarationSnippet;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ResourceUtils;

/**
 * Evaluates Java with JShell, in the application's own JVM and with its classes, on the
 * thread that evaluates. The name of a bean is a variable, which is declared when the
 * name is first written. {@code _1}, {@code _2} and {@code _3} are the last results, and
 * {@code _e} is the last failure.
 * <p>
 * Interrupts reach compiled code, and never the compiler: they would close a jar that it
 * reads, and nothing could be compiled in this session any more.
 */
public final class JavaInterpreter implements Interpreter {

	private static final int RESULTS = 3;

	/** After a dot or two colons is a name of something else than a variable. */
	private static final Pattern NAME = Pattern.compile(
			"(?<![.\\p{javaJavaIdentifierPart}]|::)" + "[\\p{javaJavaIdentifierStart}][\\p{javaJavaIdentifierPart}]*");

	/**
	 * Text blocks, strings, characters and comments, in which there are no names. One
	 * that is not closed, since it is still being typed, goes to the end of its line, or
	 * of the input.
	 */
	private static final Pattern TEXT = Pattern.compile("\"{3}(?:[^\"\\\\]|\\\\[\\s\\S]|\"{1,2}(?!\"))*+(?:\"{3})?"
			+ "|\"(?:[^\"\\\\\\n]|\\\\.)*+\"?|'(?:[^'\\\\\\n]|\\\\.)*+'?|//.*|/\\*[\\s\\S]*?(?:\\*/|\\z)");

	private static final List<String> IMPORTS = List.of("java.io.*", "java.math.*", "java.time.*", "java.util.*",
			"java.util.concurrent.*", "java.util.function.*", "java.util.stream.*");

	private final ListableBeanFactory beans;

	private final Map<String, Object> variables;

	private final Deque<Result> results = new ArrayDeque<>();

	private @Nullable Throwable failure;

	/**
	 * Why a bean could not be made whose name is in the input. The name may mean
	 * something else there, such as a parameter.
	 */
	private @Nullable Throwable missing;

	private final String source = JavaValues.register(this::value);

	/** What {@link #value} finds besides beans, by name. */
	private final Map<String, @Nullable Object> values = new HashMap<>();

	private final JavaExecution execution;

	private final String classPath;

	/**
	 * The compiler, from the first input on: it is large, and not needed to look at a
	 * session.
	 */
	private @Nullable JShell shell;

	/** The file manager of the compiler, which keeps every jar open that was read. */
	private @Nullable StandardJavaFileManager files;

	/**
	 * Creates an interpreter.
	 * @param beans the beans whose names are variables
	 * @param classLoader the application's
	 * @param variables the variables that exist from the beginning
	 */
	public JavaInterpreter(ListableBeanFactory beans, ClassLoader classLoader, Map<String, Object> variables) {
		this.beans = beans;
		this.variables = variables;
		this.values.putAll(variables);
		this.execution = new JavaExecution(classLoader);
		this.classPath = classPath(classLoader);
	}

	/**
	 * Returns the class path of the compiler. In a servlet container, classes of the
	 * application are not on that of the JVM.
	 */
	private static String classPath(ClassLoader classLoader) {
		Set<String> path = new LinkedHashSet<>();
		for (ClassLoader loader = classLoader; loader != null; loader = loader.getParent()) {
			if (loader instanceof URLClassLoader urls) {
				for (URL url : urls.getURLs()) {
					try {
						path.add(ResourceUtils.getFile(url).getPath());
					}
					catch (FileNotFoundException ex) {
						// The compiler reads files only.
					}
				}
			}
		}
		path.add(System.getProperty("java.class.path"));
		return String.join(File.pathSeparator, path);
	}

	/** Returns the compiler. To be called while interrupts are held back. */
	private JShell shell() {
		JShell known = this.shell;
		if (known == null) {
			known = start();
			this.shell = known;
		}
		return known;
	}

	private JShell start() {
		JShell started = JShell.builder().executionEngine(this.execution, Map.of()).fileManager((created) -> {
			this.files = created;
			return created;
		}).compilerOptions("-classpath", this.classPath).build();
		beginIndexing(started);
		IMPORTS.forEach((name) -> started.eval("import " + name + ";"));
		return started;
	}

	/**
	 * Has JShell make the thread that all shells of the JVM share for their indexes. It
	 * never ends, and keeps the context class loader of the first caller. On Java 17 the
	 * class loader of an application was still kept by something else.
	 */
	private static void beginIndexing(JShell shell) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
		try {
			shell.sourceCodeAnalysis();
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	/** Calls the compiler, while interrupts are held back. */
	private <T extends @Nullable Object> T compiling(Supplier<T> action) {
		RunningEvaluation.holdInterrupts();
		try {
			return action.get();
		}
		finally {
			RunningEvaluation.letInterruptsThrough();
		}
	}

	@Override
	public @Nullable List<String> parts(String input) {
		return this.<@Nullable List<String>>compiling(() -> split(input));
	}

	private @Nullable List<String> split(String input) {
		List<String> parts = new ArrayList<>();
		String rest = input;
		while (!rest.isBlank()) {
			CompletionInfo info = shell().sourceCodeAnalysis().analyzeCompletion(rest);
			switch (info.completeness()) {
				case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE -> {
					return null;
				}
				case EMPTY -> {
					return parts;
				}
				case UNKNOWN -> {
					// It is wrong, and evaluating that will show why.
					parts.add(rest);
					return parts;
				}
				default -> {
					parts.add(info.source());
					rest = info.remaining();
				}
			}
		}
		return parts;
	}

	@Override
	public @Nullable Object evaluate(String part) throws Throwable {
		SnippetEvent event = this.<@Nullable SnippetEvent>compiling(() -> {
			declareNames(part);
			this.execution.begin();
			return shell().eval(part)
				.stream()
				.filter((candidate) -> candidate.causeSnippet() == null)
				.findFirst()
				.orElse(null);
		});
		if (event == null) {
			return NOTHING;
		}
		if (event.exception() instanceof UnresolvedReferenceException unresolved) {
			DeclarationSnippet called = unresolved.getSnippet();
			throw new JavaInputException(called.name() + " is to be used when there is " + unresolvedBy(called));
		}
		Throwable thrown = this.execution.thrown();
		if (thrown != null) {
			throw thrown;
		}
		if (event.exception() != null) {
			throw event.exception();
		}
		Snippet snippet = event.snippet();
		if (event.status() == Snippet.Status.REJECTED) {
			Throwable missing = this.missing;
			if (missing != null) {
				throw missing;
			}
			throw new JavaInputException(diagnostics(snippet));
		}
		if (!event.status().isDefined() || event.status() == Snippet.Status.RECOVERABLE_DEFINED) {
			return "declared, and to be used when there is " + unresolvedBy((DeclarationSnippet) snippet);
		}
		String type = typeOfValue(snippet);
		if (type == null) {
			return NOTHING;
		}
		Object value = this.execution.value();
		if (this.results.size() == RESULTS) {
			this.results.removeLast();
		}
		this.results.addFirst(new Result(type, value));
		return value;
	}

	private String unresolvedBy(DeclarationSnippet snippet) {
		return shell().unresolvedDependencies(snippet).collect(Collectors.joining(", "));
	}

	private static @Nullable String typeOfValue(Snippet snippet) {
		if (snippet instanceof VarSnippet variable) {
			return (variable.subKind() != Snippet.SubKind.VAR_DECLARATION_SUBKIND) ? variable.typeName() : null;
		}
		return (snippet instanceof ExpressionSnippet expression) ? expression.typeName() : null;
	}

	private String diagnostics(Snippet snippet) {
		String errors = shell().diagnostics(snippet)
			.filter((diagnostic) -> diagnostic.isError())
			.map((diagnostic) -> diagnostic.getMessage(Locale.ENGLISH))
			.distinct()
			.collect(Collectors.joining("\n"));
		return errors.isEmpty() ? "This is no Java" : errors;
	}

	/**
	 * Declares names of ours in the input that are written for the first time, or have
	 * another value now. A bean that cannot be made is left out.
	 */
	private void declareNames(String part) {
		this.missing = null;
		Set<String> names = NAME.matcher(TEXT.matcher(part).replaceAll(" "))
			.results()
			.map((found) -> found.group())
			.collect(Collectors.toCollection(LinkedHashSet::new));
		int number = 1;
		for (Result result : this.results) {
			String name = "_" + number++;
			if (names.contains(name)) {
				this.values.put(name, result.value());
				if (!declare(name, result.type())) {
					declare(name, "Object");
				}
			}
		}
		Throwable failed = this.failure;
		if (failed != null && names.contains("_e")) {
			this.values.put("_e", failed);
			declare("_e", accessible(failed.getClass()).getCanonicalName());
		}
		Set<String> known = shell().variables().map(VarSnippet::name).collect(Collectors.toSet());
		for (String name : names) {
			if (known.contains(name) || !SourceVersion.isName(name)) {
				continue;
			}
			Object variable = this.variables.get(name);
			if (variable != null) {
				declare(name, accessible(variable.getClass()).getCanonicalName());
			}
			else if (this.beans.containsBean(name)) {
				Object bean = bean(name);
				if (bean != null) {
					declare(name, accessible(ClassUtils.getUserClass(bean)).getCanonicalName());
				}
			}
		}
	}

	/**
	 * Returns a bean, which may be created now, by code that takes its time and can be
	 * interrupted; or {@code null} if it cannot be made.
	 */
	private @Nullable Object bean(String name) {
		RunningEvaluation.letInterruptsThrough();
		try {
			return this.beans.getBean(name);
		}
		catch (RuntimeException | Error ex) {
			if (RunningEvaluation.interrupted()) {
				throw ex;
			}
			if (this.missing == null) {
				this.missing = ex;
			}
			return null;
		}
		finally {
			RunningEvaluation.holdInterrupts();
		}
	}

	private boolean declare(String name, String type) {
		String declaration = "%s %s = (%s) %s.get(\"%s\", \"%s\");".formatted(type, name, type,
				JavaValues.class.getName(), this.source, name);
		this.execution.declaring(true);
		try {
			return shell().eval(declaration).stream().noneMatch((event) -> event.status() == Snippet.Status.REJECTED);
		}
		finally {
			this.execution.declaring(false);
		}
	}

	/** Returns the value of a name, for compiled code. */
	private @Nullable Object value(String name) {
		return this.values.containsKey(name) ? this.values.get(name) : this.beans.getBean(name);
	}

	/** Returns the nearest superclass or interface that any code may name. */
	private static Class<?> accessible(Class<?> type) {
		for (Class<?> candidate = type; candidate != null
				&& candidate != Object.class; candidate = candidate.getSuperclass()) {
			if (isAccessible(candidate)) {
				return candidate;
			}
			for (Class<?> implemented : candidate.getInterfaces()) {
				if (isAccessible(implemented)) {
					return implemented;
				}
			}
		}
		return Object.class;
	}

	private static boolean isAccessible(Class<?> type) {
		for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
			if (!Modifier.isPublic(outer.getModifiers())) {
				return false;
			}
		}
		return type.getCanonicalName() != null && type.getModule().isExported(type.getPackageName());
	}

	@Override
	public Failure failed(Throwable failure) {
		if (!(failure instanceof JavaInputException)) {
			this.failure = failure;
		}
		return new Failure(failure, ValueText.of(failure, failure instanceof JavaInputException));
	}

	@Override
	public Map<String, @Nullable Object> variables() {
		Map<String, @Nullable Object> found = new LinkedHashMap<>();
		JShell started = this.shell;
		if (started == null) {
			return found;
		}
		// As texts of JShell: the values themselves are in the classes that it has made.
		started.variables().forEach((variable) -> {
			if (variable.subKind() != Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND) {
				found.put(variable.name(), started.varValue(variable));
			}
		});
		int number = 1;
		for (Result result : this.results) {
			found.put("_" + number++, result.value());
		}
		return found;
	}

	@Override
	public List<String> completions(String input) {
		return compiling(() -> complete(input));
	}

	private List<String> complete(String input) {
		SourceCodeAnalysis analysis = shell().sourceCodeAnalysis();
		declareNames(input);
		int[] anchor = new int[1];
		Stream<String> found = analysis.completionSuggestions(input, input.length(), anchor)
			.stream()
			.map(SourceCodeAnalysis.Suggestion::continuation);
		String begun = input.substring(Math.min(anchor[0], input.length()));
		Stream<String> named = begun.isEmpty() || input.endsWith("." + begun) ? Stream.empty()
				: Stream.of(this.beans.getBeanDefinitionNames())
					.filter((name) -> name.startsWith(begun) && SourceVersion.isName(name) && name.indexOf('.') < 0);
		return Stream.concat(found, named).distinct().sorted().toList();
	}

	@Override
	public void close() {
		JavaValues.remove(this.source);
		JShell started = this.shell;
		if (started != null) {
			started.close();
		}
		StandardJavaFileManager open = this.files;
		if (open != null) {
			try {
				open.close();
			}
			catch (IOException ex) {
				// The files were only read.
			}
		}
	}

	/**
	 * A result.
	 *
	 * @param type its type, as Java writes it
	 * @param value its value
	 */
	private record Result(String type, @Nullable Object value) {

	}

	/** The compiler does not accept the input. */
	static final class JavaInputException extends Exception {

		private static final long serialVersionUID = 1L;

		JavaInputException(String message) {
			super(message);
		}

	}

}
