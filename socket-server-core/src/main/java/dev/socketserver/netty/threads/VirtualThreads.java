package dev.socketserver.netty.threads;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Virtual threads, where the JVM has them: this project compiles for Java 17, which does
 * not.
 */
public final class VirtualThreads {

	private static final @Nullable Method OF_VIRTUAL = ofVirtual();

	private VirtualThreads() {
	}

	private static @Nullable Method ofVirtual() {
		if (Runtime.version().feature() < 21) {
			return null;
		}
		try {
			return Thread.class.getMethod("ofVirtual");
		}
		catch (NoSuchMethodException ex) {
			return null;
		}
	}

	public static boolean available() {
		return OF_VIRTUAL != null;
	}

	/**
	 * Returns a factory of virtual threads of one name, without inherited thread-locals.
	 * @throws UnsupportedOperationException if this JVM has none
	 */
	static ThreadFactory factory(String name) {
		if (OF_VIRTUAL == null) {
			throw new UnsupportedOperationException(
					"Java " + Runtime.version().feature() + " has no virtual threads: Java 21 is the first that has");
		}
		try {
			Object builder = OF_VIRTUAL.invoke(null);
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			builder = type.getMethod("name", String.class).invoke(builder, name);
			builder = type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			return (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("Virtual threads cannot be created", ex);
		}
	}

}
