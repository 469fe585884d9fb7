package dev.socketserver.engine.threads;

import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Makes virtual threads of one name, without inherited thread-locals, where the JVM has
 * them: this project compiles for Java 17, which does not.
 */
public final class VirtualThreads implements ThreadFactory {

	private static final int FIRST_JAVA = 21;

	private final String name;

	/**
	 * The JVM's own factory. It is found by reflection, for which the JVM makes a dozen
	 * classes that no start needs: so the first thread does that.
	 */
	private volatile @Nullable ThreadFactory factory;

	/**
	 * Prepares to make threads.
	 * @param name their name
	 * @throws UnsupportedOperationException if this JVM has no virtual threads
	 */
	VirtualThreads(String name) {
		if (!available()) {
			throw new UnsupportedOperationException(
					"Java " + Runtime.version().feature() + " has no virtual threads: Java 21 is the first that has");
		}
		this.name = name;
	}

	public static boolean available() {
		return Runtime.version().feature() >= FIRST_JAVA;
	}

	@Override
	public Thread newThread(Runnable task) {
		ThreadFactory made = this.factory;
		if (made == null) {
			made = factory();
			this.factory = made;
		}
		return made.newThread(task);
	}

	private ThreadFactory factory() {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			builder = type.getMethod("name", String.class).invoke(builder, this.name);
			builder = type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			return (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("Virtual threads cannot be created", ex);
		}
	}

}
