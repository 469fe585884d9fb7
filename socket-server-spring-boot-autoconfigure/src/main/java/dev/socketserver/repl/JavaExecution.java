package dev.socketserver.repl;

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
 * Loads what JShell has compiled for one session, calls it on the thread that evaluates,
 * and keeps what it returns or throws. Interrupts reach the calling thread only while it
 * is called. Used by one thread at a time.
 */
final class JavaExecution extends DirectExecutionControl implements ExecutionControlProvider {

	private @Nullable Object value;

	private @Nullable Throwable thrown;

	private boolean called;

	/** A variable of ours gets its value: interrupted, it would keep none. */
	private boolean declaring;

	/**
	 * Creates what executes the code of one session.
	 * @param classLoader the application's, on top of which classes are loaded
	 */
	JavaExecution(ClassLoader classLoader) {
		super(new Definitions(classLoader));
	}

	@Override
	public String name() {
		return "here";
	}

	/** JShell evaluates nowhere but here. */
	@Override
	public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
		return this;
	}

	/** Forgets what was called before. */
	void begin() {
		this.value = null;
		this.thrown = null;
		this.called = false;
	}

	/** What the first call returned, if it did. */
	@Nullable Object value() {
		return this.value;
	}

	/** What a call threw, if one did. */
	@Nullable Throwable thrown() {
		return this.thrown;
	}

	/** Whether what is called gives variables of ours their values. */
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
				// What is called later makes the variables anew that depend on it.
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

	/** Hands compiled classes to their loader. */
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
					// Has it looked at now.
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

	/** The classes that were compiled, on top of those of the application. */
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
