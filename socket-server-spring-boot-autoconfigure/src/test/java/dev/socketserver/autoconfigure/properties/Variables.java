package dev.socketserver.autoconfigure.properties;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Variables of the environment, for an application under test.
 */
public final class Variables {

	private Variables() {
	}

	/**
	 * Gives an application variables.
	 * @param pairs each a name, an equals sign and a value
	 * @return has the application see them as if the system had them
	 */
	public static ApplicationContextInitializer<ConfigurableApplicationContext> of(String... pairs) {
		return (context) -> TestPropertyValues.of(pairs).applyTo(context.getEnvironment(), Type.SYSTEM_ENVIRONMENT);
	}

}
