package dev.socketserver.repl.evaluate;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes that JShell has compiled for one session, calls them on the thread
 * that evaluates, and keeps what they return or throw. Interrupts reach that thread only
 * during such a call. Used by one thread at a time.
 */
final class JavaExecution extends DirectExecutionControl implements ExecutionControlProvider {

	private @Nullable Object value;

	private @Nullable Throwable thrown;

	private boolean called;

	/**
	 * Whether a call gives a variable of ours its value: an interrupt would leave it
	 * without one.
	 */
	private boolean declaring;

	/**
	 * Creates what executes the code of one session.
	 * @param classLoader the application's, which is the parent of that for compiled
	 * classes
	 */
	JavaExecution(ClassLoader classLoader) {
		super(new Definitions(classLoader));
	}

	@Override
	public String name() {
		return "here";
	}

	/** Returns this object, since code is executed nowhere else. */
	@Override
	public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
		return this;
	}

	/** Forgets earlier calls. */
	void begin() {
		this.value = null;
		this.thrown = null;
		this.called = false;
	}

	/** Returns what the first call returned, or {@code null} if it has thrown. */
	@Nullable Object value() {
		return this.value;
	}

	/** Returns what a call threw, or {@code null} if none did. */
	@Nullable Throwable thrown() {
		return this.thrown;
	}

	/** Says whether calls from now on give variables of ours their values. */
	void declaring(boolean declaring) {
		this.declaring = declaring;
	}

	@Override
	protected String invoke(Method method) throws Exception {
		if (!this.declaring) {
			RunningEvaluation.letInterruptsThrough();
		}
		try {
			Object returned = method.invoke(null);
			if (!this.called) {
				// Later calls only create variables again that depend on the first.
				this.called = true;
				this.value = returned;
			}
			return String.valueOf((returned instanceof String || returned instanceof Number) ? returned : "");
		}
		catch (InvocationTargetException ex) {
			this.thrown = ex.getCause();
			throw ex;
		}
		finally {
			RunningEvaluation.holdInterrupts();
		}
	}

	/** Passes compiled classes to their class loader. */
	private static final class Definitions implements LoaderDelegate {

		private final CompiledClasses classes;

		Definitions(ClassLoader parent) {
			this.classes = new CompiledClasses(parent);
		}

		@Override
		public void load(ExecutionControl.ClassBytecodes[] compiled) throws ExecutionControl.ClassInstallException {
			boolean[] loaded = new boolean[compiled.length];
			try {
				classesRedefined(compiled);
				for (int i = 0; i < compiled.length; i++) {
					// Finds out now whether the class can be used.
					findClass(compiled[i].name()).getDeclaredMethods();
					loaded[i] = true;
				}
			}
			catch (ClassNotFoundException | LinkageError ex) {
				throw new ExecutionControl.ClassInstallException(String.valueOf(ex.getMessage()), loaded);
			}
		}

		@Override
		public void classesRedefined(ExecutionControl.ClassBytecodes[] compiled) {
			for (ExecutionControl.ClassBytecodes each : compiled) {
				this.classes.bytes.put(each.name(), each.bytecodes());
			}
		}

		@Override
		public void addToClasspath(String path) throws ExecutionControl.InternalException {
			throw new ExecutionControl.InternalException("The class path is the application's");
		}

		@Override
		public Class<?> findClass(String name) throws ClassNotFoundException {
			return this.classes.loadClass(name);
		}

	}

	/** Loads the compiled classes, on top of those of the application. */
	private static final class CompiledClasses extends ClassLoader {

		private final Map<String, byte[]> bytes = new ConcurrentHashMap<>();

		CompiledClasses(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			byte[] definition = this.bytes.get(name);
			if (definition == null) {
				throw new ClassNotFoundException(name);
			}
			byte[] checked = LoopChecks.into(definition);
			return defineClass(name, checked, 0, checked.length);
		}

	}

}
