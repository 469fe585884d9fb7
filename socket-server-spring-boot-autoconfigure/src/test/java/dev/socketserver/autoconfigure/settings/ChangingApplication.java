package dev.socketserver.autoconfigure.settings;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application with a handler of lines, whose file of properties changes while it runs.
 */
public final class ChangingApplication {

	private ChangingApplication() {
	}

	/**
	 * Returns what runs the application.
	 * @param file what the file has at first
	 */
	public static ApplicationContextRunner with(String... file) {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
			.withUserConfiguration(UpperHandler.class)
			.withInitializer((context) -> Environments.set(context, file));
	}

	/** Makes what is pending, up to a verdict. */
	public static SettingsOutcome apply(ConfigurableApplicationContext context, Verdict most) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		return settings.apply(settings.plan(), most);
	}

	/** Changes the file, and makes what is pending. */
	public static SettingsOutcome change(ConfigurableApplicationContext context, Verdict most, String... file) {
		Environments.set(context, file);
		return apply(context, most);
	}

}
