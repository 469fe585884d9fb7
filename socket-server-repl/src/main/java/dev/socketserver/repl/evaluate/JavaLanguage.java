package dev.socketserver.repl.evaluate;

import javax.tools.ToolProvider;

import org.jspecify.annotations.Nullable;

/**
 * Checks whether consoles can evaluate Java here. Loads nothing of JShell.
 */
public final class JavaLanguage {

	private static final String MODULE = "jdk.jshell";

	private static final String BOOT_LOADER = "org.springframework.boot.loader.";

	private JavaLanguage() {
	}

	/**
	 * Returns why Java cannot be evaluated.
	 * @param classLoader the application's
	 * @return the reason, and what to do about it, or {@code null} if it can be evaluated
	 */
	public static @Nullable Problem problem(ClassLoader classLoader) {
		if (ModuleLayer.boot().findModule(MODULE).isEmpty() || ToolProvider.getSystemJavaCompiler() == null) {
			return new Problem("this Java runtime has no module " + MODULE,
					"Run on a JDK, or a runtime with that module; or use spel");
		}
		for (ClassLoader loader = classLoader; loader != null; loader = loader.getParent()) {
			if (loader.getClass().getName().startsWith(BOOT_LOADER)) {
				return new Problem(
						"the application runs from an executable jar, and the Java compiler cannot read "
								+ "the jars in it",
						"Extract it with java -Djarmode=tools -jar <jar> extract, and run the jar that is made; "
								+ "or use spel");
			}
		}
		return null;
	}

	/**
	 * Why Java cannot be evaluated.
	 *
	 * @param reason what is missing
	 * @param remedy what to do
	 */
	public record Problem(String reason, String remedy) {

	}

}
